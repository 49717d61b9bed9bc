"""open_board: what a configuration gives, and what it refuses."""

import os
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from sensors import (
    BackendMissing,
    BusError,
    ConfigError,
    DeviceNotFound,
    PinError,
    RecordError,
    SensorError,
    open_board,
)
from sensors.backends.platform import pi_model
from sensors.board import Board
from sensors.config import BarometerConfig, ColourConfig
from sensors.ports import Pins
from sensors.simulated.i2c import SimulatedI2C
from sensors.simulated.record import parse_time_utc


@pytest.mark.parametrize(
    ("model", "simulated"),
    [("Raspberry Pi Zero W Rev 1.1\0", False), ("Some Other Board\0", True), (None, True)],
)
def test_the_board_is_real_on_a_pi_and_simulated_elsewhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, model: str | None, simulated: bool
) -> None:
    if model is not None:
        (tmp_path / "proc/device-tree").mkdir(parents=True)
        (tmp_path / "proc/device-tree/model").write_text(model)
    monkeypatch.setattr("sensors.board.pi_model", partial(pi_model, tmp_path))
    with open_board() as board:
        assert board.simulated is simulated


def test_a_simulated_board_reads_and_its_scene_can_be_set() -> None:
    with open_board({"simulated": {"speed": 0, "noise": False}}, simulated=True) as board:
        assert board.barometer.read().pressure_hpa == pytest.approx(978.56, abs=0.02)
        board.scene.show("orange")
        orange = board.colour.read()
        board.scene.show("blue")
        blue = board.colour.read()
    assert orange.red > 2 * orange.blue
    assert blue.blue > 2 * blue.red


def test_the_weather_follows_the_record_and_stands_still_where_it_is_told() -> None:
    with open_board({"simulated": {"noise": False}}, simulated=True) as board:
        board.weather.move_to(parse_time_utc("2014-02-12T16:30:00Z"))
        # Half way between 949.67 and 948.83.
        assert board.barometer.read().pressure_hpa == pytest.approx(949.25, abs=0.02)
        board.weather.move_to(parse_time_utc("2020-01-01T00:00:00Z"))
        assert board.barometer.read().pressure_hpa == pytest.approx(951.26, abs=0.02)


def test_wiring_comes_from_a_toml_file(tmp_path: Path) -> None:
    config = tmp_path / "robot.toml"
    config.write_text("[board]\nsimulated = true\n[colour]\nout = 4\ns0 = 17\ns1 = 27\n")
    with open_board(config) as board:
        board.scene.show("white")
        assert board.colour.read().clear == pytest.approx(55_000, rel=0.01)


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({"colour": {"outt": 25}}, r"\[colour\] has no key 'outt'; did you mean 'out'"),
        ({"colour": {"out": "25"}}, r"\[colour\] out = '25' must be a whole number"),
        ({"colour": {"out": True}}, "true or false"),
        ({"colour": {"out": 23}}, "both on GPIO23"),
        ({"colour": {"out": 99}}, "no BCM number"),
        ({"colour": {"gate_time_s": 0}}, "gate_time_s"),
        ({"color": {"out": 5}}, r"no table \[color\]; did you mean 'colour'"),
        ({"barometer": {"bus": -1}}, "bus = -1"),
        ({"simulated": {"speed": 10**400}}, "finite"),
        ({"simulated": {"record": "x\0y"}}, "zero bytes"),
        ({"colour": {1: 2}}, "no key 1"),
        ({"colour": {"scaling": "50%"}}, "give auto, 2%, 20%, 100%"),
        ({"barometer": {"address": 0x10}}, "0x76 or 0x77"),
        ({"barometer": 7}, r"\[barometer\] must be a table"),
        ({"simulated": {"surface": "turquoise"}}, "turquoise"),
        ({"simulated": {"start": "noon"}}, "noon"),
        ({"simulated": {"start": "1999-01-01"}}, "outside"),
        ({"simulated": {"speed": -1.0}}, "speed"),
        ({"simulated": {"speed": float("inf")}}, "finite"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(tables: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        open_board(tables, simulated=True)


def test_a_file_that_is_not_toml_or_not_there(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("[colour\n")
    with pytest.raises(ConfigError, match="is not TOML"):
        open_board(broken)
    with pytest.raises(ConfigError, match="No such file"):
        open_board(tmp_path / "nothing.toml")


def test_a_pipe_and_a_name_that_is_too_long_are_refused(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, "x" * 5000):
        with pytest.raises(ConfigError):
            open_board(path)
        with pytest.raises(RecordError):
            open_board({"simulated": {"record": str(path)}}, simulated=True)
    with pytest.raises(RecordError, match="not a text file"):
        open_board({"simulated": {"record": "\ud800"}}, simulated=True)


def test_a_record_that_is_not_there() -> None:
    with pytest.raises(RecordError, match="No such file"):
        open_board({"simulated": {"record": "/nowhere/storm.csv"}}, simulated=True)


def test_a_real_board_without_hardware_says_what_is_missing() -> None:
    with open_board({"barometer": {"bus": 77}}, simulated=False) as board:
        assert not board.simulated
        with pytest.raises(DeviceNotFound, match=r"/dev/i2c-77.*do_i2c 0"):
            board.barometer.read()
        with pytest.raises((BackendMissing, PinError)):
            board.colour.read()
        with pytest.raises(ConfigError, match="real"):
            board.scene.show("red")


def test_looking_at_the_colour_sensor_opens_nothing() -> None:
    opened = []

    def no_gpio() -> Pins:
        opened.append("pins")
        raise BackendMissing("no GPIO library is installed")

    # Lines for S0, S1, OE and the LED: each of them is driven at closing, if it was used.
    lines = ColourConfig(s0=17, s1=27, oe=22, led=5)
    with Board(SimulatedI2C({}), no_gpio, BarometerConfig(), lines) as board:
        assert board.colour is board.colour
        assert not opened
        with pytest.raises(BackendMissing):
            board.open_colour()
        with pytest.raises(BackendMissing) as error:
            board.colour.read()
        assert not hasattr(error.value, "__notes__")
        assert opened


def test_closing_twice_is_fine_and_reading_after_it_is_an_error() -> None:
    board = open_board(simulated=True)
    board.colour.read()
    board.close()
    board.close()
    with pytest.raises(PinError, match="closed"):
        board.colour.read()
    real = open_board(simulated=False)
    real.close()
    with pytest.raises(BusError, match="closed"):
        real.barometer.read()


def test_a_file_saved_by_notepad_is_read(tmp_path: Path) -> None:
    config = tmp_path / "notepad.toml"
    config.write_bytes(b"\xef\xbb\xbf[board]\r\nsimulated = true\r\n")
    with open_board(config) as board:
        assert board.simulated


def test_errors_name_the_file(tmp_path: Path) -> None:
    config = tmp_path / "robot.toml"
    config.write_text("[colour]\nout = 23\n")
    with pytest.raises(ConfigError, match=r"robot.toml: TCS3200: out and s2 are both on GPIO23"):
        open_board(config)


def test_every_error_is_also_a_built_in() -> None:
    for error in SensorError.__subclasses__():
        assert len(error.__bases__) == 2
        assert error.__bases__[1].__module__ == "builtins"
