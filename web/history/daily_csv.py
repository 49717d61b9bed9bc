"""The daily copies: each day of the history as a plain CSV file, to read and to rebuild from.

    history.sqlite
    history-days/2026-11-27.csv
                 2026-11-28.csv

    time_utc,pressure_hpa,temperature_c,boot,boot_id,monotonic_s,clock
    2026-11-28T00:00:12Z,1004.31,17.20,7,ee108f41,86412.031,synchronised

A file is written whole, once its day (UTC) is over, and again when a better word on the time has
moved samples into it or out of it.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from calibration.documents.atomic_file import make_folder, replace_file, target_of

from ..display.times import iso
from .boots import DAY_MS, Boot, BootRange, all_boots, boot_ranges
from .csv_rows import HEADER, CsvRow, read_copy
from .writer import History


class DailyCsv:
    """Keeps the daily copies in step with a history."""

    def __init__(self, history: History) -> None:
        self._history = history
        self.folder = folder_of(history.path)
        self._due: set[int] = set()
        self._checked: tuple[int, int, int | None] | None = None

    def look(self, now: float) -> None:
        """Write at most one day that is over. Call it after each sample. Raises OSError."""
        today = int(now * 1000) // DAY_MS
        self._history.transact(lambda connection: self._find_due(connection, today))
        due = sorted(day for day in self._due if day < today or self._path(day).exists())
        if due:
            self._history.transact(lambda connection: self._write(connection, due[0]))
            self._due.discard(due[0])
            if len(due) == 1:
                self._history.transact(lambda connection: self._note_copied(connection, today))

    def _find_due(self, connection: sqlite3.Connection, today: int) -> None:
        """Find the days without a copy, when a day begins or boots were moved."""
        ((copied, from_day),) = connection.execute("SELECT copied_id, copies_from_day FROM present")
        if (today, copied, from_day) == self._checked:
            return
        self._checked = (today, copied, from_day)
        for boot, first, last in boot_ranges(connection):
            if last > copied:
                days = connection.execute(
                    "SELECT DISTINCT (id + ?) / ? FROM samples WHERE id BETWEEN ? AND ?",
                    (boot.shift_ms, DAY_MS, max(first, copied + 1), last),
                )
                self._due |= {day for (day,) in days}
        if from_day is not None:
            days_there = map(_day_of, self.folder.glob("*.csv"))
            self._due |= {day for day in days_there if day is not None and day >= from_day}

    def _path(self, day: int) -> Path:
        return self.folder / f"{iso(day * 86400)[:10]}.csv"

    def _write(self, connection: sqlite3.Connection, day: int) -> None:
        path = self._path(day)
        lines = [
            line for reach in boot_ranges(connection) for line in _lines(connection, reach, day)
        ]
        lines += _lines_only_in(connection, path)
        if not lines:
            path.unlink(missing_ok=True)
            return
        make_folder(target_of(self.folder))
        replace_file(path, (f"{HEADER}\n", *lines))

    def _note_copied(self, connection: sqlite3.Connection, today: int) -> None:
        """Note that all days before today have copies."""
        last = 0
        for boot, first, end in boot_ranges(connection):
            last_before = min(end, today * DAY_MS - 1 - boot.shift_ms)
            if last_before >= first:
                last = max(last, last_before)
        connection.execute("UPDATE present SET copied_id = ?, copies_from_day = NULL", (last,))
        self._checked = (today, last, None)


def folder_of(history: Path) -> Path:
    """Return the folder of a history's copies."""
    return history.with_name(f"{history.stem}-days")


def _lines(connection: sqlite3.Connection, reach: BootRange, day: int) -> Iterator[str]:
    boot, first, last = reach
    shift_ms = boot.shift_ms
    rows = connection.execute(
        "SELECT id, pressure_pa, temperature_centi_c FROM samples WHERE id BETWEEN ? AND ?",
        (max(first, day * DAY_MS - shift_ms), min(last, (day + 1) * DAY_MS - 1 - shift_ms)),
    )
    for number, *numbers in rows:
        wall_ms, monotonic_ms = boot.wall_ms(number), boot.monotonic_ms(number)
        row = CsvRow(boot.ordinal, boot.boot_id, boot.trust, wall_ms, monotonic_ms, *numbers)
        yield row.line


def _lines_only_in(connection: sqlite3.Connection, path: Path) -> list[str]:
    """Return the lines of a copy whose samples the history does not have, after a loss."""
    if not path.exists():
        return []
    boots = {boot.ordinal: boot for boot in all_boots(connection)}
    rows = (row for row in read_copy(path) if isinstance(row, CsvRow))
    return [row.line for row in rows if not _is_stored(connection, boots.get(row.ordinal), row)]


def _is_stored(connection: sqlite3.Connection, boot: Boot | None, row: CsvRow) -> bool:
    if boot is None or boot.boot_id != row.boot_id:
        return False
    number = boot.offset_ms + row.monotonic_ms - boot.shift_ms
    return (
        connection.execute("SELECT 1 FROM samples WHERE id = ?", (number,)).fetchone() is not None
    )


def _day_of(path: Path) -> int | None:
    """Return the number of a copy's day; None if its name is no date."""
    from datetime import date

    try:
        return date.fromisoformat(path.stem).toordinal() - date(1970, 1, 1).toordinal()
    except ValueError:
        return None
