"""How the pages look at the history: read only, and all of one moment."""

import sqlite3
from collections.abc import Iterator
from itertools import chain, groupby, pairwise
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple, Self

from ..alarm.state import StoredAlarm
from ..weather import Sample, StormLevel
from .boots import BITS, HOUR_MS, MOST_MS, Boot, BootRange, all_boots, boot_ranges
from .database import advice, milliseconds

# An answer holds no more columns than a screen can show.
MOST_COLUMNS = 720
# All moments that a sample can have, and more.
_EVER = (-1e12, 1e12)
# Stretches of one boot: which one, mean Unix milliseconds, lowest, sum and highest, and how many.
_OF_SAMPLES = (
    "SELECT (id - ?) / ?, avg(id - ?), min(pressure_pa), sum(pressure_pa), max(pressure_pa),"
    " count(*) FROM samples WHERE id BETWEEN ? AND ? GROUP BY 1"
)
# An hour counts where its middle lies.
_HALF_MS = HOUR_MS // 2
_OF_HOURS = (
    f"SELECT (id + {_HALF_MS} - ?) / ?, avg(id + {_HALF_MS} - ?), min(low_pa), sum(sum_pa),"
    " max(high_pa), sum(count) FROM hours"
    f" WHERE id BETWEEN ? - {_HALF_MS} AND ? - {_HALF_MS} GROUP BY 1"
)


class LevelStart(NamedTuple):
    """A level and the Unix seconds at which it began."""

    began_at: float
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
            try:
                self._connection.execute("BEGIN")  # all that is read is of one moment
                self._connection.execute("PRAGMA user_version")
            except sqlite3.Error:
                self._connection.close()
                raise

    def newest(self) -> Sample | None:
        """The newest sample: the one that was taken last."""
        rows = self._rows(
            f"SELECT offset_ms + base_ms + (id & {MOST_MS}), pressure_pa, temperature_centi_c"
            f" FROM samples JOIN boots ON ordinal = id >> {BITS} ORDER BY id DESC LIMIT 1"
        )
        return next((self._sample(row) for row in rows), None)

    def has(self, number: int) -> bool:
        """Whether there is a sample of this number."""
        return any(self._rows("SELECT 1 FROM samples WHERE id = ?", number))

    def samples(self, begin: float = _EVER[0], end: float = _EVER[1]) -> Iterator[Sample]:
        """The samples from begin to end (Unix seconds, both included), in their order."""
        return chain.from_iterable(map(self.samples_of, self.pieces(begin, end)))

    def spans(self, begin: float, end: float, most: int) -> list[Span]:
        """The same time in at most so many stretches of equal length; empty ones are left out.

        Where a stretch is longer than an hour it is two at least, and made of the hours' lowest,
        mean and highest.
        """
        begin_ms = milliseconds(begin)
        length_ms = max(1, -(-(milliseconds(end) - begin_ms + 1) // most))
        rows: list[tuple[Any, ...]] = []
        if length_ms < HOUR_MS:
            for piece in self.pieces(begin, end):
                rows += self._summed(_OF_SAMPLES, piece, begin_ms, length_ms)
            return self._merged(rows)
        length_ms = max(length_ms, 2 * HOUR_MS)
        ((last_hour,),) = self._rows("SELECT coalesce(max(id), -1) FROM hours")
        for piece in self.pieces(begin, end):
            rows += self._summed(_OF_HOURS, piece, begin_ms, length_ms)
            if piece.last >= last_hour + HOUR_MS:
                rest = piece._replace(first=max(piece.first, last_hour + HOUR_MS))
                rows += self._summed(_OF_SAMPLES, rest, begin_ms, length_ms)
        return self._merged(rows)

    def remark(self) -> str:
        """What is to be said of the sensor although it reads, or an empty string."""
        ((words,),) = self._rows("SELECT remark FROM present")
        return str(words)

    def alarm(self) -> StoredAlarm:
        """What was acknowledged of the alarm."""
        rows = self._rows("SELECT acknowledged, silenced_until_ms, alarm_boot_id FROM present")
        return StoredAlarm(*next(rows))

    def level(self) -> LevelStart | None:
        """The newest level, and when it began; None before there was one."""
        return next(reversed(self._levels(_EVER[1])), None)

    def raised(self, begin: float, end: float) -> list[LevelStart]:
        """When a level was raised between begin and end."""
        return [
            after
            for before, after in pairwise(self._levels(end))
            if after.level > before.level and after.began_at >= begin
        ]

    def pieces(self, begin: float = _EVER[0], end: float = _EVER[1]) -> list[BootRange]:
        """What of each boot lies between two moments (Unix seconds), in their order."""
        begin_ms, end_ms = milliseconds(begin), milliseconds(end)
        with advice(self.path):
            reaches = boot_ranges(self._connection)
        pieces = (reach.within(begin_ms, end_ms) for reach in reaches)
        return [piece for piece in pieces if piece is not None]

    def samples_of(self, piece: BootRange, begin: float = _EVER[0]) -> Iterator[Sample]:
        """The samples of a piece of a boot, from `begin` (Unix seconds) on."""
        shift_ms = piece.boot.shift_ms
        rows = self._rows(
            "SELECT id + ?, pressure_pa, temperature_centi_c FROM samples WHERE id BETWEEN ? AND ?",
            *(shift_ms, max(piece.first, milliseconds(begin) - shift_ms), piece.last),
        )
        return map(self._sample, rows)

    def hours(self, piece: BootRange, end: float) -> list[Span]:
        """The whole hours of a piece of a boot that are over at `end` (Unix seconds)."""
        last = min(piece.last, milliseconds(end) - piece.boot.shift_ms) - HOUR_MS
        # Counted from the beginning of the boot, and so an hour each.
        begin_ms = piece.boot.start_ms
        whole = piece._replace(first=piece.first + _HALF_MS, last=last + _HALF_MS)
        return self._merged(list(self._summed(_OF_HOURS, whole, begin_ms, HOUR_MS)))

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _summed(
        self, what: str, piece: BootRange, begin_ms: int, length_ms: int
    ) -> Iterator[tuple[Any, ...]]:
        """Rows of: which stretch, mean Unix ms, lowest, sum, highest, count."""
        shift_ms = piece.boot.shift_ms
        return self._rows(what, begin_ms - shift_ms, length_ms, -shift_ms, piece.first, piece.last)

    def _merged(self, rows: list[tuple[Any, ...]]) -> list[Span]:
        """Boots, or hours and the samples after them, may meet within a stretch."""
        spans, offset_pa = [], self._offset_pa
        for _, group in groupby(sorted(rows), itemgetter(0)):
            _, moments, lows, sums, highs, counts = zip(*group, strict=True)
            count = sum(counts)
            ms = sum(m * n for m, n in zip(moments, counts, strict=True)) / count
            pascals = min(lows), sum(sums) / count, max(highs)
            spans.append(Span(ms / 1000, *((pa + offset_pa) / 100 for pa in pascals)))
        return spans

    def _levels(self, end: float) -> list[LevelStart]:
        found = []
        with advice(self.path):
            boots = {boot.ordinal: boot for boot in all_boots(self._connection)}
            for number, level in self._rows("SELECT id, level FROM levels ORDER BY id"):
                boot: Boot | None = boots.get(number >> BITS)
                if boot is not None and boot.wall_ms(number) <= milliseconds(end):
                    found.append(LevelStart(boot.wall_ms(number) / 1000, StormLevel(level)))
        return found

    def _rows(self, query: str, *values: int) -> Iterator[tuple[Any, ...]]:
        with advice(self.path):
            yield from self._connection.execute(query, values)

    def _sample(self, row: tuple[int, ...]) -> Sample:
        taken_ms, pressure_pa, temperature_centi_c = row
        temperature_c = None if temperature_centi_c is None else temperature_centi_c / 100
        return Sample(taken_ms / 1000, (pressure_pa + self._offset_pa) / 100, temperature_c)
