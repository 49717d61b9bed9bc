"""A filter that follows a wave edge by edge, and so counts the periods that no edge came for."""

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

from .edges import WANDER

# An edge farther than this share of a period from any due time is put aside.
_NEAR = 0.4
# So many put aside in a row, and the filter has lost the wave.
_ASTRAY = 8
# A gap is counted by phase alone when its length is known to this share of a period.
_COUNTABLE = 0.12

# Beyond a gap as long as this the period is read off the gap itself.
_LONG_GAP = 8.0


class PeriodCount(NamedTuple):
    """Edges of one unbroken count, by their place among those delivered; the periods up to each."""

    edges: list[int]
    periods: list[int]


class Tracker:
    """Follows the wave: when its last edge was due, its period, and how sure both are.

    An alpha-beta filter, which is a least-squares line through a fading memory of the stamps: its
    gains are those of a line through as many points as it has seen, up to its memory. A long memory
    averages the scatter of the stamps away, a short one follows a light that swings.
    """

    def __init__(self, period_ns: float, scatter_ns: float, points: float, memory: int) -> None:
        self.due_ns = 0.0
        self.period_ns = period_ns
        self.count = 0
        self._scatter = scatter_ns / period_ns
        self._seen = 0
        # The first guess of the period is worth this many points of a line.
        self._points = points
        self._memory = memory
        self._before: tuple[float, float, int] | None = None
        self._learn()

    def _learn(self) -> None:
        memory = min(self._seen + self._points, self._memory)
        self._due_gain = 2 / min(self._seen + 2, self._memory)
        self._period_gain = 6 / (memory * (memory + 1))

    def ahead(self, at_ns: float) -> float:
        """How many periods a stamp is ahead of the last edge that was due."""
        return (at_ns - self.due_ns) / self.period_ns

    def uncertainty(self, ahead: float) -> float:
        """One standard deviation of `ahead`, in periods."""
        memory = min(self._seen + self._points, self._memory)
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
        if self._seen < self._memory:
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


def count(at_ns: list[float], numbers: Sequence[int] | None, tracker: Tracker) -> list[PeriodCount]:
    """Return the runs that the tracker can count; edges that fit nowhere are left out."""
    run = PeriodCount([0], [0])
    runs = [run]
    astray = 0
    for edge in range(1, len(at_ns)):
        ahead = tracker.ahead(at_ns[edge])
        if ahead < 0.5 and tracker.step_back():  # the edge before came late by most of a period
            run.edges.pop()
            run.periods.pop()
            ahead = tracker.ahead(at_ns[edge])
        numbered = None if numbers is None else numbers[edge] - numbers[run.edges[-1]]
        if numbered in (1, None) and -_NEAR < ahead - 1 < _NEAR:  # most edges, and quickly done
            tracker.follow(at_ns[edge], 1)
            run.edges.append(edge)
            run.periods.append(tracker.count)
            astray = 0
            continue
        periods, certain = _periods(tracker, ahead, numbered)
        if periods < 1:
            continue
        if not certain or astray >= _ASTRAY:
            tracker.jump(at_ns[edge], periods, certain=False)
            run = PeriodCount([], [])
            runs.append(run)
        elif ahead > _LONG_GAP or (ahead > 2.5 and tracker.uncertainty(ahead) > _COUNTABLE):
            tracker.jump(at_ns[edge], periods, certain=True)
        elif abs(ahead - periods) < _NEAR:
            tracker.follow(at_ns[edge], periods)
        else:
            astray += 1
            continue
        run.edges.append(edge)
        run.periods.append(tracker.count)
        astray = 0
    return runs


def _periods(tracker: Tracker, ahead: float, numbered: int | None) -> tuple[int, bool]:
    """How many periods an edge is ahead, and whether that is more than a guess.

    The source's number holds, unless the phase says clearly that merged edges come on top.
    """
    nearest = int(ahead + 0.5)
    if nearest == numbered or ahead < 2.5:
        return nearest, True
    uncertainty = tracker.uncertainty(ahead)
    countable = uncertainty < _COUNTABLE
    if numbered is not None:
        doubt = max(0.5, 6 * uncertainty) if countable else max(6 * uncertainty, 0.05 * numbered)
        if abs(ahead - numbered) < doubt:
            return numbered, True
    return nearest, countable
