"""A boat for Signal K and NMEA: its time stands still, its samples and levels are as one likes."""

import threading
from dataclasses import dataclass, field

from tests.support.storm_conditions import preferences
from web.alarm.state import AlarmSignal, AlarmState
from web.config.settings import Config, Preferences
from web.publish.publisher import StationContext
from web.recorder.conditions import Conditions
from web.weather import Outlook, Sample, StormLevel, Tendency

NOON = 1_790_000_000.0
SINCE = "20260921T141320Z"


@dataclass
class Boat:
    """now: what its clock says. acknowledged: how often somebody elsewhere did, and sources: who.

    known: up to which level somebody has. no_data, drill: of the alarm. winds_ms: what an
    instrument said.
    """

    now: float = NOON
    record_title: str = ""
    acknowledged: int = 0
    known: StormLevel = StormLevel.CALM
    no_data: bool = False
    drill: AlarmSignal | None = None
    winds_ms: list[float] = field(default_factory=list)
    sources: set[str] = field(default_factory=set)
    news: threading.Condition = field(default_factory=threading.Condition)
    preferences: Preferences = field(default_factory=lambda: preferences(Config.load(None)))

    @property
    def context(self) -> StationContext:
        return StationContext(
            60.0,
            "1.2.3",
            now=lambda: self.now,
            preferences=lambda: self.preferences,
            acknowledge=self._acknowledge,
            alarm=lambda: AlarmState(
                acknowledged=self.known, no_data=self.no_data, drill=self.drill
            ),
            add_wind=self.winds_ms.append,
            simulated=bool(self.record_title),
            record_title=self.record_title,
        )

    def _acknowledge(self, source: str, seen: StormLevel) -> None:
        with self.news:
            self.acknowledged += 1
            self.known = max(self.known, seen)
            self.sources.add(source)
            self.news.notify_all()


def conditions(
    pressure_hpa: float = 1013.27,
    level: StormLevel = StormLevel.CALM,
    *,
    since: float = NOON,
    change_hpa: float | None = -4.2,
    outage: str = "",
) -> Conditions:
    tendency = None if change_hpa is None else Tendency(change_hpa, 7, "falling quickly")
    outlook = Outlook(level, since, (f"{level.name.lower()}, for a test",), 0.5, 0.3, tendency)
    return Conditions(Sample(NOON, pressure_hpa, 20.3), outlook, outage, is_gap=bool(outage))
