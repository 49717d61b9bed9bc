"""The curve, its band of extremes, and the labels of the lowest and highest reading."""

from collections.abc import Sequence
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from ...display.times import clock_words
from .scales import BOTTOM, LEFT, RIGHT, Scales
from .svg import HALO, INK, LETTER, ROUND, area, element, line, text
from .time_axis import local


class Column(NamedTuple):
    """A column of the chart: Unix seconds at its middle, and hPa."""

    taken_at: float
    low_hpa: float
    mean_hpa: float
    high_hpa: float


def lowest_and_highest(columns: Sequence[Column]) -> tuple[Column, Column]:
    """Return the columns of the lowest and of the highest reading."""
    return min(columns, key=attrgetter("low_hpa")), max(columns, key=attrgetter("high_hpa"))


def curve(columns: Sequence[Column], gap_s: float, scales: Scales) -> str:
    """Draw the means as a line with its gaps, over a band of the extremes."""
    groups = [columns[run] for run in runs([column.taken_at for column in columns], gap_s)]
    band = "".join(_band(run, scales) for run in groups)
    # A run of one has no length: the round cap of a wide stroke makes it a dot.
    lines = "".join(line([_point(c, scales) for c in run]) for run in groups if len(run) > 1)
    dots = "".join(line([_point(run[0], scales)] * 2) for run in groups if len(run) == 1)
    ink = element("path", class_="curve", d=lines, stroke_width=3.6)
    ink += element("path", class_="dots", d=dots, stroke_width=8)
    return element("path", class_="band", d=band, fill=INK, fill_opacity=".2") + element(
        "g", ink, class_="ink", fill="none", stroke=INK, **ROUND
    )


def extremes(columns: Sequence[Column], scales: Scales) -> str:
    """Label the lowest and the highest reading."""
    lowest, highest = lowest_and_highest(columns)
    # Below the lowest and above the highest there is no curve.
    return _extreme(scales, lowest.taken_at, lowest.low_hpa, 28) + _extreme(
        scales, highest.taken_at, highest.high_hpa, -14
    )


def newest(column: Column, scales: Scales) -> str:
    """Draw a dot at the newest reading."""
    x, y = _point(column, scales)
    return element("circle", class_="newest", cx=x, cy=y, r=7, fill=INK)


def runs(moments: Sequence[float], gap_s: float) -> list[slice]:
    """Return the runs between gaps."""
    pairs = enumerate(pairwise(moments), 1)
    gaps = [number for number, (before, after) in pairs if after - before > gap_s]
    return [slice(first, end) for first, end in pairwise([0, *gaps, len(moments)])]


def _point(column: Column, scales: Scales) -> tuple[float, float]:
    return scales.x(column.taken_at), scales.y(column.mean_hpa)


def _band(run: Sequence[Column], scales: Scales) -> str:
    """Outline the range of each column, if it is large enough to be seen."""
    visible_hpa = 4 * (scales.high_hpa - scales.low_hpa) / (BOTTOM - scales.top)
    if all(column.high_hpa - column.low_hpa < visible_hpa for column in run):
        return ""
    above = [(scales.x(column.taken_at), scales.y(column.high_hpa)) for column in run]
    below = [(scales.x(column.taken_at), scales.y(column.low_hpa)) for column in reversed(run)]
    return area(above + below)


def _extreme(scales: Scales, taken_at: float, pressure_hpa: float, below: int) -> str:
    x, y = scales.x(taken_at), scales.y(pressure_hpa)
    label = f"{scales.unit.words(pressure_hpa)} {_when(taken_at, scales)}"
    half = len(label) * LETTER / 2
    middle = min(max(x, LEFT + half), RIGHT - half)
    bold = {"text_anchor": "middle", "font_weight": "bold", **HALO}
    dot = element("circle", cx=x, cy=y, r=4.5)
    words = text(label, x=middle, y=y + below, **bold)
    return element("g", dot + words, class_="extreme", fill=INK)


def _when(moment: float, scales: Scales) -> str:
    if not scales.is_long:
        return f"at {clock_words(moment, scales.zone)}"
    day = local(moment, scales.zone)
    return f"on {day.day} {day:%b}"
