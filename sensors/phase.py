"""Phase unwrapping: which period of the wave each edge ends.

    the wave    |    |    |    |    |    |    |    |    |    |
    stamped      |    |    |         |    |        | |    |        each a little late
    ends period  0    1    2         4    5          7    8
                                     `- 3 merged   `- 6 came too late to be of use

An interrupt thread that runs late makes one event of two edges, and nothing but an interval twice
as long tells of it. A tracking filter predicts when the next edges are due; how many were due since
the last one is the count. It tracks phase, and not interval by interval, because one late stamp
bends two intervals and no count.
"""

from collections.abc import Sequence
from itertools import compress, pairwise
from math import cos, pi, sqrt
from statistics import median
from typing import NamedTuple

from .jitter import STAMP_NS, WANDER

# The filter remembers about this many edges: enough to average the stamps' scatter away, few
# enough to follow the sensor's own wandering.
_MEMORY = 32
# An edge farther than this share of a period from any due time is put aside.
_NEAR = 0.4
# So many put aside in a row, and the filter has lost the wave.
_ASTRAY = 8
# A gap is counted by phase alone when its length is known to this share of a period.
_COUNTABLE = 0.12
# With a smaller share of the edges of use, the others are no accident.
_OF_USE = 0.6
# A stamp this many standard deviations from its neighbours was late and is put aside.
_LATE = 5.0
# Below this coherence the median interval is no good guess of the period.
_POOR = 0.8
# So many spans show the coherence well enough.
_ENOUGH = 200
# Below this coherence of 0 to 1 the edges keep no rhythm; every wave of interest is above 0.4.
_NO_RHYTHM = 0.3


class Run(NamedTuple):
    """Edges of one unbroken count: their times, and the periods counted up to each."""

    at_ns: list[float]
    periods: list[int]


class Unwrapped(NamedTuple):
    """The runs whose edges are of use, and how many edges were not delivered between them."""

    runs: list[Run]
    lost: int


def unwrap(at_ns: list[float], numbers: Sequence[int] | None) -> Unwrapped | None:
    """Count the periods of two or more edges, by their times from the first one on.

    numbers: the source's own count of edges up to each, which knows nothing of merged ones.
    None when the edges keep no rhythm.
    """
    intervals_ns = [after - before for before, after in pairwise(at_ns)]
    steps = None if numbers is None else [after - before for before, after in pairwise(numbers)]
    single_ns = intervals_ns if steps is None else _single(intervals_ns, steps)
    period_ns, coherence = _first_guess(at_ns, single_ns)
    if coherence < _NO_RHYTHM:
        return None
    shortest, longest = min(intervals_ns) / period_ns, max(intervals_ns) / period_ns
    if shortest > 1 - _NEAR and longest < 1 + _NEAR and (steps is None or max(steps) == 1):
        counted = [list(enumerate(range(len(at_ns))))]
    else:
        points = _MEMORY if coherence < _POOR else (4 * len(at_ns)) ** (1 / 3)
        tracker = _Tracker(period_ns, _scatter_ns(single_ns, period_ns), points)
        counted = _count(at_ns, numbers, tracker)
    first, last = counted[0][0], counted[-1][-1]
    lost = (last[1] - first[1]) - (last[0] - first[0])
    runs = [Run([at_ns[k] for k, _ in run], [count for _, count in run]) for run in counted]
    runs = [_without_late(run) for run in runs if len(run.at_ns) > 1]
    if sum([len(run.at_ns) for run in runs]) < _OF_USE * len(at_ns):
        return None
    return Unwrapped(runs, max(lost, 0))


def _single(intervals_ns: list[float], steps: list[int]) -> list[float]:
    """The intervals in which no number is missing; of a source that lost all of these, shares."""
    single_ns = [ns for ns, step in zip(intervals_ns, steps, strict=True) if step == 1]
    return single_ns or [ns / step for ns, step in zip(intervals_ns, steps, strict=True)]


