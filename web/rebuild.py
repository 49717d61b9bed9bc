"""The history made anew from its daily copies: for when the file is lost and the copies are not."""

import logging
import sys
from contextlib import closing
from pathlib import Path

from . import boots
from .aside import name_aside, put_aside
from .copies import CopiedRow, boots_of, folder_of, read_copies
from .history_file import HistoryError, connect, lock, transaction, unlock
from .rescue import bring, numbered

log = logging.getLogger(__name__)

_AT_ONCE = 10_000


def rebuild(path: Path) -> int:
    """Make a history of the copies beside it; return how many samples it has.

    What is there already is set aside, never overwritten. Lines that are none are told, and left
    out. Raises HistoryError when there are no copies, when they are of two histories, or when
    another program writes to it.
    """
    folder = folder_of(path)
    rows, wrong = [], []
    for row in read_copies(folder):
        if isinstance(row, CopiedRow):
            rows.append(row)
        else:
            wrong.append(row)
    if not rows:
        raise HistoryError(f"{folder}: there are no daily copies to make a history of")
    try:
        known = boots_of(rows)
    except ValueError as error:
        raise HistoryError(f"{folder}: {error}") from error
    for line in wrong[:10]:
        print(f"left out: {line}", file=sys.stderr)
    number = lock(path)
    try:
        if path.exists():
            put_aside(path, name_aside(path, "replaced"))
        with closing(connect(path)) as new, transaction(new):
            for boot in known.values():
                boots.write(new, boot)
            for i in range(0, len(rows), _AT_ONCE):
                bring(new, [numbered(row, known) for row in rows[i : i + _AT_ONCE]])
            ((count, newest),) = new.execute("SELECT count(*), max(id) FROM samples")
            new.execute("UPDATE present SET copied_id = ?", (newest,))
    finally:
        unlock(path, number, is_known=True)
    print(f"{path}: {count} samples of {len(known)} boots, from {folder}", file=sys.stderr)
    if wrong:
        print(f"{len(wrong)} lines were left out", file=sys.stderr)
    return int(count)
