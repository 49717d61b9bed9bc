"""The storm outlook: what the pressure says of the next hours, and how sure that is."""

from collections.abc import Iterable, Iterator
from math import cos, pi
from typing import NamedTuple

from .barogram import Barogram
from .explanation import reasons, tropical_reason
from .hourly_statistics import HOUR_S, HourlyStatistics
from .intake import Intake
from .levels import Levels, StormLevel
from .minute_series import Squall
from .quality_control import QualityFlag
from .sample import Sample, Station
from .tendency import (
    ENOUGH_COVERED_S,
    NO_CHANGES,
    Changes,
    Tendency,
    changes_of,
    explosive_hpa,
    tendency_of,
)
from .tide import Tide
from .tide_clock import TideClock
from .tropical_rule import TropicalRule
from .wind_forecast import Signs, signs_of, wind_forecast

# A level is dropped after this time without enough data.
_FORGET_S = 12 * 3600.0
_SQUALL_SHOWN_S = 1200.0
_STRONGEST_WIND_MS = 100.0  # the strongest mean wind on record is 85 m/s
_SUSPECT = "the newest readings are not believed, for they jumped"
_STUCK = "the readings have been alike to the last digit for an hour: is the sensor stuck?"

_YEAR_S, _MIDWINTER_S = 365.2425 * 86400.0, 15 * 86400.0
_NO_WINTER, _FULL_WINTER = 20.0, 40.0  # degrees of latitude


class Outlook(NamedTuple):
    """What the pressure says of the next hours.

    since: Unix seconds at which this level began.
    reasons: sentences with the numbers.
    chance_near_gale, chance_gale: of mean wind of force 7 and 8 at some time in the next 12 h,
    0..1; None without enough data.
    tendency, changes: None without enough data.
    wind_ms: the expected wind of docs/storms.md.
    """

    level: StormLevel
    since: float
    reasons: tuple[str, ...]
    chance_near_gale: float | None
    chance_gale: float | None
    tendency: Tendency | None
    changes: Changes | None = None
    wind_ms: float | None = None


