"""The page in each state that a crew may meet, on a port of this machine."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import sin

from tests.support.app_server import serving
from tests.support.page_controls import controls_of
from web.alarm.drill import Drill
from web.alarm.state import Alarm, AlarmState
from web.display.preferences import DEFAULT_PREFERENCES, DisplayPreferences
from web.display.units import UNITS
from web.history.clock_trust import ClockReading, ClockTrust
from web.history.writer import History
from web.pages.app import create_app
from web.pages.context import PageContext
from web.pages.controls import alarm_fields, control_routes
from web.pages.overview import StationInfo
from web.pages.security.access import token_routes
from web.pages.security.token import Token
from web.pages.security.tokens import Tokens
from web.recorder.conditions import Conditions, ConditionsFeed
from web.recorder.pacing import RecordPace
from web.weather import Sample, Station, StormLevel, StormWatch

HOUR_S = 3600.0
CLOCK = "This clock cannot be trusted: changes are right, dates may not be."
TOKEN = "abcd-efgh-ijkl-mnop"
PHONE, SMALL, TOUCH, DESK = (360, 740), (320, 568), (800, 480), (1280, 800)
NOON, MIDNIGHT = 1_781_697_600.0, 1_781_740_800.0  # 17 and 18 June 2026, UTC


@dataclass
class State:
    """What is to be seen. age_periods: how old the newest sample is, in hours."""

    samples: Sequence[Sample]
    age_periods: float = 0.5
    record_title: str = ""
    untrusted: bool = False
    outage: str = ""
    place: Station | None = None
    preferences: DisplayPreferences = DEFAULT_PREFERENCES
    refresh_s: int = 1
    feed: ConditionsFeed = field(default_factory=ConditionsFeed)
    alarm: Alarm = field(default_factory=lambda: Alarm(AlarmState()))

    @contextmanager
    def served(self, history: History) -> Iterator[str]:
        """Store and judge the samples, and serve the page; gives its address."""
        trust = ClockTrust.NONE if self.untrusted else ClockTrust.SYNCHRONISED
        if history.boot is None:
            history.set_clock(ClockReading(0, trust), round(self.samples[0].taken_at * 1000))
        watch = StormWatch(self.place)
        for sample in self.samples:
            outlook = watch.update(sample)
            history.queue(sample, outlook and outlook.level)
        history.commit()
        assert outlook is not None
        self.alarm.update(outlook.level, 1000.0)
        clock = CLOCK if self.untrusted else ""
        self.feed.publish(Conditions(sample, outlook, self.outage, "", trust, clock))
        now = sample.taken_at + self.age_periods * HOUR_S
        info = StationInfo(
            HOUR_S,
            self.refresh_s,
            "1.2.3",
            place=self.place,
            preferences=self.preferences,
            simulated=bool(self.record_title),
            record_title=self.record_title,
        )
        tokens = Tokens(Token(TOKEN, history.path.with_name("page-token")))
        app = create_app(
            PageContext(
                history.path,
                RecordPace([now], now, 0.0),
                info,
                self.feed,
                alarm=lambda: alarm_fields(self.alarm.state, 1000.0),
            ),
            others=[
                token_routes(tokens),
                control_routes(
                    tokens,
                    controls_of(self.alarm, Drill(self.alarm, lambda: 1000.0), lambda: 1000.0),
                ),
            ],
        )
        with serving(app) as port:
            yield f"http://127.0.0.1:{port}/"


def calm(end: float, hours: int = 60) -> list[Sample]:
    """So many hours up to a moment in which little happens."""
    return [
        Sample(end - HOUR_S * (hours - 1 - n), 1013.0 + 0.6 * sin(n / 5), 16.0)
        for n in range(hours)
    ]


def states(stormy: list[Sample]) -> dict[str, State]:
    """All of them by name."""
    acknowledged = Alarm(AlarmState(StormLevel.STORM, StormLevel.STORM))
    return {
        "calm": State(calm(NOON)),
        "storm": State(stormy),
        "acknowledged": State(stormy, alarm=acknowledged),
        "late": State(calm(NOON), age_periods=4),
        "lost": State(stormy, age_periods=11),
        "outage": State(stormy, outage="nobody answers at address 0x77 of /dev/i2c-1"),
        "untrusted": State(stormy, untrusted=True),
        "simulated": State(stormy, record_title="the storm of 2014, played at 300 × real time"),
        "worst": State(stormy, untrusted=True, record_title="the storm of 2014, played"),
        "inhg": State(stormy, preferences=DisplayPreferences(UNITS["inhg"])),
        "night": State(stormy, preferences=DisplayPreferences(night="1")),
        "night dim": State(calm(NOON), preferences=DisplayPreferences(night="1", dim=True)),
    }
