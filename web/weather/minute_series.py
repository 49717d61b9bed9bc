"""The last minutes: a point for each, steps that are no weather, and the jump of a squall.

    a hatch        ____            within a minute, and flat before and after: a step, which is
                       |____       taken out of what follows

    repeated       ____            constant to the last digit before and after: a feed that
                       |____       repeats a reading until the next one; no step

    a gust front       .--         over some minutes, after a fall or a calm: squall now
                  ..__/

Both need a sample a minute. In slower records each sample is a point, without steps or squalls.
"""

from collections import deque
from collections.abc import Sequence
from itertools import islice, pairwise
from typing import NamedTuple

from .resolution import median, range_hpa

MINUTE_S = 60.0
WINDOW_S = 600.0

# A window of ten minutes needs six points, in slower records as many in proportion.
_ENOUGH_POINTS, _ENOUGH_SHARE = 6, 0.6

_SIDE = 5  # minutes on each side of a step
_LEAST_STEP_HPA = 0.5
_FLAT_SHARE = 0.3  # of the step: the largest range of either side
_UNBROKEN_S = (2 * _SIDE + 3) * MINUTE_S  # in a longer time some minutes are missing

# The pressure jump of a gust front begins at 0.5 hPa on land (Bedard and Meade, Journal of Applied
# Meteorology 16, 1977); as much comes every day without one.
_SQUALL_HPA, _SQUALL_MINUTES = 1.5, 10
_NO_RISE_BEFORE_HPA = 0.3
_LARGEST_SHARE = 0.6  # of the jump in one minute; more is a step
_RISEN_HPA = 0.1  # below the newest value: the end of the jump

_FINE_S = 90.0  # the slowest cadence for steps and squalls
_KEPT_S = 1800.0
_FEW = 6  # samples a minute
_CADENCE_OF = 9
_SILENCE_S = 3 * 3600.0  # longer steps do not count for the cadence


Reading = tuple[float, float]  # Unix seconds and hPa


class WindowMedian(NamedTuple):
    """The median of the newest ten minutes, in hPa, and the mean of their times."""

    moment: float
    pressure_hpa: float


class Squall(NamedTuple):
    """A jump of the pressure, its length in minutes, and its Unix time."""

    rise_hpa: float
    minutes: int
    seen_at: float


class MinuteSeries:
    """Points of a minute or more: a sample, or the median of the samples of one minute.

    cadence_s: the median time between points. steps_hpa: the sum of the steps, which is subtracted
    from later points. It drifts: half of the steps of hatches and fans are too slow to be seen.
    step_began_at: when the step began that the newest point showed; else None.
    """

    def __init__(self) -> None:
        self.cadence_s = MINUTE_S
        self.steps_hpa = 0.0
        self.squall: Squall | None = None
        self.step_began_at: float | None = None
        self._points: deque[tuple[float, float]] = deque()
        self._open: list[float] = []
        self._open_since = self._minute = 0.0
        self._steps_s: deque[float] = deque(maxlen=_CADENCE_OF)

    def add(self, taken_at: float, pressure_hpa: float) -> bool:
        """Add the newest sample; return whether it begins a new point."""
        minute = taken_at // MINUTE_S
        if self._open and minute == self._minute:
            self._open.append(pressure_hpa - self.steps_hpa)
            return False
        if self._open:
            self._close(taken_at)
        self._open = [pressure_hpa - self.steps_hpa]
        self._open_since, self._minute = taken_at, minute
        self._points.append((taken_at, self._open[0]))
        while self._points[0][0] <= taken_at - _KEPT_S:
            self._points.popleft()
        return True

    def window(self) -> WindowMedian | None:
        """Return the newest ten minutes; None if too few points are known."""
        now = self._points[-1][0]
        newest = [point for point in reversed(self._points) if point[0] > now - WINDOW_S]
        times, values = zip(*newest, strict=True)
        count = len(values)
        if count == 1 and self.cadence_s >= WINDOW_S / 2:
            return WindowMedian(now, values[0])
        if count < min(_ENOUGH_POINTS, _ENOUGH_SHARE * WINDOW_S / self.cadence_s):
            return None
        return WindowMedian(sum(times) / count, median(sorted(values)))

    def _close(self, now: float) -> None:
        if len(self._open) > 1:
            self._points[-1] = (self._open_since, median(sorted(self._open)))
        if now - self._open_since <= _SILENCE_S:
            self._steps_s.append(now - self._open_since)
            self.cadence_s = sorted(self._steps_s)[len(self._steps_s) // 2]
        self.step_began_at = None
        if self.cadence_s <= _FINE_S:
            self._look_for_step()
            self._look_for_squall(now)

    def _look_for_step(self) -> None:
        """Remove a step between two flat spans of five minutes."""
        newest = list(islice(reversed(self._points), 2 * _SIDE + 1))
        if len(newest) <= 2 * _SIDE or newest[0][0] - newest[-1][0] > _UNBROKEN_S:
            return
        after = [pressure_hpa for _, pressure_hpa in newest[:_SIDE]]
        before = [pressure_hpa for _, pressure_hpa in newest[_SIDE + 1 :]]
        step_hpa = median(sorted(after)) - median(sorted(before))
        if abs(step_hpa) < _LEAST_STEP_HPA:
            return
        if not 0.0 < max(range_hpa(after), range_hpa(before)) <= _FLAT_SHARE * abs(step_hpa):
            return
        self.steps_hpa += step_hpa
        self.step_began_at = newest[_SIDE][0]
        for place in range(-_SIDE, 0):
            taken_at, pressure_hpa = self._points[place]
            self._points[place] = (taken_at, pressure_hpa - step_hpa)
        self._points[-_SIDE - 1] = (self.step_began_at, median(sorted(before)))

    def _look_for_squall(self, now: float) -> None:
        newest = list(islice(reversed(self._points), 2 * _SQUALL_MINUTES))
        if len(newest) < 2 * _SQUALL_MINUTES:
            return
        values = [pressure_hpa for _, pressure_hpa in reversed(newest)]
        jump = values[_SQUALL_MINUTES:]
        lowest = len(jump) - 1 - jump[::-1].index(min(jump))  # the last of equal ones
        rise_hpa = jump[-1] - jump[lowest]
        if rise_hpa < _SQUALL_HPA:
            return
        largest_hpa = max(after - before for before, after in pairwise(jump[lowest:]))
        before_hpa = median(sorted(values[:_SIDE]))
        if largest_hpa <= _LARGEST_SHARE * rise_hpa and (
            jump[lowest] - before_hpa <= _NO_RISE_BEFORE_HPA
        ):
            risen = [pressure_hpa >= jump[-1] - _RISEN_HPA for pressure_hpa in jump[lowest:]]
            self.squall = Squall(rise_hpa, risen.index(True), now)


def few_of(minute: Sequence[Reading]) -> Sequence[Reading]:
    """Return a few readings that make the same point as all of a minute.

    A series shows the first until the minute is over, then the median: that is repeated, so that it
    is the median of the three as well.
    """
    if len(minute) <= _FEW:
        return minute
    middle_hpa = median(sorted(pressure_hpa for _, pressure_hpa in minute))
    return minute[0], (minute[1][0], middle_hpa), (minute[-1][0], middle_hpa)
