"""A damaged history: set aside as it is, while what can be read of it is brought into a new one.

    history.sqlite                   the new one: recording goes on in it at once
    history.sqlite.rescuing-...Z     the old one, with its -wal, while its rows are brought over
    history.sqlite.damaged-...Z      the same afterwards; nothing of it is deleted

Reading goes on beside the recording, a moment at a time, and after a restart from its beginning:
ten years of minutes take a Pi Zero some minutes. What no sound page has comes from the daily
copies.
"""

import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from . import boots
from .aside import beside, name_aside, put_aside
from .boots import BITS, Boot
from .clock import ClockTrust
from .copies import CopiedRow, boots_of, folder_of, last_ordinal, read_copies
from .history import History
from .history_file import (
    HistoryDamaged,
    HistoryError,
    advice,
    check,
    connect,
    hour_of,
    is_being_written,
    sum_up_hours,
    transaction,
    was_written,
)
from .salvage import records
from .weather import StormLevel

log = logging.getLogger(__name__)

_AT_ONCE = 500
# What no barometer says comes from a garbled page.
_PRESSURES_PA, _TEMPERATURES_CENTI_C = (30_000, 120_000), (-6_000, 12_000)
_LOST = "lost"
_UNDER_WAY = "rescuing"
_MOST_BOOTS = 1 << 22

_Row = tuple[int, int, int | None]


def open_history(path: Path, boot_id: str) -> "tuple[History, list[Rescue]]":
    """Open a history; one that is damaged is set aside, and each Rescue is to bring one over.

    Raises HistoryError. A file that was never a history of ours stays as it is.
    """
    if was_written(path) and not is_being_written(path):
        try:
            if path.exists():
                check(path)
                History(path, boot_id).close()
        except HistoryDamaged as error:
            log.warning("%s", error)
            Rescue(path).begin()
        except HistoryError as error:  # it cannot be looked at now; what comes waits
            log.warning("%s", error)
    found = sorted(path.parent.glob(f"{path.name}.{_UNDER_WAY}-*"))
    under_way = [aside for aside in found if not aside.name.endswith(("-wal", "-shm"))]
    return History(path, boot_id), [Rescue(path, aside) for aside in under_way]


def go_on_in_another(history: History) -> "Rescue":
    """Set a running history's file aside, and have it go on in a new one. Raises HistoryError."""
    rescue = Rescue(history.path)
    history.go_on_in_another(rescue.keep_log, rescue.begin)
    return rescue


