"""Phase unwrapping: the number of the wave's period that each edge ends.

    the wave    |    |    |    |    |    |    |    |    |    |
    stamped      |    |    |         |    |        | |    |        each a little late
    ends period  0    1    2         4    5          7    8
                                     `- 3 merged   `- 6 came too late to be of use

A late interrupt thread merges two edges into one event, and only an interval of twice the length
shows it. A filter that follows the wave predicts the next edges and counts the missing ones. But
flickering light makes intervals long and short as well. So the edges are counted in several ways,
as they came and by filters of long and short memory, and the count wins that makes the period
change most smoothly from edge to edge.
"""

from collections.abc import Sequence
from itertools import compress
from math import cos, pi, sqrt
from operator import add, mul, sub, truediv
from statistics import median, median_low
from typing import NamedTuple

from .edges import STAMP_NS, differences
from .period_tracker import PeriodCount, Tracker, count

# A long memory first: it is best in steady light.
_MEMORIES = (32, 8, 4)
# No interval hides an edge if none is as long as this number of periods.
_HIDES_ONE = 1.6
# The roughness of an edge without a sequence number, up to a pause of 8 periods. Filling in
# a true one gains 0.9, so that two in a row still pay. In light that has gone down by half every
# interval looks like two, and all of them together gain at most 0.4.
_HIDDEN, _PAUSE = 0.25, 8
# A break costs as much as the greatest possible change.
_BREAK = 4.0
# If filled-in edges are right, each interval gains this much on balance.
_SMOOTHED = 0.3
# Stamps that scatter by more than this share of a period can throw the first count off.
_FINE = 0.045
# A shorter memory must be smoother than a longer one by this factor to win.
_CLEARLY = 0.9
# Above this roughness of an edge there is no rhythm. Noise has 0.6, the worst wave 0.15.
_NO_RHYTHM = 0.25
# Below this coherence the median interval is a poor guess of the period.
_POOR = 0.8
# Longer intervals, in periods, depend on the last digits of the period.
_SHORT = 3.5
# Spans that show the coherence well enough; with fewer than the least it is chance.
_ENOUGH, _LEAST = 200, 32
# If a smaller share of the edges is of use, there is no rhythm.
_OF_USE = 0.6
# No clock stamps finer than this.
_FINEST_NS = 500.0
# From a median deviation to a standard deviation, for a normal scatter.
_SIGMA = 1.4826
# A stamp this many standard deviations from its neighbours is late and left out.
_LATE = 5.0
# No interrupt is later than this: the light has changed.
_LATEST_NS = 5e5


class Segment(NamedTuple):
    """Edges of one unbroken count: their times, and the number of periods up to each."""

    at_ns: list[float]
    periods: list[int]


class UnwrappedEdges(NamedTuple):
    """The segments of use, and the number of edges not delivered in them and between them."""

    segments: list[Segment]
    lost: int


def unwrap(at_ns: list[float], numbers: Sequence[int] | None) -> UnwrappedEdges | None:
    """Count the periods of two or more edges, by their times since the first one.

    numbers: the source's count of edges up to each, without merged ones.
    None if the edges have no rhythm.
    """
    steps = [1] * (len(at_ns) - 1)
    if numbers is not None:
        steps = differences(numbers)
    intervals_ns = differences(at_ns)
    counted = _best_count(at_ns, intervals_ns, numbers, steps)
    if counted is None:
        return None
    first, last = counted[0], counted[-1]
    lost = (last.periods[-1] - first.periods[0]) - (last.edges[-1] - first.edges[0])
    segments = [Segment([at_ns[k] for k in segment.edges], segment.periods) for segment in counted]
    segments = [_without_late(segment) for segment in segments if len(segment.at_ns) > 1]
    if sum([len(segment.at_ns) for segment in segments]) < _OF_USE * len(at_ns):
        return None
    return UnwrappedEdges(segments, max(lost, sum(steps) - len(steps)))


