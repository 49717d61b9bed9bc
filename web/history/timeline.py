"""The boots of a history, and the time of the current one."""

import sqlite3

from . import boots
from .boots import Boot, BootRange
from .clock_trust import ClockReading, ClockTrust, resolve_clock
from .database import OutOfOrder

# The boot id of a played record, whose time is certain.
RECORD = "record"


class Timeline:
    """The boot that samples are added to; its time is written with the next commit.

    boot: None before the first clock reading. newest_ms: its newest sample, in monotonic time.
    """

    def __init__(self, boot_id: str) -> None:
        self._boot_id = boot_id
        self._ordinal = 1
        self._newest_of_earlier_ms: int | None = None
        self._written: Boot | None = None
        self._is_moved = False
        self.boot: Boot | None = None
        self.newest_ms: int | None = None

    def attach(self, known: list[Boot], reaches: list[BootRange]) -> None:
        """Find this boot in an opened file, or the place after all others."""
        last = known[-1] if known else None
        own = self.boot.ordinal if self.boot is not None else 0
        if last is not None and last.boot_id == boots.LOST and last.ordinal <= own:
            pass  # what a damaged file had of this boot, or of the one before
        elif last is not None and last.boot_id == self._boot_id:
            self._ordinal = last.ordinal
            if self.boot is None:
                self.boot = last
            if reaches and reaches[-1].boot.ordinal == last.ordinal:
                newest_ms = last.monotonic_ms(reaches[-1].last)
                self.newest_ms = max(newest_ms, self.newest_ms or newest_ms)
        elif last is not None:
            self._ordinal = max(self._ordinal, last.ordinal + 1)
        earlier = [reach for reach in reaches if reach.boot.ordinal < self._ordinal]
        self._newest_of_earlier_ms = earlier[-1].end_ms if earlier else None
        own_name = self._ordinal, self._boot_id
        is_known = last is not None and (last.ordinal, last.boot_id) == own_name
        if self.boot is not None:
            self.boot = self._merged(self.boot, last if is_known else None)
        self._written = None

    def set_clock(self, reading: ClockReading, monotonic_ms: int) -> bool:
        """Take a clock reading; return whether the samples of this boot have another time now."""
        boot = self.boot
        before = None if boot is None else ClockReading(boot.offset_ms, boot.trust)
        after = reading
        if self._boot_id != RECORD:
            after = resolve_clock(before, reading, monotonic_ms, self._newest_of_earlier_ms)
        if boot is None or before is None:
            base_ms = monotonic_ms if self._boot_id == RECORD else 0
            self.boot = Boot(self._ordinal, self._boot_id, base_ms, *after)
        else:
            self.boot = boot._replace(offset_ms=after.offset_ms, trust=after.trust)
        is_moved, self._is_moved = self._is_moved, False
        return is_moved if after == before else before is not None

    def take(self, taken_ms: int) -> int:
        """Return the monotonic time of a new sample of this boot.

        taken_ms: Unix milliseconds by the current reading. Raises OutOfOrder.
        """
        if self.boot is None:
            self.set_clock(ClockReading(0, ClockTrust.SYNCHRONISED), taken_ms)
            assert self.boot is not None
        monotonic_ms = taken_ms - self.boot.offset_ms
        if self.newest_ms is not None and monotonic_ms <= self.newest_ms:
            raise OutOfOrder(
                f"the sample is {(self.newest_ms - monotonic_ms) / 1000:g} s before the newest one"
                " of the history, and is not stored: is that of another record?"
            )
        if not 0 <= monotonic_ms - self.boot.base_ms <= boots.MOST_MS:
            raise OutOfOrder(
                "the sample is before the first of its record, or more than 34 years after it"
            )
        self.newest_ms = monotonic_ms
        return monotonic_ms

    def _merged(self, boot: Boot, known: Boot | None) -> Boot:
        """Return this boot with the better time of memory and file."""
        merged = boot._replace(ordinal=self._ordinal)
        if known is not None:
            merged = merged._replace(base_ms=known.base_ms)
            if known.trust > boot.trust:
                merged = merged._replace(offset_ms=known.offset_ms, trust=known.trust)
        elif self._boot_id != RECORD:
            reading = ClockReading(boot.offset_ms, boot.trust)
            after = resolve_clock(None, reading, self.newest_ms or 0, self._newest_of_earlier_ms)
            merged = merged._replace(offset_ms=after.offset_ms, trust=after.trust)
        self._is_moved |= merged.offset_ms != boot.offset_ms
        return merged

    def write(self, connection: sqlite3.Connection, boot: Boot) -> None:
        """Write this boot, unless it is there."""
        if boot != self._written:
            boots.write(connection, boot)
            if boot.trust is not ClockTrust.NONE:
                boots.make_way(connection, boot)

    def written(self, boot: Boot | None) -> None:
        """Note that this boot is on the disk."""
        self._written = boot
