"""The database file of the history: opened, checked, its faults in words."""

import errno
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from calibration.documents.atomic_file import make_folder, target_of

from .additions import add_later, statements
from .boots import HOUR_MS, MOST_MS, all_boots
from .csv_rows import PRESSURES_PA

_APPLICATION_ID, SCHEMA_VERSION = 0x5354524D, 3

# What SQLite's primary result codes mean for a person.
_CURES = {
    sqlite3.SQLITE_FULL: "the disk is full: free some space",
    sqlite3.SQLITE_IOERR: "the disk fails or is full: look at it with dmesg and df",
    sqlite3.SQLITE_READONLY: "it may not be written: see to its owner and its file system",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened: is it there, a file, in a folder to write in?",
    sqlite3.SQLITE_BUSY: "another program holds it: end that one",
    sqlite3.SQLITE_LOCKED: "another program holds it: end that one",
}
_DAMAGES = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
# Sectors that cannot be read any more, and a file that ends before its time.
_UNREADABLE = (
    sqlite3.SQLITE_IOERR_READ,
    sqlite3.SQLITE_IOERR_SHORT_READ,
    sqlite3.SQLITE_IOERR_CORRUPTFS,
    sqlite3.SQLITE_IOERR_DATA,
)
# What SQLite finds in a file that was emptied while it was open.
_EMPTIED = tuple(f"no such table: {name}" for name in ("boots", "samples", "levels", "present"))
_NOT_OURS = "it is no history of Storm Petrel: move it away and start again"
_DAMAGED = "it is damaged"

_PASSING = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_DISK_ERRORS = {
    errno.EROFS: sqlite3.SQLITE_READONLY,
    errno.ENOSPC: sqlite3.SQLITE_FULL,
    errno.EDQUOT: sqlite3.SQLITE_FULL,
}
_CACHE_KB = 256  # instead of 2 MB: it writes at the end of the tables, and reads little
_ROOM_BYTES = 128 * 1024
_LOOK_UP_EVERY = 10_000  # steps of SQLite's machine: a Zero takes them in 30 ms
_MOUNTS = Path("/proc/self/mountinfo")

# A reader opens a file and then, by its name, the index of its log. If the history is renamed
# between the two, the reader takes the index of the next file for its own and truncates it, and the
# kernel ends the program (SIGBUS).
RENAMING = threading.Lock()

# For another program that holds the file; then the sample waits in memory.
_PATIENCE_S = 1.0


class HistoryError(OSError):
    """The history cannot be opened or written; the message says why and what to do."""


class HistoryDamaged(HistoryError):
    """The file is a history, or was one, and cannot be read."""


class HistoryBusy(HistoryError):
    """The history cannot be written now: the disk is full or read-only, or the file is in use."""


class OutOfOrder(HistoryError):
    """A sample is not later than the one before, and is not stored."""


def connect(path: Path) -> sqlite3.Connection:
    """Open the one connection that writes; a new file becomes a history.

    A file of another program stays as it is, to the last byte. Raises HistoryError.
    """
    with advice(path):
        make_folder(path.parent)
        check_disk(path)
        check_file(path)
        with suppress(FileExistsError):  # SQLite would follow a link
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644))
        connection = sqlite3.connect(
            path, timeout=_PATIENCE_S, check_same_thread=False, isolation_level=None
        )
        try:
            _prepare(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection


def connect_read_only(path: Path) -> sqlite3.Connection:
    """Open a connection that reads. Raises sqlite3.Error."""
    with RENAMING:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            connection.execute("PRAGMA user_version")  # opens the log's index too
        except sqlite3.Error:
            connection.close()
            raise
    return connection


def place_of(path: Path) -> Path:
    """Return where a history is: SQLite keeps its log beside the target of a link.

    A link into a folder that is gone stands for itself. Raises PermissionError for another user's
    link.
    """
    target = target_of(path).resolve()
    return target if target.parent.is_dir() or not path.is_symlink() else path


def check_file(path: Path) -> None:
    """Raise HistoryDamaged if there is something else than a file."""
    if os.path.lexists(path) and not path.is_file():
        raise HistoryDamaged(f"{path}: {_DAMAGED}: it is no file, {_NOT_OURS}")


def check_disk(path: Path) -> None:
    """Raise HistoryBusy if the disk is full or read-only.

    SQLite maps a file of 32 kB into memory, and the kernel ends a program (SIGBUS) that writes to
    such memory when the disk takes no writes. So it must not be tried.
    """
    disk = os.statvfs(path.parent)
    if disk.f_flag & os.ST_RDONLY or _has_failed(path.parent):
        raise HistoryBusy(f"{path}: {_CURES[sqlite3.SQLITE_READONLY]}")
    blocks = disk.f_bfree if os.geteuid() == 0 else disk.f_bavail
    if blocks * disk.f_frsize < _ROOM_BYTES:
        raise HistoryBusy(f"{path}: {_CURES[sqlite3.SQLITE_FULL]}")


def _has_failed(folder: Path) -> bool:
    """Return whether ext4 stopped writing after an error; Linux 6.15 shows it only here."""
    number = folder.stat().st_dev
    device = f" {os.major(number)}:{os.minor(number)} "
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="replace")
    except OSError:  # no Linux
        return False
    options = [line.rpartition(" ")[2].split(",") for line in mounts.split("\n") if device in line]
    return any("emergency_ro" in words or "shutdown" in words for words in options)


