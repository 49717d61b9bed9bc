"""The history: one SQLite file, one writer, and read-only connections for the pages.

A sample is acknowledged when its commit has reached the disk (WAL, synchronous FULL); the outlook
it led to is written in the same commit, so that a page never shows the one without the other.
"""

import fcntl
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, Self

from .weather import Outlook, Sample, StormLevel, Tendency

_APPLICATION_ID, _SCHEMA_VERSION = 0x5354524D, 1
# All moments that a sample can have, and more.
_EVER = (-1e12, 1e12)

# What SQLite's primary result codes mean for a person.
_CURES = {
    sqlite3.SQLITE_FULL: "the disk is full: free some space; until then samples are missing",
    sqlite3.SQLITE_IOERR: "the disk fails or is full: look at it with dmesg and df",
    sqlite3.SQLITE_READONLY: "it may not be written: see to its owner and its file system",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened: is it there, a file, in a folder to write in?",
    sqlite3.SQLITE_BUSY: "another program holds it: end that one",
}
_NOT_OURS = "it is no history of Storm Petrel, or a damaged one: move it away and start again"


class HistoryError(OSError):
    """The history cannot be opened or written; the message says why and what to do."""


class ClockBehind(HistoryError):
    """A sample stamped before the newest one: the clock went back, and its word is not taken."""


class LevelChange(NamedTuple):
    """A level and the Unix seconds at which it began."""

    changed_at: float
    level: StormLevel


class Span(NamedTuple):
    """The lowest, mean and highest pressure of a stretch of time, in hPa; at its mean time."""

    taken_at: float
    low_hpa: float
    mean_hpa: float
    high_hpa: float


