"""A pressure record from a CSV file: `time_utc` and `pressure_hpa`, other columns ignored.

An invalid record is an error with line and column, before any of it is played.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from os import PathLike, fspath
from pathlib import Path
from typing import NamedTuple

from ..errors import RecordError
from ..readings import PRESSURE_RANGE_HPA
from ..text_files import csv_rows, number_of

# No barometer is older, and dates stay within the limits of datetime.
_YEARS = range(1640, 2501)


class RecordRow(NamedTuple):
    """One row: Unix seconds (UTC) and station pressure in hPa."""

    taken_at: float
    pressure_hpa: float


@dataclass(frozen=True)
class PressureRecord:
    """A record in time order, with at least one row, and its title."""

    title: str
    rows: tuple[RecordRow, ...]

    @property
    def start(self) -> float:
        return self.rows[0].taken_at

    @property
    def end(self) -> float:
        return self.rows[-1].taken_at

    @classmethod
    def read(cls, path: str | PathLike[str], title: str = "") -> "PressureRecord":
        """Return the record in a CSV file; rows with an empty pressure are gaps.

        Raises RecordError with the line and column of the first fault.
        """
        name = fspath(path)
        rows = tuple(_rows(name))
        if not rows:
            raise RecordError(f"{name} has a header and no row with a pressure in it")
        return cls(title or Path(name).name, rows)


def parse_time_utc(text: str) -> float:
    """Return the Unix seconds of an ISO 8601 time, by default UTC. Raises ValueError."""
    time = datetime.fromisoformat(text.strip())
    if time.year not in _YEARS:
        raise ValueError(f"year {time.year}")
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()


def _rows(name: str) -> Iterator[RecordRow]:
    before = None
    for where, fields in csv_rows(name, ("time_utc", "pressure_hpa")):
        try:
            taken_at = parse_time_utc(fields["time_utc"])
        except (ValueError, OverflowError):
            raise RecordError(
                f"{where}, column time_utc: {fields['time_utc']!r} is not a time like"
                " 2014-02-12T17:00:00Z"
            ) from None
        if before is not None and round(taken_at * 1000) <= round(before * 1000):
            raise RecordError(
                f"{where}, column time_utc: {fields['time_utc']!r} is not later than the row"
                " before; sort the rows by time, and leave out repeated ones"
            )
        before = taken_at
        pressure_hpa = number_of(fields["pressure_hpa"], where, "pressure_hpa")
        if pressure_hpa is None:
            continue
        low_hpa, high_hpa = PRESSURE_RANGE_HPA
        if not low_hpa <= pressure_hpa <= high_hpa:
            raise RecordError(
                f"{where}, column pressure_hpa: {pressure_hpa:g} is outside {low_hpa:g} to"
                f" {high_hpa:g} hPa, the range of the barometer (is it in pascals, or in inches of"
                " mercury?)"
            )
        yield RecordRow(taken_at, pressure_hpa)
