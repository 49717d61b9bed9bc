"""The conditions in the text format of Prometheus, version 0.0.4.

An unknown value has no line: a graph then shows a gap, not a zero.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ..recorder.conditions import Conditions
from .overview import StationInfo

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_HELP = {
    "pressure_pascals": "Station pressure, corrected, not reduced to sea level.",
    "temperature_celsius": "Temperature at the barometer.",
    "last_reading_timestamp_seconds": "When the newest reading was taken, Unix time.",
    "change_3h_pascals": "Change of pressure in three hours, the tide of the air taken off.",
    "storm_level": "0 calm, 1 watch, 2 warning, 3 storm.",
    "near_gale_chance_ratio": "Chance of force 7 in the next 12 hours, from 0 to 1.",
    "gale_chance_ratio": "Chance of force 8 in the next 12 hours, from 0 to 1.",
    "expected_wind_metres_per_second": "Mean wind that the pressure lets expect.",
    "no_data": "1 while the alarm's state is NO DATA, else 0.",
    "alarm_sounding": "1 while the alarm sounds, else 0.",
    "outage": "1 while no reading comes or none can be kept, else 0.",
    "simulated": "1 for a record that is played, 0 for a sensor.",
}


class _Collector:
    """A collector over the newest conditions: nothing is counted between two scrapes."""

    def __init__(self, values: Iterable[tuple[str, float | None]]) -> None:
        self._values = values

    def collect(self) -> "Iterator[Metric]":
        from prometheus_client.metrics_core import GaugeMetricFamily

        for name, value in self._values:
            if value is not None:
                yield GaugeMetricFamily(f"storm_petrel_{name}", _HELP[name], float(value))


def metrics(conditions: Conditions, info: StationInfo, alarm: dict[str, Any], now: float) -> bytes:
    """Return the conditions as a scrape reads them at `now`. alarm: the fields that describe it."""
    # A boat that no Prometheus scrapes does without the library.
    from prometheus_client import CollectorRegistry, generate_latest

    registry = CollectorRegistry()
    registry.register(_Collector(_values(conditions, info, alarm, now)))
    return generate_latest(registry)


def _values(
    conditions: Conditions, info: StationInfo, alarm: dict[str, Any], now: float
) -> Iterator[tuple[str, float | None]]:
    present = info.freshness.present(conditions, now)
    sample, outlook = present.sample, present.outlook
    if sample is not None:
        yield "pressure_pascals", round(info.corrected(sample).pressure_hpa * 100, 1)
        yield "temperature_celsius", sample.temperature_c
    if conditions.sample is not None:
        yield "last_reading_timestamp_seconds", conditions.sample.taken_at
    if outlook is not None:
        trend = outlook.tendency
        yield "change_3h_pascals", round(trend.change_hpa * 100, 1) if trend else None
        yield "storm_level", outlook.level
        yield "near_gale_chance_ratio", outlook.chance_near_gale
        yield "gale_chance_ratio", outlook.chance_gale
        yield "expected_wind_metres_per_second", outlook.wind_ms
    yield "alarm_sounding", alarm["sounding"]
    yield "no_data", alarm["no_data"]
    yield "outage", bool(present.outage)
    yield "simulated", info.simulated
