"""The weather at a simulated barometer: a real pressure record, played back."""

import time
from bisect import bisect_right
from datetime import UTC, datetime
from math import pi, sin
from pathlib import Path
from typing import Self

from ..config import SimulatedConfig
from ..errors import ConfigError
from .record import PressureRecord, parse_time_utc

# 10 to 14 February 2014 at a node near western Ireland: 30 hPa in fifteen hours, and gusts of
# hurricane force ashore. MERRA-2, a reanalysis (a model fed with measurements), not an instrument.
STORM = Path(__file__).with_name("data") / "storm_2014_02_12.csv"
_STORM_TITLE = "the storm of 12 February 2014 off western Ireland (MERRA-2 reanalysis)"
# After two days of the record, as the fall begins.
_STORM_BEGINS = "2014-02-12T06:00:00Z"
_STORM_SPEED = 300.0

# A user's record takes about five minutes, if its rows can be read and stored that fast.
_SHOWING_S = 300.0
_ROWS_PER_S = 50.0


class Weather:
    """A pressure record, played from `begins` on at `speed` × real time.

    After the last row it stands still; move_to() also stops it.
    """

    def __init__(
        self, record: PressureRecord, *, begins: float | None = None, speed: float = _STORM_SPEED
    ) -> None:
        self.record = record
        self.begins = record.start if begins is None else begins
        self.speed = speed
        self._times = [row.taken_at for row in record.rows]
        self._moment = self.begins
        self._started_s = time.monotonic()
        self._playing = True

    @classmethod
    def of(cls, config: SimulatedConfig) -> Self:
        """Return the weather of a configuration. Raises RecordError or ConfigError."""
        begins_text, speed = config.start, config.speed
        if config.record:
            record = PressureRecord.read(config.record)
            if speed is None:
                lasts_s = record.end - record.start
                readable = max(1.0, _ROWS_PER_S * lasts_s / len(record.rows))
                speed = min(max(_STORM_SPEED, lasts_s / _SHOWING_S), readable)
        else:
            record = PressureRecord.read(STORM, _STORM_TITLE)
            begins_text = begins_text or _STORM_BEGINS
            speed = _STORM_SPEED if speed is None else speed
        try:
            begins = parse_time_utc(begins_text) if begins_text else record.start
        except (ValueError, OverflowError):
            raise ConfigError(
                f"[simulated] start = {begins_text!r} is not a time like 2014-02-12T07:00:00Z"
            ) from None
        if not record.start <= begins <= record.end:
            raise ConfigError(
                f"[simulated] start = {begins_text!r} lies outside {record.title}, which is from"
                f" {_iso(record.start)} to {_iso(record.end)}"
            )
        return cls(record, begins=begins, speed=speed)

    @property
    def is_shipped(self) -> bool:
        """Whether this is the storm that comes with the toolkit."""
        return self.record.title == _STORM_TITLE

    @property
    def now(self) -> float:
        """The present position in the record, in Unix seconds."""
        played_s = self.speed * (time.monotonic() - self._started_s) if self._playing else 0.0
        return min(self._moment + played_s, self.record.end)

    def move_to(self, taken_at: float) -> None:
        """Stop at this time of the record (Unix seconds)."""
        self._moment = taken_at
        self._playing = False

    @property
    def pressure_pa(self) -> float:
        """Station pressure in Pa now, interpolated between the rows."""
        now, rows = self.now, self.record.rows
        i = bisect_right(self._times, now)
        if i == 0 or i == len(rows):
            return rows[min(i, len(rows) - 1)].pressure_hpa * 100
        before, after = rows[i - 1], rows[i]
        share = (now - before.taken_at) / (after.taken_at - before.taken_at)
        return (before.pressure_hpa + share * (after.pressure_hpa - before.pressure_hpa)) * 100

    @property
    def temperature_c(self) -> float:
        """The temperature of a cabin: 16 degrees C, two warmer at three in the afternoon."""
        hours = self.now / 3600 % 24
        return 16.0 + 2.0 * sin((hours - 9) / 24 * 2 * pi)

    @property
    def humidity_percent(self) -> float:
        """The humidity of that cabin: 70 percent, less as it warms."""
        return 70.0 - 5.0 * (self.temperature_c - 16.0)


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")
