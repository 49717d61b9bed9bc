"""Histories whose samples tell which they are, to see after a fault what is left of them."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing, suppress
from pathlib import Path

from web.history.clock_trust import ClockReading, ClockTrust
from web.history.maintenance import HistoryMaintainer
from web.history.recovery.salvage import open_history
from web.history.writer import History
from web.weather import Sample

BEGIN_MS = 1_767_225_600_000
MINUTE_MS = 60_000
READING = ClockReading(BEGIN_MS, ClockTrust.SYNCHRONISED)
_AT_ONCE = 1000
# The pressure has so many values; the temperature, in whole degrees, has the rest of the number.
_LOWEST_PA, _VALUES = 90_000, 20_000


def sample(n: int) -> Sample:
    """The n-th minute of the first boot."""
    taken_at = (BEGIN_MS + MINUTE_MS * (n + 1)) / 1000
    return Sample(taken_at, (_LOWEST_PA + n % _VALUES) / 100, n // _VALUES)


def filled(path: Path, count: int) -> None:
    """A history of so many minutes of one boot."""
    with History(path, "b0070001") as history:
        history.set_clock(READING, 0)
        for n in range(count):
            history.queue(sample(n))
            if n % _AT_ONCE == _AT_ONCE - 1:
                history.commit()
        history.commit()


def opened(path: Path) -> History:
    """A history as the program opens it, in the same boot."""
    history, _ = open_history(path, "b0070001")
    history.set_clock(READING, 0)
    return history


def keep(maintainer: HistoryMaintainer, sample: Sample) -> str:
    """Have a sample stored; return why it is not, or an empty string."""
    maintainer.history.queue(sample)
    return maintainer.store()


def is_rescuing(path: Path) -> bool:
    """Whether rows of a damaged file are still being brought over."""
    return any(path.parent.glob(f"{path.name}.rescuing-*"))


def present(path: Path) -> set[int]:
    """Which of them a history has, by their values."""
    with closing(sqlite3.connect(path)) as plain:
        rows = plain.execute("SELECT pressure_pa, coalesce(temperature_centi_c, 0) FROM samples")
        return {pa - _LOWEST_PA + _VALUES * (centi_c // 100) for pa, centi_c in rows}


def readable(path: Path, numbers: Iterable[int]) -> set[int]:
    """Which of these plain SQLite can read out of a damaged file, one by one."""
    found = set()
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as plain:
        for n in numbers:
            number = (1 << 40) + MINUTE_MS * (n + 1)
            with suppress(sqlite3.DatabaseError):
                row = plain.execute(
                    "SELECT pressure_pa FROM samples WHERE id = ?", (number,)
                ).fetchone()
                if row is not None and row[0] == _LOWEST_PA + n % _VALUES:
                    found.add(n)
    return found
