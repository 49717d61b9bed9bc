"""The daily copies: each day of the history as a plain CSV file, to look at and to rebuild from.

    history.sqlite
    history-days/2026-11-27.csv
                 2026-11-28.csv

    time_utc,pressure_hpa,temperature_c,boot,boot_id,monotonic_s,clock
    2026-11-28T00:00:12Z,1004.31,17.20,7,ee108f41,86412.031,synchronised

A file is written whole, once its day (UTC) is over, and again when a better word on the time has
moved samples into it or out of it.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from .boots import BITS, Boot, Reach, all_reaches
from .clock import ClockTrust
from .history import History
from .times import iso

DAY_MS = 86_400_000
_LONGEST_LINE = 200
HEADER = "time_utc,pressure_hpa,temperature_c,boot,boot_id,monotonic_s,clock"


class CopiedRow(NamedTuple):
    """A line of a copy: which boot, when in it and by which clock, and the numbers as stored."""

    ordinal: int
    boot_id: str
    trust: ClockTrust
    wall_ms: int
    monotonic_ms: int
    pressure_pa: int
    temperature_centi_c: int | None

    @property
    def boot(self) -> Boot:
        """The boot, as this line has it."""
        offset_ms = self.wall_ms - self.monotonic_ms
        return Boot(self.ordinal, self.boot_id, 0, offset_ms, self.trust)


class DailyCopies:
    """Keeps a folder of them in step with a history."""

    def __init__(self, history: History) -> None:
        self._history = history
        self.folder = folder_of(history.path)
        self._today = -1
        self._due: set[int] = set()

    def look(self, now: float) -> None:
        """Write at most one day that is over; called after each sample. Raises OSError."""
        today = int(now * 1000) // DAY_MS
        if today != self._today:
            self._history.work(self._find_due)
            self._today = today
        over = sorted(day for day in self._due if day < today)
        if over:
            self._history.work(lambda connection: self._write(connection, over[0]))
            self._due.discard(over[0])
            if len(over) == 1:
                self._history.work(self._note_copied)

    def redo(self, moved_ms: int) -> None:
        """Since this boot was moved, its days are written again, and those that it was in."""
        boot = self._history.boot
        assert boot is not None

        def find(connection: sqlite3.Connection) -> None:
            reaches = all_reaches(connection)
            own = [reach for reach in reaches if reach.boot.ordinal == boot.ordinal]
            for reach in own:
                first_day = (reach.begin_ms - moved_ms) // DAY_MS
                self._due |= set(range(first_day, (reach.end_ms - moved_ms) // DAY_MS + 1))
            # Boots that had to make way for it are written again too.
            connection.execute(
                "UPDATE present SET copied_id = min(copied_id, ?)",
                (_first_moved(reaches, boot) - 1,),
            )

        self._history.work(find)
        self._today = -1

    def _find_due(self, connection: sqlite3.Connection) -> None:
        """The days of all samples that no copy has."""
        ((copied,),) = connection.execute("SELECT copied_id FROM present")
        for boot, first, last in all_reaches(connection):
            if last > copied:
                days = connection.execute(
                    "SELECT DISTINCT (id + ?) / ? FROM samples WHERE id BETWEEN ? AND ?",
                    (_base(boot), DAY_MS, max(first, copied + 1), last),
                )
                self._due |= {day for (day,) in days}

    def _write(self, connection: sqlite3.Connection, day: int) -> None:
        path = self.folder / f"{iso(day * 86400)[:10]}.csv"
        lines = [
            line for reach in all_reaches(connection) for line in _lines(connection, reach, day)
        ]
        if not lines:
            path.unlink(missing_ok=True)
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        with new.open("w", encoding="ascii", newline="") as file:
            file.writelines((f"{HEADER}\n", *lines))
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)

    def _note_copied(self, connection: sqlite3.Connection) -> None:
        """All before today is there."""
        last = 0
        for boot, first, end in all_reaches(connection):
            last_before = min(end, self._today * DAY_MS - 1 - _base(boot))
            if last_before >= first:
                last = max(last, last_before)
        connection.execute("UPDATE present SET copied_id = max(copied_id, ?)", (last,))


def folder_of(history: Path) -> Path:
    """Where the copies of a history are."""
    return history.with_name(f"{history.stem}-days")


def read_copies(folder: Path) -> Iterator[CopiedRow | ValueError]:
    """The lines of all copies, day by day; a ValueError in place of one that is none."""
    import csv

    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            for number, fields in enumerate(csv.reader(file), 1):
                if number == 1 or not fields:
                    continue
                try:
                    yield _row(fields)
                except (ValueError, KeyError) as error:
                    yield ValueError(f"{path}, line {number}: {error}")


def last_ordinal(folder: Path) -> int:
    """The number of the newest boot that the copies know of, by their last lines; 0: of none."""
    last = 0
    for path in folder.glob("*.csv"):
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _LONGEST_LINE))
            lines = file.read().decode("ascii", errors="replace").splitlines()
        with suppress(ValueError, KeyError, IndexError):
            last = max(last, _row(lines[-1].split(",")).ordinal)
    return last


def boots_of(rows: Iterable[CopiedRow]) -> dict[int, Boot]:
    """The boots that the lines are of; of those that differ on a boot's time the best is believed.

    Raises ValueError where one number stands for two boots: these are of two histories.
    """
    known: dict[int, Boot] = {}
    for row in rows:
        before = known.get(row.ordinal)
        if before is not None and before.boot_id != row.boot_id:
            raise ValueError(
                f"boot {row.ordinal} is {before.boot_id} here and {row.boot_id} there: the copies"
                " are of two histories; put one of them elsewhere"
            )
        if before is None or row.trust >= before.trust:
            known[row.ordinal] = row.boot
    return known


def _lines(connection: sqlite3.Connection, reach: Reach, day: int) -> Iterator[str]:
    boot, first, last = reach
    base = _base(boot)
    rows = connection.execute(
        "SELECT id, pressure_pa, temperature_centi_c FROM samples WHERE id BETWEEN ? AND ?",
        (max(first, day * DAY_MS - base), min(last, (day + 1) * DAY_MS - 1 - base)),
    )
    clock = boot.trust.name.lower()
    for number, pressure_pa, centi_c in rows:
        temperature = "" if centi_c is None else f"{centi_c / 100:.2f}"
        yield (
            f"{iso(boot.wall_ms(number) / 1000)},{pressure_pa / 100:.2f},{temperature},"
            f"{boot.ordinal},{boot.boot_id},{boot.monotonic_ms(number) / 1000:.3f},{clock}\n"
        )


def _first_moved(reaches: list[Reach], boot: Boot) -> int:
    """The number of the first sample of this boot, or of those right before it without a time."""
    first = boot.ordinal << BITS
    for reach in reversed(reaches):
        if reach.boot.ordinal < boot.ordinal:
            if reach.boot.trust is not ClockTrust.NONE:
                break
            first = reach.first
    return first


def _row(fields: list[str]) -> CopiedRow:
    from datetime import datetime

    if len(fields) != 7:
        raise ValueError(f"{len(fields)} columns instead of 7")
    time_utc, pressure, temperature, ordinal, boot_id, monotonic, clock = fields
    if not 1 <= int(ordinal) < 1 << 22:
        raise ValueError(f"{ordinal} is no number of a boot")
    moment = datetime.fromisoformat(time_utc)
    if moment.tzinfo is None:
        raise ValueError(f"{time_utc} has no time zone")
    return CopiedRow(
        int(ordinal),
        boot_id,
        ClockTrust[clock.upper()],
        round(moment.timestamp() * 1000),
        round(float(monotonic) * 1000),
        round(float(pressure) * 100),
        round(float(temperature) * 100) if temperature else None,
    )


def _base(boot: Boot) -> int:
    """What makes Unix milliseconds of a row's number."""
    return boot.start_ms - (boot.ordinal << BITS)
