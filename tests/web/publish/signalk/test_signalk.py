"""Signal K with the real server, over UDP and over its WebSocket with security on."""

import re
import time
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sensors import ConfigError
from tests.support.fixed_station import NOON, SINCE, Boat, conditions
from tests.support.signalk_boat import SignalKBoat
from tests.support.signalk_server import Server, speaking_of_wind
from tests.support.storm_conditions import one_publisher
from tests.support.waiting import eventually
from web.alarm.state import AlarmSignal
from web.history.clock_trust import ClockTrust
from web.publish.signalk.access_request import AccessRequest
from web.publish.signalk.received import WIND
from web.publish.signalk.websocket import WebSocketLink
from web.recorder.conditions import Conditions
from web.weather import StormLevel

GUIDE = Path(__file__).parents[4] / "docs" / "signal-k.md"
PRESSURE = "environment.outside.pressure"
LATER = NOON + 3600.0
WATCH, WARNING = f"{SINCE}.watch", "20260921T151320Z.warning"


def test_what_is_measured_is_read_back_to_the_pascal(afloat: SignalKBoat) -> None:
    with afloat.thread() as thread:
        thread.put(conditions(985.43))
        assert afloat.shows(PRESSURE, 98_543)
        said = afloat.server.said(PRESSURE)
        assert said["$source"] == "storm-petrel.barometer"
        assert said["timestamp"] == "2026-09-21T14:13:20Z"
        assert said["meta"]["timeout"] == 180.0
        assert said["meta"]["units"] == "Pa"
        assert afloat.server.value("environment.inside.barometer.temperature") == 293.45
        assert afloat.server.value(f"{PRESSURE}.trend.tendency") == "FALLING"
        assert afloat.server.value(f"{PRESSURE}.trend.severity") == -3
        thread.put(conditions(985.42, change_hpa=None))
        assert afloat.shows(PRESSURE, 98_542)
        assert afloat.server.value(f"{PRESSURE}.trend.severity") is None


def test_a_sensor_that_is_lost_leaves_no_value_behind(afloat: SignalKBoat) -> None:
    good = conditions(1001.01)
    with afloat.thread() as thread:
        thread.put(good)
        assert afloat.shows(PRESSURE, 100_101)
        thread.put(replace(good, outage="nothing answers at 0x77", is_gap=True))
        assert afloat.shows(PRESSURE, None)
        assert afloat.server.value("environment.inside.barometer.temperature") is None
        thread.put(replace(conditions(1001.02), outage="the disk is full"))  # it reads again
        assert afloat.shows(PRESSURE, 100_102)
        afloat.boat.now += 181.0  # and then nothing comes at all
        assert afloat.shows(PRESSURE, None)


def test_an_alarm_is_raised_sounds_again_when_it_gets_worse_and_ends(afloat: SignalKBoat) -> None:
    start, storm = "20260922T000000Z.warning", "20260922T010000Z.storm"
    began = NOON + 35_200.0
    with afloat.thread() as thread:
        thread.put(conditions(990.0, StormLevel.WARNING, since=began))
        assert eventually(lambda: afloat.state(start) == "warn")
        raised = afloat.server.alarms()[start]
        assert raised["method"] == ["visual", "sound"]
        assert raised["message"] == "WARNING: warning, for a test"
        afloat.server.acknowledge(start)
        assert eventually(lambda: afloat.method(start) == [])
        thread.put(conditions(988.0, StormLevel.WARNING, since=began))
        assert afloat.shows(PRESSURE, 98_800)
        assert afloat.method(start) == []  # known is known
        thread.put(conditions(986.0, StormLevel.STORM, since=began + 3600.0))
        assert eventually(lambda: afloat.state(storm) == "alarm")
        assert afloat.method(storm) == ["visual", "sound"]  # that is news
        assert eventually(lambda: afloat.state(start) == "normal")
        thread.put(conditions(1000.0))
        assert eventually(lambda: afloat.state(storm) == "normal")


def test_a_level_that_is_let_down_to_wakes_nobody(afloat: SignalKBoat) -> None:
    with afloat.thread() as thread:
        thread.put(conditions(990.0, StormLevel.WARNING, since=LATER))
        assert eventually(lambda: afloat.method(WARNING) == ["visual", "sound"])
        thread.put(conditions(995.0, StormLevel.WATCH, since=LATER + 7200.0))
        assert eventually(lambda: afloat.state("20260921T171320Z.watch") == "alert")
        assert afloat.method("20260921T171320Z.watch") == ["visual"]
        thread.put(conditions())
        assert eventually(lambda: afloat.state("20260921T171320Z.watch") == "normal")


def test_a_level_of_the_past_is_nobody_s_alarm(afloat: SignalKBoat) -> None:
    with afloat.thread() as thread:
        afloat.boat.now = NOON + 3600.0
        thread.put(conditions(970.0, StormLevel.STORM, since=NOON - 7200.0))
        assert afloat.shows(PRESSURE, None)
        afloat.boat.now = NOON
        thread.put(conditions(1006.06))
        assert afloat.shows(PRESSURE, 100_606)
    assert "20260921T121320Z.storm" not in afloat.server.alarms()


