"""Hourly statistics: the usual pressure, and how restless the last two days were.

    |<---------------- 30 days ---------------->|<- 1 day ->| now
                     usual pressure

Each hour is the mean of the hour before its first sample. The class keeps sums, so that an hour
always costs the same.
"""

from collections import deque
from math import sqrt
from typing import NamedTuple

HOUR_S = 3600.0
_DAY, _MONTH = 24, 30 * 24
_EXTREMES_OF, _RESTLESS_OF = 12, 48

# In the first month the standard atmosphere counts as this number of hours; unless the mean of as
# many is so far from it that the altitude must be wrong. A deep low may last for days.
_STANDARD_HOURS = 240.0
_FAR_HPA = 40.0
_FEWEST_CHANGES = 6


class Hour(NamedTuple):
    """An hour (since 1970) and its pressure, with and without the steps of the barogram."""

    number: int
    pressure_hpa: float
    curve_hpa: float


class ChangePair(NamedTuple):
    """The steepest rise and fall in 3 h that two consecutive hours confirm."""

    hour: int
    rise_hpa: float
    fall_hpa: float


class HourlyStatistics:
    """The hours of a month. standard_hpa: the usual pressure before any is known."""

    def __init__(self, standard_hpa: float) -> None:
        self._standard_hpa = standard_hpa
        self._day: deque[Hour] = deque()
        self._month: deque[Hour] = deque()
        self._month_sum = self._month_squares = self._day_sum = 0.0
        self._changes: deque[tuple[int, float]] = deque()
        self._steep: deque[ChangePair] = deque()
        self._restless_sum = 0.0
        self.steepest_fall_hpa = self.steepest_rise_hpa = 0.0

    def wants(self, moment: float) -> bool:
        """Whether this hour has no value yet."""
        return not self._day or moment // HOUR_S > self._day[-1].number

    def add(
        self, moment: float, curve_hpa: float, steps_hpa: float, change_hpa: float | None
    ) -> None:
        """Add the mean of the hour up to this moment, and the steps removed from the curve.

        change_hpa: over the last three hours if known. The difference from the hour three hours ago
        replaces it if possible: gusts past the vents last for minutes.
        """
        number = int(moment // HOUR_S)
        if change_hpa is not None and len(self._day) > 2 and self._day[-3].number == number - 3:
            change_hpa = curve_hpa - self._day[-3].curve_hpa
        hour = Hour(number, curve_hpa + steps_hpa, curve_hpa)
        self._day.append(hour)
        self._day_sum += hour.pressure_hpa
        while self._day[0].number <= number - _DAY:
            self._to_month(self._day.popleft())
        while self._month and self._month[0].number <= number - _DAY - _MONTH:
            old = self._month.popleft().pressure_hpa - self._standard_hpa
            self._month_sum -= old
            self._month_squares -= old * old
        if change_hpa is not None:
            if self._changes and self._changes[-1][0] == number - 1:
                self._steep.append(_pair(number, self._changes[-1][1], change_hpa))
            self._changes.append((number, change_hpa))
            self._restless_sum += abs(change_hpa)
        while self._changes and self._changes[0][0] <= number - _RESTLESS_OF:
            self._restless_sum -= abs(self._changes.popleft()[1])
        while self._steep and self._steep[0].hour <= number - _EXTREMES_OF + 1:
            self._steep.popleft()
        self.steepest_rise_hpa = max((pair.rise_hpa for pair in self._steep), default=0.0)
        self.steepest_fall_hpa = max((pair.fall_hpa for pair in self._steep), default=0.0)

    @property
    def usual_hpa(self) -> float:
        """The mean of the thirty days that ended a day ago, in hPa."""
        before_hpa = self.off_standard_hpa if self.is_far_from_standard else 0.0
        total_hpa = self._month_sum + _STANDARD_HOURS * before_hpa
        return self._standard_hpa + total_hpa / (len(self._month) + _STANDARD_HOURS)

    @property
    def off_standard_hpa(self) -> float:
        """The mean deviation of all hours from the standard atmosphere."""
        count = len(self._month) + len(self._day)
        day_hpa = self._day_sum - len(self._day) * self._standard_hpa
        return (self._month_sum + day_hpa) / count if count else 0.0

    @property
    def is_far_from_standard(self) -> bool:
        """Whether no weather explains the deviation: the altitude is wrong or missing."""
        return len(self._month) >= _STANDARD_HOURS and abs(self.off_standard_hpa) > _FAR_HPA

    @property
    def restless_hpa(self) -> float | None:
        """The mean size of the 3 h change over two days; None for fewer than six."""
        count = len(self._changes)
        return self._restless_sum / count if count >= _FEWEST_CHANGES else None

    @property
    def days_known(self) -> float:
        """The number of days in the month."""
        return len(self._month) / _DAY

    @property
    def month_hpa(self) -> float | None:
        """The mean of the month; None before there is one."""
        return self._standard_hpa + self._month_sum / len(self._month) if self._month else None

    @property
    def spread_hpa(self) -> float:
        """The standard deviation of the month."""
        count = len(self._month)
        if count < 2:
            return 0.0
        mean = self._month_sum / count
        return sqrt(max(0.0, self._month_squares / count - mean * mean))

    @property
    def day_hpa(self) -> float | None:
        """The mean of the last day; None if less than half of it is known."""
        count = len(self._day)
        return self._day_sum / count if count >= _DAY / 2 else None

    def _to_month(self, hour: Hour) -> None:
        self._day_sum -= hour.pressure_hpa
        self._month.append(hour)
        off = hour.pressure_hpa - self._standard_hpa
        self._month_sum += off
        self._month_squares += off * off


def _pair(hour: int, before_hpa: float, hpa: float) -> ChangePair:
    """Return the changes that two consecutive hours confirm.

    A change counts up to twice the other: a wrong reading makes one, a front makes three.
    """
    rise_hpa = max(0.0, min(hpa, 2 * before_hpa), min(before_hpa, 2 * hpa))
    fall_hpa = max(0.0, min(-hpa, -2 * before_hpa), min(-before_hpa, -2 * hpa))
    return ChangePair(hour, rise_hpa, fall_hpa)
