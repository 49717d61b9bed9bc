"""What a Signal K server says, taken apart; it may say anything."""

import json
from collections.abc import Iterator
from typing import NamedTuple

# At the masthead, over the water; servers work it out of the apparent wind where they have to.
WIND = "environment.wind.speedTrue"


class Heard(NamedTuple):
    """One value of a delta, and whose it is; nothing of it is to be trusted."""

    source: object
    path: str
    value: object


def heard(text: str) -> Iterator[Heard]:
    """The values in a message, up to where it makes no sense any more."""
    try:
        for update in json.loads(text)["updates"]:
            for said in update.get("values", ()):
                if isinstance(said["path"], str):
                    yield Heard(update.get("$source"), said["path"], said["value"])
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return


def speed_ms(said: Heard) -> float | None:
    """The speed of the wind, where that is what is said."""
    value = said.value
    if said.path != WIND or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e6 else None
