"""The history: one SQLite file with one writer; history_reader.py is how the pages look at it.

A sample is acknowledged when its commit has reached the disk (WAL, synchronous FULL, one fsync).
What the disk does not take waits in memory, in its order, and goes with the next commit that
succeeds; so does a better word on the time, and an alarm that was acknowledged.

    add() --> waiting --> one transaction: boot, samples, hours, level, present
"""

import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Self

from .alarm import KeptAlarm
from .boots import MOST_MS, Boot
from .clock import ClockTrust, Word
from .grip import Grip
from .history_file import (
    HistoryBusy,
    HistoryError,
    OutOfOrder,
    advice,
    hour_of,
    sum_up_hours,
    transaction,
)
from .timeline import RECORD, Timeline
from .weather import Sample, StormLevel

log = logging.getLogger(__name__)

# So many samples wait for a disk that takes none: a week of minutes.
_MOST_WAITING = 10_000
# So many are remembered after they were stored, a day and an hour of minutes: with the daily copies
# they are all that a file has which is lost while it is written.
_MOST_REMEMBERED = 1500


class _Row(NamedTuple):
    monotonic_ms: int
    pressure_pa: int
    temperature_centi_c: int | None
    level: StormLevel | None


class _Written(NamedTuple):
    """What the file says already. hour: the first that is not summed up; its number."""

    level: StormLevel | None
    hour: int
    remark: str


