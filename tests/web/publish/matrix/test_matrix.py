"""The matrix as a publisher: its past, its settings, its twin; absent, gone and back."""

import logging
import re
import tomllib
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from calibration.pressure.offset import PressureOffset, ReferenceKind
from sensors import ConfigError
from sensors.backends.i2c import LinuxI2C
from sensors.simulated.i2c import SimulatedI2C
from tests.support.matrix_leds import seen
from tests.support.matrix_station import DARK, FALL, FALLEN, HOUR, LATER, Station, outlook
from tests.support.storm_conditions import one_publisher, preferences, station_context
from tests.support.waiting import eventually
from web.config.publishers import MatrixConfig
from web.config.settings import Config, Preferences
from web.history.writer import History
from web.publish.matrix.publisher import bus_of
from web.publish.publisher import PublisherThread
from web.recorder.conditions import Conditions
from web.weather import Sample, StormLevel

GUIDE = Path(__file__).parents[4] / "docs" / "matrix.md"


def corrected_by(offset_hpa: float) -> Preferences:
    taken_at = datetime(2014, 2, 1, tzinfo=UTC)
    offset = PressureOffset(offset_hpa, taken_at, "Horta", ReferenceKind.STATION, 0.0)
    return replace(preferences(Config.load(None)), offset=offset)


def test_the_past_comes_from_the_history(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    with History(path) as history:
        for n, hpa in enumerate(FALL[:-1]):
            history.add(Sample(LATER + (n - 4) * HOUR, hpa - 2.0))
        station = Station(history=path)
        station.preferences = corrected_by(2.0)
        station.tell(FALL[-1])
        assert station.seen() == FALLEN


def test_what_was_missed_comes_from_there_too(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    with History(path) as history:
        station = Station(history=path)
        station.now = LATER - 4 * HOUR
        history.add(Sample(station.now, FALL[0]))
        station.tell(FALL[0])
        for n, hpa in enumerate(FALL[1:-1], 1):
            history.add(Sample(LATER + (n - 4) * HOUR, hpa))
        station.now = LATER
        station.tell(FALL[-1])
        assert station.seen() == FALLEN


def test_without_a_past_it_begins_now(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    station = Station(history=tmp_path / "none.sqlite")
    station.tell(1010.0)
    assert station.seen()[3] == DARK[:16] + "#"
    (record,) = caplog.records
    assert record.getMessage().startswith("the LED matrix starts without its past: ")


def test_absent_it_is_looked_for_and_found_with_one_line_for_each(
    caplog: pytest.LogCaptureFixture,
) -> None:
    station = Station()
    del station.bus.chips[0x74]
    with PublisherThread(station.publisher, pauses_s=(0.01,)) as thread:
        thread.put(Conditions(Sample(station.now, 1010.0), outlook(StormLevel.CALM)))
        assert eventually(lambda: station.bus.transfers > 20)
        station.bus.chips[0x74] = station.chip
        assert eventually(lambda: seen(station.chip)[3] == DARK[:16] + "#")
        assert eventually(lambda: len(caplog.records) == 2)
    fails, works = (record.getMessage() for record in caplog.records)
    assert fails.startswith("the LED matrix fails: no chip answers at address 0x74")
    assert works == "the LED matrix works again"
    assert seen(station.chip) == [DARK] * 7  # left dark


def test_a_chip_that_lost_its_supply_is_set_up_within_a_second() -> None:
    station = Station()
    station.tell_hourly(*FALL)
    station.publisher.connect()
    station.chip.power_on()
    assert seen(station.chip) == [DARK] * 7
    assert station.seen() == FALLEN


def test_the_table_is_checked_before_anything_runs() -> None:
    for table, words in [
        ({"rotate": 90}, "rotate = 90: 0 or 180"),
        ({"brightness": 0.0}, "brightness = 0.0: from 0.01 to 1.0"),
        ({"night_brightness": 1.5}, "night_brightness = 1.5: from 0.01 to 1.0"),
        ({"hours": 0.5}, "hours = 0.5: from 1 to 168"),
        ({"bus": 256}, "bus = 256: /dev/i2c-N has N from 0 to 255"),
        ({"number_every_min": -1}, "number_every_min = -1: from 0 to 1440"),
        ({"brigthness": 1.0}, "did you mean 'brightness'?"),
    ]:
        with pytest.raises(ConfigError, match=rf"boat\.toml: \[matrix\] .*{re.escape(words)}"):
            Config.of({"matrix": table}, "boat.toml")


def test_a_simulated_board_draws_on_a_twin_and_says_so_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    publisher = one_publisher(
        {"matrix": {}}, "boat.toml", station_context(lambda: LATER, "a storm")
    )
    publisher.publish(Conditions(Sample(LATER, 1010.0)))
    publisher.connect()
    publisher.poll()
    assert [record.getMessage() for record in caplog.records] == [
        "[matrix] is simulated as the board is; give its bus to see this on a real one"
    ]
    assert isinstance(bus_of(MatrixConfig(), is_simulated=True), SimulatedI2C)


def test_a_bus_that_is_given_is_a_real_one_also_on_a_simulated_board() -> None:
    bus = bus_of(MatrixConfig(bus=3), is_simulated=True)
    assert isinstance(bus, LinuxI2C)
    assert bus.number == 3


def test_the_guide_has_every_key_and_its_default() -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    given = tomllib.loads(re.sub(r"(?m)^# (\w+ = )", r"\1", block))["matrix"]
    assert given == {**asdict(MatrixConfig()), "bus": 1}
