"""What the alarm finds of the time before a restart."""

from pathlib import Path

import pytest

from tests.support.machine_clock import SeaClock
from web.alarm.state import Alarm, AlarmState
from web.config.settings import Config
from web.history.clock_trust import ClockReading, ClockTrust
from web.history.reader import HistoryReader
from web.history.writer import History
from web.pages.preference_store import PreferenceStore
from web.recorder.conditions import ConditionsFeed
from web.recorder.pacing import WallPace
from web.recorder.system_clock import SystemClock
from web.runtime.alarm_setup import alarm_feed, alarm_of
from web.weather import Sample, StormLevel

BEGIN_MS = 1_767_225_600_000


class LateClock(SystemClock):
    """The clock of a machine that runs for 650 seconds."""

    def uptime(self) -> float:
        return 650.0


def test_who_acknowledged_is_in_the_list_of_events(path: Path) -> None:
    config = Config.of({"alarm": {"acknowledged_by": ["signalk"]}}, "").alarm
    with History(path, "b0070001") as history:
        history.set_clock(ClockReading(BEGIN_MS, ClockTrust.SYNCHRONISED), 0)
        alarm = alarm_of(history, config, WallPace(60.0, SeaClock(BEGIN_MS)), LateClock())
        alarm.update(StormLevel.STORM, 650.0)
        alarm.silence(650.0, "anna's phone")
        alarm.acknowledge(650.0, "mqtt")  # which is not listed
        alarm.acknowledge(650.0, "signalk")
        history.add(Sample(BEGIN_MS / 1000 + 1.0, 950.0), StormLevel.STORM)
    with HistoryReader(path) as reader:
        words = [event.words for event in reader.events(10)]
        stored = reader.alarm()
    assert words == ["STORM: acknowledged by signalk", "STORM: silenced by anna's phone"]
    assert stored.storm_until_ms == 4_250_000


@pytest.mark.parametrize(
    ("boot_id", "left_s"), [("b0070001", 50.0), ("b0070002", 30.0), ("", 600.0)]
)
def test_a_start_does_not_begin_to_wait_anew(path: Path, boot_id: str, left_s: float) -> None:
    """The newest sample is from 100 s after the boot; from the boot before; or there is none."""
    with History(path, "b0070001") as before:
        before.set_clock(ClockReading(BEGIN_MS, ClockTrust.SYNCHRONISED), 0)
        if boot_id:
            before.add(Sample(BEGIN_MS / 1000 + 100.0, 990.0))
    clock, folder = LateClock(), path.parent
    clock.boot_id = boot_id
    settings = PreferenceStore(folder / "settings.json", Config.load({}), folder / "offset.json")
    pace = WallPace(60.0, SeaClock(BEGIN_MS))
    with (
        History(path, boot_id or "b0070001") as history,
        alarm_feed(Alarm(AlarmState()), ConditionsFeed(), settings, pace, clock, history) as (
            opened,
            _,
        ),
    ):
        assert opened._watch.check() == pytest.approx(left_s)
