"""What a reader chooses of the pages: the unit, the time zone, red by night."""

import os
from datetime import UTC, tzinfo
from pathlib import Path
from typing import NamedTuple

from .units import HPA, Unit

NIGHTS = ("auto", "0", "1")
_LONGEST_KEY = 40


class Zone(NamedTuple):
    """A time zone and its name in an address: "utc", "local", "Europe/Dublin"."""

    key: str
    tzinfo: tzinfo


IN_UTC = Zone("utc", UTC)


class DisplayPreferences(NamedTuple):
    """How the pages look. night: "1" red, "0" not, "auto" by the sun. dim: darker still."""

    unit: Unit = HPA
    zone: Zone = IN_UTC
    night: str = "auto"
    dim: bool = False


DEFAULT_PREFERENCES = DisplayPreferences()


def zone_of(key: str) -> Zone:
    """Return the zone of this name. Raises ValueError for an unknown one."""
    if key.lower() == "utc":
        return IN_UTC
    from zoneinfo import ZoneInfo

    try:
        if key.lower() == "local":
            return Zone("local", _local())
        if len(key) > _LONGEST_KEY:
            raise ValueError
        return Zone(key, ZoneInfo(key))
    except (ValueError, OSError, LookupError) as error:
        raise ValueError(
            f"zone = {key[:_LONGEST_KEY]!r}: give utc, local (the Pi's own), or a name as in"
            " Europe/Dublin"
        ) from error


def _local() -> tzinfo:
    """Return the zone of the environment variable TZ, else the one that the Pi is set to."""
    from zoneinfo import ZoneInfo

    name = os.environ.get("TZ", "").removeprefix(":")
    if name and not name.startswith("/"):
        return ZoneInfo(name)
    file = Path(name or "/etc/localtime")
    if not file.exists():  # as the C library does
        return UTC
    with file.open("rb") as data:
        return ZoneInfo.from_file(data, key="local")
