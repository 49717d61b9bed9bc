"""The change in 3 h as a second curve, in a strip of its own below the pressure."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil
from typing import NamedTuple

from ...display.units import Unit
from .curve import Column, runs
from .grid import horizontal
from .scales import FLOOR, STRIP_TOP, Scales
from .svg import INK, ROUND, Points, area, element, line, n

_SPAN_S = 3 * 3600.0
_LEAST_HPA = 3.0
_MOST_LINES = 6  # on each side of zero
_MIDDLE, _HALF = (STRIP_TOP + FLOOR) / 2, (FLOOR - STRIP_TOP) / 2


class Change(NamedTuple):
    """The change of the pressure in the 3 h before a moment: Unix seconds and hPa."""

    moment: float
    change_hpa: float


def changes_3h(columns: Sequence[Column], gap_s: float) -> list[Change]:
    """Return for each column the mean less that of 3 h earlier.

    The earlier mean is interpolated. A column has no change where its neighbours of that time are
    more than `gap_s` apart, or before the record.
    """
    moments = [column.taken_at for column in columns]
    changes = []
    for column in columns:
        after = bisect_left(moments, column.taken_at - _SPAN_S)
        earlier_hpa = _mean_at(column.taken_at - _SPAN_S, columns, after, gap_s)
        if earlier_hpa is not None:
            changes.append(Change(column.taken_at, column.mean_hpa - earlier_hpa))
    return changes


def _mean_at(moment: float, columns: Sequence[Column], after: int, gap_s: float) -> float | None:
    """Return the mean at a moment; `after` is the first column not before it, and exists."""
    later = columns[after]
    if later.taken_at == moment:
        return later.mean_hpa
    if after == 0:
        return None
    earlier = columns[after - 1]
    apart_s = later.taken_at - earlier.taken_at
    if apart_s > gap_s:
        return None
    share = (moment - earlier.taken_at) / apart_s
    return earlier.mean_hpa + share * (later.mean_hpa - earlier.mean_hpa)


class TendencyStrip(NamedTuple):
    """A strip from minus to plus `steps` steps of the unit; nothing without changes."""

    changes: Sequence[Change]
    unit: Unit
    steps: int

    @classmethod
    def of(cls, changes: Sequence[Change], unit: Unit) -> "TendencyStrip":
        """Return a strip for all changes, at least 3 hPa to each side, in whole steps."""
        largest_hpa = max([_LEAST_HPA, *(abs(change.change_hpa) for change in changes)])
        step_hpa = cls(changes, unit, 1).bound_hpa
        return cls(changes, unit, ceil(round(largest_hpa / step_hpa, 6)))

    @property
    def step(self) -> float:
        """The resolution of the labels, in the unit."""
        return 10.0 ** (1 - self.unit.places)

    @property
    def bound_hpa(self) -> float:
        """The change at the upper edge."""
        return self.steps * self.step * self.unit.hpa

    def lines(self) -> tuple[str, str]:
        """Return the fine lines, and the bold one at zero."""
        if not self.changes:
            return "", ""
        every = ceil(self.steps / _MOST_LINES)
        step_hpa = self.step * self.unit.hpa
        fine = [number for number in range(-self.steps, self.steps + 1) if number % every == 0]
        lines = [horizontal(self._y(number * step_hpa)) for number in fine if number]
        return "".join(lines), horizontal(_MIDDLE)

    def labels(self) -> list[tuple[float, str]]:
        """Return baselines and words for the margin."""
        if not self.changes:
            return []
        bound = f"{self.steps * self.step:.{max(0, self.unit.places - 1)}f}"
        return [(STRIP_TOP + 16, f"+{bound}"), (_MIDDLE + 7, "3 h"), (FLOOR - 2, f"−{bound}")]

    def curve(self, gap_s: float, scales: Scales) -> str:
        """Draw the changes as a line with its gaps; a fall is filled up to zero."""
        if not self.changes:
            return ""
        points = [(scales.x(change.moment), self._y(change.change_hpa)) for change in self.changes]
        spans = [points[run] for run in runs([change.moment for change in self.changes], gap_s)]
        falls = "".join(area(fall) for span in spans for fall in _below_zero(span))
        lines = "".join(line(span if len(span) > 1 else span * 2) for span in spans)
        stroke = {"fill": "none", "stroke": INK, "stroke_width": "2.4"}
        return element("path", class_="fall", d=falls, fill=INK, fill_opacity=".35") + element(
            "path", class_="trend", d=lines, **stroke, **ROUND
        )

    def data(self) -> dict[str, str]:
        """Return the bound in hPa and the edges, for the script of the page."""
        if not self.changes:
            return {}
        return {"data_trend": f"{self.bound_hpa:.6g} {n(STRIP_TOP)} {n(FLOOR)}"}

    def _y(self, change_hpa: float) -> float:
        return _MIDDLE - change_hpa / self.bound_hpa * _HALF


def _below_zero(points: Points) -> Iterator[list[tuple[float, float]]]:
    """Yield the outlines between zero and the curve where it is lower; lower is a larger y."""
    outline: list[tuple[float, float]] = []
    for (x, y), (x2, y2) in pairwise(points):
        if y > _MIDDLE:
            outline += [(x, y)] if outline else [(x, _MIDDLE), (x, y)]
        if (y > _MIDDLE) != (y2 > _MIDDLE):
            crossing = (x + (x2 - x) * (_MIDDLE - y) / (y2 - y), _MIDDLE)
            outline.append(crossing)
            if y > _MIDDLE:
                yield outline
                outline = []
    if outline:
        x, y = points[-1]
        yield [*outline, (x, y), (x, _MIDDLE)]