class History:
    """The one writer of a history file. A context manager; closing twice is fine.

    Raises HistoryError when another program writes to it, when the folder or the file cannot be
    written, or when the file is something else.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with _advice(path), ExitStack() as opened:
            path.parent.mkdir(parents=True, exist_ok=True)
            opened.callback(os.close, _lock(path))
            self._connection = sqlite3.connect(path, timeout=10.0, check_same_thread=False)
            opened.callback(self._connection.close)
            _prepare(self._connection, path)
            self._inode = path.stat().st_ino
            self._opened = opened.pop_all()

    def add(self, sample: Sample, outlook: Outlook | None) -> None:
        """Commit a sample and the outlook it led to.

        Raises ClockBehind for a sample that is not later than the newest, and HistoryError when
        it cannot be written.
        """
        with _advice(self.path), self._connection as connection:
            self._check_still_there()
            ((newest_ms,),) = connection.execute("SELECT max(taken_at_ms) FROM samples")
            if newest_ms is not None and _ms(sample.taken_at) <= newest_ms:
                raise ClockBehind(
                    f"the clock is behind the newest sample, of {_utc(newest_ms)}, and nothing"
                    f" is stored: set the clock; or if that time is wrong, move {self.path} away"
                    " and start again"
                )
            connection.execute(
                "INSERT INTO samples VALUES (?, ?, ?)",
                (
                    _ms(sample.taken_at),
                    round(sample.pressure_hpa * 100),
                    None if sample.temperature_c is None else round(sample.temperature_c * 100),
                ),
            )
            if outlook is not None:
                self._note(connection, outlook)
            connection.execute("UPDATE present SET outage = ''")

    def note_outage(self, advice: str) -> None:
        """Tell the pages why no sample comes, until the next one does."""
        with _advice(self.path), self._connection as connection:
            connection.execute("UPDATE present SET outage = ?", (advice,))

    def forget(self) -> None:
        """Empty the history: for a played record that is to begin again."""
        with _advice(self.path), self._connection as connection:
            connection.execute("DELETE FROM samples")
            connection.execute("DELETE FROM levels")
            connection.execute("UPDATE present SET outlook_json = NULL, outage = ''")

    def close(self) -> None:
        """Close the file and let another program write to it."""
        self._opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _check_still_there(self) -> None:
        """What is written to a file that was moved or deleted is lost at the next start."""
        if not self.path.exists() or self.path.stat().st_ino != self._inode:
            raise HistoryError(
                f"{self.path} was moved or deleted while it was being written: start Storm Petrel"
                " again"
            )

    def _note(self, connection: sqlite3.Connection, outlook: Outlook) -> None:
        last = connection.execute("SELECT level FROM levels ORDER BY changed_at_ms DESC LIMIT 1")
        if last.fetchone() != (outlook.level,):
            connection.execute(
                "INSERT OR REPLACE INTO levels VALUES (?, ?)",
                (_ms(outlook.since), int(outlook.level)),
            )
        connection.execute("UPDATE present SET outlook_json = ?", (_outlook_to_json(outlook),))


class HistoryReader:
    """A read-only view of a history as it is at the first look: one for each page.

    A context manager. Raises HistoryError when there is no history to read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with _advice(path):
            self._connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
            self._connection.execute("BEGIN")  # all that is read is of one moment

    def newest(self) -> Sample | None:
        """The newest sample."""
        rows = self._rows("SELECT * FROM samples ORDER BY taken_at_ms DESC LIMIT 1")
        return next((_sample(row) for row in rows), None)

    def samples(self, begin: float = _EVER[0], end: float = _EVER[1]) -> Iterator[Sample]:
        """The samples from begin to end (Unix seconds, both included), oldest first."""
        rows = self._rows(
            "SELECT * FROM samples WHERE taken_at_ms BETWEEN ? AND ? ORDER BY taken_at_ms",
            _ms(begin),
            _ms(end),
        )
        return map(_sample, rows)

    def spans(self, begin: float, end: float, most: int) -> list[Span]:
        """The same time in at most so many stretches of equal length; empty ones are left out."""
        length_ms = max(1, -(-(_ms(end) - _ms(begin) + 1) // most))
        rows = self._rows(
            "SELECT avg(taken_at_ms), min(pressure_pa), avg(pressure_pa), max(pressure_pa)"
            " FROM samples WHERE taken_at_ms BETWEEN ? AND ?"
            " GROUP BY (taken_at_ms - ?) / ? ORDER BY 1",
            _ms(begin),
            _ms(end),
            _ms(begin),
            length_ms,
        )
        return [Span(ms / 1000, low / 100, mean / 100, high / 100) for ms, low, mean, high in rows]

    def outlook(self) -> Outlook | None:
        """The outlook at the newest sample; None when there is none yet."""
        ((text,),) = self._rows("SELECT outlook_json FROM present")
        return None if text is None else _outlook_from_json(text)

    def outage(self) -> str:
        """Why no sample comes, or an empty string."""
        ((advice,),) = self._rows("SELECT outage FROM present")
        return str(advice)

    def raised(self, begin: float, end: float) -> list[LevelChange]:
        """When a level was raised between begin and end."""
        rows = self._rows(
            "SELECT * FROM levels WHERE changed_at_ms <= ? ORDER BY changed_at_ms", _ms(end)
        )
        changes = [LevelChange(ms / 1000, StormLevel(level)) for ms, level in rows]
        return [
            after
            for before, after in pairwise(changes)
            if after.level > before.level and after.changed_at >= begin
        ]

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _rows(self, query: str, *values: int) -> Iterator[tuple[Any, ...]]:
        with _advice(self.path):
            yield from self._connection.execute(query, values)


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Look before touching: a file that is not ours stays as it is, to the last byte."""
    ((owner,),) = connection.execute("PRAGMA application_id")
    ((version,),) = connection.execute("PRAGMA user_version")
    is_new = not connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    if not is_new and owner != _APPLICATION_ID:
        raise HistoryError(f"{path}: {_NOT_OURS}, or give another path as [history] path")
    if not is_new and version != _SCHEMA_VERSION:
        raise HistoryError(
            f"{path} is of version {version}, this program knows {_SCHEMA_VERSION}: use the"
            " program that wrote it, or give another path as [history] path"
        )
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    if is_new:
        schema = Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")
        connection.executescript(f"BEGIN; {schema} COMMIT;")


def _lock(path: Path) -> int:
    """Claim the history for this process; the kernel lets go of it however the process ends."""
    lock = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise HistoryError(
            f"{path} is being written by another Storm Petrel: open its page instead, end it, or"
            " give another path as [history] path"
        ) from None
    return lock


@contextmanager
def _advice(path: Path) -> Iterator[None]:
    try:
        yield
    except HistoryError:
        raise
    except sqlite3.DatabaseError as error:
        cure = _CURES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, _NOT_OURS)
        raise HistoryError(f"{path}: {error}: {cure}") from error
    except OSError as error:
        raise HistoryError(
            f"{error.filename or path}: {error.strerror}: choose a folder that may be written,"
            " as [history] path"
        ) from error


def _utc(moment_ms: int) -> str:
    return f"{datetime.fromtimestamp(moment_ms / 1000, UTC):%Y-%m-%d %H:%M:%S} UTC"


def _ms(moment: float) -> int:
    return round(moment * 1000)


def _sample(row: tuple[int, ...]) -> Sample:
    taken_at_ms, pressure_pa, temperature_centi_c = row
    temperature_c = None if temperature_centi_c is None else temperature_centi_c / 100
    return Sample(taken_at_ms / 1000, pressure_pa / 100, temperature_c)


def _outlook_to_json(outlook: Outlook) -> str:
    tendency = outlook.tendency
    fields = outlook._asdict() | {"tendency": tendency and tendency._asdict()}
    return json.dumps(fields, ensure_ascii=False, allow_nan=False)


def _outlook_from_json(text: str) -> Outlook:
    fields = json.loads(text)
    tendency = fields["tendency"]
    return Outlook(
        **fields
        | {
            "level": StormLevel(fields["level"]),
            "reasons": tuple(fields["reasons"]),
            "tendency": tendency and Tendency(**tendency),
        }
    )
