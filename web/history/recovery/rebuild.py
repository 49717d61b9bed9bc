"""Rebuild a history from its daily copies, when the file is lost and they are not."""

import sys
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

from ...system.set_aside import name_aside
from .. import boots
from ..boots import Boot
from ..connection import lock, unlock
from ..csv_rows import CsvRow, boots_of, read_copies
from ..daily_csv import folder_of
from ..database import HistoryError, connect, transaction
from .salvage import bring, put_aside

_AT_ONCE = 10_000
_MOST_PRINTED = 10


def rebuild(path: Path) -> int:
    """Make a history from the copies beside it; return how many samples it has.

    An existing file is set aside, never overwritten. Invalid lines are printed and left out. Raises
    HistoryError without copies, with copies of two histories, or if another program writes to it.
    """
    folder = folder_of(path)
    wrong: list[ValueError] = []
    try:
        known = boots_of(_valid_rows(folder, wrong))
    except ValueError as error:
        raise HistoryError(f"{folder}: {error}") from error
    if not known:
        raise HistoryError(f"{folder}: there are no daily copies to make a history of")
    number = lock(path)
    try:
        if path.exists():
            put_aside(path, name_aside(path, "replaced"))
        count = _fill(path, folder, known)
    finally:
        unlock(path, number, is_known=True)
    print(f"{path}: {count} samples of {len(known)} boots, from {folder}", file=sys.stderr)
    for line in wrong[:_MOST_PRINTED]:
        print(f"left out: {line}", file=sys.stderr)
    if wrong:
        print(f"{len(wrong)} lines were left out", file=sys.stderr)
    return count


def _fill(path: Path, folder: Path, known: dict[int, Boot]) -> int:
    with closing(connect(path)) as new:
        with transaction(new):
            for boot in known.values():
                boots.write(new, boot)
        rows = _valid_rows(folder, [])
        while some := list(islice(rows, _AT_ONCE)):
            with transaction(new):
                bring(new, [row.stored_in(known[row.ordinal]) for row in some])
        ((count, newest),) = new.execute("SELECT count(*), max(id) FROM samples")
        with transaction(new):
            new.execute("UPDATE present SET copied_id = ?", (newest,))
    return int(count)


def _valid_rows(folder: Path, wrong: list[ValueError]) -> Iterator[CsvRow]:
    for row in read_copies(folder):
        if isinstance(row, CsvRow):
            yield row
        else:
            wrong.append(row)
