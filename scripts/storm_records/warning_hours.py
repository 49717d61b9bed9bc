"""A record with wind on whole hours, for the score of docs/storms.md.

The pressure of an hour is the nearest reading within 35 minutes; so is the wind of an hourly
record. The wind of a faster record is the largest mean wind of the hour before.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, inf, isfinite, nan
from pathlib import Path
from statistics import median
from typing import NamedTuple

from sensors import RecordError
from sensors.simulated.record import parse_time_utc
from sensors.text_files import csv_rows, number_of
from web.weather import Sample

HOUR_S = 3600.0
_NEAR_S = 35 * 60.0
_SLOW_S = 45 * 60.0  # a record whose rows are farther apart is an hourly one
_LOWEST_HPA, _HIGHEST_HPA = 920.0, 1060.0
_SPIKE_HPA = 8.0
# Above every measured mean wind: 99 and 999 in a record mean a missing value.
_MOST_WIND_MS = 90.0
_YEAR_H, _MOST_HOURS_A_ROW = 366 * 24, 100
_LONGEST_S = 100 * 366 * 86400.0  # limits the memory if a year is wrong


class RecordRows(NamedTuple):
    """A file's rows in time order: Unix seconds, hPa and m/s; nan for what is missing."""

    moments: list[float]
    pressures_hpa: list[float]
    winds_ms: list[float]

    @property
    def samples(self) -> list[Sample]:
        """The pressures as samples of a barometer."""
        pairs = zip(self.moments, self.pressures_hpa, strict=True)
        return [Sample(moment, hpa) for moment, hpa in pairs if isfinite(hpa)]


@dataclass(frozen=True)
class HourlyRecord:
    """Whole hours (since 1970) without a hole; nan for what is missing."""

    first: int
    pressures_hpa: list[float]
    winds_ms: list[float]

    @property
    def moments(self) -> list[float]:
        """Unix seconds."""
        return [(self.first + n) * HOUR_S for n in range(len(self))]

    def since(self, moment: float, until: float) -> "HourlyRecord":
        """Return the hours from `moment` to before `until` (Unix seconds)."""
        moments = self.moments
        begin, end = bisect_left(moments, moment), bisect_left(moments, until)
        part = slice(begin, end)
        return HourlyRecord(self.first + begin, self.pressures_hpa[part], self.winds_ms[part])

    def __len__(self) -> int:
        return len(self.pressures_hpa)


def read_rows(path: Path) -> RecordRows:
    """Read time_utc, pressure_hpa and wind_ms; other columns are ignored.

    Raises RecordError by line and column.
    """
    rows = RecordRows([], [], [])
    for where, row in csv_rows(path, ("time_utc", "pressure_hpa"), ("wind_ms",)):
        try:
            moment = parse_time_utc(row["time_utc"])
        except ValueError as error:
            raise RecordError(f"{where}, column time_utc: {error}") from error
        if rows.moments and moment <= rows.moments[-1]:
            raise RecordError(f"{where}: the times do not rise")
        if rows.moments and moment - rows.moments[0] > _LONGEST_S:
            raise RecordError(
                f"{where}: {row['time_utc']} is more than a hundred years after the first row"
            )
        rows.moments.append(moment)
        rows.pressures_hpa.append(or_nan(number_of(row["pressure_hpa"], where, "pressure_hpa")))
        rows.winds_ms.append(or_nan(wind_of(row["wind_ms"], where)))
    if len(rows.moments) < 2:
        raise RecordError(f"{path}: at least two rows are needed")
    hours = (rows.moments[-1] - rows.moments[0]) / HOUR_S
    if hours > _YEAR_H + _MOST_HOURS_A_ROW * len(rows.moments):
        raise RecordError(
            f"{path}: {len(rows.moments)} rows in {hours / _YEAR_H:.0f} years are no record of"
            " hours: is a date wrong?"
        )
    return rows


def wind_of(text: str, where: str) -> float | None:
    """Return the mean wind of a field in m/s; None for an empty one. Raises RecordError."""
    wind_ms = number_of(text, where, "wind_ms")
    if wind_ms is not None and not 0 <= wind_ms <= _MOST_WIND_MS:
        raise RecordError(
            f"{where}, column wind_ms: {text[:40]} m/s is no wind; leave the field empty"
            " for a missing one"
        )
    return wind_ms


def or_nan(number: float | None) -> float:
    """Return nan for None."""
    return nan if number is None else number


def hours_of(rows: RecordRows) -> HourlyRecord:
    """Bring the rows to whole hours, without impossible pressures and spikes.

    A spike differs from both neighbours. This cleans the data of the score, not of the rule.
    """
    moments = rows.moments
    first, last = ceil(moments[0] / HOUR_S), floor(moments[-1] / HOUR_S)
    grid = [number * HOUR_S for number in range(first, last + 1)]
    step_s = median(after - before for before, after in pairwise(moments))
    pressures = _nearest(moments, rows.pressures_hpa, grid)
    pressures = [hpa if _LOWEST_HPA <= hpa <= _HIGHEST_HPA else nan for hpa in pressures]
    if step_s >= _SLOW_S:
        winds = _nearest(moments, rows.winds_ms, grid)
    else:
        winds = _largest(moments, rows.winds_ms, grid)
    return HourlyRecord(first, _without_spikes(pressures), winds)


def at_hours(hours: HourlyRecord, moments: Sequence[float], values: Sequence[float]) -> list[float]:
    """Return the value nearest to each hour within 35 minutes, else nan."""
    return _nearest(moments, values, hours.moments)


def _nearest(
    moments: Sequence[float], values: Sequence[float], grid: Sequence[float]
) -> list[float]:
    pairs = zip(moments, values, strict=True)
    known = [(moment, value) for moment, value in pairs if value == value]
    times = [moment for moment, _ in known]
    nearest = []
    for hour in grid:
        i = bisect_left(times, hour)
        near = [known[j] for j in (i - 1, i) if 0 <= j < len(known)]
        moment, value = min(near, key=lambda pair: abs(pair[0] - hour), default=(-inf, nan))
        nearest.append(value if abs(moment - hour) <= _NEAR_S else nan)
    return nearest


def _largest(
    moments: Sequence[float], values: Sequence[float], grid: Sequence[float]
) -> list[float]:
    """Return the largest value in the hour before each grid point."""
    largest = [nan] * len(grid)
    first = grid[0] if grid else 0.0
    for moment, value in zip(moments, values, strict=True):
        place = ceil((moment - first) / HOUR_S)
        if value == value and 0 <= place < len(grid) and not largest[place] >= value:
            largest[place] = value
    return largest


def _without_spikes(pressures: list[float]) -> list[float]:
    kept = list(pressures)
    for i in range(1, len(pressures) - 1):
        before, here, after = pressures[i - 1 : i + 2]
        if abs(here - before) > _SPIKE_HPA and abs(here - after) > _SPIKE_HPA:
            kept[i] = nan
    return kept
