"""A drill: what is played, who is asked, what ends it; with real commands and a real server."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.fake_servers import answering
from tests.support.waiting import eventually
from web.alarm.drill import SIGNALS, WAYS, Drill, DrillError, DrillReport, TargetWay, Way
from web.alarm.notice import Notice
from web.alarm.notifications import CommandTarget, PostTarget
from web.alarm.outputs import Buzzer, Sound
from web.alarm.sounder import Sounder
from web.alarm.state import Alarm, AlarmSignal, AlarmState
from web.weather import StormLevel

STORM = AlarmSignal.STORM


class Heard(Way):
    """A way that remembers what it was reached by; why: its failure at STORM."""

    def __init__(self, alarm: Alarm, why: str = "") -> None:
        self.alarm, self.why = alarm, why
        self.begun: list[AlarmSignal] = []

    def begin(self, signal: AlarmSignal, /) -> None:
        assert self.alarm.state.drill is None
        self.begun.append(signal)

    def failure(self, signal: AlarmSignal, /) -> str:
        assert self.alarm.state.drill is None
        return self.why if signal is STORM else ""


@contextmanager
def drilling(alarm: Alarm, signal_s: float = 0.05) -> Iterator[tuple[Drill, list[str]]]:
    happened: list[str] = []
    with Drill(alarm, lambda: 0.0, happened.append, signal_s=signal_s) as drill:
        yield drill, happened


def played(drill: Drill) -> DrillReport:
    drill.start()
    assert eventually(lambda: not drill.report.is_running)
    return drill.report


def words(report: DrillReport) -> dict[str, str]:
    return {result.way: result.words for result in report.results}


def test_each_signal_is_played_and_the_list_names_every_way() -> None:
    alarm = Alarm(AlarmState(StormLevel.WATCH))
    with drilling(alarm) as (drill, happened):
        mqtt, matrix = Heard(alarm), Heard(alarm, "no chip answers")
        drill.add("mqtt", mqtt)
        drill.add("matrix", matrix)
        drill.add("armed pages", Heard(alarm), lambda: False)
        report = played(drill)
    assert mqtt.begun == matrix.begun == list(SIGNALS)
    assert not report.ended_by
    assert list(words(report)) == list(WAYS)
    assert words(report)["mqtt"] == "ok"
    assert words(report)["matrix"] == "STORM: no chip answers"
    assert words(report)["buzzer"] == "not configured"
    assert words(report)["armed pages"] == "none is armed"
    assert [result.way for result in report.failures] == ["matrix"]
    assert happened[0].startswith("DRILL: NO DATA, WATCH, WARNING, STORM")
    assert "matrix (STORM: no chip answers)" in happened[1]
    assert alarm.state == AlarmState(StormLevel.WATCH)


def test_one_at_a_time_and_none_over_the_alarm_itself() -> None:
    alarm = Alarm(AlarmState())
    with drilling(alarm, 20.0) as (drill, _):
        drill.start()
        with pytest.raises(DrillError, match="already"):
            drill.start()
        assert eventually(lambda: alarm.state.drill)
        alarm.acknowledge(0.0, "page")
        assert eventually(lambda: not drill.report.is_running)
        assert drill.report.ended_by == "an acknowledgement"
        alarm.update(StormLevel.STORM, 0.0)
        with pytest.raises(DrillError, match="acknowledge"):
            drill.start()
        alarm.silence(0.0, "page")
        with pytest.raises(DrillError, match="acknowledge"):
            drill.start()
        alarm.acknowledge(0.0, "page")
        drill.start()


def test_a_real_storm_goes_before_and_is_heard_at_once(tmp_path: Path) -> None:
    """The sound of the drill, which goes on for long, is ended for it."""
    file = tmp_path / "heard"
    line = f"sh -c 'echo $STORM_PETREL_LEVEL $STORM_PETREL_DRILL >> {file}; exec sleep 60'"
    alarm, heard = Alarm(AlarmState()), Sound(line)
    sounder = Sounder(alarm, [heard], lambda: 0.0)
    with drilling(alarm, 20.0) as (drill, happened), sounder:
        drill.add("sound", sounder.way(heard))
        drill.start()
        assert eventually(lambda: file.exists() and "true" in file.read_text())
        alarm.update(StormLevel.STORM, 0.0)
        assert eventually(lambda: file.read_text() == "no_data true\nstorm false\n")
        assert eventually(lambda: not drill.report.is_running)
        assert drill.report.ended_by == "the alarm itself"
        assert alarm.state == AlarmState(StormLevel.STORM)
        assert "the alarm itself" in happened[-1]


@pytest.mark.long("plays for seconds")
def test_each_signal_is_heard_although_the_sound_is_long(tmp_path: Path) -> None:
    file = tmp_path / "heard"
    alarm = Alarm(AlarmState())
    heard = Sound(f"sh -c 'echo $STORM_PETREL_LEVEL >> {file}; exec sleep 60'")
    sounder = Sounder(alarm, [heard], lambda: 0.0)
    with drilling(alarm, 1.0) as (drill, _), sounder:
        drill.add("sound", sounder.way(heard))
        assert words(played(drill))["sound"] == "ok"
    assert file.read_text().split() == [signal.value for signal in SIGNALS]


@pytest.mark.long("plays for seconds")
def test_an_output_that_fails_says_why(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    alarm = Alarm(AlarmState())
    heard, buzzer = Sound("sh -c 'echo no sound card >&2; exit 3'"), Buzzer(17)
    sounder = Sounder(alarm, [buzzer, heard], lambda: 0.0)  # there is no GPIO here
    with drilling(alarm, 1.0) as (drill, _), sounder:
        drill.add("buzzer", sounder.way(buzzer))
        drill.add("sound", sounder.way(heard))
        report = words(played(drill))
    assert report["sound"] == "NO DATA, WATCH, WARNING, STORM: it ended with 3: no sound card"
    assert report["buzzer"].startswith("NO DATA, WATCH, WARNING, STORM: ")


def notice_of(signal: AlarmSignal | None) -> Notice:
    level = signal.value if signal else "calm"
    return Notice.of_drill(0.0, level, level, simulated=False)


def test_targets_get_each_notice_once_and_its_end(tmp_path: Path) -> None:
    file = tmp_path / "notices"
    command = CommandTarget(f"sh -c 'echo $STORM_PETREL_EVENT $STORM_PETREL_MESSAGE >> {file}'")
    with answering(200) as server, drilling(Alarm(AlarmState()), 0.3) as (drill, _):
        drill.add("notify_command", TargetWay(command, notice_of))
        drill.add("notify_url", TargetWay(PostTarget(server.url), notice_of))
        report = words(played(drill))
        assert report["notify_command"] == report["notify_url"] == "ok"
        assert len(server.bodies()) == len(SIGNALS) + 1
    marked = [f"drill DRILL: {signal.value}" for signal in SIGNALS]
    assert file.read_text().splitlines() == [*marked, "drill DRILL: calm"]


def test_an_address_that_refuses_is_named_and_not_tried_again() -> None:
    with answering(200, 404) as server, drilling(Alarm(AlarmState()), 0.3) as (drill, _):
        drill.add("notify_url", TargetWay(PostTarget(server.url), notice_of))
        report = words(played(drill))
        assert report["notify_url"].startswith("WATCH, WARNING, STORM: it answers 404")
        assert len(server.bodies()) == len(SIGNALS) + 1