class History:
    """The one writer of a history file. A context manager; closing twice is fine.

    boot_id: which boot the samples are of; left out, they are a record, which is its own clock.
    begin: is given each new file before anything is written to it.
    All methods may be called from any thread. Raises HistoryError when another program writes to
    it, when the folder or the file cannot be written, or when the file is something else; and
    HistoryDamaged.
    """

    def __init__(
        self,
        path: Path,
        boot_id: str = RECORD,
        begin: Callable[[sqlite3.Connection], None] = lambda connection: None,
    ) -> None:
        self.path = path
        self._begin = begin
        self._turn = threading.RLock()
        self._timeline = Timeline(boot_id)
        self._waiting: deque[_Row] = deque(maxlen=_MOST_WAITING)
        self._stored: deque[_Row] = deque(maxlen=_MOST_REMEMBERED)
        self._remark: str | None = None
        self._alarm: KeptAlarm | None = None
        self._kept_alarm: KeptAlarm | None = None
        self._written = _Written(None, 0, "")
        self._is_closed = False
        self._grip = Grip(path, self._attach)
        try:
            self._grip.connection()
        except HistoryBusy as error:  # what comes waits until it is well again
            log.warning("%s", error)
        except HistoryError:
            self._grip.close(leave_nothing=True)
            raise

    @property
    def boot(self) -> Boot | None:
        """The boot that samples are added to; None before its time was told."""
        return self._timeline.boot

    @property
    def newest(self) -> int | None:
        """The number of the newest sample of this boot; None before there is one."""
        boot, newest_ms = self._timeline.boot, self._timeline.newest_ms
        return None if boot is None or newest_ms is None else boot.number(newest_ms)

    @property
    def waiting(self) -> int:
        """How many samples wait for the disk."""
        return len(self._waiting)

    def hear(self, word: Word, monotonic_ms: int) -> bool:
        """Take a word on the time; True when the samples of this boot have another time now.

        It is kept with the next commit.
        """
        with self._turn:
            return self._timeline.hear(word, monotonic_ms)

    def add(self, sample: Sample, level: StormLevel | None = None, remark: str = "") -> None:
        """Commit a sample, the level it led to, and what is to be said of the sensor.

        taken_at: as the time of this boot is believed to be. Raises OutOfOrder for a sample that
        is not later than the newest, and HistoryError when it cannot be written: then it waits.
        """
        with self._turn:
            self.wait(sample, level)
            self._remark = remark
            self._commit()

    def wait(self, sample: Sample, level: StormLevel | None = None) -> None:
        """Put a sample among those that go with the next commit. Raises OutOfOrder."""
        with self._turn:
            taken_ms = milliseconds(sample.taken_at)
            timeline = self._timeline
            if timeline.boot is None:
                timeline.hear(Word(0, ClockTrust.SYNCHRONISED), taken_ms)
                assert timeline.boot is not None
            monotonic_ms = taken_ms - timeline.boot.offset_ms
            newest_ms = timeline.newest_ms
            if newest_ms is not None and monotonic_ms <= newest_ms:
                raise OutOfOrder(
                    f"the sample is {(newest_ms - monotonic_ms) / 1000:g} s before the newest one"
                    f" of {self.path}, and is not stored: is that of another record?"
                )
            if not 0 <= monotonic_ms - timeline.boot.base_ms <= MOST_MS:
                raise OutOfOrder(
                    "the sample is before the first of its record, or more than 34 years after it"
                )
            centi_c = None if sample.temperature_c is None else round(sample.temperature_c * 100)
            pressure_pa = round(sample.pressure_hpa * 100)
            self._waiting.append(_Row(monotonic_ms, pressure_pa, centi_c, level))
            timeline.newest_ms = monotonic_ms

    def commit(self) -> None:
        """Write what waits, and what was heard of the time."""
        with self._turn:
            self._commit()

    def keep_alarm(self, alarm: KeptAlarm) -> None:
        """Keep what was acknowledged, and how long the alarm is silent."""
        with self._turn:
            self._alarm = self._kept_alarm = alarm
            self._commit()

    def forget(self) -> None:
        """Empty the history: for a played record that is to begin again."""

        def empty(connection: sqlite3.Connection) -> None:
            for table in ("samples", "hours", "levels", "clock_steps", "boots"):
                connection.execute(f"DELETE FROM {table}")
            connection.execute("UPDATE present SET remark = '', acknowledged = 0, copied_id = 0")

        with self._turn:
            self.work(empty)
            self._timeline = Timeline(RECORD)
            self._stored.clear()
            self._grip.let_go()

    def work(self, do: Callable[[sqlite3.Connection], object]) -> None:
        """Have something done to the file in one transaction, between two samples."""
        with self._turn, advice(self.path):
            connection = self._grip.connection()
            with transaction(connection):
                do(connection)

    def go_on_in_another(
        self,
        before: Callable[[], None],
        set_aside: Callable[[], None],
        begin: Callable[[sqlite3.Connection], None],
    ) -> None:
        """Go on in a new file of the same name, with what waits and what is remembered.

        before: done while the file is still open. set_aside: done after it was closed. begin: is
        given each new file from now on.
        """
        with self._turn:
            self._begin = begin
            before()
            self._grip.let_go()
            set_aside()
            self.store_again()

    def store_again(self) -> None:
        """Store what is remembered once more, where it is not there."""
        with self._turn:
            self._waiting = deque([*self._stored, *self._waiting], _MOST_WAITING)
            self._stored.clear()
            self._grip.failed()
            self._commit()

    def close(self) -> None:
        """Close the file and let another program write to it; what waits is tried once more."""
        with self._turn:
            if self._is_closed:
                return
            try:
                self._commit()
            except HistoryError as error:
                log.warning("the last %d samples are not stored: %s", len(self._waiting), error)
            self._grip.close()
            self._is_closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _commit(self) -> None:
        if self._is_closed:
            raise HistoryError(f"{self.path} was closed: open it again")
        try:
            with advice(self.path):
                connection = self._grip.connection()
                with transaction(connection):
                    written = self._write(connection)
        except HistoryBusy:
            raise
        except HistoryError:
            self._grip.failed()
            raise
        self._written = written
        self._timeline.written()
        self._stored += self._waiting
        self._waiting.clear()
        self._alarm = None

    def _write(self, connection: sqlite3.Connection) -> _Written:
        level, hour, remark = self._written
        boot = self._timeline.boot
        for row in self._waiting:
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
        self._timeline.write(connection)
        if self._remark is not None and self._remark != remark:
            remark = self._remark
            connection.execute("UPDATE present SET remark = ?", (remark,))
        if self._alarm is not None:
            connection.execute(
                "UPDATE present SET acknowledged = ?, silenced_until_ms = ?, alarm_boot_id = ?",
                self._alarm,
            )
        return _Written(level, hour, remark)

    def _attach(self, connection: sqlite3.Connection) -> None:
        """Find out what a file that was opened says already."""
        if not connection.execute("SELECT 1 FROM boots").fetchone():
            with transaction(connection):
                self._begin(connection)
            self._alarm = self._kept_alarm
        self._timeline.attach(connection)
        self._written = _read_written(connection)


def _read_written(connection: sqlite3.Connection) -> _Written:
    level = connection.execute("SELECT level FROM levels ORDER BY id DESC LIMIT 1").fetchone()
    ((remark,),) = connection.execute("SELECT remark FROM present")
    # The last hour that was summed up may have been cut short by a restart: it is done again.
    ((hour,),) = connection.execute(
        "SELECT coalesce((SELECT max(id) FROM hours), (SELECT min(id) FROM samples), 0)"
    )
    return _Written(None if level is None else StormLevel(level[0]), hour_of(hour), remark)


def milliseconds(moment: float) -> int:
    """A moment as the file keeps it."""
    return round(moment * 1000)
