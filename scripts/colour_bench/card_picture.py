"""Measured against true, as an SVG: each card in its true colour and as the sensor saw it.

+-------+-------+
| true  | meas- |     on paper and on a dark screen: the words take the colour of the medium,
|       | ured  |     the patches never do
+-------+-------+
orange
dE 0.6, unseen 1.2
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from web.pages.chart.svg import element, rect, svg, text

_TILE, _GAP, _WORDS = 120, 18, 46  # a patch, the space about it, the words under it
_MARGIN, _HEAD = 24, 96
_FEWEST_COLUMNS, _MOST_COLUMNS = 5, 6  # the words above the patches need the width of five
_LONGEST_NAME = 19  # letters that fit under a patch

_TITLE = "Measured against true"
_LEGEND = (
    "Left true, right measured. \u0394E: CIEDE2000; unseen: with the card left out of the fit,"
    " worst with a thick edge."
)

# Words black on white, and the other way round where the reader's screen is dark; paper is white.
_STYLE = """
text { font-family: system-ui, sans-serif; fill: #1b1b1b }
.page { fill: #ffffff }
.title { font-size: 20px; font-weight: 600 }
.small { font-size: 12px; fill: #4a4a4a }
.name { font-size: 13px }
.edge { fill: none; stroke: #8a8a8a; stroke-width: 1 }
.worst { fill: none; stroke: #1b1b1b; stroke-width: 3 }
@media screen and (prefers-color-scheme: dark) {
  text { fill: #ececec }
  .page { fill: #161616 }
  .small { fill: #b4b4b4 }
  .worst { stroke: #ececec }
}
"""


class Patch(NamedTuple):
    """A card: its name, and its true and measured colour as hex codes.

    delta_e: CIEDE2000 between the two. unseen: the same in a fit that the card had no part in;
    None for a single card. is_worst: the one to be looked at again.
    """

    name: str
    true: str
    measured: str
    delta_e: float
    unseen: float | None
    is_worst: bool = False

    @property
    def words(self) -> str:
        """The two differences."""
        unseen = "" if self.unseen is None else f", unseen {self.unseen:.1f}"
        return f"\u0394E {self.delta_e:.1f}{unseen}"


def write_picture(path: Path, patches: Sequence[Patch], summary: str, source: str) -> None:
    """Draw the patches in the order they are given, and write the file.

    summary: a line of words under the title. source: "SIMULATED", or the sensor. Raises OSError.
    """
    path.write_bytes(picture(patches, summary, source))


def is_of_others(path: Path) -> bool:
    """Whether there is a file that is no picture of ours, which must not be replaced."""
    return path.is_file() and path.stat().st_size > 0 and _TITLE.encode() not in path.read_bytes()


def picture(patches: Sequence[Patch], summary: str, source: str) -> bytes:
    """Return the picture as an SVG document."""
    columns = max(_FEWEST_COLUMNS, min(_MOST_COLUMNS, len(patches)))
    rows = -(-len(patches) // columns)
    width = 2 * _MARGIN + columns * (_TILE + _GAP) - _GAP
    height = _HEAD + rows * (_TILE // 2 + _WORDS + _GAP) + _MARGIN
    parts = [
        "",
        element("style", _STYLE),
        element("rect", class_="page", width="100%", height="100%"),
        text(f"{_TITLE}: {source}", class_="title", id="title", x=_MARGIN, y=40),
        text(_clean(summary), class_="small", id="summary", x=_MARGIN, y=60),
        text(_LEGEND, class_="small", x=_MARGIN, y=78),
    ]
    for number, patch in enumerate(patches):
        row, column = divmod(number, columns)
        x = _MARGIN + column * (_TILE + _GAP)
        y = _HEAD + row * (_TILE // 2 + _WORDS + _GAP)
        parts.append(_drawn(patch, x, y))
    size = {"viewBox": f"0 0 {width} {height}", "width": str(width), "height": str(height)}
    root = svg("\n".join([*parts, ""]), **size, role="group", aria_labelledby="title summary")
    return root.encode() + b"\n"


def _drawn(patch: Patch, x: int, y: int) -> str:
    name = _clean(patch.name)
    worst = ", the worst card" if patch.is_worst else ""
    label = f"{name}: true {patch.true}, measured {patch.measured}, {patch.words}{worst}"
    half, high = _TILE // 2, _TILE // 2
    short = name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "\u2026"
    parts = [
        text(label, "title"),
        rect((x, y), (half, high), fill=patch.true),
        rect((x + half, y), (half, high), fill=patch.measured),
        rect((x, y), (_TILE, high), class_="worst" if patch.is_worst else "edge"),
        text(short, class_="name", x=x, y=y + high + 17),
        text(patch.words, class_="small", x=x, y=y + high + 34),
    ]
    return element("g", "\n".join(["", *parts, ""]), role="img", aria_label=label)


def _clean(words: str) -> str:
    """Without the control characters that XML has no way to write."""
    return "".join(letter if letter.isprintable() else " " for letter in words)
