"""The conditions in words, as the page shows them; once they are lost, as the last known."""

from dataclasses import dataclass
from datetime import UTC, datetime

from calibration.pressure.offset import DRIFT_HPA_PER_YEAR, PressureOffset
from calibration.pressure.sea_level import qnh

from ..display.preferences import DEFAULT_PREFERENCES, DisplayPreferences
from ..display.times import age_words, clock_words, date_words, iso
from ..recorder.conditions import Conditions
from ..recorder.freshness import Freshness, FreshnessRule
from ..recorder.pacing import SampleClock
from ..weather import Sample, Station
from ..weather.sample import corrected
from ..weather.sun import is_down

_CHARACTERISTICS = (
    "rising, then falling",
    "rising, then steady or more slowly",
    "rising, steadily or unsteadily",
    "falling or steady, then rising; or rising faster",
    "steady",
    "falling, then rising",
    "falling, then steady or more slowly",
    "falling, steadily or unsteadily",
    "steady or rising, then falling; or falling faster",
)


@dataclass(frozen=True)
class StationInfo:
    """The station, as the pages describe it.

    period_s: from one sample to the next. refresh_s: how often a page should ask. offset: corrects
    the barometer. altitude_m: above the sea; 0 where it is unknown. place: the position, if known.
    preferences: those that an address does not give. record_title: the record that a simulated
    station plays.
    """

    period_s: float
    refresh_s: int
    version: str
    offset: PressureOffset | None = None
    altitude_m: float = 0.0
    place: Station | None = None
    preferences: DisplayPreferences = DEFAULT_PREFERENCES
    simulated: bool = False
    record_title: str = ""

    @property
    def freshness(self) -> FreshnessRule:
        return FreshnessRule(self.period_s)

    @property
    def offset_hpa(self) -> float:
        return self.offset.offset_hpa if self.offset else 0.0

    def is_night(self, now: float) -> bool:
        """Return whether the sun is down; False where the position is unknown."""
        place = self.place
        if place is None or place.latitude is None or place.longitude is None:
            return False
        # To a kilometre, as strangers may know it: they see the moment at which a page turns red.
        return is_down(now, round(place.latitude, 2), round(place.longitude, 2))

    def corrected(self, sample: Sample) -> Sample:
        """Return the sample with the barometer's offset, to the nearest pascal."""
        return corrected(sample, self.offset_hpa)

    def qnh_hpa(self, sample: Sample | None) -> float | None:
        """Reduce the sample to sea level; None without a sample or an altitude."""
        if sample is None or not self.altitude_m:
            return None
        return qnh(sample.pressure_hpa, self.altitude_m)


class Overview:
    """The words and numbers of the page; empty strings for what is not known."""

    def __init__(
        self,
        conditions: Conditions,
        info: StationInfo,
        pace: SampleClock,
        preferences: DisplayPreferences,
    ) -> None:
        now, unit, zone = pace.now(), preferences.unit, preferences.zone.tzinfo
        sample = conditions.sample and info.corrected(conditions.sample)
        outlook = conditions.outlook
        trend = outlook.tendency if outlook else None
        qnh_hpa = info.qnh_hpa(sample)
        self.simulated = info.simulated
        self.record_title = "; ".join(filter(None, (info.record_title, pace.remark())))
        self.pressure = unit.words(sample.pressure_hpa) if sample else ""
        self.qnh = "" if qnh_hpa is None else unit.words(qnh_hpa)
        self.taken_at_iso = iso(sample.taken_at) if sample else ""
        self.taken_at = date_words(sample.taken_at, zone) if sample else ""
        self.taken_at_clock = clock_words(sample.taken_at, zone) if sample else ""
        self.age = age_words(now - sample.taken_at) if sample else ""
        self.age_s = f"{max(0.0, now - sample.taken_at):.0f}" if sample else ""
        self.freshness = info.freshness.freshness(conditions, now).value
        self.late_after_s, self.lost_after_s = (
            info.freshness.late_after_s,
            info.freshness.lost_after_s,
        )
        self.change = unit.signed(trend.change_hpa) if trend else ""
        self.reasons = outlook.reasons if outlook else ()
        self.tendency_words = trend.words if trend else "".join(self.reasons[:1])
        self.characteristic_code = code = trend.characteristic if trend else None
        self.characteristic = "" if code is None else f"{code}: {_CHARACTERISTICS[code]}"
        self.level = outlook.level.word if outlook else "calm"
        self.level_since = date_words(outlook.since, zone) if outlook else ""
        self.is_lost = self.freshness == Freshness.LOST.value
        self.near_gale = _percent(outlook.chance_near_gale) if outlook else ""
        self.gale = _percent(outlook.chance_gale) if outlook else ""
        self.outage = info.freshness.present(conditions, now).outage
        self.remark = conditions.remark
        self.clock = conditions.clock_remark
        self.clock_ms = "" if info.simulated else f"{now * 1000:.0f}"
        self.pressure_note = _pressure_note(info.offset)
        self.reminder = _reminder(info.offset, now)
        self.refresh_s = info.refresh_s
        self.version = info.version
        self.unit = unit.symbol
        self.unit_spoken = unit.full_name
        self.is_night = preferences.night == "1" or (
            preferences.night == "auto" and info.is_night(now)
        )

    def line(self) -> str:
        """Return the overview as one line of text."""
        if not self.pressure:
            parts = ["no reading yet", self.outage]
        elif self.is_lost:
            last = f"last known: {self.pressure} {self.unit}, {self.level.upper()}"
            parts = [f"NO DATA since {self.taken_at}", self.outage, last]
        else:
            change = f"{self.change} {self.unit} in 3 h, " if self.change else ""
            parts = [
                f"{self.pressure} {self.unit}, {self.age}",
                change + self.tendency_words,
                f"{self.level.upper()} since {self.level_since}",
                *self.reasons,
                self.outage,
                self.remark,
                self.clock,
            ]
        if self.simulated:
            parts.insert(0, f"SIMULATED: {self.record_title}")
        return "; ".join(part for part in parts if part)


def _pressure_note(offset: PressureOffset | None) -> str:
    how = f"corrected by {offset.words()}" if offset else "as measured at the sensor"
    return f"Station pressure, {how}: not reduced to sea level."


def _reminder(offset: PressureOffset | None, now: float) -> str:
    if offset is None or not offset.is_due(datetime.fromtimestamp(now, UTC)):
        return ""
    return (
        f"The correction is more than twelve months old, and the sensor may drift by"
        f" {DRIFT_HPA_PER_YEAR:g} hPa a year: compare it again (scripts/calibrate_barometer.py)."
    )


def _percent(chance: float | None) -> str:
    if chance is None:
        return ""
    return "under 1 %" if chance < 0.01 else f"{chance * 100:.0f} %"
