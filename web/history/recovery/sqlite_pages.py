"""Rows out of the bytes of a damaged history, page by page, without SQLite.

A table of SQLite is a tree whose leaves are pages that tell all about themselves. So what is on a
sound page is found, whatever became of the pages that lead to it, and of the head of the file.

    leaf page   0x0D | .. | count | .. | pointers ->          <- cells
    cell        length of the record | id | record
    record      length of its head | a type for each column | the columns

Source: the SQLite database file format (sqlite.org/fileformat2.html, sections 1.6, 2.1 and 4.1).
"""

import os
from collections.abc import Iterator
from pathlib import Path

_PAGE = 4096
_LEAF = 0x0D
_POINTERS_AT = 8
_LOG_HEAD, _FRAME_HEAD = 32, 24
_INTEGER_BYTES = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}

Record = tuple[int, tuple[int | str | None, ...]]


def leaves(path: Path, *, newest_first: bool = False) -> Iterator["Leaf"]:
    """Yield the leaf pages of a file and of its write-ahead log, in their order. Raises OSError.

    newest_first: the other way round: what was written last tends to lie at the end.
    """
    log = path.with_name(path.name + "-wal")
    parts = [(path, 0, _PAGE), (log, _LOG_HEAD + _FRAME_HEAD, _PAGE + _FRAME_HEAD)]
    for file, begin, every in reversed(parts) if newest_first else parts:
        if file.is_file() and os.access(file, os.R_OK, effective_ids=True):
            places = range(begin, file.stat().st_size, every)
            yield from _leaves_at(file, places[::-1] if newest_first else places)


class Leaf:
    """A leaf page. What is no record of numbers and texts is left out."""

    def __init__(self, page: bytes) -> None:
        self._page = page
        count = int.from_bytes(page[3:5])
        self._places = range(_POINTERS_AT, min(_POINTERS_AT + 2 * count, len(page) - 1), 2)

    def records(self) -> list[Record]:
        """All ids and columns."""
        return _records_at(self._page, self._places)

    def ends(self) -> list[Record]:
        """Those of the first and the last record: enough to tell what the page is of."""
        return _records_at(self._page, self._places[:1]) + _records_at(
            self._page, self._places[1:][-1:]
        )


def _leaves_at(path: Path, places: range) -> Iterator[Leaf]:
    with path.open("rb", buffering=0) as file:
        for place in places:
            try:
                file.seek(place)
                page = file.read(_PAGE)
            except OSError:  # a bad sector: the card cannot read it any more
                continue
            if page[:1] == bytes([_LEAF]):
                yield Leaf(page)


def _records_at(page: bytes, places: range) -> list[Record]:
    found = []
    for place in places:
        try:
            found.append(_cell(page, int.from_bytes(page[place : place + 2])))
        except (ValueError, IndexError):
            continue
    return found


def _cell(page: bytes, at: int) -> Record:
    length, at = _varint(page, at)
    number, at = _varint(page, at)
    end = at + length
    head, types_at = _varint(page, at)
    values_at = at + head
    columns: list[int | str | None] = []
    while types_at < at + head:
        kind, types_at = _varint(page, types_at)
        value, values_at = _column(page, values_at, kind)
        columns.append(value)
    if types_at != at + head or values_at != end or end > len(page):
        raise ValueError("no record")
    return number, tuple(columns)


def _column(page: bytes, at: int, kind: int) -> tuple[int | str | None, int]:
    if kind in _INTEGER_BYTES:
        end = at + _INTEGER_BYTES[kind]
        return int.from_bytes(page[at:end], signed=True), end
    if kind in (8, 9):
        return kind - 8, at
    if kind >= 13 and kind % 2:
        end = at + (kind - 13) // 2
        return page[at:end].decode("ascii"), end
    if kind == 0:
        return None, at
    raise ValueError("neither number nor text")


def _varint(page: bytes, at: int) -> tuple[int, int]:
    """Return a number of one to nine bytes with seven bits each, and the place after it."""
    value = 0
    for place in range(at, at + 8):
        byte = page[place]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, place + 1
    return value << 8 | page[at + 8], at + 9
