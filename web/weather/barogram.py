"""The barogram: the pressure at any moment of the last day, as medians of ten minutes.

    10 min|             10 min|             10 min|
    ......|...................|...................|
       3 h ago            1 h 30 ago             now

A median of ten minutes is immune to a glitch or a wave under the boat. The tide of the air is
removed if the position is known. Values are kept every five minutes for 25 hours, so that a sample
always costs the same.
"""

from bisect import bisect_right
from collections import deque
from operator import attrgetter
from typing import NamedTuple

from .minute_series import MinuteSeries, WindowMedian
from .tide import Tide

SPAN_S = 3 * 3600.0

# One sample missing from a slow record is bridged, a longer silence is a gap.
_GAP_FACTOR = 2.1
_SHORTEST_GAP_S = 15 * 60.0
SLOWEST_CADENCE_S = 65 * 60.0

_EVERY_S = 300.0
_KEPT_S = 25 * 3600.0
_NEAR_S = 310.0  # a value stands for this time before and after it


class _Value(NamedTuple):
    """A value, with the sum of all gaps before it."""

    moment: float
    pressure_hpa: float
    silent_s: float


_moment = attrgetter("moment")


class Barogram:
    """Values at the mean times of their ten minutes.

    Steps and tide are removed. minutes: the last minutes, with the sum of the steps. now: the
    newest value, which moves with each point; None if too few are known. kept: the number of
    values.
    """

    def __init__(self, tide: Tide | None = None) -> None:
        self._tide = tide
        self.minutes = MinuteSeries()
        self._begun_at: float | None = None
        self._newest_at = 0.0
        self._silent_s = 0.0  # the sum of all gaps so far
        self._gaps: deque[tuple[float, float]] = deque()
        self._values: list[_Value] = []
        self.now: WindowMedian | None = None
        self.kept = 0

    def add(self, taken_at: float, pressure_hpa: float) -> bool:
        """Add the newest sample; return whether it makes a new point."""
        if self._begun_at is None:
            self._begun_at = self._newest_at = taken_at
        before, self._newest_at = self._newest_at, taken_at
        if not self.minutes.add(taken_at, pressure_hpa):
            return False
        if taken_at - before > self._gap_s:
            self._silent_s += taken_at - before
            self._gaps.append((before, taken_at))
            while self._gaps[0][1] < taken_at - _KEPT_S:
                self._gaps.popleft()
        if self.minutes.step_began_at is not None:
            self._drop_since(self.minutes.step_began_at)
        window = self.minutes.window()
        if window is not None and self._tide is not None:
            moment = window.moment
            window = WindowMedian(moment, window.pressure_hpa - self._tide.hpa(moment))
        self.now = window
        # By the clock, so that the values do not depend on the start of the record.
        if window is not None and (
            not self._values or window.moment // _EVERY_S > self._values[-1].moment // _EVERY_S
        ):
            self._keep(window)
        return True

    def at(self, moment: float) -> float | None:
        """Return the pressure at a moment, interpolated; None across a gap."""
        values = self._values
        if self.now is None or not values:
            return None
        i = bisect_right(values, moment, key=_moment)
        after = values[i] if i < len(values) else _Value(*self.now, self._silent_s)
        if i == 0:
            return after.pressure_hpa if after.moment - moment <= _NEAR_S else None
        before = values[i - 1]
        if after.silent_s != before.silent_s:
            if moment - before.moment <= _NEAR_S:
                return before.pressure_hpa
            return after.pressure_hpa if after.moment - moment <= _NEAR_S else None
        if after.moment <= before.moment:
            return before.pressure_hpa
        share = (moment - before.moment) / (after.moment - before.moment)
        return before.pressure_hpa + min(1.0, share) * (after.pressure_hpa - before.pressure_hpa)

    def change_hpa(self, span_s: float) -> float | None:
        """Return the change over a span up to now, to 0.01 hPa; None if an end is missing."""
        now = self.now
        if now is None:
            return None
        then_hpa = self.at(now.moment - span_s)
        return None if then_hpa is None else round(now.pressure_hpa - then_hpa, 2)

    def mean_hpa(self, span_s: float) -> float | None:
        """Return the mean of a span up to now; in a slow record that is the newest value."""
        if self.now is None or not self._values:
            return None
        first = bisect_right(self._values, self.now.moment - span_s, key=_moment)
        values = [value.pressure_hpa for value in self._values[first:]] or [self.now.pressure_hpa]
        return sum(values) / len(values)

    def covered_s(self, span_s: float = SPAN_S) -> float:
        """Return how much of the span up to the newest sample is known."""
        if self._begun_at is None:
            return 0.0
        since = max(self._begun_at, self._newest_at - span_s)
        silent_s = sum(max(0.0, end - max(begin, since)) for begin, end in self._gaps)
        return self._newest_at - since - silent_s

    def is_silent(self, now: float) -> bool:
        """Whether the newest sample is older than a gap."""
        return now - self._newest_at > self._gap_s

    def tide_hpa(self, span_s: float) -> float:
        """Return what the tide adds to the change over a span; 0 without a position."""
        if self._tide is None or self.now is None:
            return 0.0
        moment = self.now.moment
        return self._tide.hpa(moment) - self._tide.hpa(moment - span_s)

    @property
    def _gap_s(self) -> float:
        cadence_s = min(self.minutes.cadence_s, SLOWEST_CADENCE_S)
        return max(_SHORTEST_GAP_S, _GAP_FACTOR * cadence_s)

    def _keep(self, window: WindowMedian) -> None:
        self.kept += 1
        self._values.append(_Value(*window, self._silent_s))
        if self._values[0].moment < window.moment - 2 * _KEPT_S:  # seldom, not at every value
            del self._values[: bisect_right(self._values, window.moment - _KEPT_S, key=_moment)]

    def _drop_since(self, moment: float) -> None:
        """Drop the values that include a step."""
        while self._values and self._values[-1].moment >= moment - _EVERY_S:
            del self._values[-1]
