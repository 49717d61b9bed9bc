"""Hatching over the stretches whose dates nobody vouches for."""

from collections.abc import Sequence

from .curve import Column
from .scales import BOTTOM, Paper
from .svg import HALO, LETTER, element, n, text

Stretch = tuple[float, float]  # its begin and its end, in Unix seconds

_COLOUR = "#7a5b00"
_APART = 14  # between two strokes, along x
_WORDS = "time not sure"
_CLEAR = 54  # of the curve: it, and the label of an extreme
_ASIDE = 9 * LETTER  # such a label reaches to both sides


def on_paper(doubted: Sequence[Stretch], start: float, end: float) -> list[Stretch]:
    """What of the stretches lies between start and end."""
    cut = [(max(begin, start), min(until, end)) for begin, until in doubted]
    return [(begin, until) for begin, until in cut if begin < until]


def hatching(doubted: Sequence[Stretch], paper: Paper) -> str:
    """A tint and diagonal strokes, both exactly over each stretch."""
    if not doubted:
        return ""
    sides = [(paper.x(begin), paper.x(until)) for begin, until in doubted]
    tint = "".join(f"M{n(x)} {n(paper.top)}H{n(x2)}V{BOTTOM}H{n(x)}z" for x, x2 in sides)
    strokes = "".join(_strokes(x, x2, paper.top) for x, x2 in sides)
    drawn = element("path", d=tint, fill=_COLOUR, fill_opacity=".08")
    drawn += element("path", d=strokes, stroke=_COLOUR, stroke_opacity=".5", stroke_width=1.4)
    return element("g", drawn, class_="doubted")


def doubt_words(doubted: Sequence[Stretch], columns: Sequence[Column], paper: Paper) -> str:
    """A small word in each stretch that has room for it, clear of the curve."""
    return "".join(_word(stretch, columns, paper) for stretch in doubted)


def _strokes(left: float, right: float, top: float) -> str:
    """Rising strokes, x + y constant, cut at the sides: no clip path, so no id, is needed."""
    drawn = []
    first = int((left + top) // _APART + 1)
    last = int((right + BOTTOM) // _APART)
    for total in range(first * _APART, last * _APART + 1, _APART):
        x, x2 = max(left, total - BOTTOM), min(right, total - top)
        if n(x) != n(x2):
            drawn.append(f"M{n(x)} {n(total - x)}L{n(x2)} {n(total - x2)}")
    return "".join(drawn)


def _word(stretch: Stretch, columns: Sequence[Column], paper: Paper) -> str:
    left, right = paper.x(stretch[0]), paper.x(stretch[1])
    middle, half = (left + right) / 2, len(_WORDS) * LETTER / 2
    if right - left < 2 * half:
        return ""
    near = [
        paper.y(hpa)
        for column in columns
        if abs(paper.x(column.taken_at) - middle) < half + _ASIDE
        for hpa in (column.low_hpa, column.high_hpa)
    ]
    for y in (BOTTOM - 12, paper.top + 24):
        if all(abs(other - (y - 6)) > _CLEAR for other in near):
            look = {"text_anchor": "middle", "fill": _COLOUR, **HALO}
            return text(_WORDS, class_="unsure", x=middle, y=y, **look)
    return ""
