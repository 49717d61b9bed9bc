"""The Enviro pHAT: its chips on the bus, its LEDs on GPIO4, and who else may want that line."""

import errno
from typing import Any

import pytest

from sensors import (
    TCS3200,
    BusError,
    ConfigError,
    EnviroPHAT,
    PinError,
    open_board,
)
from sensors.simulated.bmp280 import SimulatedBMP280
from sensors.simulated.i2c import SimulatedI2C
from sensors.simulated.scene import Scene
from sensors.simulated.tcs3200 import SimulatedTCS3200

LEDS = 4


class Cabin:
    pressure_pa = 98765.4
    temperature_c = 31.0


class Answers:
    """A chip that says nothing but that it is there."""

    def read(self, register: int, length: int) -> list[int]:
        return [0] * length

    def write(self, register: int, value: int) -> None:
        raise AssertionError("nothing is to be written to a chip that is only looked for")


@pytest.fixture
def bus() -> SimulatedI2C:
    """The addresses of the 5 V board (pinout.xyz)."""
    others = dict.fromkeys((0x29, 0x1D, 0x49), Answers())
    return SimulatedI2C({0x77: SimulatedBMP280(Cabin(), noise=False), **others})


@pytest.fixture
def pins() -> SimulatedTCS3200:
    return SimulatedTCS3200(Scene(), out=25, s2=23, s3=24)


def test_the_chips_that_answer_are_named(bus: SimulatedI2C) -> None:
    with EnviroPHAT(bus) as phat:
        assert phat.chips() == {0x77: "BMP280", 0x29: "TCS3472", 0x1D: "LSM303D", 0x49: "ADS1015"}
        del bus.chips[0x77]
        assert 0x77 not in phat.chips()


def test_a_bus_that_fails_is_an_error_and_not_a_board_without_chips() -> None:
    class Stuck(SimulatedI2C):
        def read_byte_data(self, i2c_addr: int, register: int, /) -> int:
            raise OSError(errno.ETIMEDOUT, "Connection timed out")

    with pytest.raises(BusError):
        EnviroPHAT(Stuck({})).chips()


def test_its_barometer_reads(bus: SimulatedI2C) -> None:
    reading = EnviroPHAT(bus).barometer.read()
    assert reading.pressure_hpa == pytest.approx(987.654, abs=0.02)


def test_the_leds_are_gpio4(bus: SimulatedI2C, pins: SimulatedTCS3200) -> None:
    with EnviroPHAT(bus, pins) as phat:
        phat.light(on=True)
        assert pins.levels[LEDS] is True
        phat.light(on=False)
        assert pins.levels[LEDS] is False
        phat.close()
        phat.close()
        with pytest.raises(PinError, match="closed"):
            phat.light(on=True)


def test_a_colour_sensor_on_the_line_of_the_leds_is_refused_whoever_comes_first(
    bus: SimulatedI2C, pins: SimulatedTCS3200
) -> None:
    words = "led is on GPIO4, which drives the LEDs of the Enviro pHAT: wire it to another line"
    with TCS3200(25, 23, 24, led=LEDS, pins=pins), pytest.raises(ConfigError, match=words):
        EnviroPHAT(bus, pins).light(on=True)
    EnviroPHAT(bus, pins).light(on=True)
    with pytest.raises(ConfigError, match=words):
        TCS3200(25, 23, 24, led=LEDS, pins=pins)
    TCS3200(25, 23, 24, led=5, pins=pins).close()


@pytest.mark.parametrize("pin", ["out", "s2", "led"])
def test_settings_with_an_enviro_phat_leave_gpio4_alone(pin: str) -> None:
    tables: dict[str, Any] = {"board": {"enviro_phat": True}, "colour": {pin: LEDS}}
    with pytest.raises(ConfigError, match=f"{pin} is on GPIO4"):
        open_board(tables, simulated=True)
    tables["board"] = {}
    open_board(tables, simulated=True).close()


def test_a_board_has_the_phat_of_its_settings() -> None:
    with open_board({"board": {"enviro_phat": True}}, simulated=True) as board:
        board.enviro_phat.light(on=True)
        assert board.enviro_phat.chips() == {0x77: "BMP280"}
        assert board.colour.read().clear > 0
    with open_board(simulated=True) as board, pytest.raises(ConfigError, match="enviro_phat"):
        board.enviro_phat.light(on=True)