def _best_count(
    at_ns: list[float],
    intervals_ns: list[float],
    numbers: Sequence[int] | None,
    steps: list[int],
) -> list[PeriodCount] | None:
    """Return the smoothest count of the edges; None if all are rough."""
    edges = list(range(len(at_ns)))
    as_they_came = [PeriodCount(edges, edges if numbers is None else list(numbers))]
    periods_ns = [ns / step for ns, step in zip(intervals_ns, steps, strict=True)]
    if max(periods_ns) < _HIDES_ONE * median(periods_ns):
        return as_they_came
    single_ns = [ns for ns, step in zip(intervals_ns, steps, strict=True) if step == 1]
    period_ns, points = _first_guess(at_ns, single_ns or periods_ns)
    scatter_ns = _scatter_ns(single_ns or periods_ns, period_ns)
    best = as_they_came
    plainly = least = roughness = _changes(periods_ns)
    for memory in _MEMORIES:
        tracker = Tracker(period_ns, scatter_ns, min(points, memory), memory)
        counted = count(at_ns, numbers, tracker)
        rough, hidden, filled = _roughness(at_ns, counted, as_they_came[0].periods)
        costs = rough + _HIDDEN * hidden + _BREAK * (len(counted) - 1)
        if costs < (least if best is as_they_came else _CLEARLY * least):
            best, least, roughness = counted, costs, rough
        sure = memory < _MEMORIES[0] or scatter_ns < _FINE * period_ns
        if sure and plainly - costs >= _SMOOTHED * filled:
            break
    return best if roughness < _NO_RHYTHM * len(at_ns) else None


def _changes(periods_ns: list[float]) -> float:
    """Return the sum of the squared relative differences of neighbouring periods."""
    sums_ns = map(add, periods_ns, periods_ns[1:])
    changes: list[float] = list(map(truediv, differences(periods_ns), sums_ns))
    squares: float = sum(map(mul, changes, changes))
    return 4 * squares


def _roughness(
    at_ns: list[float], segments: list[PeriodCount], numbers: list[int]
) -> tuple[float, int, int]:
    """Return the change of the period from edge to edge, hidden edges, and intervals with some.

    Each edge left out counts 1. Hidden edges have no sequence number.
    """
    rough, used, hidden, filled = float(len(at_ns)), 0, 0, 0
    for edges, periods in segments:
        used += len(edges)
        counts = differences(periods)
        numbered = differences([numbers[k] for k in edges])
        spans_ns = differences([at_ns[k] for k in edges])
        rough += _changes(list(map(truediv, spans_ns, counts)))
        hiding = [min(more, _PAUSE) for more in map(sub, counts, numbered) if more > 0]
        hidden += sum(hiding)
        filled += len(hiding)
    return rough - used, hidden, filled


def _first_guess(at_ns: list[float], single_ns: list[float]) -> tuple[float, float]:
    """Return the period, and the number of points of a line that it is worth.

    The median interval is the period, unless most edges are merged: then a half or a third of it
    fits the intervals better. If the best fit is poor, it is sharpened.
    """
    period_ns = median_low(single_ns)  # never between one period and two
    points = (4 * len(at_ns)) ** (1 / 3)
    short_ns = [ns for ns in single_ns if ns < _SHORT * period_ns][:_ENOUGH]
    if len(short_ns) < _LEAST:
        return period_ns, points
    best = _coherence(short_ns, period_ns)
    if sum([ns < 0.75 * period_ns for ns in short_ns]) >= 0.1 * len(short_ns):
        for part in (2, 3):
            fit = _coherence(short_ns, period_ns / part)
            if fit > best + 0.2:
                best, period_ns = fit, period_ns / part
    if best > _POOR:
        return period_ns, points
    return _sharpen(at_ns, period_ns), float(_MEMORIES[0])