class StormWatch:
    """The live rule, sample by sample.

    outlook: the newest one. newest_at: the time of the newest good sample. signs: those of the
    newest outlook; None without enough data.
    """

    def __init__(self, station: Station | None = None) -> None:
        self._station = station
        self._explosive_hpa = explosive_hpa(station)
        tide = Tide.at(station)
        self._tide = tide
        self._intake = Intake(tide)
        self._forget_hours()
        self._levels = Levels()
        self._dropped = StormLevel.CALM
        self.newest_at: float | None = None
        self._known_at = 0.0
        self.outlook: Outlook | None = None
        self._changes = NO_CHANGES
        self._changes_count = -1
        self.signs: Signs | None = None

    def update(self, sample: Sample, wind_ms: float | None = None) -> Outlook | None:
        """Return the outlook at this sample, the newest so far.

        wind_ms: the present mean wind if known; an impossible one is ignored.

        A late, impossible or suspect sample changes nothing: the outlook stays that of the last
        good sample (None without one) until that is too old. Within a minute it stays too.
        """
        flag = self._intake.take(sample)
        now = sample.taken_at
        if flag is QualityFlag.SUSPECT and self._is_silent(now):
            self.outlook = self._unknown(f"{_SUSPECT}: {sample.pressure_hpa:.1f} hPa")
        if flag in (QualityFlag.REJECTED, QualityFlag.SUSPECT):
            return self.outlook
        if flag is QualityFlag.RESTART and not self._hours.days_known:
            self._forget_hours()
        if self.newest_at is None:
            self._known_at = self._levels.since = now
        self.newest_at = now
        if now - self._known_at > _FORGET_S:
            self._drop_level(now)
        if self._intake.is_new_point:
            self.outlook = self._judge(now, wind_ms)
        return self.outlook

    def recall(self, begin: float, mean_hpa: float) -> None:
        """Take the mean of an hour of the months before the first sample. begin: of the hour."""
        moment = begin + 1.5 * HOUR_S  # an hour counts as the one that begins when it ends
        if not self._hours.wants(moment):
            return
        tide_hpa = self._tide.hpa(begin + HOUR_S / 2) if self._tide else 0.0
        self._hours.add(moment, mean_hpa - tide_hpa, 0.0, None)
        self._tide_clock.add_mean(begin, mean_hpa)
        self._tropical_rule.update(self._hours, mean_hpa - tide_hpa)

    def resume(self, level: StormLevel, since: float, *, stands: bool = False) -> None:
        """Restore a level that outlasted a restart, and its beginning.

        Where the samples so far say another level, that one holds; where they are not enough to say
        any, as their past has an impossible time, the level stays until they are. stands: a level
        above that of the samples holds: a wind that was known, or older samples, had raised it.
        """
        own = self._levels.level
        if own is not level:
            is_said = self.signs is not None or own is not StormLevel.CALM
            if is_said and not (stands and level > own):
                return
            self._levels.hold(level, since)
        self._levels.since = since
        if self.outlook is not None:
            self.outlook = self.outlook._replace(level=level, since=since)

    def reset(self) -> None:
        """Forget the pressure, as after a new sensor; keep the level until there is enough data."""
        self._intake.reset()
        self._forget_hours(self._tropical_rule.level)

    def _forget_hours(self, tropical: StormLevel = StormLevel.CALM) -> None:
        self._hours = HourlyStatistics(_standard_hpa(self._station))
        self._tide_clock = TideClock(self._tide)
        self._tropical_rule = TropicalRule(self._station, tropical)

    def _drop_level(self, now: float) -> None:
        self._dropped = max(self._dropped, self._levels.level)
        self._levels = Levels()
        self._known_at = self._levels.since = now

    def _is_silent(self, now: float) -> bool:
        """Whether the last good sample is old, by less than twelve hours."""
        at = self.newest_at
        return at is not None and now - at <= _FORGET_S and self._intake.barogram.is_silent(now)

    def _judge(self, now: float, wind_ms: float | None) -> Outlook:
        barogram = self._intake.barogram
        if self._intake.is_stuck:
            return self._unknown(_STUCK)
        trend = tendency_of(barogram)
        if barogram.now is not None and self._hours.wants(now):
            self._take_hour(now, barogram, trend)
        if trend is None or barogram.now is None:
            return self._unknown(_lack(barogram))
        self._known_at, self._dropped = now, StormLevel.CALM
        winter = _winter(now, self._station)
        self.signs = signs = signs_of(barogram, self._hours, trend.change_hpa, winter)
        if wind_ms is not None and not 0.0 <= wind_ms <= _STRONGEST_WIND_MS:
            wind_ms = None
        forecast = wind_forecast(signs, wind_ms)
        levels = self._levels
        # By the tenth that is shown: a fall of "-6.0" meets a threshold of 6.0.
        fall_hpa = round(-trend.change_hpa, 1)
        changes = self._changes_at(barogram)
        deepening = -(changes.in_24h_hpa or 0.0) / self._explosive_hpa
        tropical = self._tropical_rule.level
        levels.update(
            now, barogram.minutes.cadence_s, forecast.wind_ms, fall_hpa, deepening, tropical
        )
        why = reasons(levels.by_pressure, trend, changes, signs, forecast, self._station, wind_ms)
        return Outlook(
            levels.level,
            levels.since,
            (*self._remarks(now, barogram.minutes.squall), *why, *self._altitude_remark()),
            forecast.chance_near_gale,
            forecast.chance_gale,
            trend,
            changes,
            forecast.wind_ms,
        )

    def _changes_at(self, barogram: Barogram) -> Changes:
        """Return the changes over 1 to 24 h, computed once for each value of the barogram."""
        if self._changes_count != barogram.kept:
            self._changes, self._changes_count = changes_of(barogram), barogram.kept
        return self._changes

    def _take_hour(self, now: float, barogram: Barogram, trend: Tendency | None) -> None:
        newest, pressure_hpa = barogram.now, barogram.mean_hpa(HOUR_S)
        if newest is None or pressure_hpa is None:
            return
        steps_hpa = barogram.minutes.steps_hpa
        self._hours.add(now, pressure_hpa, steps_hpa, trend.change_hpa if trend else None)
        tide_hpa = self._tide.hpa(newest.moment) if self._tide else 0.0
        self._tide_clock.add(now, newest.pressure_hpa + tide_hpa)
        self._tropical_rule.update(self._hours, pressure_hpa + steps_hpa)

    def _unknown(self, why: str) -> Outlook:
        """Return an outlook without data: it keeps the level."""
        self.signs = None
        level = self._levels.level
        rest = ""
        if level is not StormLevel.CALM:
            rest = f"; {level.word} stays from before"
        elif self._dropped is not StormLevel.CALM:
            rest = f"; {self._dropped.word} was let go after 12 h of that"
        return Outlook(level, self._levels.since, (why + rest,), None, None, None)

    def _altitude_remark(self) -> Iterator[str]:
        hours = self._hours
        if hours.is_far_from_standard:
            height_m = self._station.altitude_m if self._station else 0.0
            side = "under" if hours.off_standard_hpa < 0 else "over"
            yield (
                f"the pressure is {abs(hours.off_standard_hpa):.0f} hPa {side} what is usual at"
                f" {height_m:.0f} m: is the altitude right?"
            )

    def _remarks(self, now: float, squall: Squall | None) -> Iterator[str]:
        """Yield what comes before the reasons."""
        if squall is not None and now - squall.seen_at <= _SQUALL_SHOWN_S:
            yield (
                f"squall or gust front now: +{squall.rise_hpa:.1f} hPa in {squall.minutes} min; no"
                " forecast"
            )
        if self._tropical_rule.level is not StormLevel.CALM:
            yield tropical_reason(self._tropical_rule)
        if remark := self._tide_clock.remark():
            yield remark


def replay(
    samples: Iterable[Sample], station: Station | None = None
) -> Iterator[tuple[float, Outlook]]:
    """Run the live rule over a record and yield (taken_at, Outlook) after each good sample.

    Any cadence from 1 s to 1 h. An outlook never depends on a later sample.
    """
    watch = StormWatch(station)
    for sample in samples:
        before = watch.newest_at
        outlook = watch.update(sample)
        if outlook is not None and watch.newest_at != before:
            yield sample.taken_at, outlook


def _lack(barogram: Barogram) -> str:
    """Return which part of the three hours is missing."""
    have_s = int(barogram.covered_s())
    if have_s < ENOUGH_COVERED_S:
        return f"not enough data: have {have_s // 3600} h {have_s % 3600 // 60:02d} min of 3 h"
    if barogram.now is None:
        return "not enough data: too little of the last ten minutes"
    return "not enough data: too little of the time three hours ago, or half of that"


def _standard_hpa(station: Station | None) -> float:
    """Return the standard atmosphere at the station's height (ICAO, 1993)."""
    height_m = station.altitude_m if station else 0.0
    return 1013.25 * float(max(0.1, 1 - 2.25577e-5 * height_m) ** 5.25588)


def _winter(now: float, station: Station | None) -> float:
    """Return 1 in midwinter to -1 in midsummer; 0 in the tropics or without a position."""
    if station is None or station.latitude is None:
        return 0.0
    beyond = (abs(station.latitude) - _NO_WINTER) / (_FULL_WINTER - _NO_WINTER)
    share = min(1.0, max(0.0, beyond))
    side = 1.0 if station.latitude > 0 else -1.0
    return side * share * cos(2 * pi * ((now - _MIDWINTER_S) % _YEAR_S) / _YEAR_S)
