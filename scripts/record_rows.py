"""The rows of a record with wind: their fields, and where each stands."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from sensors import RecordError
from sensors.simulated.record import record_text

# No mean wind ever measured comes near: 99 and 999 in a record mean that there is none.
_MOST_WIND_MS = 90.0


def record_rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Where a row stands, as in "buoy.csv: line 7", and its fields; what is cut off is empty.

    Raises RecordError: a file that is no CSV, or that has not got these columns.
    """
    text = record_text(str(path))
    try:
        table = csv.DictReader(text.splitlines(), restval="", strict=True)
        for name in columns:
            if name not in (table.fieldnames or ()):
                raise RecordError(f"{path}: a column {name!r} is wanted in the first line")
        for row in table:
            yield f"{path}: line {table.line_num}", row
    except csv.Error as error:
        raise RecordError(f"{path} is not a CSV file: {error}") from error


def number_of(text: str, where: str, column: str) -> float | None:
    """The number of a field; None for an empty one. Raises RecordError."""
    if not text.strip():
        return None
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not abs(number) < float("inf"):
        raise RecordError(f"{where}, column {column}: {text[:40]!r} is not a number")
    return number


def wind_of(text: str, where: str) -> float | None:
    """The mean wind of a field in m/s; None for an empty one. Raises RecordError."""
    wind_ms = number_of(text, where, "wind_ms")
    if wind_ms is not None and not 0 <= wind_ms <= _MOST_WIND_MS:
        raise RecordError(
            f"{where}, column wind_ms: {text[:40]} m/s is no wind; leave the field empty where"
            " there is none"
        )
    return wind_ms
