"""Salvage of a damaged history: it is set aside, and what can be read goes into a new one.

    history.sqlite                   the new one: recording goes on in it at once
    history.sqlite.rescuing-...Z     the old one, with its -wal, while its rows are brought over
    history.sqlite.damaged-...Z      the same afterwards; nothing of it is deleted

Recording goes on meanwhile. The newest rows come first; after a restart it begins again. A year of
minutes takes a Pi Zero some twenty minutes. Rows that no sound page has come from the daily copies.
"""

import logging
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from ...system.set_aside import name_aside
from .. import boots
from ..boots import BITS, LOST, Boot
from ..clock_trust import ClockTrust
from ..connection import is_being_written, was_written
from ..csv_rows import PRESSURES_PA, TEMPERATURES_CENTI_C, CsvRow, last_ordinal, read_copies
from ..daily_csv import folder_of
from ..database import (
    RENAMING,
    HistoryDamaged,
    HistoryError,
    advice,
    check,
    check_file,
    hour_of,
    place_of,
    sum_up_hours,
)
from ..writer import History
from .small_tables import bring_small_tables, readable
from .sqlite_pages import Record, leaves

log = logging.getLogger(__name__)

_AT_ONCE = 2000
_UNDER_WAY = "rescuing"

_Row = tuple[int, int, int | None]


def open_history(path: Path, boot_id: str) -> "tuple[History, list[Salvage]]":
    """Open a history. A damaged one is set aside; each Salvage brings one into the new file.

    Raises HistoryError. A file of another program stays as it is.
    """
    path = place_of(path)
    is_link = path.is_symlink()  # one that leads nowhere: there is nothing to lose in it
    is_ours = is_link or (was_written(path) and path.exists() and not is_being_written(path))
    try:
        if is_ours:
            _check(path)
        history = History(path, boot_id, lambda new: begin(new, path))
    except HistoryDamaged as error:
        if not is_ours:
            raise
        log.warning("%s", error)
        try:
            Salvage(path).set_aside()
        except HistoryError as reason:  # on a disk that cannot be written samples wait
            log.warning("it cannot be set aside: %s", reason)
        history = History(path, boot_id, lambda new: begin(new, path))
    return history, [Salvage(path, aside) for aside in _under_way(path)]


def _check(path: Path) -> None:
    """Raise HistoryDamaged if it is; if that cannot be found out now, samples wait."""
    check_file(path)
    if not path.stat().st_size:
        raise HistoryDamaged(f"{path}: it is empty")
    if not os.access(path, os.R_OK | os.W_OK, effective_ids=True):
        raise HistoryDamaged(f"{path}: this user may not read and write it")
    try:
        check(path)
    except HistoryDamaged:
        raise
    except HistoryError as error:
        log.warning("%s", error)


def begin(new: sqlite3.Connection, path: Path) -> None:
    """Bring the boots of the damaged files into a new one, so that they keep their numbers.

    So do the boots of the daily copies. It takes seconds. Raises OSError.
    """
    last = last_ordinal(folder_of(path))
    for aside in _under_way(path):
        for number, *columns in readable(aside, "SELECT * FROM boots"):
            if boot := _boot(number, (None, *columns)):
                _add_boot(new, boot)
        bring_small_tables(aside, new)
        best: dict[int, Boot] = {}
        for leaf in leaves(aside):
            ends = leaf.ends()
            if any(_boot(*record) for record in ends):
                _take_better(best, leaf.records())
            last = max([last, *(n >> BITS for n, columns in ends if _sample(n, columns))])
        for boot in best.values():
            _add_boot(new, boot)
    for ordinal in range(1, last + 1):  # until a copy says when it was
        _add_boot(new, Boot(ordinal, LOST, 0, 0, ClockTrust.NONE))


def _take_better(best: dict[int, Boot], records: list[Record]) -> None:
    """Keep the better reading of each boot; the log has each version of a page."""
    for boot in filter(None, (_boot(*record) for record in records)):
        known = best.get(boot.ordinal)
        if known is None or boot.trust >= known.trust:
            best[boot.ordinal] = boot


def _under_way(path: Path) -> list[Path]:
    found = sorted(path.parent.glob(f"{path.name}.{_UNDER_WAY}-*"))
    return [aside for aside in found if not aside.name.endswith(("-wal", "-shm"))]


