"""What a file of release 1.0.0 lacks: tables, and columns of the table `present`."""

import sqlite3
from pathlib import Path

LATER_COLUMNS = {
    "no_data": "INTEGER NOT NULL DEFAULT 0",
    "storm_until_ms": "INTEGER",
    "no_data_until_ms": "INTEGER",
}


def add_later(connection: sqlite3.Connection) -> None:
    """Add what is missing; release 1.0.0 opens the file all the same."""
    columns = {row[1] for row in connection.execute("PRAGMA table_info(present)")}
    missing = [
        f"ALTER TABLE present ADD COLUMN {name} {kind};"
        for name, kind in LATER_COLUMNS.items()
        if name not in columns
    ]
    if missing:
        connection.executescript(
            f"BEGIN IMMEDIATE; {statements('additions.sql')} {' '.join(missing)} COMMIT;"
        )


def statements(file: str) -> str:
    """Return the SQL of a file beside this one."""
    return Path(__file__).with_name(file).read_text(encoding="utf-8")
