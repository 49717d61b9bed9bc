"""One row for each who took part: a dot at the median, a line where nearly all of it lay.

Storm Petrel       ooooooo8  |--o--|          the squares, where there are any, are counts of eight
another                 ooo5            o
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from figures import Measured
from report.lines_picture import COLOURS, Axis, titled

from web.pages.chart.svg import circle, element, n, rect, text

_WIDTH, _TOP, _ROW, _NAMES, _SQUARE = 760, 78, 30, 290, 15
_OTHERS = "#6b6b6b"


class Row(NamedTuple):
    """A name, its figure, and how many of how many squares are filled; none: no squares."""

    name: str
    measured: Measured
    filled: int = 0
    squares: int = 0


def ranges_picture(
    rows: Sequence[Row],
    title: str,
    axis: Axis,
    words: str,
    ours: Mapping[str, object],
    counted: str = "",
) -> str:
    """Draw them from top to bottom. words: of the axis; counted: what the squares count.

    ours: the names that are drawn in our colour.
    """
    squares = max(row.squares for row in rows)
    left = _NAMES + squares * _SQUARE + (26 if squares else 0)
    height = _TOP + _ROW * len(rows) + 58
    parts = [
        text(counted, x=_NAMES, y=_TOP - 14),
        text(words, x=_WIDTH - 24, y=height - 12, text_anchor="end"),
        *_ticks(axis, left, _TOP + _ROW * len(rows)),
    ]
    for number, row in enumerate(rows):
        colour = COLOURS[0] if row.name in ours else _OTHERS
        parts += _row(row, _TOP + _ROW * number + _ROW / 2, left, axis, colour)
    return titled(title, _WIDTH, height, parts)


def _ticks(axis: Axis, left: float, bottom: float) -> Iterator[str]:
    for value, words in axis.ticks:
        x = _x(value, left, axis)
        yield element("path", d=f"M{n(x)} {_TOP}V{n(bottom)}", stroke="#dddddd")
        yield text(words, x=x, y=bottom + 20, text_anchor="middle")


def _row(row: Row, y: float, left: float, axis: Axis, colour: str) -> Iterator[str]:
    weight = {"font_weight": "bold"} if colour == COLOURS[0] else {}
    yield text(row.name, x=_NAMES - 12, y=y + 5, text_anchor="end", **weight)
    for place in range(row.squares):
        fill = colour if place < row.filled else "#ffffff"
        corner, size = (_NAMES + place * _SQUARE, y - 6), (_SQUARE - 3, _SQUARE - 3)
        yield rect(corner, size, fill=fill, stroke=colour)
    low, middle, high = (
        _x(value, left, axis) for value in (row.measured.low, row.measured.value, row.measured.high)
    )
    if high > low:
        yield element("path", d=f"M{n(low)} {n(y)}H{n(high)}", stroke=colour, stroke_width=2)
    tooltip = text(f"{row.name}: {row.measured.value:.3g}", "title")
    yield circle((middle, y), 6, tooltip, fill=colour)


def _x(value: float, left: float, axis: Axis) -> float:
    return left + (_WIDTH - 40 - left) * axis.share(value)
