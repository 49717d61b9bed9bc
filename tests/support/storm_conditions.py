"""A boat in a test: conditions of a storm, minute by minute, and the publisher that sends them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from web.alarm.state import AlarmState
from web.config.settings import Config, Preferences
from web.publish.publisher import Publisher, PublisherThread, StationContext
from web.publish.registry import publishers_of
from web.recorder.conditions import Conditions
from web.weather import Changes, Outlook, Sample, StormLevel, Tendency

# 12 February 2014, 16:00 UTC.
BEGIN = 1392220800.0
SOON_S = (0.05,)


class Clock:
    """The boat's time, as a test sets it."""

    def __init__(self, now: float = BEGIN) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def preferences(config: Config) -> Preferences:
    """As the file has them: nothing was set on the page."""
    return Preferences(config.station, config.alarm, config.page)


def station_context(
    clock: Callable[[], float],
    record_title: str = "",
    period_s: float = 60.0,
    *,
    settings: Preferences | None = None,
    history: Path | None = None,
) -> StationContext:
    """The context of a boat on which nobody answers."""
    current = settings or preferences(Config.load(None))
    return StationContext(
        period_s,
        "1.2.3",
        now=clock,
        preferences=lambda: current,
        acknowledge=lambda source, seen: None,
        alarm=AlarmState,
        add_wind=lambda wind_ms: None,
        simulated=bool(record_title),
        record_title=record_title,
        history=history,
    )


def all_publishers(
    tables: Mapping[str, Any], where: str, station: StationContext
) -> list[Publisher]:
    """The publishers that these tables ask for."""
    return [publisher(station) for publisher in publishers_of(Config.of(tables, where))]


def one_publisher(tables: Mapping[str, Any], where: str, station: StationContext) -> Publisher:
    """The only one that they ask for."""
    (publisher,) = all_publishers(tables, where, station)
    return publisher


def minute(number: int, pressure_hpa: float | None = None, outage: str = "") -> Conditions:
    """The conditions of a minute after the beginning; each has a pressure of its own."""
    if pressure_hpa is None:
        pressure_hpa = round(988.47 - number * 0.01, 2)
    sample = Sample(BEGIN + 60.0 * number, pressure_hpa, 16.25)
    outlook = Outlook(
        StormLevel.WARNING,
        BEGIN,
        ("falling very rapidly: -6.3 hPa in 3 h",),
        0.62,
        0.31,
        Tendency(-6.31, 7, "falling very rapidly"),
        Changes(-2.0, None, None, None),
        14.1,
    )
    return Conditions(sample, outlook, outage, is_gap=bool(outage))


@contextmanager
def publisher_thread(publisher: Publisher) -> Iterator[PublisherThread]:
    with PublisherThread(publisher, pauses_s=SOON_S) as thread:
        yield thread


def table(port: Any, **settings: Any) -> Mapping[str, Any]:
    return {"mqtt": {"host": "127.0.0.1", "port": port, "node": "petrel", **settings}}
