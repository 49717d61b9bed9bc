"""How the pages look at the history: read only, and all of one moment."""

import sqlite3
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, Self

from .history import SCHEMA_VERSION, HistoryError, advice, milliseconds
from .outlook_json import outlook_from_json
from .weather import Outlook, Sample, StormLevel

# All moments that a sample can have, and more.
_EVER = (-1e12, 1e12)


class LevelChange(NamedTuple):
    """A level and the Unix seconds at which it began."""

    changed_at: float
    level: StormLevel


class Span(NamedTuple):
    """The lowest, mean and highest pressure of a stretch of time, in hPa; at its mean time."""

    taken_at: float
    low_hpa: float
    mean_hpa: float
    high_hpa: float


class HistoryReader:
    """A read-only view of a history as it is at the first look: one for each page.

    offset_hpa: added to every pressure that is told, to the nearest pascal; the file keeps what
    was measured. A context manager. Raises HistoryError when there is no history to read.
    """

    def __init__(self, path: Path, offset_hpa: float = 0.0) -> None:
        self.path = path
        self._offset_pa = round(offset_hpa * 100)  # whole: sums stay as short as what is stored
        with advice(path):
            self._connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
            self._connection.execute("BEGIN")  # all that is read is of one moment
            ((version,),) = self._connection.execute("PRAGMA user_version")
        if 0 < version < SCHEMA_VERSION:
            self.close()
            raise HistoryError(
                f"{path} is of version {version}: start scripts/dashboard once, which brings it to"
                f" version {SCHEMA_VERSION}"
            )

    def newest(self) -> Sample | None:
        """The newest sample."""
        rows = self._rows("SELECT * FROM samples ORDER BY taken_at_ms DESC LIMIT 1")
        return next((self._sample(row) for row in rows), None)

    def samples(self, begin: float = _EVER[0], end: float = _EVER[1]) -> Iterator[Sample]:
        """The samples from begin to end (Unix seconds, both included), oldest first."""
        rows = self._rows(
            "SELECT * FROM samples WHERE taken_at_ms BETWEEN ? AND ? ORDER BY taken_at_ms",
            milliseconds(begin),
            milliseconds(end),
        )
        return map(self._sample, rows)

    def spans(self, begin: float, end: float, most: int) -> list[Span]:
        """The same time in at most so many stretches of equal length; empty ones are left out."""
        length_ms = max(1, -(-(milliseconds(end) - milliseconds(begin) + 1) // most))
        rows = self._rows(
            "SELECT avg(taken_at_ms), min(pressure_pa), avg(pressure_pa), max(pressure_pa)"
            " FROM samples WHERE taken_at_ms BETWEEN ? AND ?"
            " GROUP BY (taken_at_ms - ?) / ? ORDER BY 1",
            milliseconds(begin),
            milliseconds(end),
            milliseconds(begin),
            length_ms,
        )
        offset_pa = self._offset_pa
        return [
            Span(ms / 1000, *((pascals + offset_pa) / 100 for pascals in low_mean_high))
            for ms, *low_mean_high in rows
        ]

    def outlook(self) -> Outlook | None:
        """The outlook at the newest sample; None when there is none yet."""
        ((text,),) = self._rows("SELECT outlook_json FROM present")
        return None if text is None else outlook_from_json(text)

    def outage(self) -> str:
        """Why no sample comes, or an empty string."""
        ((why,),) = self._rows("SELECT outage FROM present")
        return str(why)

    def remark(self) -> str:
        """What is to be said of the sensor although it reads, or an empty string."""
        ((words,),) = self._rows("SELECT remark FROM present")
        return str(words)

    def raised(self, begin: float, end: float) -> list[LevelChange]:
        """When a level was raised between begin and end."""
        rows = self._rows(
            "SELECT * FROM levels WHERE changed_at_ms <= ? ORDER BY changed_at_ms",
            milliseconds(end),
        )
        changes = [LevelChange(ms / 1000, StormLevel(level)) for ms, level in rows]
        return [
            after
            for before, after in pairwise(changes)
            if after.level > before.level and after.changed_at >= begin
        ]

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _rows(self, query: str, *values: int) -> Iterator[tuple[Any, ...]]:
        with advice(self.path):
            yield from self._connection.execute(query, values)

    def _sample(self, row: tuple[int, ...]) -> Sample:
        taken_at_ms, pressure_pa, temperature_centi_c = row
        temperature_c = None if temperature_centi_c is None else temperature_centi_c / 100
        return Sample(taken_at_ms / 1000, (pressure_pa + self._offset_pa) / 100, temperature_c)
