"""The history's file: opened, locked against others, its faults in words."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

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
_NOT_OURS = "it is no history of Storm Petrel: move it away and start again"
_DAMAGED = "it is damaged"

_PASSING = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_CACHE_KB = 256  # instead of 2 MB: it writes at the end of the tables, and reads little
_ROOM_BYTES = 128 * 1024
_LOOK_UP_EVERY = 10_000  # steps of SQLite's machine: a Zero takes them in 30 ms
_MOUNTS = Path("/proc/self/mountinfo")

# Whatever holds the file lets go of it sooner, or the sample waits in memory.
_PATIENCE_S = 1.0


class HistoryError(OSError):
    """The history cannot be opened or written; the message says why and what to do."""


class HistoryDamaged(HistoryError):
    """The file is a history, or was one, and cannot be read any more."""


class HistoryBusy(HistoryError):
    """It cannot be written for now: a full disk, one to be read only, or one who holds the file."""


class OutOfOrder(HistoryError):
    """A sample is not later than the one before: nothing is stored of it."""


def connect(path: Path) -> sqlite3.Connection:
    """Open the one connection that writes; a new file becomes a history.

    What is not ours stays as it is, to the last byte. Raises HistoryError.
    """
    with advice(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        check_disk(path)
        connection = sqlite3.connect(
            path, timeout=_PATIENCE_S, check_same_thread=False, isolation_level=None
        )
        try:
            _prepare(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection


def check_disk(path: Path) -> None:
    """Raise HistoryBusy where the disk is full, or may only be read.

    SQLite maps a file of 32 kB into memory, and the system ends a program that writes to such
    memory where the disk has no room for it or takes no writes: it is not to be tried.
    """
    disk = os.statvfs(path.parent)
    if disk.f_flag & os.ST_RDONLY or _has_failed(path.parent):
        raise HistoryBusy(f"{path}: {_CURES[sqlite3.SQLITE_READONLY]}")
    blocks = disk.f_bfree if os.geteuid() == 0 else disk.f_bavail
    if blocks * disk.f_frsize < _ROOM_BYTES:
        raise HistoryBusy(f"{path}: {_CURES[sqlite3.SQLITE_FULL]}")


def _has_failed(folder: Path) -> bool:
    """Whether ext4 has stopped writing after an error; Linux 6.15 and later tell it here alone."""
    number = folder.stat().st_dev
    device = f" {os.major(number)}:{os.minor(number)} "
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="replace")
    except OSError:  # no Linux
        return False
    options = [line.rpartition(" ")[2].split(",") for line in mounts.split("\n") if device in line]
    return any("emergency_ro" in words or "shutdown" in words for words in options)


def check(path: Path) -> None:
    """Read the whole file (50 ms a year of minutes here), and look at what is in it.

    Raises HistoryDamaged.

    ctrl-C and SIGTERM end it early: KeyboardInterrupt.
    """
    with (
        advice(path),
        _interruptible(),
        closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as c,
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
    """The first value that cannot be, in words; SQLite does not see that one bit fell over."""
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
    """What a signal raises while SQLite looks up ends the query, and is lost on the way."""
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
        schema = Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")
        connection.executescript(f"BEGIN; {schema} COMMIT;")


def sum_up_hours(connection: sqlite3.Connection, first: int, last: int) -> None:
    """Write the hours in which the samples from one number to another are, anew if need be."""
    connection.execute(
        "INSERT OR REPLACE INTO hours SELECT id - (id & ?) % ?, min(pressure_pa),"
        " sum(pressure_pa), max(pressure_pa), count(*) FROM samples WHERE id BETWEEN ? AND ?"
        " GROUP BY 1",
        (MOST_MS, HOUR_MS, hour_of(first), min(hour_of(last) + HOUR_MS - 1, last | MOST_MS)),
    )


def hour_of(number: int) -> int:
    """The number of the hour in which a sample is."""
    return number - (number & MOST_MS) % HOUR_MS


def milliseconds(moment: float) -> int:
    """Return Unix seconds as the Unix milliseconds of the file."""
    return round(moment * 1000)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of it or nothing."""
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
    """Turn what SQLite and the system say into a HistoryError with its cure."""
    try:
        yield
    except HistoryError:
        raise
    except sqlite3.ProgrammingError:  # a mistake of ours
        raise
    except sqlite3.DatabaseError as error:
        # Without a code it is Python that could not make a text or a number of it.
        extended = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
        code = extended & 0xFF
        if code in _DAMAGES or extended in _UNREADABLE:
            raise HistoryDamaged(f"{path}: {error}: {_DAMAGED}, or {_NOT_OURS}") from error
        cure = _CURES.get(code, "look at it with sqlite3")
        kind = HistoryBusy if code in _PASSING else HistoryError
        raise kind(f"{path}: {error}: {cure}") from error
    except (ValueError, TypeError) as error:  # a level of 77, a boot without a name
        raise HistoryDamaged(f"{path}: {_DAMAGED}: {error}") from error
    except OSError as error:
        raise HistoryError(
            f"{error.filename or path}: {error.strerror}: choose a folder that may be written,"
            " as [history] path"
        ) from error


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


def was_written(path: Path) -> bool:
    """Whether Storm Petrel has written a history there before."""
    return _lock_of(path).exists()


def lock(path: Path) -> int:
    """Claim the history for this process; the kernel lets go of it however the process ends.

    Raises HistoryError.
    """
    with advice(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        check_disk(path)
        number = os.open(_lock_of(path), os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(number)
        raise HistoryError(
            f"{path} is being written by another Storm Petrel: open its page instead, end it, or"
            " give another path as [history] path"
        ) from None
    return number


def unlock(path: Path, number: int, *, is_known: bool) -> None:
    """Let go of it; where there was no history before, and is none now, nothing is left behind."""
    if not is_known:
        _lock_of(path).unlink(missing_ok=True)
    os.close(number)


def _lock_of(path: Path) -> Path:
    return path.with_name(path.name + ".lock")
