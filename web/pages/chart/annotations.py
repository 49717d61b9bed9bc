"""Annotations of the barograph: pennants where a level rose, hatching where times are uncertain."""

from collections.abc import Sequence
from typing import NamedTuple

from ...weather import StormLevel
from .curve import Column
from .scales import BOTTOM, WIDTH, Scales
from .svg import HALO, LETTER, element, n, text

LEVEL_COLOURS = {
    StormLevel.WATCH.word: "#7a5b00",
    StormLevel.WARNING.word: "#a84300",
    StormLevel.STORM.word: "#b3001b",
}
_ROW = 27  # of pennants

_UNCERTAIN_COLOUR = "#7a5b00"
_UNCERTAIN = "time not sure"
_APART = 14  # between two strokes, along x
_CLEAR = 54  # free height for the curve and the label of an extreme
_ASIDE = 9 * LETTER  # half the width of such a label


class LevelMark(NamedTuple):
    """Where a level was raised: Unix seconds, and "watch", "warning" or "storm"."""

    taken_at: float
    level: str


class UncertainSpan(NamedTuple):
    """A span whose times are uncertain, in Unix seconds."""

    begin: float
    end: float


def room_for(marks: Sequence[LevelMark]) -> float:
    """Return the height of the pennants: a row for each level."""
    return _ROW * len({mark.level for mark in marks})


def pennants(marks: Sequence[LevelMark], scales: Scales) -> str:
    """Draw a pennant for each mark, each level in its own row.

    A level usually rises step by step: with WATCH on top no later staff crosses its word.
    """
    rows = [level for level in LEVEL_COLOURS if any(mark.level == level for mark in marks)]
    free_from = dict.fromkeys(rows, 0.0)
    groups = []
    for mark in marks:
        x, y = scales.x(mark.taken_at), 10 + _ROW * rows.index(mark.level)
        colour = LEVEL_COLOURS[mark.level]
        width = 22 + 1.35 * LETTER * len(mark.level)
        side = -1 if x + width > WIDTH else 1
        word = ""
        if min(x, x + side * width) >= free_from[mark.level]:
            free_from[mark.level] = max(x, x + side * width)
            anchor = {"text_anchor": "end"} if side < 0 else {}
            word = text(mark.level.upper(), x=x + side * 22, y=y + 16, **anchor)
        pennant = element("path", d=f"M{n(x)} {y}l{side * 18} 9 {-side * 18} 9z")
        staff = f"M{n(x)} {y}V{n(scales.foot)}"
        pennant += element("path", d=staff, stroke=colour, stroke_width=1.4)
        kind = {"class_": f"flag {mark.level}", "fill": colour}
        groups.append(element("g", pennant + word, **kind, font_weight="bold"))
    return "".join(groups)


def clipped(spans: Sequence[UncertainSpan], start: float, end: float) -> list[UncertainSpan]:
    """Return the parts of the spans between start and end."""
    parts = [UncertainSpan(max(span.begin, start), min(span.end, end)) for span in spans]
    return [part for part in parts if part.begin < part.end]


def hatching(uncertain: Sequence[UncertainSpan], scales: Scales) -> str:
    """Draw a tint and diagonal strokes over each span."""
    if not uncertain:
        return ""
    sides = [(scales.x(span.begin), scales.x(span.end)) for span in uncertain]
    tint = "".join(f"M{n(x)} {n(scales.top)}H{n(x2)}V{BOTTOM}H{n(x)}z" for x, x2 in sides)
    strokes = "".join(_strokes(x, x2, scales.top) for x, x2 in sides)
    paths = element("path", d=tint, fill=_UNCERTAIN_COLOUR, fill_opacity=".08")
    look = {"stroke": _UNCERTAIN_COLOUR, "stroke_opacity": ".5"}
    paths += element("path", d=strokes, **look, stroke_width=1.4)
    return element("g", paths, class_="doubted")


def uncertain_labels(
    uncertain: Sequence[UncertainSpan], columns: Sequence[Column], scales: Scales
) -> str:
    """Label each span that has room for it, clear of the curve."""
    return "".join(_label(span, columns, scales) for span in uncertain)


def _strokes(left: float, right: float, top: float) -> str:
    """Return rising strokes, x + y constant, cut at the sides: so no clip path has an id."""
    strokes = []
    first = int((left + top) // _APART + 1)
    last = int((right + BOTTOM) // _APART)
    for total in range(first * _APART, last * _APART + 1, _APART):
        x, x2 = max(left, total - BOTTOM), min(right, total - top)
        if n(x) != n(x2):
            strokes.append(f"M{n(x)} {n(total - x)}L{n(x2)} {n(total - x2)}")
    return "".join(strokes)


def _label(span: UncertainSpan, columns: Sequence[Column], scales: Scales) -> str:
    left, right = scales.x(span.begin), scales.x(span.end)
    middle, half = (left + right) / 2, len(_UNCERTAIN) * LETTER / 2
    if right - left < 2 * half:
        return ""
    near = [
        scales.y(hpa)
        for column in columns
        if abs(scales.x(column.taken_at) - middle) < half + _ASIDE
        for hpa in (column.low_hpa, column.high_hpa)
    ]
    for y in (BOTTOM - 12, scales.top + 24):
        if all(abs(other - (y - 6)) > _CLEAR for other in near):
            look = {"text_anchor": "middle", "fill": _UNCERTAIN_COLOUR, **HALO}
            return text(_UNCERTAIN, class_="unsure", x=middle, y=y, **look)
    return ""
