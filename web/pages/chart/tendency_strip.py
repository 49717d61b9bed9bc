"""The change in 3 h as a second trace, in a strip of its own below the pressure."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil
from typing import NamedTuple

from ...display.units import Unit
from .curve import runs
from .grid import level
from .scales import FLOOR, STRIP_TOP, Paper
from .svg import INK, ROUND, Points, area, element, line, n
from .trend import Change

_LEAST_HPA = 3.0
_MOST_LINES = 6  # on each side of zero
_MIDDLE, _HALF = (STRIP_TOP + FLOOR) / 2, (FLOOR - STRIP_TOP) / 2


class Scale(NamedTuple):
    """The strip reaches from minus to plus this many steps of the unit."""

    steps: int
    unit: Unit

    @property
    def step(self) -> float:
        """What its labels can tell apart, in the unit."""
        return 10.0 ** (1 - self.unit.places)

    @property
    def bound_hpa(self) -> float:
        """The change at its upper edge."""
        return self.steps * self.step * self.unit.hpa

    def y(self, change_hpa: float) -> float:
        """Where a change lies."""
        return _MIDDLE - change_hpa / self.bound_hpa * _HALF


def fitting_scale(changes: Sequence[Change], unit: Unit) -> Scale:
    """A scale that holds them all, at least 3 hPa to each side, in whole steps."""
    furthest = max([_LEAST_HPA, *(abs(change.change_hpa) for change in changes)])
    step = Scale(1, unit).bound_hpa
    return Scale(ceil(round(furthest / step, 6)), unit)


def strip_lines(scale: Scale) -> tuple[str, str]:
    """The fine lines and the bold one, which is zero."""
    every = ceil(scale.steps / _MOST_LINES)
    step_hpa = Scale(1, scale.unit).bound_hpa
    fine = [number for number in range(-scale.steps, scale.steps + 1) if number % every == 0]
    return "".join(level(scale.y(number * step_hpa)) for number in fine if number), level(_MIDDLE)


def strip_labels(scale: Scale) -> list[tuple[float, str]]:
    """Baselines and words for the margin."""
    bound = f"{scale.steps * scale.step:.{max(0, scale.unit.places - 1)}f}"
    return [(STRIP_TOP + 16, f"+{bound}"), (_MIDDLE + 7, "3 h"), (FLOOR - 2, f"−{bound}")]


def trace(changes: Sequence[Change], gap_s: float, scale: Scale, paper: Paper) -> str:
    """The changes as a line with its gaps; a fall is filled up to zero, to be told from a rise."""
    drawn = [(paper.x(change.moment), scale.y(change.change_hpa)) for change in changes]
    stretches = [drawn[run] for run in runs([change.moment for change in changes], gap_s)]
    falls = "".join(area(fall) for points in stretches for fall in _below_zero(points))
    lines = "".join(line(points if len(points) > 1 else points * 2) for points in stretches)
    pen = {"fill": "none", "stroke": INK, "stroke_width": "2.4"}
    return element("path", class_="fall", d=falls, fill=INK, fill_opacity=".35") + element(
        "path", class_="trend", d=lines, **pen, **ROUND
    )


def strip_data(scale: Scale) -> dict[str, str]:
    """What a script needs in order to read the trace back: the bound in hPa, and its edges."""
    return {"data_trend": f"{scale.bound_hpa:.6g} {n(STRIP_TOP)} {n(FLOOR)}"}


def _below_zero(points: Points) -> Iterator[list[tuple[float, float]]]:
    """The outlines between zero and the trace where it lies lower; lower is a larger y."""
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