def test_a_server_that_starts_anew_is_told_all_of_it(
    afloat: SignalKBoat, caplog: pytest.LogCaptureFixture
) -> None:
    with afloat.thread() as thread:
        thread.put(conditions(990.01, StormLevel.STORM, since=LATER))
        storm = "20260921T151320Z.storm"
        assert eventually(lambda: afloat.state(storm) == "alarm")
        afloat.server.stop()
        thread.put(conditions(990.02, StormLevel.STORM, since=LATER))
        assert eventually(lambda: _lines(caplog, " fails: "))
        afloat.server.start()
        assert afloat.shows(PRESSURE, 99_002)
        assert eventually(lambda: afloat.method(storm) == ["visual", "sound"])
        assert afloat.server.said(PRESSURE)["meta"]["timeout"] == 180.0
        assert eventually(lambda: _lines(caplog, " works again"))
    assert (_lines(caplog, " fails: "), _lines(caplog, " works again")) == (1, 1)


def test_whoever_acknowledges_at_the_plotter_does_so_here_too(by_socket: SignalKBoat) -> None:
    boat, storm = by_socket.boat, "20260922T020000Z.storm"
    with by_socket.thread() as thread:
        told = conditions(990.0, StormLevel.STORM, since=NOON + 42_400.0)
        thread.put(told)
        assert eventually(lambda: by_socket.method(storm) == ["visual", "sound"])
        assert boat.acknowledged == 0
        by_socket.server.acknowledge(storm)
        with boat.news:
            assert boat.news.wait_for(lambda: boat.acknowledged, 10.0)
        by_socket.server.restart()  # it has forgotten who knows; this program has not
        assert eventually(lambda: by_socket.method(storm) == ["visual"])
    assert (boat.acknowledged, boat.sources) == (1, {"signalk"})


def test_missing_data_and_a_drill_are_acknowledged_at_the_plotter_too(
    by_socket: SignalKBoat,
) -> None:
    boat, server = by_socket.boat, by_socket.server
    boat.now = NOON + 7_000_000.0  # no other test has had this time
    with by_socket.thread() as thread:
        thread.put(conditions(1010.0))
        boat.no_data = True
        (end,) = eventually_alarming(by_socket, "noData")
        server.acknowledge(end, "noData")
        with boat.news:
            assert boat.news.wait_for(lambda: boat.acknowledged == 1, 10.0)
        boat.no_data, boat.drill = False, AlarmSignal.STORM
        (end,) = eventually_alarming(by_socket, "drill")
        assert server.alarms("drill")[end]["message"] == "DRILL: STORM"
        server.acknowledge(end, "drill")
        with boat.news:
            assert boat.news.wait_for(lambda: boat.acknowledged == 2, 10.0)
        boat.drill = None
        assert eventually(lambda: server.alarms("drill")[end]["state"] == "normal")


def eventually_alarming(boat: SignalKBoat, kind: str) -> list[str]:
    """The ends of the paths of this kind that alarm, once there are any."""

    def ends() -> list[str]:
        alarms = boat.server.alarms(kind).items()
        return [end for end, alarm in alarms if alarm["state"] == "alarm"]

    assert eventually(ends)
    return ends()


def test_whoever_acknowledges_on_board_has_the_plotter_silent_too(afloat: SignalKBoat) -> None:
    began = NOON + 60_000.0
    warning, storm = "20260922T065320Z.warning", "20260922T075320Z.storm"
    with afloat.thread() as thread:
        thread.put(conditions(990.0, StormLevel.WARNING, since=began))
        assert eventually(lambda: afloat.method(warning) == ["visual", "sound"])
        afloat.boat.known = StormLevel.WARNING
        assert eventually(lambda: afloat.method(warning) == ["visual"])
        assert afloat.state(warning) == "warn"
    with afloat.thread() as thread:  # after a restart the alarm still knows of it
        thread.put(conditions(989.0, StormLevel.WARNING, since=began))
        assert afloat.shows(PRESSURE, 98_900)
        assert afloat.method(warning) == ["visual"]
        thread.put(conditions(986.0, StormLevel.STORM, since=began + 3600.0))
        assert eventually(lambda: afloat.method(storm) == ["visual", "sound"])
        thread.put(conditions())
        assert eventually(lambda: afloat.state(storm) == "normal")


def test_the_wind_of_an_instrument_on_board_is_heard(by_socket: SignalKBoat) -> None:
    boat = by_socket.boat
    by_socket.table["wind"] = True
    with by_socket.thread() as thread, speaking_of_wind(by_socket.server) as tell:
        thread.put(conditions(1007.07))
        assert by_socket.shows(PRESSURE, 100_707)
        assert eventually(lambda: tell(11.5) or 11.5 in boat.winds_ms)
        tell(None)  # the instrument knows nothing any more
        assert eventually(lambda: tell(12.25) or 12.25 in boat.winds_ms)
    assert set(boat.winds_ms) == {11.5, 12.25}


