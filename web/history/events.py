"""Events: what happened, in words for the people who come later.

      put()                    written()
event ----> waiting (bounded) ----------> stored (bounded)
                 ^                            |
                 '---------- again() ---------'   where the file was lost

An event has the time of a sample: the boot and the time in it, so that a better clock reading moves
it with the samples.
"""

import sqlite3
from collections import deque
from enum import StrEnum
from typing import NamedTuple

from .boots import BITS, Boot, all_boots
from .clock_trust import ClockTrust

MOST_EVENTS = 1000  # in the file
_MOST_WAITING = 300
_LONGEST = 400  # letters of an event


class EventKind(StrEnum):
    """The kind of an event, as the file and the API have it."""

    LEVEL = "level"
    NO_DATA = "no_data"
    OUTAGE = "outage"
    RESTART = "restart"
    STOP = "stop"
    CLOCK = "clock"
    ACKNOWLEDGED = "acknowledged"
    SILENCED = "silenced"
    SET_ASIDE = "set_aside"
    NOTICE = "notice"
    DRILL = "drill"
    ACCESS = "access"


class Event(NamedTuple):
    """Something that happened at a moment (Unix seconds, by the clock of the samples).

    since: of a restart that is read, the last moment before it that the file knows of; None if it
    is not known how long ago that was.
    """

    happened_at: float
    kind: EventKind
    words: str
    since: float | None = None


class EventRow(NamedTuple):
    """An event as it is stored. monotonic_ms: None before the first clock reading.

    is_again: it was stored before in a file that is lost, or was brought over into the new one.
    """

    monotonic_ms: int | None
    kind: EventKind
    words: str
    is_again: bool = False


class EventQueue:
    """Events that wait for the disk, and the last that it has.

    is_begun: whether this program has read the clock; before that, no event has a time.
    """

    def __init__(self) -> None:
        self.is_begun = False
        self.waiting: deque[EventRow] = deque(maxlen=_MOST_WAITING)
        self._stored: deque[EventRow] = deque(maxlen=_MOST_WAITING)

    def put(self, event: Event, boot: Boot | None) -> None:
        """Add an event of this boot; when too many wait, the oldest is dropped."""
        monotonic_ms = None
        if self.is_begun and boot is not None:
            monotonic_ms = round(event.happened_at * 1000) - boot.offset_ms
        # What an error said may be of any length, and half a letter, which SQLite does not take.
        words = event.words[:_LONGEST].encode("utf-8", "replace").decode()
        self.waiting.append(EventRow(monotonic_ms, event.kind, words))

    def begin(self, monotonic_ms: int) -> None:
        """Take the first clock reading, which is the time of what happened before it."""
        self.is_begun = True
        rows = [
            row if row.monotonic_ms is not None else row._replace(monotonic_ms=monotonic_ms)
            for row in self.waiting
        ]
        self.waiting = deque(rows, _MOST_WAITING)

    def written(self, rows: tuple[EventRow, ...]) -> None:
        """Move these rows from waiting to stored."""
        self._stored += rows
        for row in rows:
            if self.waiting and self.waiting[0] is row:
                self.waiting.popleft()

    def again(self) -> None:
        """Let all rows wait again."""
        stored = (row._replace(is_again=True) for row in self._stored)
        self.waiting = deque((*stored, *self.waiting), _MOST_WAITING)
        self._stored.clear()


def write_events(connection: sqlite3.Connection, boot: Boot, rows: tuple[EventRow, ...]) -> None:
    """Write events, and delete all but the newest thousand."""
    for monotonic_ms, kind, words, is_again in rows:
        number = boot.nearest_number(monotonic_ms or 0)
        while (there := _at(connection, number)) is not None:
            if is_again and there == (kind, words):
                break
            number += 1  # two in one millisecond
        else:
            connection.execute("INSERT INTO events VALUES (?, ?, ?)", (number, kind, words))
    if rows:
        connection.execute(
            "DELETE FROM events WHERE id <="
            " (SELECT id FROM events ORDER BY id DESC LIMIT 1 OFFSET ?)",
            (MOST_EVENTS,),
        )


def read_events(connection: sqlite3.Connection, count: int) -> list[Event]:
    """Return the newest events, the newest first; none from a file of release 1.0.0."""
    if not has_table(connection, "events"):
        return []
    boots = {boot.ordinal: boot for boot in all_boots(connection)}
    rows = connection.execute(
        # As bytes: a garbled letter is no reason to show none of them.
        "SELECT id, kind, CAST(words AS BLOB) FROM events ORDER BY id DESC LIMIT ?",
        (count,),
    )
    return [
        Event(
            boots[number >> BITS].wall_ms(number) / 1000,
            EventKind(kind),
            words.decode("utf-8", "replace"),
            _since(connection, boots, number) if kind == EventKind.RESTART else None,
        )
        for number, kind, words in rows
        if number >> BITS in boots and kind in _KINDS
    ]


def _since(connection: sqlite3.Connection, boots: dict[int, Boot], number: int) -> float | None:
    ((before,),) = connection.execute(
        "SELECT max(coalesce((SELECT max(id) FROM samples WHERE id < :id), 0),"
        " coalesce((SELECT max(id) FROM events WHERE id < :id), 0))",
        {"id": number},
    )
    own, earlier = boots[number >> BITS], boots.get(before >> BITS)
    if earlier is None:
        return None
    is_known = earlier is own or ClockTrust.NONE not in (earlier.trust, own.trust)
    return earlier.wall_ms(before) / 1000 if is_known else None


_KINDS = frozenset(EventKind)


def has_table(connection: sqlite3.Connection, name: str) -> bool:
    """Return whether the file has a table that release 1.0.0 did not write."""
    query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    return connection.execute(query, (name,)).fetchone() is not None


def _at(connection: sqlite3.Connection, number: int) -> tuple[str, str] | None:
    query = "SELECT kind, words FROM events WHERE id = ?"
    row: tuple[str, str] | None = connection.execute(query, (number,)).fetchone()
    return row
