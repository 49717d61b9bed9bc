"""The history: one SQLite file with one writer; reader.py is for all others.

A sample is acknowledged when its commit has reached the disk (WAL, synchronous FULL, one fsync).
Until then it waits in memory, and goes with the next commit that succeeds; so does a better reading
on the time, an event, and an alarm that was acknowledged.

    queue() queue_event() set_clock()
    store_alarm() store_unsent()            commit() transact()
            |                                   |
         memory  -------------------------->  file (commit.py)
    any thread, at once                     one thread, for as long as the disk takes
"""

import logging
import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

from ..alarm.stored_alarm import StoredAlarm
from ..weather import Sample, StormLevel
from .backlog import Backlog, Row
from .boots import Boot, all_boots, boot_ranges
from .clock_trust import ClockReading
from .commit import Due, Written, read_written, write
from .connection import WriterConnection
from .database import HistoryBusy, HistoryError, advice, milliseconds, transaction
from .events import Event, EventKind, EventQueue
from .timeline import RECORD, Timeline
from .unsent import UnsentNotice

log = logging.getLogger(__name__)

_LAST_S = 1.0  # close() waits so long for a commit that hangs


class History:
    """The one writer of a history file. A context manager; closing twice is fine.

    boot_id: of the samples; by default that of a record, which has its own time. begin: called with
    each new file before it is used. pending: set when something is to be committed soon. Raises
    HistoryError if another program writes to the file, if it cannot be written or is not a history;
    and HistoryDamaged.
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
        self._memory = threading.Lock()  # never held during a disk access
        self._file = threading.RLock()
        self._timeline = Timeline(boot_id)
        self._backlog = Backlog()
        self._remark: str | None = None
        self._alarm: StoredAlarm | None = None
        self._events = EventQueue()
        self._unsent: dict[str, tuple[UnsentNotice, ...]] = {}
        self._written = Written()
        self._is_closed = False
        self._connection = WriterConnection(path, self._attach)
        try:
            self._connection.connection()
        except HistoryBusy as error:  # samples wait until it can be written
            log.warning("%s", error)
        except HistoryError:
            self._connection.close(leave_nothing=True)
            raise

    @property
    def boot(self) -> Boot | None:
        """The boot that samples are added to; None before the first clock reading."""
        return self._timeline.boot

    @property
    def offset_ms(self) -> int:
        """The boot's Unix milliseconds at monotonic time 0; 0 before the first clock reading."""
        return self._timeline.boot.offset_ms if self._timeline.boot is not None else 0

    @property
    def newest_at(self) -> float | None:
        """The time of this boot's newest sample (Unix seconds), stored or not."""
        boot, newest_ms = self._timeline.boot, self._timeline.newest_ms
        return None if boot is None or newest_ms is None else (boot.offset_ms + newest_ms) / 1000

    @property
    def stored_ms(self) -> int | None:
        """The monotonic time of the newest committed sample; None before the first."""
        stored = self._backlog.stored
        return stored[-1].monotonic_ms if stored else None

    @property
    def newest(self) -> int | None:
        boot, stored_ms = self._timeline.boot, self.stored_ms
        return None if boot is None or stored_ms is None else boot.number(stored_ms)

    @property
    def waiting(self) -> int:
        return len(self._backlog.waiting)

    def set_clock(self, reading: ClockReading, monotonic_ms: int) -> bool:
        """Take a clock reading; return whether the samples of this boot have another time now."""
        with self._memory:
            if not self._events.is_begun:
                self._events.begin(monotonic_ms)
            return self._timeline.set_clock(reading, monotonic_ms)

    def add(self, sample: Sample, level: StormLevel | None = None, remark: str = "") -> None:
        """Queue a sample and commit; after a HistoryError it waits."""
        self.queue(sample, level, remark)
        self.commit()

    def queue(self, sample: Sample, level: StormLevel | None = None, remark: str = "") -> None:
        """Add a sample to the next commit, without a disk access.

        level: what it led to. remark: about the sensor. Raises OutOfOrder if it is not later than
        the newest.
        """
        centi_c = None if sample.temperature_c is None else round(sample.temperature_c * 100)
        with self._memory:
            monotonic_ms = self._timeline.take(milliseconds(sample.taken_at))
            self._backlog.put(Row(monotonic_ms, round(sample.pressure_hpa * 100), centi_c, level))
            self._remark = remark
        self.pending.set()

    def queue_event(self, event: Event) -> None:
        """Have an event committed soon, without waiting for it. A level goes with its sample."""
        with self._memory:
            self._events.put(event, self._timeline.boot)
        if event.kind is not EventKind.LEVEL:
            self.pending.set()

    def number_at(self, moment: float) -> int:
        """Return the number of a row of this boot (Unix seconds); 0 without a clock reading."""
        with self._memory:
            boot = self._timeline.boot
            return 0 if boot is None else boot.nearest_number(milliseconds(moment) - boot.offset_ms)

    def store_unsent(self, target: str, notices: Sequence[UnsentNotice]) -> None:
        """Store with the next commit which notices wait for this target; () for none."""
        with self._memory:
            self._unsent = {**self._unsent, target: (*notices,)}

    def store_alarm(self, alarm: StoredAlarm) -> None:
        """Store the alarm's acknowledgement and silence with the next commit."""
        with self._memory:
            self._alarm = alarm

    def samples_after(self, monotonic_ms: int | None) -> list[Sample]:
        """Return the samples in memory that are later than this, by the current clock reading."""
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
        """Write all that waits; after a HistoryError it goes on waiting."""
        with self._file:
            if self._is_closed:
                raise HistoryError(f"{self.path} was closed: open it again")
            try:
                with advice(self.path):
                    connection = self._connection.connection()
                    with self._memory:
                        due = self._due()
                    with transaction(connection):
                        written = write(connection, due, self._written)
                        if due.boot is not None:
                            self._timeline.write(connection, due.boot)
            except HistoryBusy:
                raise
            except HistoryError:
                self._connection.failed()
                raise
            with self._memory:
                self._written = written
                self._timeline.written(due.boot)
                self._backlog.written(due.rows)
                self._events.written(due.events)

    def forget(self) -> None:
        """Empty the history, for a played record that begins again."""

        def empty(connection: sqlite3.Connection) -> None:
            for table in ("samples", "hours", "levels", "boots", "events", "unsent_notices"):
                connection.execute(f"DELETE FROM {table}")
            connection.execute(
                "UPDATE present SET remark = '', acknowledged = 0, no_data = 0, copied_id = 0"
            )

        self.transact(empty)
        with self._memory:
            self._timeline = Timeline(RECORD)
            self._backlog, self._events = Backlog(), EventQueue()
            self._unsent = {}
        self.disconnect()

    def transact(self, do: Callable[[sqlite3.Connection], object]) -> None:
        """Call `do` with the file, in one transaction."""
        with self._file, advice(self.path):
            connection = self._connection.connection()
            with transaction(connection):
                do(connection)

    def disconnect(self) -> None:
        """Close the file until the next commit, and keep its lock."""
        with self._file:
            self._connection.disconnect()

    def store_again(self) -> None:
        """Store the rows in memory again, if the file does not have them."""
        with self._file:
            with self._memory:
                self._backlog.again()
                self._events.again()
            self._connection.failed()
            self.commit()

    def close(self) -> None:
        """Commit what waits, close the file and unlock it. Closing twice is fine."""
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

    def _due(self) -> Due:
        rows = (*self._backlog.waiting,)
        events = (*self._events.waiting,) if self._events.is_begun else ()
        return Due(self.boot, rows, self._remark, self._alarm, events, self._unsent)

    def _attach(self, connection: sqlite3.Connection) -> None:
        """Read what an opened file has."""
        known = all_boots(connection)
        if not known:
            with transaction(connection):
                self._begin(connection)
            known = all_boots(connection)
        reaches = boot_ranges(connection)
        with self._memory:
            self._timeline.attach(known, reaches)
        self._written = read_written(connection)
