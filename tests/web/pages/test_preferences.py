"""What a preference changes in a running program, and what it leaves as it is."""

import socket
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from calibration.pressure.offset import PressureOffset, ReferenceKind
from sensors import open_board
from tests.support.waiting import eventually
from web.alarm.state import Alarm, AlarmState
from web.config.settings import Config
from web.history.maintenance import HistoryMaintainer
from web.history.writer import History
from web.pages.preference_store import PreferenceStore
from web.recorder.conditions import ConditionsFeed
from web.recorder.pacing import RecordPace
from web.recorder.recorder import Instruments, Recorder
from web.runtime.program import Plan, recording
from web.weather import Sample, Station, StormLevel, StormWatch

MINUTES = [60.0 * n for n in range(1, 40 * 60)]
EQUATOR = Station(0.0, -30.0)


def air(moment: float) -> Sample:
    return Sample(moment, 1010.0 + 0.01 * (moment // 60 % 3))


@pytest.mark.long("weeks of a record")
def test_another_position_has_its_own_tide_of_the_past_too(history: History) -> None:
    feed = ConditionsFeed()
    pace = RecordPace(MINUTES, MINUTES[-1], 1.0)

    def read(moment: float) -> Sample:
        if moment == MINUTES[-60]:
            recorder.move_to(EQUATOR)
        return air(moment)

    recorder = Recorder(HistoryMaintainer(history), Station(), pace, Instruments(read), feed=feed)
    with recorder:
        recorder.join()
    watch = StormWatch(EQUATOR)
    for moment in MINUTES:
        watch.update(air(moment))
    there, here = watch.outlook, feed.newest.outlook
    assert there is not None and there.tendency is not None and there.tendency.tide_hpa
    assert here is not None and here.tendency is not None
    assert here.tendency.tide_hpa == there.tendency.tide_hpa
    assert here.level is there.level


def test_an_alarm_sounds_from_the_level_that_is_chosen_while_it_stands() -> None:
    alarm = Alarm(AlarmState(StormLevel.WATCH, sounds_from=StormLevel.WARNING))
    assert not alarm.state.is_sounding(1.0)
    alarm.sound_from(StormLevel.WATCH, 1.0)
    assert alarm.state.is_sounding(1.0)
    alarm.sound_from(StormLevel.STORM, 2.0)
    assert not alarm.state.is_sounding(2.0)


def test_publishers_and_the_alarm_go_by_the_newest_preferences(tmp_path: Path) -> None:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as plotter:
        plotter.bind(("127.0.0.1", 0))
        plotter.settimeout(0.2)
        tables = {
            "simulated": {"speed": 0.0, "noise": False},
            "nmea": {"host": "127.0.0.1", "port": plotter.getsockname()[1]},
        }
        config = Config.load(tables)
        settings = PreferenceStore(tmp_path / "set.json", config, tmp_path / "offset.json")
        with open_board(tables, simulated=True) as board:
            plan = Plan(board, tmp_path / "history.sqlite", config, settings)
            with recording(plan, again=False, alive=lambda: None) as parts:
                assert isinstance(parts.pace, RecordPace)
                parts.pace.wait_until_caught_up(30.0)
                measured = parts.feed.newest.sample
                assert measured is not None
                taken_at = datetime(2026, 1, 1, tzinfo=UTC)
                kind = ReferenceKind.STATION
                settings.save_offset(PressureOffset(2.0, taken_at, "Horta", kind, 0.0))
                parts.feed.publish(replace(parts.feed.newest, remark="again"))
                corrected = f"{(measured.pressure_hpa + 2.0) / 1000:.5f},B".encode()
                assert eventually(lambda: corrected in _heard(plotter))


def _heard(plotter: socket.socket) -> bytes:
    try:
        return plotter.recv(4096)
    except TimeoutError:
        return b""
