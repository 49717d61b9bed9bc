"""A damaged history: set aside as it is, while what can be read of it is brought into a new one.

    history.sqlite                   the new one: recording goes on in it at once
    history.sqlite.rescuing-...Z     the old one, with its -wal, while its rows are brought over
    history.sqlite.damaged-...Z      the same afterwards; nothing of it is deleted

Reading goes on beside the recording, the newest first, and after a restart from its beginning:
a year of minutes takes a Pi Zero some twenty minutes. What no sound page has comes from the daily
copies.
"""

import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from itertools import islice
from pathlib import Path
from typing import Any

from .. import boots
from ..boots import BITS, LOST, Boot
from ..clock_trust import ClockTrust
from ..csv_rows import PRESSURES_PA, TEMPERATURES_CENTI_C, CsvRow, last_ordinal, read_copies
from ..daily_csv import folder_of
from ..database import (
    HistoryDamaged,
    HistoryError,
    advice,
    check,
    hour_of,
    is_being_written,
    sum_up_hours,
    was_written,
)
from ..writer import History
from .set_aside import beside, name_aside, put_aside
from .sqlite_pages import Record, leaves

log = logging.getLogger(__name__)

_AT_ONCE = 2000
_UNDER_WAY = "rescuing"

# Beside boots and samples: what is read of the damaged file, and how it is kept in the new one.
_SMALL_TABLES = (
    (
        "SELECT id, level FROM levels WHERE level BETWEEN 0 AND 3",
        "INSERT OR IGNORE INTO levels VALUES (?, ?)",
    ),
    (
        "SELECT acknowledged, silenced_until_ms, alarm_boot_id FROM present"
        " WHERE acknowledged BETWEEN 0 AND 3",
        "UPDATE present SET acknowledged = ?, silenced_until_ms = ?, alarm_boot_id = ?",
    ),
)

_Row = tuple[int, int, int | None]


def open_history(path: Path, boot_id: str) -> "tuple[History, list[Salvage]]":
    """Open a history; one that is damaged is set aside, and each Salvage is to bring one over.

    Raises HistoryError. A file that was never a history of ours stays as it is.
    """
    path = path.resolve()  # of a link: what SQLite keeps beside a file is where that is
    is_ours = was_written(path) and path.exists() and not is_being_written(path)
    try:
        if is_ours:
            _look_at(path)
        history = History(path, boot_id, lambda new: begin(new, path))
    except HistoryDamaged as error:
        if not is_ours:
            raise
        log.warning("%s", error)
        Salvage(path).set_aside()
        history = History(path, boot_id, lambda new: begin(new, path))
    return history, [Salvage(path, aside) for aside in _under_way(path)]


def _look_at(path: Path) -> None:
    """Raise HistoryDamaged where it is; where that cannot be found out now, what comes waits."""
    try:
        check(path)
    except HistoryDamaged:
        raise
    except HistoryError as error:
        log.warning("%s", error)


def begin(new: sqlite3.Connection, path: Path) -> None:
    """Bring the boots of what was set aside into a new file, so that they keep their numbers.

    Those of which the daily copies know have one too. It takes seconds. Raises OSError.
    """
    last = last_ordinal(folder_of(path))
    for aside in _under_way(path):
        _bring_small_tables(aside, new)
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
    """The log has a page once for each time it was written: the better word on the time counts."""
    for boot in filter(None, (_boot(*record) for record in records)):
        known = best.get(boot.ordinal)
        if known is None or boot.trust >= known.trust:
            best[boot.ordinal] = boot


def _under_way(path: Path) -> list[Path]:
    found = sorted(path.parent.glob(f"{path.name}.{_UNDER_WAY}-*"))
    return [aside for aside in found if not aside.name.endswith(("-wal", "-shm"))]


