"""The history: one SQLite file with one writer; history_reader.py is how the pages look at it.

A sample is acknowledged when its commit has reached the disk (WAL, synchronous FULL); the outlook
it led to is written in the same commit, so that a page never shows the one without the other.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from .outlook_json import outlook_to_json
from .weather import Outlook, Sample

_APPLICATION_ID, SCHEMA_VERSION = 0x5354524D, 2
# What brings a history of an older version to the next one.
_STEPS = {1: "ALTER TABLE present ADD COLUMN remark TEXT NOT NULL DEFAULT ''"}

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


class History:
    """The one writer of a history file. A context manager; closing twice is fine.

    Raises HistoryError when another program writes to it, when the folder or the file cannot be
    written, or when the file is something else.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with advice(path), ExitStack() as opened:
            path.parent.mkdir(parents=True, exist_ok=True)
            opened.callback(os.close, _lock(path))
            self._connection = sqlite3.connect(path, timeout=10.0, check_same_thread=False)
            opened.callback(self._connection.close)
            _prepare(self._connection, path)
            self._inode = path.stat().st_ino
            self._opened = opened.pop_all()

    def add(self, sample: Sample, outlook: Outlook | None, remark: str = "") -> None:
        """Commit a sample, the outlook it led to, and what the pages are to say of the sensor.

        Raises ClockBehind for a sample that is not later than the newest, and HistoryError when
        it cannot be written.
        """
        with advice(self.path), self._connection as connection:
            self._check_still_there()
            ((newest_ms,),) = connection.execute("SELECT max(taken_at_ms) FROM samples")
            if newest_ms is not None and milliseconds(sample.taken_at) <= newest_ms:
                raise ClockBehind(
                    f"the clock is behind the newest sample, of {_utc(newest_ms)}, and nothing"
                    f" is stored: set the clock; or if that time is wrong, move {self.path} away"
                    " and start again"
                )
            connection.execute(
                "INSERT INTO samples VALUES (?, ?, ?)",
                (
                    milliseconds(sample.taken_at),
                    round(sample.pressure_hpa * 100),
                    None if sample.temperature_c is None else round(sample.temperature_c * 100),
                ),
            )
            if outlook is not None:
                self._note(connection, outlook)
            connection.execute("UPDATE present SET outage = '', remark = ?", (remark,))

    def note_outage(self, why: str) -> None:
        """Tell the pages why no sample comes, until the next one does."""
        with advice(self.path), self._connection as connection:
            connection.execute("UPDATE present SET outage = ?", (why,))

    def forget(self) -> None:
        """Empty the history: for a played record that is to begin again."""
        with advice(self.path), self._connection as connection:
            connection.execute("DELETE FROM samples")
            connection.execute("DELETE FROM levels")
            connection.execute("UPDATE present SET outlook_json = NULL, outage = '', remark = ''")

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
                (milliseconds(outlook.since), int(outlook.level)),
            )
        connection.execute("UPDATE present SET outlook_json = ?", (outlook_to_json(outlook),))


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Look before touching: a file that is not ours stays as it is, to the last byte."""
    ((owner,),) = connection.execute("PRAGMA application_id")
    ((version,),) = connection.execute("PRAGMA user_version")
    is_new = not connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    if not is_new and owner != _APPLICATION_ID:
        raise HistoryError(f"{path}: {_NOT_OURS}, or give another path as [history] path")
    if not is_new and not 1 <= version <= SCHEMA_VERSION:
        raise HistoryError(
            f"{path} is of version {version}, this program knows {SCHEMA_VERSION}: use the"
            " program that wrote it, or give another path as [history] path"
        )
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    if is_new:
        schema = Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")
        connection.executescript(f"BEGIN; {schema} COMMIT;")
    for older in range(SCHEMA_VERSION if is_new else version, SCHEMA_VERSION):
        step = f"{_STEPS[older]}; PRAGMA user_version = {older + 1}"
        connection.executescript(f"BEGIN; {step}; COMMIT;")


def is_being_written(path: Path) -> bool:
    """Whether a program holds this history, and so reads the sensor that it is of."""
    try:
        lock = os.open(_lock_of(path), os.O_RDONLY)
    except OSError:  # nobody has written it yet, or nobody here may know
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def _lock_of(path: Path) -> Path:
    return path.with_name(path.name + ".lock")


def _lock(path: Path) -> int:
    """Claim the history for this process; the kernel lets go of it however the process ends."""
    lock = os.open(_lock_of(path), os.O_RDWR | os.O_CREAT, 0o644)
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
def advice(path: Path) -> Iterator[None]:
    """Turn what SQLite and the system say into a HistoryError with its cure."""
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


def milliseconds(moment: float) -> int:
    """A moment as the file keeps it."""
    return round(moment * 1000)
