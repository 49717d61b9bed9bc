"""A month of hours: what is usual here, and how restless the last two days have been.

    |<---------------- 30 days ---------------->|<- 1 day ->| now
                     usual pressure

Each hour is the mean of the hour before its first sample. Sums are kept, so that an hour costs the
same at any time.
"""

from collections import deque
from math import sqrt
from typing import NamedTuple

HOUR_S = 3600.0
_DAY, _MONTH = 24, 30 * 24
_EXTREMES_OF, _RESTLESS_OF = 12, 48

# Before there is a month, the standard atmosphere counts as so many hours; unless what is measured
# is, after as many, so far from it that the altitude cannot be right. A deep low may be for days.
_KNOWN_BEFORE = 240.0
_FAR_HPA = 40.0
_FEWEST_CHANGES = 6


class Hour(NamedTuple):
    """An hour (since 1970), the level of its pressure, and the same on the curve without steps."""

    number: int
    pressure_hpa: float
    curve_hpa: float


class Pair(NamedTuple):
    """Of two hours running, how steep the rise and the fall in 3 h were that do not stand alone."""

    hour: int
    rise_hpa: float
    fall_hpa: float


class Hours:
    """standard_hpa: what the pressure is to be taken for before anything is known."""

    def __init__(self, standard_hpa: float) -> None:
        self._standard_hpa = standard_hpa
        self._day: deque[Hour] = deque()
        self._month: deque[Hour] = deque()
        self._month_sum = self._month_squares = self._day_sum = 0.0
        self._changes: deque[tuple[int, float]] = deque()
        self._steep: deque[Pair] = deque()
        self._restless_sum = 0.0
        self.steepest_fall_hpa = self.steepest_rise_hpa = 0.0

    def wants(self, moment: float) -> bool:
        """Whether an hour has begun that has no value yet."""
        return not self._day or moment // HOUR_S > self._day[-1].number

    def add(
        self, moment: float, curve_hpa: float, steps_hpa: float, change_hpa: float | None
    ) -> None:
        """Take the mean of the hour up to this moment, and the steps the curve is without.

        change_hpa: in the three hours up to it, None where not known. Where there is an hour three
        hours ago, the two means tell it better: gusts past the vents last for minutes.
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
        """The mean of the thirty days that ended a day ago."""
        before_hpa = self.off_standard_hpa if self.is_far_from_standard else 0.0
        total_hpa = self._month_sum + _KNOWN_BEFORE * before_hpa
        return self._standard_hpa + total_hpa / (len(self._month) + _KNOWN_BEFORE)

    @property
    def off_standard_hpa(self) -> float:
        """How far all that is known is from the standard atmosphere, on the average."""
        count = len(self._month) + len(self._day)
        day_hpa = self._day_sum - len(self._day) * self._standard_hpa
        return (self._month_sum + day_hpa) / count if count else 0.0

    @property
    def is_far_from_standard(self) -> bool:
        """Whether no weather explains that: the altitude is wrong, or was not told."""
        return len(self._month) >= _KNOWN_BEFORE and abs(self.off_standard_hpa) > _FAR_HPA

    @property
    def restless_hpa(self) -> float | None:
        """The mean size of the 3 h change over two days; None when hardly anything is known."""
        count = len(self._changes)
        return self._restless_sum / count if count >= _FEWEST_CHANGES else None

    @property
    def days_known(self) -> float:
        """How much of the month is known, in days."""
        return len(self._month) / _DAY

    @property
    def month_hpa(self) -> float | None:
        """The mean of the month alone; None before there is one."""
        return self._standard_hpa + self._month_sum / len(self._month) if self._month else None

    @property
    def spread_hpa(self) -> float:
        """How far the pressure goes from its mean in this month, as a standard deviation."""
        count = len(self._month)
        if count < 2:
            return 0.0
        mean = self._month_sum / count
        return sqrt(max(0.0, self._month_squares / count - mean * mean))

    @property
    def day_hpa(self) -> float | None:
        """The mean of the last day; None when less than half of it is known."""
        count = len(self._day)
        return self._day_sum / count if count >= _DAY / 2 else None

    def _to_month(self, hour: Hour) -> None:
        self._day_sum -= hour.pressure_hpa
        self._month.append(hour)
        off = hour.pressure_hpa - self._standard_hpa
        self._month_sum += off
        self._month_squares += off * off


def _pair(hour: int, before_hpa: float, hpa: float) -> Pair:
    """How steep it was in two hours running.

    A change counts up to twice that of the hour beside it: a reading that is wrong makes one, and
    a front makes three.
    """
    rise_hpa = max(0.0, min(hpa, 2 * before_hpa), min(before_hpa, 2 * hpa))
    fall_hpa = max(0.0, min(-hpa, -2 * before_hpa), min(-before_hpa, -2 * hpa))
    return Pair(hour, rise_hpa, fall_hpa)
