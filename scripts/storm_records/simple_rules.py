"""Rules of thumb for comparison: a fall in hPa over some hours."""

from collections.abc import Sequence
from math import nan
from typing import NamedTuple

from storm_records.warning_hours import HourlyRecord

from web.weather.sample import Station
from web.weather.tide import Tide


class SimpleRule(NamedTuple):
    """An alarm while the pressure has fallen by fall_hpa in span_h and is below below_hpa."""

    span_h: int
    fall_hpa: float
    below_hpa: float = float("inf")

    @property
    def words(self) -> str:
        """Its name in a table."""
        low = "" if self.below_hpa == float("inf") else f"under {self.below_hpa:.0f} and "
        return f"{low}{self.span_h} h >= {self.fall_hpa:g}"

    def alarm(self, pressures_hpa: Sequence[float]) -> list[bool]:
        """Return the alarm of each hour; changes are rounded to tenths, so that 2.0 reaches 2.0."""
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


def without_tide(hours: HourlyRecord, station: Station) -> list[float]:
    """Return the pressures without the atmospheric tide, if the position is known."""
    tide = Tide.at(station)
    if tide is None:
        return list(hours.pressures_hpa)
    pairs = zip(hours.moments, hours.pressures_hpa, strict=True)
    return [hpa - tide.hpa(moment) for moment, hpa in pairs]
