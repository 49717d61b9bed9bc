"""The tide as a clock: it follows the sun and so shows a wrong clock, time zone or position.

    measured  .-.         .-.        two hours late: the clock is fast by as much, or set to
    expected.-. '-.     .-. '-.      another zone, or the boat is 30 degrees from where it says

Only calm days count, and only when ten of them agree: in middle latitudes the tide is small and
the weather large, and there is no remark.
"""

from collections import deque
from math import cos, pi, sin, sqrt

from .hourly_statistics import HOUR_S
from .tide import Tide

_DAY = 24
_FEWEST_DAYS, _MOST_DAYS = 10, 20
_CALM_HPA = 4.0  # the range of a day about its straight line
_CERTAIN = 4.0  # the mean of the days, in its own standard errors
_LEAST_SHARE = 0.5  # of the amplitude expected
_WRONG_H = 1.5
_HOURS_A_RADIAN = 12 / (2 * pi)


class TideClock:
    """Collects the tide of each calm day, from one measured pressure an hour.

    late_h: the delay of the tide in hours, from -6 to 6; None if it is uncertain.
    """

    def __init__(self, tide: Tide | None) -> None:
        self._tide = tide
        self._hours: list[float] = []
        self._next = -1
        self._days: deque[Tide] = deque(maxlen=_MOST_DAYS)
        self._mean: tuple[float, float] | None = None
        self.late_h: float | None = None

    def add(self, moment: float, pressure_hpa: float) -> None:
        """Take the first value of an hour, the tide included."""
        number = int(moment // HOUR_S)
        if number != self._next:
            self._hours.clear()
        if self._hours or number % _DAY == 0:
            self._hours.append(pressure_hpa)
            self._next = number + 1
        if len(self._hours) > _DAY:  # from midnight to midnight, both included
            if tide := _tide_of(self._hours):
                self._days.append(tide)
                self.late_h = self._late_h()
            del self._hours[:_DAY]

    def add_mean(self, begin: float, mean_hpa: float) -> None:
        """Take the mean of an hour: with that of the hour before it makes the value between."""
        before, self._mean = self._mean, (begin, mean_hpa)
        if before is not None and begin - before[0] < 1.5 * HOUR_S:
            self.add(begin + HOUR_S / 2, (before[1] + mean_hpa) / 2)

    def _late_h(self) -> float | None:
        count = len(self._days)
        if self._tide is None or count < _FEWEST_DAYS:
            return None
        mean = Tide(*(sum(column) / count for column in zip(*self._days, strict=True)))
        spread = sum(
            (day.cosine_hpa - mean.cosine_hpa) ** 2 + (day.sine_hpa - mean.sine_hpa) ** 2
            for day in self._days
        )
        error = sqrt(spread / (count - 1) / count)
        if mean.amplitude_hpa < max(_CERTAIN * error, _LEAST_SHARE * self._tide.amplitude_hpa):
            return None
        turned = mean.angle - self._tide.angle
        return ((turned + pi) % (2 * pi) - pi) * _HOURS_A_RADIAN

    def remark(self) -> str:
        """Return a remark about the clock, or ""."""
        late_h = self.late_h
        if late_h is None or abs(late_h) < _WRONG_H:
            return ""
        side = "late" if late_h > 0 else "early"
        return (
            f"the tide of the air comes {abs(late_h):.0f} h too {side}: see to the clock, its zone"
            " and the longitude"
        )


def _tide_of(hours: list[float]) -> Tide | None:
    """Return the tide in 25 hourly values less their straight line; None for a day of weather."""
    slope = (hours[_DAY] - hours[0]) / _DAY
    flat = [value - hours[0] - slope * n for n, value in enumerate(hours[:_DAY])]
    if max(flat) - min(flat) > _CALM_HPA:
        return None
    angles = [4 * pi * n / _DAY for n in range(_DAY)]
    pairs = list(zip(flat, angles, strict=True))
    return Tide(
        sum(value * cos(angle) for value, angle in pairs) * 2 / _DAY,
        sum(value * sin(angle) for value, angle in pairs) * 2 / _DAY,
    )
