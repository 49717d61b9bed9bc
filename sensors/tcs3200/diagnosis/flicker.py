"""Light that flickers with the mains, in the time stamps of the edges.

In steady light the number of an edge against its time is a straight line. Under a lamp on the
mains it swings about that line 100 or 120 times a second; line and swing are fitted together.
"""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import cos, hypot, pi, sin, sqrt
from statistics import median
from typing import NamedTuple

# Twice the frequency of the mains, in Europe and in America.
_MAINS_HZ = (100.0, 120.0)
# A fit of six numbers needs four and a half cycles and four edges a cycle: edges about as slow as
# the mains beat with it.
_ENOUGH_NS = 45_000_000
_ENOUGH_HZ = 500.0
# Missing edges are found against their neighbours within a quarter of a cycle.
_NEIGHBOURS_NS = 2_500_000


class Flicker(NamedTuple):
    """A swing of the light; depth above and below and uncertainty as shares of the mean."""

    hz: float
    depth: float
    uncertainty: float


def flicker(timestamps_ns: Sequence[int]) -> Flicker | None:
    """Return the deeper of the swings at 100 and 120 Hz; None with too few edges for a fit.

    The stamps must rise, and few may be missing: merged edges are counted in.
    """
    span_ns = timestamps_ns[-1] - timestamps_ns[0] if len(timestamps_ns) else 0
    if span_ns < _ENOUGH_NS or len(timestamps_ns) < _ENOUGH_HZ * span_ns / 1e9:
        return None
    times_s = [(stamp - timestamps_ns[0] - span_ns / 2) / 1e9 for stamp in timestamps_ns]
    # A deep swing with few edges looks like missing edges: the better count has the smaller error.
    fits = [_fit(times_s, numbers) for numbers in _numbers(timestamps_ns)]
    return min(fits, key=lambda fit: fit.uncertainty)


def _fit(times_s: Sequence[float], numbers: Sequence[float]) -> Flicker:
    half_s = times_s[-1]
    columns = [[1.0] * len(times_s), [t / half_s for t in times_s]]
    for hz in _MAINS_HZ:
        columns += [[f(2 * pi * hz * t) for t in times_s] for f in (cos, sin)]
    fit = _least_squares(columns, numbers)
    left = list(numbers)
    for share, column in zip(fit, columns, strict=True):
        left = [y - share * x for y, x in zip(left, column, strict=True)]
    # The phase is a random walk, so neighbours are alike: three times the textbook's error.
    error = 3 * sqrt(2 * sum(y * y for y in left)) / len(left)
    hz_of_out = fit[1] / half_s
    swings = [
        Flicker(hz, 2 * pi * hz / hz_of_out * hypot(*waves), 2 * pi * hz / hz_of_out * error)
        for hz, waves in zip(_MAINS_HZ, (fit[2:4], fit[4:6]), strict=True)
    ]
    return max(swings, key=lambda swing: swing.depth)


def _numbers(timestamps_ns: Sequence[int]) -> tuple[Sequence[float], Sequence[float]]:
    """Return the edges' numbers twice: consecutive, and with the merged edges counted in."""
    intervals_ns = [after - before for before, after in pairwise(timestamps_ns)]
    side = max(1, round(_NEIGHBOURS_NS / 2 / median(intervals_ns)))
    periods = []
    for i, interval_ns in enumerate(intervals_ns):
        near_ns = median(intervals_ns[max(0, i - side) : i + side + 1])
        periods.append(float(round(interval_ns / near_ns)))
    return [float(i) for i in range(len(timestamps_ns))], [0.0, *accumulate(periods)]


def _least_squares(columns: Sequence[Sequence[float]], values: Sequence[float]) -> list[float]:
    """Return the coefficient of each column: the normal equations, solved by elimination."""
    rows = [
        [sum(x * y for x, y in zip(one, other, strict=True)) for other in (*columns, values)]
        for one in columns
    ]
    size = len(rows)
    for i in range(size):
        for j in range(size):
            if j != i:
                share = rows[j][i] / rows[i][i]
                rows[j] = [a - share * b for a, b in zip(rows[j], rows[i], strict=True)]
    return [rows[i][size] / rows[i][i] for i in range(size)]
