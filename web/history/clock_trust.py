"""What time it is, and how far that is to be believed.

A Pi has no clock of its own: it wakes up in the past, and at sea nothing corrects it until
somebody does. What can be relied on is the time since it was switched on. So every sample is
stamped with that, and a boot has one number that makes Unix time of it, the offset:

    Unix time of a sample  =  offset of its boot  +  time since that boot

When a better word on the time comes, the offset is changed and with it all samples of the boot, so
that a fall of an hour stays a fall of an hour, whatever the clock was doing.
"""

from enum import IntEnum
from typing import NamedTuple

# Words that differ by less are the same, so that nothing is stamped anew for the sake of jitter.
SLACK_MS = 2000

# What lies before or after is no date at which this program runs: 1970, 2098.
EARLIEST_MS = 1_735_689_600_000  # 1 January 2025
LATEST_MS = 2_840_140_800_000  # 1 January 2060
# A clock that nobody set is believed to have stood still for so long at the most.
_LONGEST_OFF_MS = 3 * 366 * 86_400_000
_NEXT_MS = 60_000
# A real-time clock that is off by less is a bad one, but it goes: the good ones are off by a
# minute a month, and this is a year of that.
RTC_OFF_MS = 15 * 60_000


class ClockTrust(IntEnum):
    """Whose word on the time it is; the greater one is believed."""

    NONE = 0  # nobody's: as the machine woke up
    RTC = 1  # a real-time clock with a battery
    PHONE = 2  # somebody pressed "set from this phone"
    SYNCHRONISED = 3  # the kernel says that it is kept in step; or a record has its own time


class ClockReading(NamedTuple):
    """What a clock says: Unix milliseconds when the monotonic time of this boot was 0."""

    offset_ms: int
    trust: ClockTrust


def resolve_clock(
    before: ClockReading | None, heard: ClockReading, monotonic_ms: int, newest_ms: int | None
) -> ClockReading:
    """Return what is to be believed after a word that was heard at `monotonic_ms` of this boot.

    before: what was believed in this boot so far. newest_ms: the newest moment of earlier boots.
    What cannot be is not believed: then the boot is put right after the one before it.
    """
    heard = _no_longer_slow(heard, newest_ms)
    if not _can_be(heard, monotonic_ms, newest_ms):
        if before is not None:
            return before
        start_ms = EARLIEST_MS if newest_ms is None else newest_ms + _NEXT_MS
        return ClockReading(start_ms - monotonic_ms, ClockTrust.NONE)
    if before is None or heard.trust > before.trust:
        is_same = before is not None and not is_step(heard.offset_ms - before.offset_ms)
        return ClockReading(
            before.offset_ms if before and is_same else heard.offset_ms, heard.trust
        )
    if heard.trust == before.trust and is_step(heard.offset_ms - before.offset_ms):
        return heard
    return before


def is_step(change_ms: int) -> bool:
    """Whether a clock was set by as much, and did not just run a little fast."""
    return abs(change_ms) > SLACK_MS


def _no_longer_slow(heard: ClockReading, newest_ms: int | None) -> ClockReading:
    """A real-time clock that is slow by a little still tells how long the machine was off."""
    if heard.trust is not ClockTrust.RTC or newest_ms is None:
        return heard
    if 0 < newest_ms - heard.offset_ms <= RTC_OFF_MS:
        return heard._replace(offset_ms=newest_ms)
    return heard


def _can_be(heard: ClockReading, monotonic_ms: int, newest_ms: int | None) -> bool:
    wall_ms = heard.offset_ms + monotonic_ms
    if not EARLIEST_MS <= wall_ms < LATEST_MS:
        return False
    # These two know what time it is. The others know that it goes on, and that the machine was
    # switched on after the newest sample of an earlier boot.
    if heard.trust >= ClockTrust.PHONE or newest_ms is None:
        return True
    return newest_ms <= heard.offset_ms and wall_ms <= newest_ms + _LONGEST_OFF_MS
