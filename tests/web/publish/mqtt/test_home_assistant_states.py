"""What a real Home Assistant shows during outages: states, not payloads."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.home_assistant import HomeAssistant, home_assistant
from tests.support.real_servers import Mosquitto, mosquitto
from tests.support.storm_conditions import (
    BEGIN,
    Clock,
    minute,
    one_publisher,
    publisher_thread,
    station_context,
    table,
)
from tests.support.waiting import eventually
from web.alarm.state import AlarmState
from web.publish.publisher import PublisherThread
from web.recorder.conditions import Conditions
from web.weather import StormLevel

ROOT = Path(__file__).parents[4]
PACKAGE = ROOT / "docs" / "home-assistant-alarm.yaml"
BOAT = "storm_petrel_petrel"
LEVEL, PRESSURE = f"sensor.{BOAT}_storm_level", f"sensor.{BOAT}_pressure"
NO_DATA, PROBLEM = f"binary_sensor.{BOAT}_no_data", f"binary_sensor.{BOAT}_barometer_problem"
VALUES = (
    LEVEL,
    PRESSURE,
    f"sensor.{BOAT}_temperature",
    f"sensor.{BOAT}_pressure_change_in_3_h",
    f"sensor.{BOAT}_chance_of_near_gale_in_12_h",
    f"sensor.{BOAT}_chance_of_gale_in_12_h",
)
REMEMBERED = "input_select.storm_petrel_notified_level"
SILENCE, SILENT = "input_boolean.storm_petrel_notified_silence", "binary_sensor.storm_petrel_silent"
REASON = "falling very rapidly: -6.3 hPa in 3 h"
# The wait of the package before silence is notified, as shipped and in a test.
WAIT, SHORT_WAIT = '"00:05:00"', '"00:00:03"'

slow = pytest.mark.slow("installs Home Assistant the first time: 1 GB")
levels = pytest.mark.parametrize("level", [StormLevel.CALM, StormLevel.STORM])


class Station:
    """A boat whose clock and alarm a test sets, and its publisher."""

    def __init__(self, port: int, period_s: float = 60.0) -> None:
        self.clock, self.alarm = Clock(), AlarmState()
        context = station_context(self.clock, period_s=period_s)
        context = replace(context, alarm=lambda: self.alarm)
        self._publisher = one_publisher(table(port), "", context)

    @contextmanager
    def running(self) -> Iterator[PublisherThread]:
        with publisher_thread(self._publisher) as thread:
            yield thread

    def sample(self, level: StormLevel) -> Conditions:
        return at_level((self.clock.now - BEGIN) / 60, level)


def at_level(number: float, level: StormLevel) -> Conditions:
    conditions = minute(int(number), 988.47)
    assert conditions.outlook is not None
    return replace(conditions, outlook=conditions.outlook._replace(level=level))


def all_are(state: str) -> dict[str, str]:
    return dict.fromkeys(VALUES, state)


def present(level: StormLevel) -> dict[str, str]:
    numbers = ("988.47", "16.25", "-6.31", "62.0", "31.0")
    return dict(zip(VALUES, (level.word, *numbers), strict=True))


@pytest.fixture(scope="module")
def broker_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("broker")


@pytest.fixture(scope="module")
def own_broker(broker_folder: Path) -> Iterator[Mosquitto]:
    """A broker that keeps retained messages when it ends, as Debian's does."""
    place = f"persistence_location {broker_folder}/"
    at_once = ("autosave_on_changes true", "autosave_interval 1")
    with mosquitto(broker_folder, "persistence true", place, *at_once) as broker:
        yield broker


@pytest.fixture(scope="module")
def real_home(own_broker: Mosquitto) -> Iterator[HomeAssistant]:
    package = PACKAGE.read_text(encoding="utf-8")
    assert WAIT in package
    with home_assistant(own_broker.port, package.replace(WAIT, SHORT_WAIT)) as server:
        yield server


@pytest.fixture
def notified(real_home: HomeAssistant) -> Iterator[Callable[[], list[str]]]:
    """The notifications of this test."""
    before = len(real_home.notified.read_text().splitlines())
    yield lambda: [
        line for line in real_home.notified.read_text().splitlines()[before:] if line.strip()
    ]


@slow
def test_its_own_loader_accepts_the_package(real_home: HomeAssistant) -> None:
    assert real_home.check_config() == ""
    assert "Invalid config" not in real_home.log()


@slow
@levels
def test_a_sensor_that_fails_leaves_no_number_of_the_past(
    own_broker: Mosquitto, real_home: HomeAssistant, level: StormLevel
) -> None:
    station = Station(own_broker.port)
    with station.running() as thread:
        thread.put(station.sample(level))
        assert real_home.shows({**present(level), PROBLEM: "off", NO_DATA: "off"})
        station.clock.now += 60
        thread.put(replace(at_level(0, level), outage="no barometer at 0x77", is_gap=True))
        assert real_home.shows({PROBLEM: "on"})
        station.clock.now += 600
        assert real_home.shows({**all_are("unknown"), PROBLEM: "on", NO_DATA: "off"})
        station.alarm = AlarmState(no_data=True)
        assert real_home.shows({**all_are("unknown"), PROBLEM: "on", NO_DATA: "on"})
        station.clock.now += 60
        station.alarm = AlarmState()
        thread.put(station.sample(level))
        assert real_home.shows({**present(level), PROBLEM: "off", NO_DATA: "off"})


@slow
@levels
def test_a_recorder_that_stands_still_leaves_no_number_of_the_past(
    own_broker: Mosquitto, real_home: HomeAssistant, level: StormLevel
) -> None:
    station = Station(own_broker.port)
    with station.running() as thread:
        thread.put(station.sample(level))
        assert real_home.shows(present(level))
        station.clock.now += 601
        assert real_home.shows({**all_are("unknown"), PROBLEM: "on"})


