"""Rules of thumb to compare a warning with: so many hPa in so many hours."""

from collections.abc import Sequence
from math import nan
from typing import NamedTuple

from warning_hours import Hours

from web.weather.sample import Station
from web.weather.tide import Tide


class SimpleRule(NamedTuple):
    """An alarm while the pressure fell by so much over the span; below_hpa: and is as low."""

    span_h: int
    fall_hpa: float
    below_hpa: float = float("inf")

    @property
    def words(self) -> str:
        """Its name in a table."""
        low = "" if self.below_hpa == float("inf") else f"under {self.below_hpa:.0f} and "
        return f"{low}{self.span_h} h >= {self.fall_hpa:g}"

    def alarm(self, pressures_hpa: Sequence[float]) -> list[bool]:
        """Hour by hour; changes are rounded to tenths, or exact hits are lost in the last bit."""
        then = [nan] * self.span_h + list(pressures_hpa)
        return [
            round(before - now, 1) >= self.fall_hpa and now < self.below_hpa
            for before, now in zip(then, pressures_hpa, strict=False)
        ]


SIMPLE_RULES = (
    SimpleRule(3, 2.0),
    SimpleRule(3, 2.5),
    SimpleRule(3, 3.6),
    SimpleRule(3, 5.0),
    SimpleRule(3, 6.0),
    SimpleRule(1, 2.0),
    SimpleRule(6, 5.0),
    SimpleRule(3, 3.6, 1005.0),
)


def without_tide(hours: Hours, station: Station) -> list[float]:
    """The pressures without the tide of the air, where the position is known."""
    tide = Tide.at(station)
    if tide is None:
        return list(hours.pressures_hpa)
    pairs = zip(hours.moments, hours.pressures_hpa, strict=True)
    return [hpa - tide.hpa(moment) for moment, hpa in pairs]