def test_the_wind_is_not_heard_unless_it_is_asked_for(by_socket: SignalKBoat) -> None:
    boat, storm = by_socket.boat, "20260922T103320Z.storm"
    boat.record_title, by_socket.table["wind"] = "the storm of 2014", True
    with by_socket.thread() as thread, speaking_of_wind(by_socket.server) as tell:
        thread.put(conditions(980.0, StormLevel.STORM, since=NOON + 73_200.0))
        assert eventually(lambda: tell(14.5) or by_socket.state(storm) == "alarm")
        assert eventually(lambda: by_socket.server.value(WIND) == 14.5)
        by_socket.server.acknowledge(storm)  # what comes back now came after the wind
        with boat.news:
            assert boat.news.wait_for(lambda: boat.acknowledged, 10.0)
    assert boat.winds_ms == []


def test_a_server_that_has_nothing_to_say_is_there_all_the_same(
    secure_server: Server, token: Path
) -> None:
    access = AccessRequest("127.0.0.1", secure_server.ports.http, token)
    stream = WebSocketLink("127.0.0.1", secure_server.ports.http, access, silence_s=2.0)
    stream.open()
    try:
        begin = time.monotonic()
        while time.monotonic() < begin + 3.0:  # it answers to pings, or this raises
            assert stream.received() is not None
            time.sleep(0.05)
    finally:
        stream.close()


def test_what_an_earlier_run_left_behind_is_ended(by_socket: SignalKBoat) -> None:
    with by_socket.thread() as thread:
        thread.put(conditions(990.0, StormLevel.WARNING, since=NOON - 86_400.0))
        assert eventually(lambda: by_socket.state("20260920T141320Z.warning") == "warn")
    with by_socket.thread() as thread:
        thread.put(conditions())
        assert eventually(lambda: by_socket.state("20260920T141320Z.warning") == "normal")


def test_what_is_simulated_says_so(afloat: SignalKBoat) -> None:
    afloat.boat.record_title = "the storm of 2014"
    with afloat.thread() as thread:
        thread.put(conditions(970.0, StormLevel.WATCH))
        assert afloat.shows(PRESSURE, 97_000)
        said = afloat.server.said(PRESSURE)
        assert said["$source"] == "storm-petrel-simulated.barometer"
        assert said["timestamp"] != "2026-09-21T14:13:20Z"  # the record's is no time on board
        assert eventually(lambda: WATCH in afloat.server.alarms())
        message = afloat.server.alarms()[WATCH]["message"]
        assert message == "SIMULATED (the storm of 2014): WATCH: watch, for a test"
        thread.put(conditions())
        assert eventually(lambda: afloat.state(WATCH) == "normal")


def test_a_clock_that_nobody_vouches_for_stamps_nothing(afloat: SignalKBoat) -> None:
    with afloat.thread() as thread:
        thread.put(replace(conditions(1003.03), trust=ClockTrust.NONE))
        assert afloat.shows(PRESSURE, 100_303)
        assert afloat.server.said(PRESSURE)["timestamp"] != "2026-09-21T14:13:20Z"


def test_no_sample_yet_is_null_and_no_number(afloat: SignalKBoat) -> None:
    with afloat.thread() as thread:
        thread.put(conditions(1004.04))
        assert afloat.shows(PRESSURE, 100_404)
    with afloat.thread() as thread:
        thread.put(Conditions(outage="nothing answers at 0x77"))
        assert afloat.shows(PRESSURE, None)
    with afloat.thread() as thread:
        thread.put(conditions(1004.05))
        assert afloat.shows(PRESSURE, 100_405)
        thread.put(conditions(float("nan")))
        assert afloat.shows(PRESSURE, None)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"transport": "tcp"}, "choose 'udp' or 'websocket'"),
        ({"port": 0}, "port = 0: from 1 to 65535"),
        ({"host": "http://boat"}, "host"),
        ({"zone": "main cabin"}, "letters and digits"),
        ({"token_file": "t"}, "token_file"),
        ({"token_file": "~nobody-at-all/t", "transport": "websocket"}, "no home for the ~"),
        ({"hots": "boat"}, "did you mean 'host'"),
        ({"wind": True}, "wind"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(table: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(words)):
        one_publisher({"signalk": table}, "boat.toml", Boat().context)


def test_the_guide_s_settings_are_taken() -> None:
    blocks = re.findall(r"```toml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    names = [one_publisher(tomllib.loads(block), "guide", Boat().context).name for block in blocks]
    assert len(names) >= 2


def _lines(caplog: pytest.LogCaptureFixture, words: str) -> int:
    return sum(words in record.getMessage() for record in caplog.records)
