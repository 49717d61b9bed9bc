"""The samples that wait for the disk, and the last that it has: a queue in memory.

   put()                          written()
----------> waiting (bounded) ----------> stored (bounded)
               ^                             |
               '----------- again() ---------'   where the file was lost
"""

import logging
from collections import deque
from typing import NamedTuple

from ..weather import StormLevel

log = logging.getLogger(__name__)

_MOST_WAITING = 10_000  # a week of minutes
# A day and an hour of minutes: with the daily copies, all of a file that is lost while in use.
_MOST_STORED = 1500
_LOG_EVERY = 1000


class Row(NamedTuple):
    """A sample as it is stored; its time is monotonic."""

    monotonic_ms: int
    pressure_pa: int
    temperature_centi_c: int | None
    level: StormLevel | None


class Backlog:
    """Rows in the order of their time. dropped: how many, because too many waited."""

    def __init__(self) -> None:
        self.waiting: deque[Row] = deque()
        self.stored: deque[Row] = deque(maxlen=_MOST_STORED)
        self.dropped = 0

    def put(self, row: Row) -> None:
        """Add the newest row; when too many wait, the oldest is dropped."""
        self.waiting.append(row)
        self._drop()

    def written(self, rows: tuple[Row, ...]) -> None:
        """Move these rows from waiting to stored."""
        self.stored += rows
        while rows and self.waiting and self.waiting[0].monotonic_ms <= rows[-1].monotonic_ms:
            self.waiting.popleft()

    def again(self) -> None:
        """Let all rows wait again."""
        self.waiting.extendleft(reversed(self.stored))
        self.stored.clear()
        self._drop()

    def after(self, monotonic_ms: int | None) -> list[Row]:
        """Return the rows later than this; for None, all."""
        rows = (*self.stored, *self.waiting)
        return [row for row in rows if monotonic_ms is None or row.monotonic_ms > monotonic_ms]

    def _drop(self) -> None:
        while len(self.waiting) > _MOST_WAITING:
            self.waiting.popleft()
            if self.dropped % _LOG_EVERY == 0:
                log.warning("%d samples wait for the disk: the oldest are dropped", _MOST_WAITING)
            self.dropped += 1
