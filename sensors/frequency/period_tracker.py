"""A filter that follows a wave edge by edge and counts the periods without an edge."""

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

from .edges import WANDER

# An edge farther than this share of a period from any due time is left out.
_NEAR = 0.4
# After this number left out in a row the filter has lost the wave.
_ASTRAY = 8
# A gap is counted by its phase if its length is known to this share of a period.
_COUNTABLE = 0.12

# After a gap of more periods than this the period comes from the gap.
_LONG_GAP = 8.0


class PeriodCount(NamedTuple):
    """Edges of one unbroken count, by their index; and the number of periods up to each."""

    edges: list[int]
    periods: list[int]


class Tracker:
    """The due time of the wave's last edge, its period, and the uncertainty of both.

    An alpha-beta filter, a least-squares line through a fading memory of the stamps: its gains are
    those of a line through the points so far, up to its memory. A long memory averages the scatter
    of the stamps, a short one follows a swinging light.
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
        """Return the number of periods from the last due time to a stamp."""
        return (at_ns - self.due_ns) / self.period_ns

    def uncertainty(self, ahead: float) -> float:
        """Return one standard deviation of `ahead`, in periods."""
        memory = min(self._seen + self._points, self._memory)
        stamps = self._scatter**2 * (1 + 12 * ahead**2 / memory**3)
        return sqrt(stamps + WANDER**2 * (abs(ahead) + ahead**2 / memory))

    def follow(self, at_ns: float, periods: int) -> None:
        """Move on to an edge that ends this number of periods."""
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
        """Move on beyond a gap; if its count is certain, its length gives the period."""
        if certain:
            self.period_ns = (at_ns - self.due_ns) / periods
        self.due_ns = at_ns
        self.count += periods
        self._before = None

    def step_back(self) -> bool:
        """Forget the last edge; False if it did not follow another one."""
        if self._before is None:
            return False
        self.due_ns, self.period_ns, self.count = self._before
        self._before = None
        return True


def count(at_ns: list[float], numbers: Sequence[int] | None, tracker: Tracker) -> list[PeriodCount]:
    """Return the unbroken counts of the tracker; edges that fit nowhere are left out."""
    unbroken = PeriodCount([0], [0])
    counts = [unbroken]
    astray = 0
    for edge in range(1, len(at_ns)):
        ahead = tracker.ahead(at_ns[edge])
        if ahead < 0.5 and tracker.step_back():  # the edge before was late by most of a period
            unbroken.edges.pop()
            unbroken.periods.pop()
            ahead = tracker.ahead(at_ns[edge])
        numbered = None if numbers is None else numbers[edge] - numbers[unbroken.edges[-1]]
        if numbered in (1, None) and -_NEAR < ahead - 1 < _NEAR:  # most edges: the fast path
            tracker.follow(at_ns[edge], 1)
            unbroken.edges.append(edge)
            unbroken.periods.append(tracker.count)
            astray = 0
            continue
        periods, certain = _periods(tracker, ahead, numbered)
        if periods < 1:
            continue
        if not certain or astray >= _ASTRAY:
            tracker.jump(at_ns[edge], periods, certain=False)
            unbroken = PeriodCount([], [])
            counts.append(unbroken)
        elif ahead > _LONG_GAP or (ahead > 2.5 and tracker.uncertainty(ahead) > _COUNTABLE):
            tracker.jump(at_ns[edge], periods, certain=True)
        elif abs(ahead - periods) < _NEAR:
            tracker.follow(at_ns[edge], periods)
        else:
            astray += 1
            continue
        unbroken.edges.append(edge)
        unbroken.periods.append(tracker.count)
        astray = 0
    return counts


def _periods(tracker: Tracker, ahead: float, numbered: int | None) -> tuple[int, bool]:
    """Return the periods that an edge is ahead, and whether that is more than a guess.

    The source's number holds unless the phase clearly shows merged edges on top of it.
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
