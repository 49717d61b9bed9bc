"""The tide as a clock: it goes by the sun, and so tells a wrong clock, time zone or position.

    measured  .-.         .-.        two hours late: the clock is fast by as much, or set to
    expected.-. '-.     .-. '-.      another zone, or the boat is 30 degrees from where it says

Only calm days count, and only when ten of them agree: in middle latitudes the tide is small and
the weather large, and then nothing is said.
"""

from collections import deque
from math import atan2, cos, hypot, pi, sin, sqrt
from typing import NamedTuple

from .hourly_statistics import HOUR_S
from .tide import Tide

_DAY = 24
_FEWEST_DAYS, _MOST_DAYS = 10, 20
_CALM_HPA = 4.0  # that a day goes from its straight line
_CERTAIN = 4.0  # the mean of the days, in its own standard errors
_LEAST_SHARE = 0.5  # of the amplitude expected
_WRONG_H = 1.5
_HOURS_A_RADIAN = 12 / (2 * pi)


class Wave(NamedTuple):
    """A wave of twelve hours in a day: cosine and sine of UTC, in hPa."""

    cosine_hpa: float
    sine_hpa: float


class SolarClock:
    """Collects the wave of each calm day; fed once an hour with the pressure as measured.

    late_h: how many hours the tide comes late, from -6 to 6; None when that cannot be told.
    """

    def __init__(self, tide: Tide | None) -> None:
        self._tide = tide
        self._hours: list[float] = []
        self._next = -1
        self._days: deque[Wave] = deque(maxlen=_MOST_DAYS)
        self.late_h: float | None = None

    def add(self, moment: float, pressure_hpa: float) -> None:
        """Take the first value of an hour, with its tide."""
        number = int(moment // HOUR_S)
        if number != self._next:
            self._hours.clear()
        if self._hours or number % _DAY == 0:
            self._hours.append(pressure_hpa)
            self._next = number + 1
        if len(self._hours) > _DAY:  # from midnight to midnight, both included
            wave = _wave(self._hours)
            if wave is not None:
                self._days.append(wave)
                self.late_h = self._late_h()
            del self._hours[:_DAY]

    def _late_h(self) -> float | None:
        count = len(self._days)
        if self._tide is None or count < _FEWEST_DAYS:
            return None
        cosine = sum(day.cosine_hpa for day in self._days) / count
        sine = sum(day.sine_hpa for day in self._days) / count
        spread = sum(
            (day.cosine_hpa - cosine) ** 2 + (day.sine_hpa - sine) ** 2 for day in self._days
        )
        error = sqrt(spread / (count - 1) / count)
        amplitude = hypot(cosine, sine)
        if amplitude < max(_CERTAIN * error, _LEAST_SHARE * self._tide.amplitude_hpa):
            return None
        turned = atan2(sine, cosine) - atan2(self._tide.sine_hpa, self._tide.cosine_hpa)
        return ((turned + pi) % (2 * pi) - pi) * _HOURS_A_RADIAN

    def remark(self) -> str:
        """What is to be said of the clock, or nothing."""
        late_h = self.late_h
        if late_h is None or abs(late_h) < _WRONG_H:
            return ""
        side = "late" if late_h > 0 else "early"
        return (
            f"the tide of the air comes {abs(late_h):.0f} h too {side}: see to the clock, its zone"
            " and the longitude"
        )


def _wave(hours: list[float]) -> Wave | None:
    """The wave in 25 hourly values without their straight line; None for a day of weather."""
    slope = (hours[_DAY] - hours[0]) / _DAY
    flat = [value - hours[0] - slope * n for n, value in enumerate(hours[:_DAY])]
    if max(flat) - min(flat) > _CALM_HPA:
        return None
    angles = [4 * pi * n / _DAY for n in range(_DAY)]
    pairs = list(zip(flat, angles, strict=True))
    return Wave(
        sum(value * cos(angle) for value, angle in pairs) * 2 / _DAY,
        sum(value * sin(angle) for value, angle in pairs) * 2 / _DAY,
    )