class Rescue:
    """Brings over what can be read of a damaged history. found: how many rows so far."""

    def __init__(self, path: Path, under_way: Path | None = None) -> None:
        self._path = path
        self.aside = under_way or name_aside(path, _UNDER_WAY)
        self.found = 0
        self._work: Iterator[list[_Row] | list[CopiedRow]] | None = None

    def keep_log(self) -> None:
        """Copy the write-ahead log before SQLite brings it into the file, sound or not."""
        with suppress(OSError):
            beside(self.aside, "-wal").write_bytes(beside(self._path, "-wal").read_bytes())

    def begin(self) -> None:
        """Give the damaged file another name, and begin a new one. Raises HistoryError."""
        with advice(self._path):
            put_aside(self._path, self.aside)
            with closing(connect(self._path)) as new, transaction(new):
                self._carry_over(new)

    def _carry_over(self, new: sqlite3.Connection) -> None:
        """Bring the small tables over at once, so that the boots keep their numbers."""
        last = last_ordinal(folder_of(self._path))
        for found in records(self.aside):
            for number, columns in found:
                if boot := _boot(number, columns):
                    boots.write(new, boot)
                if _sample(number, columns):
                    last = max(last, number >> BITS)
        # Of a boot that was written more than once the log may hold an old version.
        with suppress(sqlite3.DatabaseError), closing(_read_only(self.aside)) as old:
            for number, *columns in old.execute("SELECT ordinal, boots.* FROM boots"):
                if boot := _boot(number, (None, *columns[1:])):
                    boots.write(new, boot)
        with suppress(sqlite3.DatabaseError), closing(_read_only(self.aside)) as old:
            for number, level in old.execute("SELECT id, level FROM levels"):
                if level in iter(StormLevel):
                    new.execute("INSERT OR IGNORE INTO levels VALUES (?, ?)", (number, level))
        with suppress(sqlite3.DatabaseError), closing(_read_only(self.aside)) as old:
            for row in old.execute("SELECT * FROM clock_steps"):
                new.execute("INSERT OR IGNORE INTO clock_steps VALUES (?, ?, ?, ?)", row)
        known = {boot.ordinal for boot in boots.all_boots(new)}
        for ordinal in set(range(1, last + 1)) - known:  # until a copy says when it was
            boots.write(new, Boot(ordinal, _LOST, 0, 0, ClockTrust.NONE))

    def step(self, history: History, for_s: float, stop: threading.Event) -> bool:
        """Go on for so many seconds, or until told to stop; True when all is done.

        Raises HistoryError.
        """
        if self._work is None:
            self._work = self._found()
        ends = time.monotonic() + for_s
        for rows in self._work:
            history.work(lambda new: self._bring(new, rows))  # noqa: B023 - it is done at once
            if time.monotonic() >= ends or stop.is_set():
                return False
        done = name_aside(self._path, "damaged")
        with advice(self.aside):
            put_aside(self.aside, done)
        log.warning("%d samples were brought over from it and from the daily copies", self.found)
        self.aside = done
        return True

    def _found(self) -> Iterator[list[_Row] | list[CopiedRow]]:
        waiting: list[_Row] = []
        for found in records(self.aside):
            waiting += [row for record in found if (row := _sample(*record))]
            if len(waiting) >= _AT_ONCE:
                yield waiting
                waiting = []
        yield waiting
        copied = [row for row in read_copies(folder_of(self._path)) if isinstance(row, CopiedRow)]
        with suppress(ValueError):  # of two histories: then they are no help
            boots_of(copied)
            yield from (copied[i : i + _AT_ONCE] for i in range(0, len(copied), _AT_ONCE))

    def _bring(self, new: sqlite3.Connection, rows: list[_Row] | list[CopiedRow]) -> None:
        own = {boot.ordinal: boot for boot in boots.all_boots(new)}
        copied = [row for row in rows if isinstance(row, CopiedRow)]
        for ordinal, boot in boots_of(copied).items():
            known = own.get(ordinal)
            if known is None or known.boot_id == _LOST:
                boots.write(new, boot)
                own[ordinal] = boot
        plain = [numbered(row, own) if isinstance(row, CopiedRow) else row for row in rows]
        self.found += bring(new, [row for row in plain if row[0] >> BITS in own])


def bring(new: sqlite3.Connection, rows: list[_Row]) -> int:
    """Put rows into a history, with their hours; return how many were not there yet."""
    before = new.total_changes
    new.executemany("INSERT OR IGNORE INTO samples VALUES (?, ?, ?)", rows)
    found = new.total_changes - before
    if found:
        # The hour that goes on is summed up when it is over.
        ((newest,),) = new.execute("SELECT max(id) FROM samples")
        numbers = [row[0] for row in rows]
        sum_up_hours(new, min(numbers), min(max(numbers), hour_of(newest) - 1))
    return found


def numbered(row: CopiedRow, own: dict[int, Boot]) -> _Row:
    """A line of a copy as a row of the history."""
    number = own[row.ordinal].number(row.monotonic_ms)
    return number, row.pressure_pa, row.temperature_centi_c


def _sample(number: int, columns: tuple[object, ...]) -> _Row | None:
    """A row of the table of samples, if that is what it is."""
    match columns:
        case (None, int() as pressure_pa, (int() | None) as centi_c) if number >> BITS:
            least, most = _TEMPERATURES_CENTI_C
            is_warm = centi_c is None or least <= centi_c <= most
            if is_warm and _PRESSURES_PA[0] <= pressure_pa <= _PRESSURES_PA[1]:
                return number, pressure_pa, centi_c
    return None


def _boot(number: int, columns: tuple[object, ...]) -> Boot | None:
    """A row of the table of boots, if that is what it is."""
    match columns:
        case (
            None,
            str() as boot_id,
            int() as base_ms,
            int() as offset_ms,
            (0 | 1 | 2 | 3) as trust,
        ):
            if 0 < number < 1 << (62 - BITS):
                return Boot(number, boot_id, base_ms, offset_ms, ClockTrust(trust))
    return None


def _read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