def check(path: Path) -> None:
    """Check the whole file (50 ms for a year of minutes on a PC). Raises HistoryDamaged.

    ctrl-C and SIGTERM end it early: KeyboardInterrupt.
    """
    with (
        advice(path),
        _interruptible(),
        closing(connect_read_only(path)) as c,
    ):
        c.set_progress_handler(lambda: 0, _LOOK_UP_EVERY)
        c.text_factory = lambda text: text.decode(errors="replace")  # it may quote what is garbled
        words = c.execute("PRAGMA quick_check(1)").fetchone()[0]
        ((version,),) = c.execute("PRAGMA user_version")
        if words == "ok" and version == SCHEMA_VERSION:
            words = _implausible(c) or words
    if words != "ok":
        raise HistoryDamaged(f"{path}: {_DAMAGED}: {words}")


def _implausible(connection: sqlite3.Connection) -> str:
    """Return the first impossible value in words, or ""; SQLite does not notice a flipped bit."""
    for boot in all_boots(connection):
        if not boot.is_sound:
            return f"boot {boot.ordinal} is of no time"
    sample = connection.execute(
        "SELECT id, pressure_pa FROM samples WHERE pressure_pa NOT BETWEEN ? AND ? LIMIT 1",
        PRESSURES_PA,
    ).fetchone()
    if sample:
        return f"sample {sample[0]} has {sample[1]} Pa"
    hour = connection.execute(
        "SELECT id FROM hours WHERE count < 1 OR low_pa < ? OR high_pa > ?"
        " OR sum_pa NOT BETWEEN low_pa * count AND high_pa * count LIMIT 1",
        PRESSURES_PA,
    ).fetchone()
    return f"hour {hour[0]} is not that of its samples" if hour else ""


@contextmanager
def _interruptible() -> Iterator[None]:
    """Raise the KeyboardInterrupt of a signal that ended a query, which SQLite drops."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
            raise
        raise KeyboardInterrupt from error


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    ((owner,),) = connection.execute("PRAGMA application_id")
    ((version,),) = connection.execute("PRAGMA user_version")
    is_new = not connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    if not is_new and owner != _APPLICATION_ID:
        raise HistoryError(f"{path}: {_NOT_OURS}, or give another path as [history] path")
    if not is_new and version != SCHEMA_VERSION:
        raise HistoryError(
            f"{path} is of version {version}, this program knows {SCHEMA_VERSION}: use the"
            " program that wrote it, or give another path as [history] path"
        )
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
    if is_new:
        connection.executescript(f"BEGIN; {statements('schema.sql')} COMMIT;")
    add_later(connection)


def sum_up_hours(connection: sqlite3.Connection, first: int, last: int) -> None:
    """Write, or replace, the hours of the samples from one number to another."""
    connection.execute(
        "INSERT OR REPLACE INTO hours SELECT id - (id & ?) % ?, min(pressure_pa),"
        " sum(pressure_pa), max(pressure_pa), count(*) FROM samples WHERE id BETWEEN ? AND ?"
        " GROUP BY 1",
        (MOST_MS, HOUR_MS, hour_of(first), min(hour_of(last) + HOUR_MS - 1, last | MOST_MS)),
    )


def hour_of(number: int) -> int:
    """Return the number of the hour of a sample."""
    return number - (number & MOST_MS) % HOUR_MS


def milliseconds(moment: float) -> int:
    """Return Unix seconds as the Unix milliseconds of the file."""
    return round(moment * 1000)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Commit the block as a whole, or nothing of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def advice(path: Path) -> Iterator[None]:
    """Turn the errors of SQLite and the system into a HistoryError with its cure."""
    try:
        yield
    except HistoryError:
        raise
    except sqlite3.ProgrammingError:  # a mistake of ours
        raise
    except sqlite3.DatabaseError as error:
        # Without a code: Python could not decode a text or a number.
        extended = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
        code = extended & 0xFF
        if code in _DAMAGES or extended in _UNREADABLE or str(error) in _EMPTIED:
            raise HistoryDamaged(f"{path}: {error}: {_DAMAGED}, or {_NOT_OURS}") from error
        cure = _CURES.get(code, "look at it with sqlite3")
        kind = HistoryBusy if code in _PASSING else HistoryError
        raise kind(f"{path}: {error}: {cure}") from error
    except (ValueError, TypeError) as error:  # a level of 77, a boot without a name
        raise HistoryDamaged(f"{path}: {_DAMAGED}: {error}") from error
    except OSError as error:
        if (code := _DISK_ERRORS.get(error.errno or 0)) is not None:
            raise HistoryBusy(f"{error.filename or path}: {_CURES[code]}") from error
        raise HistoryError(
            f"{error.filename or path}: {error.strerror}: choose a folder that may be written,"
            " as [history] path"
        ) from error