@slow
@pytest.mark.parametrize(
    ("level", "number"),
    [
        (StormLevel.CALM, signal.SIGKILL),
        (StormLevel.STORM, signal.SIGKILL),
        (StormLevel.STORM, signal.SIGSTOP),  # the will, after one and a half of its keep-alives
    ],
)
def test_a_program_that_ends_or_hangs_is_unavailable(
    own_broker: Mosquitto, real_home: HomeAssistant, level: StormLevel, number: int
) -> None:
    code = f"""
import time
from tests.web.publish.mqtt.test_home_assistant_states import Station, StormLevel
station = Station({own_broker.port})
with station.running() as thread:
    thread.put(station.sample(StormLevel({int(level)})))
    time.sleep(600)
"""
    everything = {**all_are("unavailable"), PROBLEM: "unavailable", NO_DATA: "unavailable"}
    paths = os.pathsep.join([str(ROOT), *sys.path])
    process = subprocess.Popen(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": paths}
    )
    try:
        assert real_home.shows({**present(level), NO_DATA: "off"})
        os.kill(process.pid, number)
        assert real_home.shows(everything, within_s=60.0)
    finally:
        process.kill()
        process.wait()
    station = Station(own_broker.port)
    with station.running() as thread:
        thread.put(station.sample(level))
        assert real_home.shows({**present(level), PROBLEM: "off", NO_DATA: "off"})
    assert real_home.shows(everything)


@slow
@levels
def test_without_a_broker_all_is_unavailable(
    own_broker: Mosquitto, real_home: HomeAssistant, level: StormLevel
) -> None:
    station = Station(own_broker.port)
    with station.running() as thread:
        thread.put(station.sample(level))
        assert real_home.shows(present(level))
        own_broker.end(suddenly=True)
        assert real_home.shows({**all_are("unavailable"), PROBLEM: "unavailable"})
        station.clock.now += 660
        own_broker.start()
        # What the broker had retained is of the past; the boat says so when it is connected.
        assert real_home.shows({**all_are("unknown"), PROBLEM: "on"}, within_s=60.0)
        thread.put(station.sample(level))
        assert real_home.shows({**present(level), PROBLEM: "off"})


@slow
def test_a_state_that_the_broker_kept_through_a_power_cut_expires(
    broker_folder: Path, own_broker: Mosquitto, real_home: HomeAssistant
) -> None:
    """The broker has started again, and the boat's program has not: there is no last will."""
    kept = broker_folder / "mosquitto.db"
    station = Station(own_broker.port, period_s=3.0)  # lost after 30 s
    with station.running() as thread:
        thread.put(station.sample(StormLevel.STORM))
        assert real_home.shows(present(StormLevel.STORM))
        assert eventually(lambda: kept.exists() and b'"level": "storm"' in kept.read_bytes())
        own_broker.end(suddenly=True)
    own_broker.start()
    assert real_home.shows(present(StormLevel.STORM), within_s=60.0)
    assert real_home.shows(all_are("unavailable"), within_s=45.0)


@slow
def test_the_package_notifies_each_rise_once(
    own_broker: Mosquitto, real_home: HomeAssistant, notified: Callable[[], list[str]]
) -> None:
    station = Station(own_broker.port)
    with station.running() as thread:

        def level_is_remembered(level: StormLevel) -> bool:
            station.clock.now += 60
            thread.put(station.sample(level))
            return real_home.shows({LEVEL: level.word, REMEMBERED: level.word}, within_s=60.0)

        def levels_notified() -> list[str]:
            return [line for line in notified() if "DATA" not in line]

        assert level_is_remembered(StormLevel.CALM)
        assert level_is_remembered(StormLevel.WARNING)
        assert levels_notified() == [f"WARNING: {REASON}"]
        real_home.stop()
        real_home.start()
        assert level_is_remembered(StormLevel.WARNING)
        assert levels_notified() == [f"WARNING: {REASON}"]
        real_home.stop()
        station.clock.now += 60
        thread.put(station.sample(StormLevel.STORM))
        real_home.start()
        assert level_is_remembered(StormLevel.STORM)
        assert level_is_remembered(StormLevel.CALM)
        assert levels_notified() == [f"WARNING: {REASON}", f"STORM: {REASON}"]


@slow
def test_the_package_notifies_each_silence_once_and_its_end(
    own_broker: Mosquitto, real_home: HomeAssistant, notified: Callable[[], list[str]]
) -> None:
    station = Station(own_broker.port)
    with station.running() as thread:
        thread.put(station.sample(StormLevel.STORM))
        assert real_home.shows({PRESSURE: "988.47", REMEMBERED: "storm", SILENCE: "off"})
        before = len(notified())
        station.clock.now += 601
        station.alarm = AlarmState(no_data=True)
        assert real_home.shows({NO_DATA: "on", SILENCE: "on"})
        real_home.stop()
        real_home.start()
        assert real_home.shows({NO_DATA: "on", SILENT: "on", SILENCE: "on"}, within_s=60.0)
        station.alarm = AlarmState()
        station.clock.now += 60
        thread.put(station.sample(StormLevel.STORM))
        assert real_home.shows({NO_DATA: "off", SILENCE: "off", LEVEL: "storm"})
    # The program has ended: after the package's own wait.
    assert real_home.shows({PRESSURE: "unavailable", SILENCE: "on"})
    dead, again, down = notified()[before:]
    assert dead == "NO DATA: the barometer gives no reading. Last level: storm"
    assert again == "DATA AGAIN: STORM"
    assert down == "NO DATA: the Pi, its network or the broker is down. Last level: storm"
