"""What is notified of samples, of missing data and of a sensor in doubt: each once."""

from dataclasses import replace
from typing import Any

import pytest

from tests.support.storm_conditions import preferences
from web.alarm.notice import Notice
from web.alarm.state import Alarm, AlarmState
from web.config.settings import Config
from web.config.tables import AlarmConfig
from web.history.events import Event, EventKind
from web.history.timeline import RECORD
from web.recorder.conditions import Conditions, ConditionsFeed
from web.recorder.freshness import FreshnessRule
from web.recorder.pacing import RecordPace
from web.recorder.sensor_health import NOTHING, Remark
from web.runtime.alarm_feed import AlarmFeed, BeforeRestart, Recipients
from web.weather import Outlook, Sample, StormLevel

CALM, WATCH, WARNING, STORM = StormLevel
NOON = 1_392_206_400.0  # 12 February 2014, 12:00 UTC


class MinutePace(RecordPace):
    """A sample a minute; the time is as a test sets it."""

    def __init__(self, boot_id: str) -> None:
        super().__init__([NOON], NOON, 1.0)
        self.period_s, self.at, self._boot_id = 60.0, NOON, boot_id

    @property
    def boot_id(self) -> str:
        return self._boot_id

    def now(self) -> float:
        return self.at


class Boat:
    """An alarm, its feed, and what was notified."""

    def __init__(
        self,
        state: AlarmState | None = None,
        config: AlarmConfig | None = None,
        *,
        doubt: str = "",
        simulated: bool = False,
    ) -> None:
        self.alarm, self.feed = Alarm(state or AlarmState()), ConditionsFeed()
        self.pace = MinutePace(RECORD if simulated else "boot")
        self.notices: list[Notice] = []
        self.events: list[Event] = []
        current = replace(preferences(Config.load(None)), alarm=config or AlarmConfig())
        self.input = AlarmFeed(
            self.alarm,
            self.feed,
            self.pace,
            lambda: self.pace.at,
            lambda: current,
            Recipients(self.notices.append, self.events.append),
            BeforeRestart(doubt),
        )

    def minute(self, level: StormLevel = CALM) -> None:
        self.pace.at += 60.0
        sample = Sample(self.pace.at, 990.0)
        outlook = Outlook(level, self.pace.at, ("it falls",), 0.5, 0.3, None)
        self.input.judged(sample, outlook)
        self.feed.publish(Conditions(sample, outlook))

    def silence(self, minutes: int, outage: str = "") -> None:
        """So many minutes pass without a sample; without an outage the recorder hangs."""
        for _ in range(minutes):
            self.pace.at += 60.0
            if outage:
                self.feed.publish(replace(self.feed.newest, outage=outage, is_gap=True))
            self.input._watch.check()

    def fields(self) -> list[dict[str, Any]]:
        found, self.notices[:] = [dict(notice.fields) for notice in self.notices], []
        return found


def test_a_dead_chip_is_notified_at_its_beginning_and_its_end() -> None:
    boat = Boat()
    boat.minute(STORM)
    assert [fields["event"] for fields in boat.fields()] == ["level"]
    boat.silence(9, "nothing answers at 0x77")
    assert boat.fields() == []
    boat.silence(60, "nothing answers at 0x77")
    (began,) = boat.fields()
    assert began["event"] == began["level"] == "no_data"
    assert began["previous_level"] == "storm"
    assert began["since"] == "2014-02-12T12:01:00Z"
    assert (began["pressure_hpa"], began["change_3h_hpa"]) == (None, None)
    assert "nothing answers at 0x77" in began["message"]
    assert "12 Feb 2014 12:01 UTC" in began["message"]
    boat.minute(STORM)
    boat.minute(STORM)
    (ended,) = boat.fields()
    assert ended["event"] == ended["previous_level"] == "no_data"
    assert ended["level"] == "storm"
    assert ended["message"].startswith("DATA AGAIN after 70 min: STORM")


def test_a_level_is_notified_however_long_its_reading_took() -> None:
    """A chip that is started up again takes seconds, more than two periods of a second."""
    boat = Boat()
    boat.pace.period_s = 1.0
    boat.pace.at += 5.0
    boat.input.judged(Sample(boat.pace.at - 5.0, 990.0), Outlook(STORM, NOON, (), 0.5, 0.3, None))
    assert [fields["level"] for fields in boat.fields()] == ["storm"]


