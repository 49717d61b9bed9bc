"""Weather made for a test, and the real records where they are."""

from collections.abc import Callable, Iterator
from math import cos, pi, radians, sin

from web.weather import Outlook, Sample, Station, replay

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


def made(
    pressure_at_hour: Callable[[float], float], hours: float, step_s: float, begins: float = 0.0
) -> Iterator[Sample]:
    """A record of a pressure that is known for each hour."""
    for n in range(round(hours * HOUR / step_s) + 1):
        yield Sample(begins + n * step_s, pressure_at_hour(n * step_s / HOUR))


def last(
    pressure_at_hour: Callable[[float], float],
    hours: float,
    step_s: float,
    station: Station | None = None,
) -> Outlook:
    """The outlook at the end of it."""
    *_, (_, outlook) = replay(made(pressure_at_hour, hours, step_s), station)
    return outlook


def falling(hpa_in_3_h: float) -> Callable[[float], float]:
    """Level for six hours, then this fall in three, then level."""
    return lambda hour: 1010.0 - hpa_in_3_h * min(1.0, max(0.0, (hour - 6) / 3))


def tide_hpa(moment: float, latitude: float, longitude: float) -> float:
    """Both waves that go round with the sun, as published (Chapman and Lindzen 1970, chapter 2)."""
    angle = radians(15 * ((moment / HOUR + longitude / 15) % 24))
    size = cos(radians(latitude)) ** 3
    return size * (1.16 * sin(2 * angle + radians(158)) + 0.593 * sin(angle + radians(12)))


def standing_hpa(moment: float, latitude: float) -> float:
    """The part of the tide that stands still."""
    shape = (3 * sin(radians(latitude)) ** 2 - 1) / 2
    return 0.085 * shape * sin(2 * pi * (moment % 43_200) / 43_200 + radians(118))
