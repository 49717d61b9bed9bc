"""Notices that wait to be sent, over a restart: the file has what the notifiers have in memory."""

import sqlite3
from collections.abc import Mapping
from typing import NamedTuple

from .events import has_table


class UnsentNotice(NamedTuple):
    """A notice that waits. queued_id: a row's number, by when it was queued; notice: JSON."""

    queued_id: int
    notice: str


# By the name of their target, in their order.
Unsent = Mapping[str, tuple[UnsentNotice, ...]]


def write_unsent(connection: sqlite3.Connection, before: Unsent, unsent: Unsent) -> None:
    """Replace the notices of each target that has others than before."""
    for target, notices in unsent.items():
        if before.get(target) == notices:
            continue
        connection.execute("DELETE FROM unsent_notices WHERE target = ?", (target,))
        connection.executemany(
            "INSERT INTO unsent_notices VALUES (?, ?, ?)",
            ((queued_id, target, notice) for queued_id, notice in notices),
        )


def read_unsent(connection: sqlite3.Connection) -> dict[str, tuple[UnsentNotice, ...]]:
    """Return the notices of each target; none from a file of release 1.0.0."""
    unsent: dict[str, tuple[UnsentNotice, ...]] = {}
    if has_table(connection, "unsent_notices"):
        rows = connection.execute(
            "SELECT target, queued_id, notice FROM unsent_notices ORDER BY rowid"
        )
        for target, *notice in rows:
            unsent[target] = (*unsent.get(target, ()), UnsentNotice(*notice))
    return unsent
