"""The one writer's grip on the file of a history: locked, and opened anew where that helps."""

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from .database import advice, check_disk, connect, lock, unlock, was_written


class WriterConnection:
    """Holds the file and its lock.

    opened: is told of each connection before it is used, the first one and later ones.
    """

    def __init__(self, path: Path, opened: Callable[[sqlite3.Connection], None]) -> None:
        self._path, self._on_opened = path, opened
        self._was_written = was_written(path)
        self._connection: sqlite3.Connection | None = None
        self._file = (0, 0)  # device and inode
        self._lock: int | None = None
        self._is_suspect = False

    def connection(self) -> sqlite3.Connection:
        """Return the connection; opened again after a failure, or where the file is another one.

        Raises HistoryError, and HistoryBusy where it is better not to try.
        """
        with advice(self._path):
            if self._connection is None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
            check_disk(self._path)
            if self._connection is not None and self._is_another():
                # What is written to a file that was moved or deleted is lost at the next start.
                self.let_go()
                self._unlock()
            if self._is_suspect:
                self.let_go()
                self._is_suspect = False
            return self._connection or self._open()

    def failed(self) -> None:
        """Something went wrong with this connection; another one may do better."""
        self._is_suspect = True

    def let_go(self) -> None:
        """Close the connection; the lock stays."""
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def close(self, *, leave_nothing: bool = False) -> None:
        """Let go of all. leave_nothing: where there never was a history, no lock file either."""
        self.let_go()
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


def _identity(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino
