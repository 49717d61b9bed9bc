"""The history for readers: read-only, and all of one moment."""

import sqlite3
from collections.abc import Iterator
from itertools import chain, groupby, pairwise
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple, Self

from calibration.errors import CalibrationError

from ..alarm.stored_alarm import StoredAlarm
from ..display.times import date_words
from ..weather import Sample, StormLevel
from .additions import LATER_COLUMNS
from .boots import BITS, HOUR_MS, MOST_MS, Boot, BootRange, all_boots, boot_ranges
from .database import advice, connect_read_only, milliseconds
from .events import Event, read_events
from .unsent import UnsentNotice, read_unsent

_OLDEST_S = 15 * 60.0  # of samples that are compared with another barometer
# An answer holds no more columns than a screen can show.
MOST_COLUMNS = 720
# All moments that a sample can have, and more.
_EVER = (-1e12, 1e12)
# Stretches of one boot: index, mean Unix milliseconds, lowest, sum, highest, count.
_OF_SAMPLES = (
    "SELECT (id - ?) / ?, avg(id - ?), min(pressure_pa), sum(pressure_pa), max(pressure_pa),"
    " count(*) FROM samples WHERE id BETWEEN ? AND ? GROUP BY 1"
)
# An hour counts where its middle lies.
_HALF_MS = HOUR_MS // 2
_MINUTE_MS = 60_000
_OF_HOURS = (
    f"SELECT (id + {_HALF_MS} - ?) / ?, avg(id + {_HALF_MS} - ?), min(low_pa), sum(sum_pa),"
    " max(high_pa), sum(count) FROM hours"
    f" WHERE id BETWEEN ? - {_HALF_MS} AND ? - {_HALF_MS} GROUP BY 1"
)


Samples = list[tuple[float, float]]  # Unix seconds and hPa


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
    """A read-only view of a history at one moment; each page opens its own.

    offset_hpa: added to every pressure, to the nearest pascal; the file has pressures as measured.
    A context manager. Raises HistoryError without a history to read.
    """

    def __init__(self, path: Path, offset_hpa: float = 0.0) -> None:
        self.path = path
        self._offset_pa = round(offset_hpa * 100)  # whole, as what is stored
        with advice(path):
            self._connection = connect_read_only(path)
            try:
                self._connection.execute("BEGIN")  # all that is read is of one moment
                self._connection.execute("PRAGMA user_version")
            except sqlite3.Error:
                self._connection.close()
                raise

    def newest(self) -> Sample | None:
        rows = self._rows(
            f"SELECT offset_ms + base_ms + (id & {MOST_MS}), pressure_pa, temperature_centi_c"
            f" FROM samples JOIN boots ON ordinal = id >> {BITS} ORDER BY id DESC LIMIT 1"
        )
        return next((self._sample(row) for row in rows), None)

    def has(self, number: int) -> bool:
        return any(self._rows("SELECT 1 FROM samples WHERE id = ?", number))

    def samples(self, begin: float = _EVER[0], end: float = _EVER[1]) -> Iterator[Sample]:
        """Return the samples from begin to end (Unix seconds, both included), in their order."""
        return chain.from_iterable(map(self.samples_of, self.ranges(begin, end)))

    def spans(self, begin: float, end: float, most: int) -> list[Span]:
        """Return at most `most` stretches of equal length; empty ones are left out.

        A stretch longer than an hour is at least two hours, and made of whole hours.
        """
        begin_ms = milliseconds(begin)
        length_ms = max(1, -(-(milliseconds(end) - begin_ms + 1) // most))
        rows: list[tuple[Any, ...]] = []
        if length_ms < HOUR_MS:
            for part in self.ranges(begin, end):
                rows += self._summed(_OF_SAMPLES, part, begin_ms, length_ms)
            return self._merged(rows)
        length_ms = max(length_ms, 2 * HOUR_MS)
        ((last_hour,),) = self._rows("SELECT coalesce(max(id), -1) FROM hours")
        for part in self.ranges(begin, end):
            rows += self._summed(_OF_HOURS, part, begin_ms, length_ms)
            if part.last >= last_hour + HOUR_MS:
                rest = part._replace(first=max(part.first, last_hour + HOUR_MS))
                rows += self._summed(_OF_SAMPLES, rest, begin_ms, length_ms)
        return self._merged(rows)

    def remark(self) -> str:
        """Return the remark about the sensor, or ""."""
        ((words,),) = self._rows("SELECT remark FROM present")
        return str(words)

    def alarm(self) -> StoredAlarm:
        columns = [row[1] for row in self._rows("PRAGMA table_info(present)")]
        names = ["acknowledged", "silenced_until_ms", "alarm_boot_id"]
        names += [name for name in LATER_COLUMNS if name in columns]  # none in one of release 1.0.0
        return StoredAlarm(*next(self._rows(f"SELECT {', '.join(names)} FROM present")))

    def events(self, count: int) -> list[Event]:
        """Return the newest events, the newest first."""
        with advice(self.path):
            return read_events(self._connection, count)

    def unsent(self) -> dict[str, tuple[UnsentNotice, ...]]:
        """Return the notices that wait to be sent, by the name of their target."""
        with advice(self.path):
            return read_unsent(self._connection)

    def time_of(self, number: int) -> float | None:
        """Return the Unix seconds of a row's number, or None if its boot is not known."""
        with advice(self.path):
            boots = all_boots(self._connection)
        own = (boot for boot in boots if boot.ordinal == number >> BITS)
        return next((boot.wall_ms(number) / 1000 for boot in own), None)

    def level(self) -> LevelStart | None:
        return next(reversed(self._levels(_EVER[1])), None)

    def raised(self, begin: float, end: float) -> list[LevelStart]:
        """Return the rises of the level between begin and end."""
        return [
            after
            for before, after in pairwise(self._levels(end))
            if after.level > before.level and after.began_at >= begin
        ]

    def ranges(self, begin: float = _EVER[0], end: float = _EVER[1]) -> list[BootRange]:
        """Return the part of each boot between two moments (Unix seconds), in their order."""
        begin_ms, end_ms = milliseconds(begin), milliseconds(end)
        with advice(self.path):
            reaches = boot_ranges(self._connection)
        parts = (reach.within(begin_ms, end_ms) for reach in reaches)
        return [part for part in parts if part is not None]

    def samples_of(self, part: BootRange) -> Iterator[Sample]:
        """Return the samples of a part of a boot."""
        rows = self._rows(
            "SELECT id + ?, pressure_pa, temperature_centi_c FROM samples WHERE id BETWEEN ? AND ?",
            *(part.boot.shift_ms, part.first, part.last),
        )
        return map(self._sample, rows)

    def minutes_of(self, part: BootRange, begin: float) -> Iterator[list[tuple[float, float]]]:
        """Return Unix seconds and hPa of a part of a boot, from `begin` on, minute by minute."""
        shift_ms, offset_pa = part.boot.shift_ms, self._offset_pa
        rows = self._rows(
            "SELECT id + ?, pressure_pa FROM samples WHERE id BETWEEN ? AND ?",
            *(shift_ms, max(part.first, milliseconds(begin) - shift_ms), part.last),
        )
        for _, minute in groupby(rows, lambda row: row[0] // _MINUTE_MS):
            yield [(ms / 1000, (pa + offset_pa) / 100) for ms, pa in minute]

    def hour_means(self, part: BootRange, end: float) -> Iterator[tuple[float, float]]:
        """Return beginning and mean of the hours of a part of a boot that are over at `end`."""
        shift_ms, offset_pa = part.boot.shift_ms, self._offset_pa
        rows = self._rows(
            "SELECT id + ?, sum_pa * 1.0 / count FROM hours WHERE id > ? AND id <= ?",
            *(shift_ms, part.first - HOUR_MS),
            min(part.last, milliseconds(end) - shift_ms - HOUR_MS),
        )
        return ((ms / 1000, (pa + offset_pa) / 100) for ms, pa in rows)

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _summed(
        self, what: str, part: BootRange, begin_ms: int, length_ms: int
    ) -> Iterator[tuple[Any, ...]]:
        """Return rows of: stretch, mean Unix ms, lowest, sum, highest, count."""
        shift_ms = part.boot.shift_ms
        return self._rows(what, begin_ms - shift_ms, length_ms, -shift_ms, part.first, part.last)

    def _merged(self, rows: list[tuple[Any, ...]]) -> list[Span]:
        """Join the rows of a stretch: boots, or hours and later samples, may share it."""
        spans, offset_pa = [], self._offset_pa
        for _, group in groupby(sorted(rows), itemgetter(0)):
            _, moments, lows, sums, highs, counts = zip(*group, strict=True)
            count = sum(counts)
            ms = sum(m * n for m, n in zip(moments, counts, strict=True)) / count
            pascals = min(lows), sum(sums) / count, max(highs)
            spans.append(Span(ms / 1000, *((pa + offset_pa) / 100 for pa in pascals)))
        return spans

    def _levels(self, end: float) -> list[LevelStart]:
        starts = []
        with advice(self.path):
            boots = {boot.ordinal: boot for boot in all_boots(self._connection)}
            for number, level in self._rows("SELECT id, level FROM levels ORDER BY id"):
                boot: Boot | None = boots.get(number >> BITS)
                if boot is not None and boot.wall_ms(number) <= milliseconds(end):
                    starts.append(LevelStart(boot.wall_ms(number) / 1000, StormLevel(level)))
        return starts

    def _rows(self, query: str, *values: int) -> Iterator[tuple[Any, ...]]:
        with advice(self.path):
            yield from self._connection.execute(query, values)

    def _sample(self, row: tuple[int, ...]) -> Sample:
        taken_ms, pressure_pa, temperature_centi_c = row
        temperature_c = None if temperature_centi_c is None else temperature_centi_c / 100
        return Sample(taken_ms / 1000, (pressure_pa + self._offset_pa) / 100, temperature_c)


def last_samples(path: Path, for_s: float) -> Samples:
    """Return the last seconds of a history, as measured, with the sample that they begin with.

    Raises CalibrationError: nothing is recorded, or the sensor is in doubt.
    """
    if not path.exists():
        raise CalibrationError(
            f"nothing is recorded yet ({path} is not there): let scripts/dashboard run for"
            f" {for_s / 60:g} minutes"
        )
    with HistoryReader(path) as reader:
        if remark := reader.remark():
            raise CalibrationError(f"what is recorded is not to be relied on: {remark}")
        newest = reader.newest()
        if newest is None:
            raise CalibrationError(f"{path} holds no samples yet")
        window = reader.samples(newest.taken_at - 2 * for_s, newest.taken_at)
        samples = [(sample.taken_at, sample.pressure_hpa) for sample in window]
    last = newest.taken_at - for_s
    first = max((n for n, (taken_at, _) in enumerate(samples) if taken_at <= last), default=0)
    return samples[first:]


def check_age(samples: Samples, now: float) -> None:
    """Raise CalibrationError if the samples are too old to be compared with a reference of now."""
    newest = samples[-1][0]
    if now - newest > _OLDEST_S:
        raise CalibrationError(
            f"the newest sample is of {date_words(newest)}: is the dashboard running?"
        )
    if now < newest - _OLDEST_S:
        raise CalibrationError(
            f"the newest sample is of {date_words(newest)}, by this clock it is not taken yet: set"
            " the clock"
        )
