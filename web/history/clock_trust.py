"""The time, and how far it can be trusted.

A Pi has no battery clock: it starts in the past, and at sea no server corrects it. What can be
relied on is the time since the boot. Every sample has that, and each boot has one number that makes
Unix time of it, the offset:

    Unix time of a sample  =  offset of its boot  +  time since that boot

When a better word on the time comes, the offset is changed and with it all samples of the boot, so
that a fall of an hour stays a fall of an hour, whatever the clock was doing.
"""

from enum import IntEnum
from typing import NamedTuple

# Readings that differ by less are the same: jitter moves no samples.
SLACK_MS = 2000

# No date before or after can be right: 1970, 2098.
EARLIEST_MS = 1_735_689_600_000  # 1 January 2025
LATEST_MS = 2_840_140_800_000  # 1 January 2060
# The longest time that a machine is assumed to be off.
_LONGEST_OFF_MS = 3 * 366 * 86_400_000
_NEXT_MS = 60_000
# A real-time clock may be off by so much: good ones drift a minute a month, bad ones more.
RTC_OFF_MS = 15 * 60_000


class ClockTrust(IntEnum):
    """The source of a clock reading; the higher value wins."""

    NONE = 0  # the clock as it was at power-on
    RTC = 1  # a real-time clock with a battery
    PHONE = 2  # "set from this phone" was pressed
    SYNCHRONISED = 3  # NTP or GPS, by the kernel; or a record, which has its own time


class ClockReading(NamedTuple):
    """The Unix milliseconds at monotonic time 0 of this boot, by one source."""

    offset_ms: int
    trust: ClockTrust


def resolve_clock(
    before: ClockReading | None, new: ClockReading, monotonic_ms: int, newest_ms: int | None
) -> ClockReading:
    """Return the better of the reading in use and a new one, taken at `monotonic_ms` of this boot.

    before: the reading in use. newest_ms: the newest moment of earlier boots. If no reading is
    possible, the boot begins just after the one before it.
    """
    new = _without_delay(new, newest_ms)
    if not _is_possible(new, monotonic_ms, newest_ms):
        if before is not None:
            return before
        start_ms = EARLIEST_MS if newest_ms is None else newest_ms + _NEXT_MS
        return ClockReading(start_ms - monotonic_ms, ClockTrust.NONE)
    if before is None or new.trust > before.trust:
        is_same = before is not None and not is_step(new.offset_ms - before.offset_ms)
        return ClockReading(before.offset_ms if before and is_same else new.offset_ms, new.trust)
    if new.trust == before.trust and is_step(new.offset_ms - before.offset_ms):
        return new
    return before


def is_step(change_ms: int) -> bool:
    """Return whether a clock was set, and did not only drift."""
    return abs(change_ms) > SLACK_MS


def _without_delay(new: ClockReading, newest_ms: int | None) -> ClockReading:
    """Correct a real-time clock that is a little slow: it starts after the newest sample."""
    if new.trust is not ClockTrust.RTC or newest_ms is None:
        return new
    if 0 < newest_ms - new.offset_ms <= RTC_OFF_MS:
        return new._replace(offset_ms=newest_ms)
    return new


def _is_possible(new: ClockReading, monotonic_ms: int, newest_ms: int | None) -> bool:
    wall_ms = new.offset_ms + monotonic_ms
    if not EARLIEST_MS <= wall_ms < LATEST_MS:
        return False
    # A phone or NTP may be right whatever the samples say. Other clocks must be later than the
    # newest sample of an earlier boot.
    if new.trust >= ClockTrust.PHONE or newest_ms is None:
        return True
    return newest_ms <= new.offset_ms and wall_ms <= newest_ms + _LONGEST_OFF_MS
