"""Time zones by name: UTC, the Pi's own, and those of the zone database."""

from datetime import UTC, datetime, timedelta, tzinfo
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
    if key.lower() == "local":
        return Zone("local", _Local())
    from zoneinfo import ZoneInfo

    try:
        if len(key) > _LONGEST:
            raise ValueError
        return Zone(key, ZoneInfo(key))
    except (ValueError, OSError, LookupError) as error:
        raise ValueError(
            f"zone = {key[:_LONGEST]!r}: give utc, local (the Pi's own), or a name as in"
            " Europe/Dublin"
        ) from error


class _Local(tzinfo):
    """The zone that the Pi is set to, as it is asked: with its summer time."""

    def fromutc(self, dt: datetime) -> datetime:
        """The same moment by the Pi's wall clock."""
        there = dt.replace(tzinfo=UTC).astimezone()
        first = there.replace(tzinfo=None).astimezone()
        # In autumn an hour comes twice: this may be the second one.
        return there.replace(tzinfo=self, fold=first.utcoffset() != there.utcoffset())

    def utcoffset(self, dt: datetime | None) -> timedelta | None:
        """How far it is ahead of UTC then."""
        return dt.replace(tzinfo=None).astimezone().utcoffset() if dt else None

    def tzname(self, dt: datetime | None) -> str | None:
        """Its abbreviation then: "IST"."""
        return dt.replace(tzinfo=None).astimezone().tzname() if dt else None

    def dst(self, dt: datetime | None) -> None:
        """Nobody asks."""
