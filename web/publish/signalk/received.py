"""Deltas from a Signal K server, which may hold anything."""

import json
from collections.abc import Iterator
from typing import NamedTuple

# At the masthead, over the water; servers compute it from the apparent wind.
WIND = "environment.wind.speedTrue"


class ReceivedValue(NamedTuple):
    """One value of a delta. Any JSON is possible in source and value."""

    source: object
    path: str
    value: object


def received_values(text: str) -> Iterator[ReceivedValue]:
    """Yield the values in a message, up to the first part that is no delta."""
    try:
        for update in json.loads(text)["updates"]:
            for one in update.get("values", ()):
                if isinstance(one["path"], str):
                    yield ReceivedValue(update.get("$source"), one["path"], one["value"])
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return


def wind_ms_of(received: ReceivedValue) -> float | None:
    """Return the wind speed, if this value is one."""
    value = received.value
    if received.path != WIND or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e6 else None
