"""The history: one SQLite file with one writer; history_reader.py is how the pages look at it.

A sample is acknowledged when its commit has reached the disk (WAL, synchronous FULL, one fsync).
Until then it waits in memory, and goes with the next commit that succeeds; so does a better reading
on the time, and an alarm that was acknowledged.

    wait() hear() store_alarm()      commit() work()
            |                            |
         memory  ------------------->  file: boot, samples, hours, level, present
    any thread, at once             one thread, for as long as the disk takes
"""

import logging
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Self

from ..alarm.state import StoredAlarm
from ..weather import Sample, StormLevel
from .backlog import Backlog, Row
from .boots import Boot, all_boots, boot_ranges
from .clock_trust import ClockReading
from .connection import WriterConnection
from .database import (
    HistoryBusy,
    HistoryError,
    advice,
    hour_of,
    milliseconds,
    sum_up_hours,
    transaction,
)
from .timeline import RECORD, Timeline

log = logging.getLogger(__name__)

_LAST_S = 1.0  # so long the end of the program waits for a commit that hangs


class _Due(NamedTuple):
    """What one commit is to write."""

    boot: Boot | None
    rows: tuple[Row, ...]
    remark: str | None
    alarm: StoredAlarm | None


class _Written(NamedTuple):
    """What the file says already. hour: the first that is not summed up; its number."""

    level: StormLevel | None
    hour: int
    remark: str
    alarm: StoredAlarm | None