class Salvage:
    """Brings over what can be read of a damaged history. count: the rows so far."""

    def __init__(self, path: Path, under_way: Path | None = None) -> None:
        self._path = path
        self.aside = under_way or name_aside(path, _UNDER_WAY)
        self.count = 0
        self._work = self._read_rows()
        self._rows: list[_Row] | list[CsvRow] | None = None

    def set_aside(self, history: History | None = None) -> None:
        """Rename the damaged file. history: the one that has it open. Raises HistoryError."""
        with RENAMING:
            if history is not None:
                self._copy_log()  # closing the file brings its log into it, sound or not
                history.disconnect()
            try:
                with advice(self._path):
                    put_aside(self._path, self.aside)
            finally:
                if not self.aside.exists():
                    beside(self.aside, "-wal").unlink(missing_ok=True)

    def _copy_log(self) -> None:
        log_aside = beside(self.aside, "-wal")
        try:
            content = beside(self._path, "-wal").read_bytes()
            log_aside.unlink(missing_ok=True)
            number = os.open(log_aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
            with os.fdopen(number, "wb") as log_file:
                log_file.write(content)
        except FileNotFoundError:
            pass
        except OSError as error:  # half a log would pass for the whole
            log.warning("%s cannot be kept for the salvage: %s", log_aside.name, error)
            log_aside.unlink(missing_ok=True)

    def step(self, history: History, for_s: float, stop: threading.Event) -> bool:
        """Go on for some seconds, or until `stop` is set; return True when all is done.

        Raises HistoryError; the next step tries again what could not be written.
        """
        ends = time.monotonic() + for_s
        while time.monotonic() < ends and not stop.is_set():
            try:
                self._rows = self._rows or next(self._work, None)
            except OSError:
                self._work = self._read_rows()  # a generator that raised has no more rows
                raise
            if self._rows is None:
                self._finish(history)
                return True
            history.transact(self._bring)
            self._rows = None
        return False

    def _finish(self, history: History) -> None:
        history.transact(boots.place_lost)
        done = name_aside(self._path, "damaged")
        with advice(self.aside):
            put_aside(self.aside, done)
        log.warning("%d samples were brought over from it and from the daily copies", self.count)
        self.aside = done

    def _read_rows(self) -> Iterator[list[_Row] | list[CsvRow]]:
        waiting: list[_Row] = []
        for leaf in leaves(self.aside, newest_first=True):
            waiting += [row for record in leaf.records() if (row := _sample(*record))]
            if len(waiting) >= _AT_ONCE:
                yield waiting
                waiting = []
        if waiting:
            yield waiting
        copies = (row for row in read_copies(folder_of(self._path)) if isinstance(row, CsvRow))
        while copied := list(islice(copies, _AT_ONCE)):
            yield copied

    def _bring(self, new: sqlite3.Connection) -> None:
        own = {boot.ordinal: boot for boot in boots.all_boots(new)}
        rows: list[_Row] = []
        for row in self._rows or ():
            if not isinstance(row, CsvRow):
                rows.append(row)
                continue
            known = own.get(row.ordinal)
            if known is None or known.boot_id == LOST:
                known = own[row.ordinal] = row.boot
                boots.write(new, known)
            if known.boot_id == row.boot_id:  # else it is a copy of another history
                rows.append(row.stored_in(known))
        self.count += bring(new, [row for row in rows if row[0] >> BITS in own])


def bring(new: sqlite3.Connection, rows: list[_Row]) -> int:
    """Add rows and their hours to a history; return how many were new."""
    before = new.total_changes
    new.executemany("INSERT OR IGNORE INTO samples VALUES (?, ?, ?)", rows)
    found = new.total_changes - before
    if found:
        # The current hour is summed up when it is over.
        ((newest,),) = new.execute("SELECT max(id) FROM samples")
        numbers = [row[0] for row in rows]
        if hour_of(min(numbers)) < hour_of(newest):
            sum_up_hours(new, min(numbers), min(max(numbers), hour_of(newest) - 1))
    return found


def _add_boot(new: sqlite3.Connection, boot: Boot) -> None:
    new.execute("INSERT OR IGNORE INTO boots VALUES (?, ?, ?, ?, ?)", boot)


def _sample(number: int, columns: tuple[object, ...]) -> _Row | None:
    """Return the row of a sample, if it is one."""
    match columns:
        case (None, int() as pressure_pa, (int() | None) as centi_c) if number >> BITS:
            least, most = TEMPERATURES_CENTI_C
            is_warm = centi_c is None or least <= centi_c <= most
            if is_warm and PRESSURES_PA[0] <= pressure_pa <= PRESSURES_PA[1]:
                return number, pressure_pa, centi_c
    return None


def _boot(number: int, columns: tuple[object, ...]) -> Boot | None:
    """Return the boot of a row, if it is one."""
    match columns:
        case (
            None,
            str() as boot_id,
            int() as base_ms,
            int() as offset_ms,
            (0 | 1 | 2 | 3) as trust,
        ):
            boot = Boot(number, boot_id, base_ms, offset_ms, ClockTrust(trust))
            return boot if boot.is_sound else None
    return None


def put_aside(path: Path, aside: Path) -> None:
    """Rename a history that is not open. Raises OSError."""
    path.rename(aside)
    log_file = beside(path, "-wal")
    if log_file.exists():
        log_file.replace(beside(aside, "-wal"))
    beside(path, "-shm").unlink(missing_ok=True)
    log.warning("%s was set aside as %s", path, aside.name)


def beside(path: Path, ending: str) -> Path:
    """Return a file that SQLite keeps beside a database."""
    return path.with_name(path.name + ending)
