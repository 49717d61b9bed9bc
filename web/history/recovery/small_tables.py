"""The small tables of a damaged history: what SQLite can still read of them, row by row."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from ..database import connect_read_only

# What is read of the damaged file, and written to the new one. The columns and tables that release
# 1.0.0 did not have are read by themselves.
_SMALL_TABLES = (
    (
        "SELECT id, level FROM levels WHERE level BETWEEN 0 AND 3",
        "INSERT OR IGNORE INTO levels VALUES (?, ?)",
    ),
    (
        "SELECT acknowledged, silenced_until_ms, alarm_boot_id FROM present"
        " WHERE acknowledged BETWEEN 0 AND 3",
        "UPDATE present SET acknowledged = ?, silenced_until_ms = ?, alarm_boot_id = ?",
    ),
    (
        "SELECT no_data FROM present WHERE no_data BETWEEN 0 AND 2",
        "UPDATE present SET no_data = ?",
    ),
    (
        "SELECT storm_until_ms, no_data_until_ms FROM present",
        "UPDATE present SET storm_until_ms = ?, no_data_until_ms = ?",
    ),
    ("SELECT id, kind, words FROM events", "INSERT OR IGNORE INTO events VALUES (?, ?, ?)"),
    (
        "SELECT queued_id, target, notice FROM unsent_notices ORDER BY rowid",
        "INSERT INTO unsent_notices VALUES (?, ?, ?)",
    ),
)


def bring_small_tables(aside: Path, new: sqlite3.Connection) -> None:
    """Bring over levels, the alarm, events and unsent notices."""
    for query, statement in _SMALL_TABLES:
        for row in readable(aside, query):
            with suppress(sqlite3.IntegrityError):  # of a wrong type
                new.execute(statement, row)


def readable(aside: Path, query: str) -> Iterator[tuple[Any, ...]]:
    """Yield rows, until one cannot be read."""
    with suppress(sqlite3.DatabaseError), closing(connect_read_only(aside)) as old:
        yield from old.execute(query)