def test_a_recorder_that_hangs_is_shown_by_the_watch() -> None:
    boat = Boat()
    boat.minute(STORM)
    boat.silence(10)
    newest = boat.feed.newest
    assert newest.is_gap
    assert "does not end" in newest.outage
    assert "does not end" in boat.fields()[-1]["message"]
    assert boat.alarm.state.no_data
    assert FreshnessRule(60.0).present(newest, boat.pace.at + 1.0).outlook is None


def test_samples_that_cannot_be_judged_are_no_data() -> None:
    boat = Boat()
    boat.minute()
    for _ in range(10):
        boat.pace.at += 60.0
        sample = Sample(boat.pace.at, 990.0)
        boat.feed.publish(Conditions(sample, None, outage="judging: ZeroDivisionError"))
        boat.input._watch.check()
    (began,) = boat.fields()
    assert began["since"] == "2014-02-12T12:01:00Z"
    assert "judging" in began["message"]
    assert not boat.feed.newest.is_gap


@pytest.mark.parametrize(("after_s", "minutes"), [(None, 10), (1800.0, 30), (10.0, 3)])
def test_the_settings_say_when(after_s: float | None, minutes: int) -> None:
    boat = Boat(config=AlarmConfig(no_data_after_s=after_s))
    boat.minute()
    boat.silence(minutes - 1, "gone")
    assert not boat.alarm.state.no_data
    boat.silence(1, "gone")
    assert boat.alarm.state.no_data


@pytest.mark.parametrize("simulated", [False, True])
def test_it_can_be_off_and_is_so_for_a_record(simulated: bool) -> None:
    config = None if simulated else AlarmConfig(no_data_after_s=0.0)
    boat = Boat(AlarmState(no_data=True), config, simulated=simulated)
    boat.minute()
    boat.silence(1000, "gone")
    assert not boat.alarm.state.no_data
    assert boat.fields() == []


def test_a_restart_in_the_silence_notifies_nothing_again() -> None:
    boat = Boat(AlarmState(STORM, no_data=True))
    boat.feed.publish(Conditions(Sample(NOON - 7200.0, 990.0)))
    boat.silence(30, "gone")
    assert boat.fields() == []
    boat.minute(STORM)
    (ended,) = boat.fields()
    assert ended["message"].startswith("DATA AGAIN after 3 h")


def test_a_clock_that_was_set_back_makes_no_silence_of_zero_seconds() -> None:
    """The newest sample, from before the boot, lies a day ahead."""
    boat = Boat(AlarmState(STORM))
    boat.feed.publish(Conditions(Sample(NOON + 86_400.0, 990.0), outage="gone", is_gap=True))
    boat.silence(30, "gone")
    boat.minute(STORM)
    began, ended = boat.fields()
    assert began["since"] == "2014-02-12T12:00:00Z"
    assert "after 31 min" in ended["message"]


def test_a_doubt_is_notified_once_and_not_sounded() -> None:
    boat, stuck = Boat(), Remark("suspect", "the same to the last digit")
    for remark in (stuck, stuck, NOTHING, stuck, *[NOTHING] * 10, stuck):
        boat.minute()
        boat.input.doubt(remark)
    assert [fields["event"] for fields in boat.fields()] == ["sensor", "sensor"]
    assert boat.alarm.state.signal(0.0) is None
    again = Boat(doubt=stuck.words)
    again.input.doubt(stuck)
    assert again.fields() == []


def test_only_levels_that_concern_the_crew_are_notified() -> None:
    boat = Boat(config=AlarmConfig(notify_from="warning"))
    for level in (WATCH, WARNING, STORM, WATCH, CALM):
        boat.minute(level)
    assert [fields["level"] for fields in boat.fields()] == ["warning", "storm", "watch"]


def test_what_happened_is_an_event_with_its_moment_whatever_is_notified() -> None:
    boat = Boat(config=AlarmConfig(notify_from="storm"))
    boat.minute(WATCH)
    boat.silence(20, "nothing answers at 0x77")
    boat.minute(CALM)
    boat.input.doubt(Remark("suspect", "the same to the last digit"))
    moments = [round((event.happened_at - NOON) / 60) for event in boat.events]
    assert [event.kind for event in boat.events] == [
        EventKind.LEVEL,
        EventKind.NO_DATA,
        EventKind.LEVEL,
        EventKind.NO_DATA,
        EventKind.OUTAGE,
    ]
    assert moments == [1, 11, 22, 22, 22]
    watch, gone, calm, again, doubt = (event.words for event in boat.events)
    assert watch == "WATCH (was CALM): 990.0 hPa; it falls"
    assert "0x77" in gone and "21 min" in again
    assert "CALM (was WATCH)" in calm
    assert "last digit" in doubt