class History:
    """The one writer of a history file. A context manager; closing twice is fine.

    boot_id: which boot the samples are of; left out, they are a record, which is its own clock.
    begin: is given each new file before anything is written to it. pending: set when something is
    to be committed soon. Raises HistoryError when another program writes to it, when the folder or
    the file cannot be written, or when the file is something else; and HistoryDamaged.
    """

    def __init__(
        self,
        path: Path,
        boot_id: str = RECORD,
        begin: Callable[[sqlite3.Connection], None] = lambda connection: None,
    ) -> None:
        self.path = path
        self.pending = threading.Event()
        self._begin = begin
        self._memory = threading.Lock()  # never held while the disk is asked
        self._file = threading.RLock()
        self._timeline = Timeline(boot_id)
        self._backlog = Backlog()
        self._remark: str | None = None
        self._alarm: StoredAlarm | None = None
        self._written = _Written(None, 0, "", None)
        self._is_closed = False
        self._connection = WriterConnection(path, self._attach)
        try:
            self._connection.connection()
        except HistoryBusy as error:  # what comes waits until it is well again
            log.warning("%s", error)
        except HistoryError:
            self._connection.close(leave_nothing=True)
            raise

    @property
    def boot(self) -> Boot | None:
        """The boot that samples are added to; None before its time was told."""
        return self._timeline.boot

    @property
    def offset_ms(self) -> int:
        """Unix milliseconds when its monotonic time was 0; 0 before that was told."""
        return self._timeline.boot.offset_ms if self._timeline.boot is not None else 0

    @property
    def newest_at(self) -> float | None:
        """When the newest sample of this boot was taken (Unix seconds), stored or not."""
        boot, newest_ms = self._timeline.boot, self._timeline.newest_ms
        return None if boot is None or newest_ms is None else (boot.offset_ms + newest_ms) / 1000

    @property
    def stored_ms(self) -> int | None:
        """The monotonic time of the newest sample that was committed; None before there is one."""
        stored = self._backlog.stored
        return stored[-1].monotonic_ms if stored else None

    @property
    def newest(self) -> int | None:
        """The number of that sample."""
        boot, stored_ms = self._timeline.boot, self.stored_ms
        return None if boot is None or stored_ms is None else boot.number(stored_ms)

    @property
    def waiting(self) -> int:
        """How many samples wait for the disk."""
        return len(self._backlog.waiting)

    def set_clock(self, reading: ClockReading, monotonic_ms: int) -> bool:
        """Take a clock reading; True when the samples of this boot have another time now.

        It is kept with the next commit.
        """
        with self._memory:
            return self._timeline.set_clock(reading, monotonic_ms)

    def add(self, sample: Sample, level: StormLevel | None = None, remark: str = "") -> None:
        """Commit a sample at once. Raises as wait() and commit() do; then it waits."""
        self.queue(sample, level, remark)
        self.commit()

    def queue(self, sample: Sample, level: StormLevel | None = None, remark: str = "") -> None:
        """Put a sample among those that go with the next commit, without asking the disk.

        taken_at: as the time of this boot is believed to be. level: what it led to. remark: what
        is to be said of the sensor. Raises OutOfOrder for one that is not later than the newest.
        """
        centi_c = None if sample.temperature_c is None else round(sample.temperature_c * 100)
        with self._memory:
            monotonic_ms = self._timeline.take(milliseconds(sample.taken_at))
            self._backlog.put(Row(monotonic_ms, round(sample.pressure_hpa * 100), centi_c, level))
            self._remark = remark
        self.pending.set()

    def store_alarm(self, alarm: StoredAlarm) -> None:
        """Keep what was acknowledged, and how long the alarm is silent, with the next commit."""
        with self._memory:
            self._alarm = alarm

    def samples_after(self, monotonic_ms: int | None) -> list[Sample]:
        """The samples in memory that are later than this, by the time that is believed now."""
        with self._memory:
            rows, boot = self._backlog.after(monotonic_ms), self._timeline.boot
        return [
            Sample(
                (boot.offset_ms + row.monotonic_ms) / 1000,
                row.pressure_pa / 100,
                None if row.temperature_centi_c is None else row.temperature_centi_c / 100,
            )
            for row in rows
            if boot is not None
        ]

    def commit(self) -> None:
        """Write all that waits. Raises HistoryError; then it waits for the next commit."""
        with self._file:
            if self._is_closed:
                raise HistoryError(f"{self.path} was closed: open it again")
            try:
                with advice(self.path):
                    connection = self._connection.connection()
                    with self._memory:
                        rows = (*self._backlog.waiting,)
                        due = _Due(self.boot, rows, self._remark, self._alarm)
                    with transaction(connection):
                        written = self._write(connection, due)
            except HistoryBusy:
                raise
            except HistoryError:
                self._connection.failed()
                raise
            with self._memory:
                self._written = written
                self._timeline.written(due.boot)
                self._backlog.written(due.rows)

    def forget(self) -> None:
        """Empty the history: for a played record that is to begin again."""

        def empty(connection: sqlite3.Connection) -> None:
            for table in ("samples", "hours", "levels", "boots"):
                connection.execute(f"DELETE FROM {table}")
            connection.execute("UPDATE present SET remark = '', acknowledged = 0, copied_id = 0")

        self.transact(empty)
        with self._memory:
            self._timeline = Timeline(RECORD)
            self._backlog = Backlog()
        self.let_go()

    def transact(self, do: Callable[[sqlite3.Connection], object]) -> None:
        """Have something done to the file in one transaction, between two samples."""
        with self._file, advice(self.path):
            connection = self._connection.connection()
            with transaction(connection):
                do(connection)

    def let_go(self) -> None:
        """Close the file; it is opened again with the next commit. The lock on it stays."""
        with self._file:
            self._connection.let_go()

    def store_again(self) -> None:
        """Store what is remembered once more, where it is not there."""
        with self._file:
            with self._memory:
                self._backlog.again()
            self._connection.failed()
            self.commit()

    def close(self) -> None:
        """Close the file and let another program write to it; what waits is tried once more."""
        if not self._file.acquire(timeout=_LAST_S):
            log.warning("%s: the disk does not answer: it is left as it is", self.path)
            return
        try:
            if self._is_closed:
                return
            try:
                self.commit()
            except HistoryError as error:
                log.warning("the last %d samples are not stored: %s", self.waiting, error)
            self._connection.close()
            self._is_closed = True
        finally:
            self._file.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _write(self, connection: sqlite3.Connection, due: _Due) -> _Written:
        level, hour, remark, alarm = self._written
        boot = due.boot
        for row in due.rows:
            assert boot is not None
            number = boot.number(row.monotonic_ms)
            connection.execute(
                "INSERT OR IGNORE INTO samples VALUES (?, ?, ?)", (number, *row[1:3])
            )
            if row.level is not None and row.level is not level:
                level = row.level
                connection.execute("INSERT OR REPLACE INTO levels VALUES (?, ?)", (number, level))
            if hour_of(number) > hour:
                sum_up_hours(connection, hour, hour_of(number) - 1)
                hour = hour_of(number)
        if boot is not None:
            self._timeline.write(connection, boot)
        if due.remark is not None and due.remark != remark:
            remark = due.remark
            connection.execute("UPDATE present SET remark = ?", (remark,))
        if due.alarm is not None and due.alarm != alarm:
            alarm = due.alarm
            connection.execute(
                "UPDATE present SET acknowledged = ?, silenced_until_ms = ?, alarm_boot_id = ?",
                alarm,
            )
        return _Written(level, hour, remark, alarm)

    def _attach(self, connection: sqlite3.Connection) -> None:
        """Find out what a file that was opened says already."""
        known = all_boots(connection)
        if not known:
            with transaction(connection):
                self._begin(connection)
            known = all_boots(connection)
        reaches = boot_ranges(connection)
        with self._memory:
            self._timeline.attach(known, reaches)
        self._written = _read_written(connection)


def _read_written(connection: sqlite3.Connection) -> _Written:
    level = connection.execute("SELECT level FROM levels ORDER BY id DESC LIMIT 1").fetchone()
    ((remark,),) = connection.execute("SELECT remark FROM present")
    # The last hour that was summed up may have been cut short by a restart: it is done again.
    ((hour,),) = connection.execute(
        "SELECT coalesce((SELECT max(id) FROM hours), (SELECT min(id) FROM samples), 0)"
    )
    return _Written(None if level is None else StormLevel(level[0]), hour_of(hour), remark, None)
