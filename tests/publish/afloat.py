"""A boat afloat in a test: bulletins of a storm, minute by minute, and the plug that tells them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from web.bulletin import Bulletin
from web.publish.plug import Plug, Ship, Wire
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


def ship(clock: Clock, simulated: str = "", period_s: float = 60.0) -> Ship:
    return Ship(period_s, simulated, "1.2.3", clock, lambda: None)


def minute(number: int, pressure_hpa: float | None = None, outage: str = "") -> Bulletin:
    """The bulletin of a minute after the beginning; each has a pressure of its own."""
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
    return Bulletin(sample, outlook, outage)


@contextmanager
def wired(plug: Plug) -> Iterator[Wire]:
    with Wire(plug, pauses_s=SOON_S) as wire:
        yield wire


def table(port: Any, **settings: Any) -> Mapping[str, Any]:
    return {"mqtt": {"host": "127.0.0.1", "port": port, "node": "petrel", **settings}}
