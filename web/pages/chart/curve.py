"""The record itself: the curve, its band of extremes, and the labels of the lowest and highest."""

from collections.abc import Sequence
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from ...display.times import clock_words
from .local_time import local
from .scales import BOTTOM, LEFT, RIGHT, Paper
from .svg import HALO, INK, LETTER, ROUND, area, element, line, text

_WEEK_S = 7 * 86400


class Column(NamedTuple):
    """One column of the chart: Unix seconds at the middle of what it stands for, and hPa."""

    taken_at: float
    low_hpa: float
    mean_hpa: float
    high_hpa: float


def lowest_and_highest(columns: Sequence[Column]) -> tuple[Column, Column]:
    """The columns of the lowest and of the highest reading."""
    return min(columns, key=attrgetter("low_hpa")), max(columns, key=attrgetter("high_hpa"))


def curve(columns: Sequence[Column], gap_s: float, paper: Paper) -> str:
    """The means as a line with its gaps, over a band from the lowest to the highest reading."""
    stretches = [columns[run] for run in runs([column.taken_at for column in columns], gap_s)]
    band = "".join(_band(run, paper) for run in stretches)
    # A run of one has no length: the round cap of a wider pen makes it a dot.
    lines = "".join(line([_point(c, paper) for c in run]) for run in stretches if len(run) > 1)
    dots = "".join(line([_point(run[0], paper)] * 2) for run in stretches if len(run) == 1)
    ink = element("path", class_="curve", d=lines, stroke_width=3.6)
    ink += element("path", class_="dots", d=dots, stroke_width=8)
    return element("path", class_="band", d=band, fill=INK, fill_opacity=".2") + element(
        "g", ink, class_="ink", fill="none", stroke=INK, **ROUND
    )


def extremes(columns: Sequence[Column], paper: Paper) -> str:
    """The lowest and the highest reading with their words."""
    lowest, highest = lowest_and_highest(columns)
    # Labelled below the lowest and above the highest: the curve cannot be there.
    return _extreme(paper, lowest.taken_at, lowest.low_hpa, 28) + _extreme(
        paper, highest.taken_at, highest.high_hpa, -14
    )


def newest(column: Column, paper: Paper) -> str:
    """A round dot where the pen is."""
    x, y = _point(column, paper)
    return element("circle", class_="newest", cx=x, cy=y, r=7, fill=INK)


def runs(moments: Sequence[float], gap_s: float) -> list[slice]:
    """The stretches between gaps."""
    pairs = enumerate(pairwise(moments), 1)
    gaps = [number for number, (before, after) in pairs if after - before > gap_s]
    return [slice(first, end) for first, end in pairwise([0, *gaps, len(moments)])]


def _point(column: Column, paper: Paper) -> tuple[float, float]:
    return paper.x(column.taken_at), paper.y(column.mean_hpa)


def _band(run: Sequence[Column], paper: Paper) -> str:
    """From the lowest to the highest reading of each column, where an eye can tell them apart."""
    visible_hpa = 4 * (paper.high_hpa - paper.low_hpa) / (BOTTOM - paper.top)
    if all(column.high_hpa - column.low_hpa < visible_hpa for column in run):
        return ""
    above = [(paper.x(column.taken_at), paper.y(column.high_hpa)) for column in run]
    below = [(paper.x(column.taken_at), paper.y(column.low_hpa)) for column in reversed(run)]
    return area(above + below)


def _extreme(paper: Paper, taken_at: float, pressure_hpa: float, below: int) -> str:
    x, y = paper.x(taken_at), paper.y(pressure_hpa)
    label = f"{paper.unit.words(pressure_hpa)} {_when(taken_at, paper)}"
    half = len(label) * LETTER / 2
    middle = min(max(x, LEFT + half), RIGHT - half)
    bold = {"text_anchor": "middle", "font_weight": "bold", **HALO}
    drawn = element("circle", cx=x, cy=y, r=4.5) + text(label, x=middle, y=y + below, **bold)
    return element("g", drawn, class_="extreme", fill=INK)


def _when(moment: float, paper: Paper) -> str:
    if paper.end - paper.start <= _WEEK_S:
        return f"at {clock_words(moment, paper.zone)}"
    day = local(moment, paper.zone)  # within weeks a clock tells nothing
    return f"on {day.day} {day:%b}"
