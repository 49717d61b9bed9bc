"""Records on the card at 10 Hz until the power goes; says first what the card holds.

Arguments: the number to go on from; "careless" for a writer that does not wait for the card. A row
is known by its pressure, 90,000 Pa and its number, whatever else a version of the file keeps.
Without a number it only looks.
"""

import os
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from struct import unpack
from typing import NamedTuple

from bench import report

from web.history.writer import History
from web.recorder.system_clock import SystemClock
from web.weather import Sample

CARD = Path("/disk")
STORE = CARD / "history.sqlite"
LOWEST_PA = 90_000
PERIOD_S = 0.1
# SQLite makes a checkpoint with the commit that brings its log to 1000 pages; most bring one.
NEARLY_FULL = 999

# Commits the row of this number, and returns when it is safe.
Record = Callable[[int], None]


@contextmanager
def product() -> Iterator[Record]:
    """The logger's own writer, which has each boot for itself, whatever the clock says of it."""
    clock = SystemClock()
    with History(STORE, clock.boot_id) as history:
        history.set_clock(clock.reading(), clock.monotonic_ms())

        def record(number: int) -> None:
            assert history.boot is not None
            taken_ms = history.boot.offset_ms + clock.monotonic_ms()
            history.add(Sample(taken_ms / 1000, (LOWEST_PA + number) / 100, 20.0))

        yield record


@contextmanager
def careless() -> Iterator[Record]:
    """A writer that takes what the kernel has for what the card has."""
    with closing(sqlite3.connect(STORE)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("CREATE TABLE IF NOT EXISTS samples (pressure_pa INTEGER)")

        def record(number: int) -> None:
            with connection:
                connection.execute("INSERT INTO samples VALUES (?)", (LOWEST_PA + number,))

        yield record


class Found(NamedTuple):
    """What SQLite says of the health of the store, and the numbers of its rows."""

    integrity: list[str]
    numbers: list[int]


def look() -> Found:
    with closing(sqlite3.connect(STORE)) as plain:
        integrity = [words for (words,) in plain.execute("PRAGMA integrity_check")]
        rows = plain.execute("SELECT pressure_pa - ? FROM samples ORDER BY 1", (LOWEST_PA,))
        return Found(integrity, [number for (number,) in rows])


def log_pages(index: int) -> int:
    """How many pages SQLite's log has: mxFrame of its index (sqlite.org/walformat.html)."""
    (pages,) = unpack("I", os.pread(index, 4, 16))
    return int(pages)


def record_at_10_hz(record: Record, first: int) -> None:
    # Kept open: to close it would take SQLite's own locks on it away from this process.
    index = os.open(f"{STORE}-shm", os.O_RDONLY)
    for number in count(first):
        if log_pages(index) >= NEARLY_FULL:
            say("checkpoint")
        record(number)
        say(f"acknowledged {number}")
        # To the next tenth: what the card has delayed is not caught up on.
        time.sleep(PERIOD_S - time.monotonic() % PERIOD_S)


def say(words: str) -> None:
    print(words, flush=True)


assert CARD.is_mount(), f"the kernel has not mounted the card at {CARD}"
first = [int(word) for word in sys.argv[1:] if word.isdecimal()]
say("opening")
with careless() if "careless" in sys.argv else product() as record:
    found = look()
    report(found._asdict())
    say("looked")
    if first:
        record_at_10_hz(record, max([*first, *(number + 1 for number in found.numbers)]))