def _first_guess(at_ns: list[float], single_ns: list[float]) -> tuple[float, float]:
    """The period, and the coherence of the intervals with it.

    The median interval is the period, unless most edges are merged: then a half or a third of it
    fits the intervals better. A poor fit is improved on ever longer spans, in which the scatter
    of the stamps weighs less and less: a periodogram, searched from coarse to fine.
    """
    period_ns = median(single_ns)
    if len(single_ns) < 8:
        return period_ns, 1.0
    best = _coherence(single_ns, period_ns)
    shorter = sum([ns < 0.75 * period_ns for ns in single_ns])
    if shorter >= max(3, 0.1 * len(single_ns)):
        for part in (2, 3):
            fit = _coherence(single_ns, period_ns / part)
            if fit > best + 0.2:
                best, period_ns = fit, period_ns / part
    lag = 1
    while best < _POOR and lag <= 16 and lag < len(at_ns) // 4:
        starts_ns = at_ns[: min(len(at_ns) - lag, _ENOUGH)]
        spans_ns = [after - before for before, after in zip(starts_ns, at_ns[lag:], strict=False)]
        nearby = [period_ns * (1 + shift / (20 * lag)) for shift in (-2, -1, 0, 1, 2)]
        period_ns = max(nearby, key=lambda ns: _coherence(spans_ns, ns))
        lag *= 2
    return period_ns, _coherence(single_ns, period_ns)


def _coherence(spans_ns: Sequence[float], period_ns: float) -> float:
    """1 when every span is a whole number of periods, 0 when they have nothing to do with it."""
    turn = 2 * pi / period_ns
    return sum([cos(ns * turn) for ns in spans_ns]) / len(spans_ns)


def _scatter_ns(single_ns: list[float], period_ns: float) -> float:
    """One standard deviation of a stamp, as the intervals show it; late ones hardly count."""
    off_ns = [abs(ns - period_ns * max(1, int(ns / period_ns + 0.5))) for ns in single_ns]
    seen_ns = 1.4826 * median(off_ns) / sqrt(2)
    # Few intervals may agree by chance: what is to be expected counts as eight more.
    return sqrt((len(off_ns) * seen_ns**2 + 8 * STAMP_NS**2) / (len(off_ns) + 8))


class _Tracker:
    """Follows the wave: when its last edge was due, its period, and how sure both are.

    An alpha-beta filter, which is a least-squares line through a fading memory of the stamps: its
    gains are those of a line through as many points as it has seen, up to its memory.
    """

    def __init__(self, period_ns: float, scatter_ns: float, points: float) -> None:
        self.due_ns = 0.0
        self.period_ns = period_ns
        self.count = 0
        self._scatter = scatter_ns / period_ns
        self._seen = 0
        # The first guess of the period is worth this many points of a line.
        self._points = points
        self._before: tuple[float, float, int] | None = None
        self._learn()

    def _learn(self) -> None:
        memory = min(self._seen + self._points, _MEMORY)
        self._due_gain = 2 / min(self._seen + 2, _MEMORY)
        self._period_gain = 6 / (memory * (memory + 1))

    def ahead(self, at_ns: float) -> float:
        """How many periods a stamp is ahead of the last edge that was due."""
        return (at_ns - self.due_ns) / self.period_ns

    def uncertainty(self, ahead: float) -> float:
        """One standard deviation of `ahead`, in periods."""
        memory = min(self._seen + self._points, _MEMORY)
        stamps = self._scatter**2 * (1 + 12 * ahead**2 / memory**3)
        return sqrt(stamps + WANDER**2 * (abs(ahead) + ahead**2 / memory))

    def follow(self, at_ns: float, periods: int) -> None:
        """Go on to an edge so many periods ahead."""
        self._before = (self.due_ns, self.period_ns, self.count)
        due_ns = self.due_ns + periods * self.period_ns
        error_ns = at_ns - due_ns
        self.due_ns = due_ns + self._due_gain * error_ns
        self.period_ns += self._period_gain * error_ns / periods
        self.count += periods
        if self._seen < _MEMORY:
            self._seen += 1
            self._learn()

    def jump(self, at_ns: float, periods: int, *, certain: bool) -> None:
        """Go on beyond a gap; its length tells the period when its count is certain."""
        if certain:
            self.period_ns = (at_ns - self.due_ns) / periods
        self.due_ns = at_ns
        self.count += periods
        self._before = None

    def step_back(self) -> bool:
        """Forget the last edge, if it was followed and the one before it is still known."""
        if self._before is None:
            return False
        self.due_ns, self.period_ns, self.count = self._before
        self._before = None
        return True


