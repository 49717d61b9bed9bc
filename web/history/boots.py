"""Boots: from monotonic time to a row's number, and to Unix time.

A row's number holds the boot and the time in it, so that rows are in the order in which they were
taken, whatever the clock said:

    63            40 39                               0
    |   ordinal     |   milliseconds since the base    |
"""

import sqlite3
from typing import NamedTuple

from .clock_trust import RTC_OFF_MS, ClockTrust

BITS = 40
MOST_MS = (1 << BITS) - 1  # 34 years
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
MOST_BOOTS = 1 << 22
LOST = "lost"  # the id of a boot of which only samples are known
_APART_MS = 60_000
# The years 1640 to 2500: records may be as old as barometers.
_LEAST_MS, _LATEST_MS = -10_413_792_000_000, 16_756_761_600_000


class Boot(NamedTuple):
    """A stretch of time with one clock.

    base_ms: the monotonic time from which its rows count; 0 but for records. offset_ms, trust: the
    clock reading in use.
    """

    ordinal: int
    boot_id: str
    base_ms: int
    offset_ms: int
    trust: ClockTrust

    @property
    def is_sound(self) -> bool:
        """Whether its numbers are possible; a flipped bit shows here."""
        return 0 < self.ordinal < MOST_BOOTS and all(
            _LEAST_MS <= moment_ms <= _LATEST_MS for moment_ms in (self.base_ms, self.start_ms)
        )

    @property
    def start_ms(self) -> int:
        return self.offset_ms + self.base_ms

    @property
    def shift_ms(self) -> int:
        """What makes Unix milliseconds of a row's number, when added."""
        return self.start_ms - (self.ordinal << BITS)

    def number(self, monotonic_ms: int) -> int:
        """Return the number of a row of that time. Raises ValueError outside of the boot."""
        since_ms = monotonic_ms - self.base_ms
        if not 0 <= since_ms <= MOST_MS:
            raise ValueError(f"{since_ms} ms is outside of boot {self.ordinal}")
        return (self.ordinal << BITS) + since_ms

    def nearest_number(self, monotonic_ms: int) -> int:
        """Return the number of a row of that time, or of the nearest moment in the boot."""
        return (self.ordinal << BITS) + min(max(0, monotonic_ms - self.base_ms), MOST_MS)

    def monotonic_ms(self, number: int) -> int:
        return self.base_ms + (number & MOST_MS)

    def wall_ms(self, number: int) -> int:
        return self.start_ms + (number & MOST_MS)


def all_boots(connection: sqlite3.Connection) -> list[Boot]:
    """Return all boots, the oldest first."""
    rows = connection.execute(
        "SELECT ordinal, boot_id, base_ms, offset_ms, trust FROM boots ORDER BY ordinal"
    )
    return [Boot(n, name, base, offset, ClockTrust(trust)) for n, name, base, offset, trust in rows]


class BootRange(NamedTuple):
    """A boot, and the numbers of the first and last of some of its samples."""

    boot: Boot
    first: int
    last: int

    @property
    def begin_ms(self) -> int:
        return self.boot.wall_ms(self.first)

    @property
    def end_ms(self) -> int:
        return self.boot.wall_ms(self.last)

    def within(self, begin_ms: int, end_ms: int) -> "BootRange | None":
        """Return the part between two moments (Unix milliseconds, both included)."""
        shift_ms = self.boot.shift_ms
        first, last = max(self.first, begin_ms - shift_ms), min(self.last, end_ms - shift_ms)
        return BootRange(self.boot, first, last) if first <= last else None


def boot_ranges(connection: sqlite3.Connection) -> list[BootRange]:
    """Return all boots that have samples, the oldest first."""
    rows = connection.execute(
        "SELECT (SELECT id FROM samples WHERE id >= ordinal << ? ORDER BY id LIMIT 1),"
        " (SELECT id FROM samples WHERE id < (ordinal + 1) << ? ORDER BY id DESC LIMIT 1)"
        " FROM boots ORDER BY ordinal",
        (BITS, BITS),
    ).fetchall()
    known = zip(all_boots(connection), rows, strict=True)
    return [BootRange(boot, *row) for boot, row in known if None not in row and row[0] <= row[1]]


def write(connection: sqlite3.Connection, boot: Boot) -> None:
    """Write a boot. If it is moved, mark the daily copies that are to follow."""
    row = connection.execute(
        "SELECT offset_ms + base_ms, (SELECT id FROM samples WHERE id >= ? ORDER BY id LIMIT 1)"
        " FROM boots WHERE ordinal = ?",
        (boot.ordinal << BITS, boot.ordinal),
    ).fetchone()
    connection.execute("INSERT OR REPLACE INTO boots VALUES (?, ?, ?, ?, ?)", boot)
    if row is None or row[1] is None or row[1] >> BITS != boot.ordinal:
        return
    start_ms, first = row
    if start_ms != boot.start_ms:
        since_ms = min(start_ms, boot.start_ms) + (first & MOST_MS)
        connection.execute(
            "UPDATE present SET copied_id = min(copied_id, ?),"
            " copies_from_day = min(coalesce(copies_from_day, ?), ?)",
            (first - 1, since_ms // DAY_MS, since_ms // DAY_MS),
        )


def make_way(connection: sqlite3.Connection, boot: Boot) -> None:
    """Shift earlier, less trusted boots back so that none overlaps a later one.

    A boot shifted by more than a slow clock explains loses its trust (ClockTrust.NONE).
    """
    limit_ms: int | None = None
    for reach in reversed(boot_ranges(connection)):
        older = reach.boot
        if older.ordinal > boot.ordinal:
            continue
        if limit_ms is not None:
            if older.trust >= boot.trust:
                return
            late_ms = max(0, reach.end_ms + _APART_MS - limit_ms)
            if late_ms:
                trust = older.trust if late_ms <= RTC_OFF_MS else ClockTrust.NONE
                moved = older._replace(offset_ms=older.offset_ms - late_ms, trust=trust)
                write(connection, moved)
            limit_ms = reach.begin_ms - late_ms
        elif older.ordinal == boot.ordinal:
            limit_ms = reach.begin_ms


def place_lost(connection: sqlite3.Connection) -> None:
    """Shift the boots of which only samples are known to just before the next boot."""
    limit_ms: int | None = None
    for reach in reversed(boot_ranges(connection)):
        late_ms = 0
        if reach.boot.boot_id == LOST and limit_ms is not None:
            late_ms = reach.end_ms + _APART_MS - limit_ms
            boot = reach.boot._replace(offset_ms=reach.boot.offset_ms - late_ms)
            write(connection, boot)
        limit_ms = reach.begin_ms - late_ms
