"""Time zones by name: UTC, the Pi's own, and those of the zone database."""

import os
from datetime import UTC, tzinfo
from pathlib import Path
from typing import NamedTuple

_LONGEST = 40


class Zone(NamedTuple):
    """A zone and the name that it is asked for by: "utc", "local", "Europe/Dublin"."""

    key: str
    zone: tzinfo


IN_UTC = Zone("utc", UTC)


def zone_of(key: str) -> Zone:
    """The zone of this name; ValueError for one that nobody knows."""
    if key.lower() == "utc":
        return IN_UTC
    from zoneinfo import ZoneInfo

    try:
        if key.lower() == "local":
            return Zone("local", _local())
        if len(key) > _LONGEST:
            raise ValueError
        return Zone(key, ZoneInfo(key))
    except (ValueError, OSError, LookupError) as error:
        raise ValueError(
            f"zone = {key[:_LONGEST]!r}: give utc, local (the Pi's own), or a name as in"
            " Europe/Dublin"
        ) from error


def _local() -> tzinfo:
    """The zone that the environment variable TZ names, else the one that the Pi is set to."""
    from zoneinfo import ZoneInfo

    name = os.environ.get("TZ", "").removeprefix(":")
    if name and not name.startswith("/"):
        return ZoneInfo(name)
    file = Path(name or "/etc/localtime")
    if not file.exists():  # as the C library does
        return UTC
    with file.open("rb") as data:
        return ZoneInfo.from_file(data, key="local")