def _sharpen(at_ns: list[float], period_ns: float) -> float:
    """Fit the period to longer and longer spans, in which the scatter of a stamp weighs less.

    A periodogram, searched from coarse (10 % off) to fine.
    """
    lag = 1
    while lag <= 16 and lag < len(at_ns) // 4:
        starts_ns = at_ns[: min(len(at_ns) - lag, _ENOUGH)]
        spans_ns = [after - before for before, after in zip(starts_ns, at_ns[lag:], strict=False)]
        nearby_ns = [period_ns * (1 + shift / (20 * lag)) for shift in (-2, -1, 0, 1, 2)]
        period_ns = max(nearby_ns, key=lambda ns: _coherence(spans_ns, ns))
        lag *= 2
    return period_ns


def _coherence(spans_ns: Sequence[float], period_ns: float) -> float:
    """Return 1 if every span is a whole number of periods, 0 if spans and period are unrelated."""
    turn = 2 * pi / period_ns
    return sum([cos(ns * turn) for ns in spans_ns]) / len(spans_ns)


def _scatter_ns(single_ns: list[float], period_ns: float) -> float:
    """Return one standard deviation of a stamp, from the intervals; late stamps hardly count."""
    half_ns = period_ns / 2
    off_ns = [abs((ns + half_ns) % period_ns - half_ns) for ns in single_ns]
    seen_ns = _SIGMA * median(off_ns) / sqrt(2)
    # Few intervals may agree by chance: the expected scatter counts as eight more.
    return sqrt((len(off_ns) * seen_ns**2 + 8 * STAMP_NS**2) / (len(off_ns) + 8))


def _without_late(segment: Segment) -> Segment:
    at_ns, periods = segment
    if len(at_ns) < 5:
        return segment
    period_ns = (at_ns[-1] - at_ns[0]) / (periods[-1] - periods[0])
    late_ns = [at - period_ns * count for at, count in zip(at_ns, periods, strict=True)]
    off_ns = [abs(bend) / 2 for bend in differences(differences(late_ns))]
    off_ns = [off_ns[0], *off_ns, off_ns[-1]]
    scatter_ns = max(_SIGMA * median(off_ns), _FINEST_NS)
    least_ns = 3 * scatter_ns
    suspects = [k for k, off in enumerate(off_ns) if least_ns < off < _LATEST_NS]
    suspects = [k for k in suspects if _sticks_out(late_ns, k, scatter_ns)]
    if len(at_ns) < 8:  # too few to judge by their scatter, or more than one
        least_ns = max(max(off_ns), _LATE * STAMP_NS)
        late = {k for k in suspects if off_ns[k] >= least_ns}
    else:
        late = {k for k in suspects if not _is_near(late_ns, k, _LATE * scatter_ns)}
        # At an end, a late edge and a change of light look alike.
        late -= {k for k in (0, len(at_ns) - 1) if off_ns[k] < 10 * STAMP_NS}
    if not late:
        return segment
    on_time = [k not in late for k in range(len(at_ns))]
    return Segment(list(compress(at_ns, on_time)), list(compress(periods, on_time)))


def _sticks_out(late_ns: list[float], k: int, scatter_ns: float) -> bool:
    """Whether an edge is later, or earlier, than both its neighbours, unlike a change of light.

    The first and the last are judged by their neighbour: if it does not stick out, they do.
    """
    last = len(late_ns) - 1
    inner = min(max(k, 1), last - 1)
    before_ns, here_ns, after_ns = late_ns[inner - 1 : inner + 2]
    to_ns, from_ns = here_ns - before_ns, here_ns - after_ns
    sticks_out = min(to_ns, from_ns) > scatter_ns or max(to_ns, from_ns) < -scatter_ns
    return sticks_out is (k == inner)


def _is_near(late_ns: list[float], k: int, limit_ns: float) -> bool:
    neighbours = late_ns[max(0, k - 3) : k] + late_ns[k + 1 : k + 4]
    return abs(late_ns[k] - median(neighbours)) <= limit_ns
