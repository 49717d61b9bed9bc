"""Text files and CSV rows, with messages that name the file and the line."""

import csv
import errno
from collections.abc import Iterator, Sequence
from os import PathLike, fspath
from pathlib import Path

from .errors import RecordError


def read_text(path: str) -> str:
    """Return the text of a file (UTF-8, with or without a BOM). Raises OSError or UnicodeError.

    Pipes and devices are errors: reading them could wait for ever.
    """
    file = Path(path)
    if file.exists() and not (file.is_file() or file.is_dir()):  # a folder has its own error
        raise OSError(errno.EINVAL, "not a file")
    return file.read_text(encoding="utf-8-sig")


def csv_rows(
    path: str | PathLike[str], columns: Sequence[str], cut_off: Sequence[str] = ()
) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the place of each row, such as "boat.csv, line 7", and its fields by column.

    columns: required in each row. cut_off: required in the header, empty in a shorter row. Other
    columns are passed on. Raises RecordError.
    """
    name = fspath(path)
    try:
        lines = read_text(name).splitlines()
    except OSError as error:
        raise RecordError(f"{name}: {error.strerror}") from error
    except UnicodeError as error:
        raise RecordError(f"{name} is not a text file (UTF-8)") from error
    table = csv.DictReader(lines, strict=True)
    try:
        header, required = table.fieldnames or (), (*columns, *cut_off)
        if missing := [column for column in required if column not in header]:
            raise RecordError(
                f"{name}, line 1: no column {' and no column '.join(missing)}; the header is"
                f" {','.join(header)[:80]!r} and should hold {','.join(required)}, with commas"
            )
        for fields in table:
            where = f"{name}, line {table.line_num}"
            if None in fields:  # fields beyond the header's columns
                raise RecordError(f"{where} has more fields than the header: a decimal comma?")
            if any(fields[column] is None for column in columns):
                raise RecordError(f"{where} ends before all of its columns: is the file cut off?")
            yield where, {column: text or "" for column, text in fields.items()}
    except csv.Error as error:
        raise RecordError(f"{name} is not a CSV file: {error}") from error


def number_of(text: str, where: str, column: str) -> float | None:
    """Return the number of a field, None for an empty one. Raises RecordError."""
    if not text.strip():
        return None
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not abs(number) < float("inf"):
        raise RecordError(f"{where}, column {column}: {text[:40]!r} is not a number")
    return number