class Salvage:
    """Brings over what can be read of a damaged history. found: how many rows so far."""

    def __init__(self, path: Path, under_way: Path | None = None) -> None:
        self._path = path
        self.aside = under_way or name_aside(path, _UNDER_WAY)
        self.found = 0
        self._work = self._found()
        self._rows: list[_Row] | list[CsvRow] | None = None

    def keep_log(self) -> None:
        """Copy the write-ahead log before SQLite brings it into the file, sound or not."""
        log_aside = beside(self.aside, "-wal")
        try:
            log_aside.write_bytes(beside(self._path, "-wal").read_bytes())
        except FileNotFoundError:
            pass
        except OSError as error:  # half of it would be taken for all of it
            log.warning("%s cannot be kept for the rescue: %s", log_aside.name, error)
            log_aside.unlink(missing_ok=True)

    def set_aside(self) -> None:
        """Give the damaged file another name. Raises HistoryError."""
        with advice(self._path):
            put_aside(self._path, self.aside)

    def tidy(self) -> None:
        """Where the file could not be set aside after all, its log is not either."""
        if not self.aside.exists():
            beside(self.aside, "-wal").unlink(missing_ok=True)

    def step(self, history: History, for_s: float, stop: threading.Event) -> bool:
        """Go on for so many seconds, or until told to stop; True when all is done.

        Raises HistoryError; what could not be written is tried again at the next step.
        """
        ends = time.monotonic() + for_s
        while time.monotonic() < ends and not stop.is_set():
            try:
                self._rows = self._rows or next(self._work, None)
            except OSError:
                self._work = self._found()  # from the beginning: what ended so has no more to give
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
        log.warning("%d samples were brought over from it and from the daily copies", self.found)
        self.aside = done

    def _found(self) -> Iterator[list[_Row] | list[CsvRow]]:
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
            if known.boot_id == row.boot_id:  # or it is a copy of another history
                rows.append(numbered(row, known))
        self.found += bring(new, [row for row in rows if row[0] >> BITS in own])


def bring(new: sqlite3.Connection, rows: list[_Row]) -> int:
    """Put rows into a history, with their hours; return how many were not there yet."""
    before = new.total_changes
    new.executemany("INSERT OR IGNORE INTO samples VALUES (?, ?, ?)", rows)
    found = new.total_changes - before
    if found:
        # The hour that goes on is summed up when it is over.
        ((newest,),) = new.execute("SELECT max(id) FROM samples")
        numbers = [row[0] for row in rows]
        if hour_of(min(numbers)) < hour_of(newest):
            sum_up_hours(new, min(numbers), min(max(numbers), hour_of(newest) - 1))
    return found


def numbered(row: CsvRow, boot: Boot) -> _Row:
    """A line of a copy as a row of the history."""
    return boot.number(row.monotonic_ms), row.pressure_pa, row.temperature_centi_c


def _bring_small_tables(aside: Path, new: sqlite3.Connection) -> None:
    """What SQLite can read of them."""
    for number, *columns in _readable(aside, "SELECT * FROM boots"):
        _add_boot(new, _boot(number, (None, *columns)))
    for query, statement in _SMALL_TABLES:
        for row in _readable(aside, query):
            with suppress(sqlite3.IntegrityError):  # of a wrong type: it is garbled
                new.execute(statement, row)


def _readable(aside: Path, query: str) -> Iterator[tuple[Any, ...]]:
    """Rows, until one cannot be read."""
    with suppress(sqlite3.DatabaseError), closing(_read_only(aside)) as old:
        yield from old.execute(query)


def _add_boot(new: sqlite3.Connection, boot: Boot | None) -> None:
    if boot is not None:
        new.execute("INSERT OR IGNORE INTO boots VALUES (?, ?, ?, ?, ?)", boot)


def _sample(number: int, columns: tuple[object, ...]) -> _Row | None:
    """A row of the table of samples, if that is what it is."""
    match columns:
        case (None, int() as pressure_pa, (int() | None) as centi_c) if number >> BITS:
            least, most = TEMPERATURES_CENTI_C
            is_warm = centi_c is None or least <= centi_c <= most
            if is_warm and PRESSURES_PA[0] <= pressure_pa <= PRESSURES_PA[1]:
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
            boot = Boot(number, boot_id, base_ms, offset_ms, ClockTrust(trust))
            return boot if boot.is_sound else None
    return None


def _read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