_Counted = list[tuple[int, int]]


def _count(at_ns: list[float], numbers: Sequence[int] | None, tracker: _Tracker) -> list[_Counted]:
    """Return runs of (edge, periods up to it); edges that fit nowhere are left out."""
    runs: list[_Counted] = [[(0, 0)]]
    astray = 0
    for edge in range(1, len(at_ns)):
        ahead = tracker.ahead(at_ns[edge])
        if ahead < 0.5 and tracker.step_back():  # the edge before came late by most of a period
            runs[-1].pop()
            ahead = tracker.ahead(at_ns[edge])
        numbered = None if numbers is None else numbers[edge] - numbers[runs[-1][-1][0]]
        periods, certain = _periods(tracker, ahead, numbered)
        if periods < 1:
            continue
        if not certain or astray >= _ASTRAY:
            tracker.jump(at_ns[edge], periods, certain=False)
            runs.append([])
        elif ahead > 2.5 and tracker.uncertainty(ahead) > _COUNTABLE:
            tracker.jump(at_ns[edge], periods, certain=True)
        elif abs(ahead - periods) < _NEAR:
            tracker.follow(at_ns[edge], periods)
        else:
            astray += 1
            continue
        runs[-1].append((edge, tracker.count))
        astray = 0
    return runs


def _periods(tracker: _Tracker, ahead: float, numbered: int | None) -> tuple[int, bool]:
    """How many periods an edge is ahead, and whether that is more than a guess.

    The source's number holds, unless the phase says clearly that merged edges come on top.
    """
    nearest = int(ahead + 0.5)
    if nearest == numbered or ahead < 2.5:
        return nearest, True
    uncertainty = tracker.uncertainty(ahead)
    if numbered is not None and abs(ahead - numbered) < max(0.5, 6 * uncertainty):
        return numbered, True
    return nearest, uncertainty < _COUNTABLE


def _without_late(run: Run) -> Run:
    """The run without the edges whose stamps are far off their neighbours'."""
    at_ns, periods = run
    if len(at_ns) < 5:
        return run
    period_ns = (at_ns[-1] - at_ns[0]) / (periods[-1] - periods[0])
    late_ns = [at - period_ns * count for at, count in zip(at_ns, periods, strict=True)]
    off_ns = [
        abs(here - (before + after) / 2)
        for before, here, after in zip(
            [late_ns[2], *late_ns], late_ns, [*late_ns[1:], late_ns[-3]], strict=False
        )
    ]
    scatter_ns = 1.4826 * median(off_ns)
    if len(at_ns) < 8:  # too few to tell by their own scatter
        scatter_ns = max(scatter_ns, STAMP_NS)
        kept = [off < max(off_ns) or off < _LATE * scatter_ns for off in off_ns]
    else:
        kept = [
            off < 3 * scatter_ns or _is_near(late_ns, k, _LATE * scatter_ns)
            for k, off in enumerate(off_ns)
        ]
    return Run(list(compress(at_ns, kept)), list(compress(periods, kept)))


def _is_near(late_ns: list[float], k: int, limit_ns: float) -> bool:
    neighbours = late_ns[max(0, k - 3) : k] + late_ns[k + 1 : k + 4]
    return abs(late_ns[k] - median(neighbours)) <= limit_ns
