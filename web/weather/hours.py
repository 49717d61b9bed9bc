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

# Before there is a month, the standard atmosphere counts as so many hours.
_KNOWN_BEFORE = 240.0
_FEWEST_CHANGES = 6


class Hour(NamedTuple):
    """An hour (since 1970), its pressure, and the change in the three hours before it."""

    number: int
    pressure_hpa: float
    change_hpa: float | None


class Hours:
    """standard_hpa: what the pressure is to be taken for before anything is known."""

    def __init__(self, standard_hpa: float) -> None:
        self._standard_hpa = standard_hpa
        self._day: deque[Hour] = deque()
        self._month: deque[Hour] = deque()
        self._month_sum = self._month_squares = self._day_sum = 0.0
        self._changes: deque[tuple[int, float]] = deque()
        self._restless_sum = 0.0
        self.steepest_fall_hpa = self.steepest_rise_hpa = 0.0

    def wants(self, moment: float) -> bool:
        """Whether an hour has begun that has no value yet."""
        return not self._day or moment // HOUR_S > self._day[-1].number

    def add(self, moment: float, pressure_hpa: float, change_hpa: float | None) -> None:
        """Take the mean of the hour up to this moment.

        change_hpa: in the three hours up to it, None where not known. Where there is an hour three
        hours ago, the two means tell it better: gusts past the vents last for minutes.
        """
        number = int(moment // HOUR_S)
        if change_hpa is not None and len(self._day) > 2 and self._day[-3].number == number - 3:
            change_hpa = pressure_hpa - self._day[-3].pressure_hpa
        self._day.append(Hour(number, pressure_hpa, change_hpa))
        self._day_sum += pressure_hpa
        while self._day[0].number <= number - _DAY:
            self._to_month(self._day.popleft())
        while self._month and self._month[0].number <= number - _DAY - _MONTH:
            old = self._month.popleft().pressure_hpa - self._standard_hpa
            self._month_sum -= old
            self._month_squares -= old * old
        if change_hpa is not None:
            self._changes.append((number, change_hpa))
            self._restless_sum += abs(change_hpa)
        while self._changes and self._changes[0][0] <= number - _RESTLESS_OF:
            self._restless_sum -= abs(self._changes.popleft()[1])
        recent = [hpa for hour, hpa in self._changes if hour > number - _EXTREMES_OF]
        self.steepest_fall_hpa = max(0.0, -min(recent, default=0.0))
        self.steepest_rise_hpa = max(0.0, max(recent, default=0.0))

    @property
    def usual_hpa(self) -> float:
        """The mean of the thirty days that ended a day ago."""
        return self._standard_hpa + self._month_sum / (len(self._month) + _KNOWN_BEFORE)

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

    @property
    def lowest_of_day_hpa(self) -> float | None:
        """The lowest hour of the last day."""
        return min((hour.pressure_hpa for hour in self._day), default=None)

    def _to_month(self, hour: Hour) -> None:
        self._day_sum -= hour.pressure_hpa
        self._month.append(hour)
        off = hour.pressure_hpa - self._standard_hpa
        self._month_sum += off
        self._month_squares += off * off
