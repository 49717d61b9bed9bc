"""A pressure record from a CSV file: `time_utc` and `pressure_hpa`, other columns ignored.

A record that cannot be meant is refused by line and column, before anything of it is played.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from os import PathLike, fspath
from pathlib import Path
from typing import NamedTuple

from ..errors import RecordError
from ..platform import read_text

_COLUMNS = ("time_utc", "pressure_hpa")
# No barometer is older, and no arithmetic of dates comes near its limits.
_YEARS = range(1640, 2501)


class RecordRow(NamedTuple):
    """One row: Unix seconds (UTC) and station pressure in hPa."""

    taken_at: float
    pressure_hpa: float


@dataclass(frozen=True)
class PressureRecord:
    """A record in time order, at least one row, and what to call it."""

    title: str
    rows: tuple[RecordRow, ...]

    @property
    def start(self) -> float:
        """Unix seconds of the first row."""
        return self.rows[0].taken_at

    @property
    def end(self) -> float:
        """Unix seconds of the last row."""
        return self.rows[-1].taken_at

    @classmethod
    def read(cls, path: str | PathLike[str], title: str = "") -> "PressureRecord":
        """Return the record in a CSV file; rows with an empty pressure are gaps.

        Raises RecordError that names the line and the column of the first fault.
        """
        name = fspath(path)
        text = record_text(name)
        try:
            rows = tuple(_rows(name, text))
        except csv.Error as error:
            raise RecordError(f"{name} is not a CSV file: {error}") from error
        if not rows:
            raise RecordError(f"{name} has a header and no row with a pressure in it")
        return cls(title or Path(name).name, rows)


def record_text(name: str) -> str:
    """The text of a record's file, by its name. Raises RecordError."""
    try:
        return read_text(name)
    except OSError as error:
        raise RecordError(f"{name}: {error.strerror}") from error
    except UnicodeError as error:
        raise RecordError(f"{name} is not a text file (UTF-8)") from error


def parse_time_utc(text: str) -> float:
    """Unix seconds of an ISO 8601 time; without an offset it is UTC. Raises ValueError."""
    time = datetime.fromisoformat(text.strip())
    if time.year not in _YEARS:
        raise ValueError(f"year {time.year}")
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()


def _rows(name: str, text: str) -> Iterator[RecordRow]:
    reader = csv.DictReader(text.splitlines(), strict=True)
    _check_header(name, reader.fieldnames)
    before = None
    for fields in reader:
        line = f"{name}, line {reader.line_num}"
        if fields["time_utc"] is None or fields["pressure_hpa"] is None:
            raise RecordError(f"{line} ends before all of its columns: is the file cut off?")
        pressure_text = fields["pressure_hpa"].strip()
        taken_at = _time(line, fields["time_utc"])
        if before is not None and round(taken_at * 1000) <= round(before * 1000):
            raise RecordError(
                f"{line}, column time_utc: {fields['time_utc']!r} is not later than the row before;"
                " sort the rows by time, and leave out repeated ones"
            )
        before = taken_at
        if None in fields:  # what the header has no column for
            raise RecordError(f"{line} has more fields than the header: is it a decimal comma?")
        if pressure_text:
            yield RecordRow(taken_at, _pressure_hpa(line, pressure_text))


def _check_header(name: str, header: object) -> None:
    columns = list(header) if isinstance(header, list) else []
    missing = [column for column in _COLUMNS if column not in columns]
    if missing:
        raise RecordError(
            f"{name}, line 1: no column {' and no column '.join(missing)}; the header is"
            f" {','.join(columns)[:80]!r} and should hold time_utc,pressure_hpa, with commas"
        )


def _time(line: str, text: str) -> float:
    try:
        return parse_time_utc(text)
    except (ValueError, OverflowError):
        raise RecordError(
            f"{line}, column time_utc: {text!r} is not a time like 2014-02-12T17:00:00Z"
        ) from None


def _pressure_hpa(line: str, text: str) -> float:
    try:
        pressure_hpa = float(text)
    except ValueError:
        raise RecordError(f"{line}, column pressure_hpa: {text!r} is not a number") from None
    if not isfinite(pressure_hpa) or not 300 <= pressure_hpa <= 1100:
        raise RecordError(
            f"{line}, column pressure_hpa: {text} is outside 300 to 1100 hPa, the range of the"
            " barometer (is it in pascals, or in inches of mercury?)"
        )
    return pressure_hpa
