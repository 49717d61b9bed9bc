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
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

_SVG = "http://www.w3.org/2000/svg"
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
    None for a card that is alone. is_worst: the one to be looked at again.
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
    """The same as a document."""
    columns = max(_FEWEST_COLUMNS, min(_MOST_COLUMNS, len(patches)))
    rows = -(-len(patches) // columns)
    width = 2 * _MARGIN + columns * (_TILE + _GAP) - _GAP
    height = _HEAD + rows * (_TILE // 2 + _WORDS + _GAP) + _MARGIN
    register_namespace("", _SVG)
    root = Element(
        f"{{{_SVG}}}svg",
        {
            "viewBox": f"0 0 {width} {height}",
            "width": str(width),
            "height": str(height),
            "role": "group",
            "aria-labelledby": "title summary",
        },
    )
    _add(root, "style", text=_STYLE)
    _add(root, "rect", {"class": "page", "width": "100%", "height": "100%"})
    heading = f"{_TITLE}: {source}"
    _add(root, "text", {"class": "title", "id": "title"}, (_MARGIN, 40), heading)
    _add(root, "text", {"class": "small", "id": "summary"}, (_MARGIN, 60), _clean(summary))
    _add(root, "text", {"class": "small"}, (_MARGIN, 78), _LEGEND)
    for number, patch in enumerate(patches):
        row, column = divmod(number, columns)
        x = _MARGIN + column * (_TILE + _GAP)
        y = _HEAD + row * (_TILE // 2 + _WORDS + _GAP)
        _draw(root, patch, (x, y))
    indent(root)
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _draw(root: Element, patch: Patch, at: tuple[int, int]) -> None:
    x, y = at
    name = _clean(patch.name)
    worst = ", the worst card" if patch.is_worst else ""
    label = f"{name}: true {patch.true}, measured {patch.measured}, {patch.words}{worst}"
    group = _add(root, "g", {"role": "img", "aria-label": label})
    _add(group, "title", text=label)
    half, high = _TILE // 2, _TILE // 2
    for left, colour in ((x, patch.true), (x + half, patch.measured)):
        _add(group, "rect", {**_size(half, high), "fill": colour}, (left, y))
    edge = "worst" if patch.is_worst else "edge"
    _add(group, "rect", {**_size(_TILE, high), "class": edge}, (x, y))
    short = name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "\u2026"
    _add(group, "text", {"class": "name"}, (x, y + high + 17), short)
    _add(group, "text", {"class": "small"}, (x, y + high + 34), patch.words)


def _add(
    parent: Element,
    tag: str,
    attributes: dict[str, str] | None = None,
    at: tuple[int, int] | None = None,
    text: str | None = None,
) -> Element:
    place = {} if at is None else {"x": str(at[0]), "y": str(at[1])}
    element = SubElement(parent, f"{{{_SVG}}}{tag}", {**(attributes or {}), **place})
    element.text = text
    return element


def _size(width: int, height: int) -> dict[str, str]:
    return {"width": str(width), "height": str(height)}


def _clean(words: str) -> str:
    """Without the control characters that XML has no way to write."""
    return "".join(letter if letter.isprintable() else " " for letter in words)
