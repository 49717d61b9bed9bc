"""The one writer's connection to a history: locked, and opened again after a failure."""

import fcntl
import os
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from calibration.documents.atomic_file import make_folder

from .database import HistoryError, advice, check_disk, connect


class WriterConnection:
    """Holds the file and its lock. opened: called with each connection before it is used."""

    def __init__(self, path: Path, opened: Callable[[sqlite3.Connection], None]) -> None:
        self._path, self._on_opened = path, opened
        self._was_written = was_written(path)
        self._connection: sqlite3.Connection | None = None
        self._file = (0, 0)  # device and inode
        self._lock: int | None = None
        self._is_suspect = False

    def connection(self) -> sqlite3.Connection:
        """Return the connection; opened again after a failure, or if the file was replaced.

        Raises HistoryError; HistoryBusy without a try, if the disk is full or read-only.
        """
        with advice(self._path):
            if self._connection is None:
                make_folder(self._path.parent)
            check_disk(self._path)
            if self._connection is not None and self._is_another():
                # What is written to a file that was moved or deleted is lost at the next start.
                self.disconnect()
                self._unlock()
            if self._is_suspect:
                self.disconnect()
                self._is_suspect = False
            return self._connection or self._open()

    def failed(self) -> None:
        """Have the connection opened again for the next use."""
        self._is_suspect = True

    def disconnect(self) -> None:
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def close(self, *, leave_nothing: bool = False) -> None:
        """Close all. leave_nothing: without a history before, delete the lock file too."""
        self.disconnect()
        self._unlock(is_known=self._was_written or not leave_nothing)

    def _open(self) -> sqlite3.Connection:
        if self._lock is None:
            self._lock = lock(self._path)
        connection = connect(self._path)
        try:
            self._file = _identity(self._path)
            self._on_opened(connection)
        except (OSError, sqlite3.Error):
            connection.close()
            raise
        self._connection = connection
        return connection

    def _unlock(self, *, is_known: bool = True) -> None:
        if self._lock is not None:
            unlock(self._path, self._lock, is_known=is_known)
            self._lock = None

    def _is_another(self) -> bool:
        try:
            return _identity(self._path) != self._file
        except OSError:
            return True


def is_being_written(path: Path) -> bool:
    """Return whether a program has this history locked, and so uses its sensor."""
    try:
        lock = os.open(_lock_of(path), os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:  # it does not exist yet, or this user may not read it
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def was_written(path: Path) -> bool:
    """Return whether Storm Petrel has written a history there before."""
    return _lock_of(path).exists()


def lock(path: Path) -> int:
    """Lock the history for this process; the kernel unlocks it however the process ends.

    Raises HistoryError.
    """
    with advice(path):
        make_folder(path.parent)
        check_disk(path)
        number = os.open(_lock_of(path), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
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
    """Unlock the history; delete the lock file unless the history is known."""
    if not is_known:
        _lock_of(path).unlink(missing_ok=True)
    os.close(number)


def _lock_of(path: Path) -> Path:
    return path.with_name(path.name + ".lock")


def _identity(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino
