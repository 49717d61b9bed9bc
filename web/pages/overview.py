"""The conditions in words, as the page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from calibration.pressure.offset import DRIFT_HPA_PER_YEAR, PressureOffset
from calibration.pressure.sea_level import qnh

from ..display.preferences import DEFAULT_PREFERENCES, DisplayPreferences
from ..display.times import LATE_PERIODS, LOST_PERIODS, age_words, clock_words, date_words, iso
from ..recorder.conditions import Conditions
from ..recorder.pacing import Pace
from ..weather import Outlook, Sample, Station, Tendency
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
class About:
    """The station, as the pages describe it.

    simulated: empty for a real sensor, else what is played. period_s: from one sample to the
    next. refresh_s: how often a page should ask. offset: what corrects the barometer, if
    anything. altitude_m: above the sea; 0 where that is not told. place: where it is, if that is
    known. look: how the pages look where an address does not say.
    """

    simulated: str
    period_s: float
    refresh_s: int
    version: str
    offset: PressureOffset | None = None
    altitude_m: float = 0.0
    place: Station | None = None
    look: DisplayPreferences = DEFAULT_PREFERENCES

    @property
    def offset_hpa(self) -> float:
        """What is added to the pressure as measured where it is shown."""
        return self.offset.offset_hpa if self.offset else 0.0

    def is_night(self, now: float) -> bool:
        """Whether the sun is down here; False where here is not known."""
        place = self.place
        if place is None or place.latitude is None or place.longitude is None:
            return False
        return is_down(now, place.latitude, place.longitude)

    def shown(self, sample: Sample) -> Sample:
        """A sample as it is shown, to the nearest pascal."""
        return corrected(sample, self.offset_hpa)

    def qnh_hpa(self, sample: Sample | None) -> float | None:
        """The sample reduced to sea level, by an altitude that was given."""
        if sample is None or not self.altitude_m:
            return None
        return qnh(sample.pressure_hpa, self.altitude_m)


@dataclass(frozen=True)
class Glance:
    """The words and numbers of the page; empty strings for what is not known."""

    simulated: str
    pressure: str
    qnh: str
    taken_at_iso: str
    taken_at: str
    taken_at_clock: str
    age: str
    freshness: str
    change: str
    tendency_words: str
    characteristic: str
    level: str
    level_since: str
    reasons: Sequence[str]
    near_gale: str
    gale: str
    outage: str
    remark: str
    clock: str
    clock_ms: str
    shown: str
    reminder: str
    refresh_s: int
    version: str
    unit: str
    unit_spoken: str
    characteristic_code: int | None
    is_night: bool
    age_s: str

    @classmethod
    def of(
        cls, conditions: Conditions, about: About, pace: Pace, look: DisplayPreferences
    ) -> "Glance":
        """Put a conditions into words, as the look has it."""
        now = pace.now()
        unit, zone = look.unit, look.zone.tzinfo
        sample, outlook = conditions.sample and about.shown(conditions.sample), conditions.outlook
        trend = outlook.tendency if outlook else None
        qnh_hpa = about.qnh_hpa(sample)
        return cls(
            simulated=_simulated(about, pace),
            pressure=unit.words(sample.pressure_hpa) if sample else "",
            qnh="" if qnh_hpa is None else unit.words(qnh_hpa),
            taken_at_iso=iso(sample.taken_at) if sample else "",
            taken_at=date_words(sample.taken_at, zone) if sample else "",
            taken_at_clock=clock_words(sample.taken_at, zone) if sample else "",
            age=age_words(now - sample.taken_at) if sample else "",
            freshness=freshness(sample, about.period_s, now),
            change=unit.signed(trend.change_hpa) if trend else "",
            tendency_words=_tendency_words(trend, outlook),
            characteristic=_characteristic(trend),
            level=outlook.level.word if outlook else "calm",
            level_since=date_words(outlook.since, zone) if outlook else "",
            reasons=outlook.reasons if outlook else (),
            near_gale=_percent(outlook.chance_near_gale) if outlook else "",
            gale=_percent(outlook.chance_gale) if outlook else "",
            outage=conditions.outage,
            remark=conditions.remark,
            clock=conditions.clock_remark,
            clock_ms="" if about.simulated else f"{now * 1000:.0f}",
            shown=_shown(about.offset),
            reminder=_reminder(about.offset, now),
            refresh_s=about.refresh_s,
            version=about.version,
            unit=unit.symbol,
            unit_spoken=unit.full_name,
            characteristic_code=trend.characteristic if trend else None,
            is_night=look.night == "1" or (look.night == "auto" and about.is_night(now)),
            age_s=f"{max(0.0, now - sample.taken_at):.0f}" if sample else "",
        )

    def line(self) -> str:
        """The glance as one line of text."""
        if not self.pressure:
            parts = ["no reading yet", self.outage]
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
            parts.insert(0, f"SIMULATED: {self.simulated}")
        return "; ".join(part for part in parts if part)


def _simulated(about: About, pace: Pace) -> str:
    remark = pace.remark()
    return f"{about.simulated}; {remark}" if about.simulated and remark else about.simulated


def _shown(offset: PressureOffset | None) -> str:
    how = f"corrected by {offset.words()}" if offset else "as measured at the sensor"
    return f"Station pressure, {how}: not reduced to sea level."


def _reminder(offset: PressureOffset | None, now: float) -> str:
    if offset is None or not offset.is_due(datetime.fromtimestamp(now, UTC)):
        return ""
    return (
        f"The correction is more than twelve months old, and the sensor may drift by"
        f" {DRIFT_HPA_PER_YEAR:g} hPa a year: compare it again (scripts/calibrate_barometer.py)."
    )


def freshness(sample: Sample | None, period_s: float, now: float) -> str:
    """How old the newest sample is: "none", "fresh", "late" or "lost"."""
    if sample is None:
        return "none"
    periods = (now - sample.taken_at) / period_s
    if periods < -1:
        return "lost"  # by this clock it is not taken yet: one of the two is wrong
    return "fresh" if periods <= LATE_PERIODS else "late" if periods <= LOST_PERIODS else "lost"


def _tendency_words(trend: Tendency | None, outlook: Outlook | None) -> str:
    if trend is not None:
        return trend.words
    return outlook.reasons[0] if outlook else ""


def _characteristic(trend: Tendency | None) -> str:
    if trend is None:
        return ""
    return f"{trend.characteristic}: {_CHARACTERISTICS[trend.characteristic]}"


def _percent(chance: float | None) -> str:
    if chance is None:
        return ""
    return "under 1 %" if chance < 0.01 else f"{chance * 100:.0f} %"
