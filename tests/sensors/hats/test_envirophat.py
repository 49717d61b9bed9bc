"""The Enviro pHAT: its chips on the bus, its LEDs on GPIO4, and who else may want that line."""

import errno
from typing import Any

import pytest

from sensors import TCS3200, BackendMissing, BusError, ConfigError, EnviroPHAT, PinError, open_board
from sensors.backends import DeferredPins
from sensors.hats.envirophat import is_enviro_phat
from sensors.ports import Pins
from sensors.simulated.bme280 import SimulatedBME280
from sensors.simulated.bmp280 import SimulatedBMP280
from sensors.simulated.i2c import SimulatedI2C
from sensors.simulated.scene import Scene
from sensors.simulated.tcs3200 import SimulatedTCS3200
from sensors.tcs3200.wiring import Wiring

LEDS = 4


class Cabin:
    pressure_pa = 98765.4
    temperature_c = 31.0
    humidity_percent = 40.0


class Says:
    """A chip that says who it is in one register."""

    def __init__(self, register: int, chip_id: int) -> None:
        self.ids = {register: chip_id}

    def read(self, register: int, length: int) -> list[int]:
        return [self.ids.get(register, 0)] * length

    def write(self, register: int, value: int) -> None:
        raise AssertionError("nothing is to be written to a chip that is only looked for")

    def power_on(self) -> None: ...


# By their data sheets: TCS3472 table 7 (command bit set), LSM303D section 8.4.
LIGHT, MOTION = Says(0x92, 0x44), Says(0x0F, 0x49)


@pytest.fixture
def bus() -> SimulatedI2C:
    """The addresses of the 5 V board (pinout.xyz)."""
    barometer = SimulatedBMP280(Cabin(), noise=False)
    return SimulatedI2C({0x77: barometer, 0x29: LIGHT, 0x1D: MOTION, 0x49: Says(0, 0)})


@pytest.fixture
def pins() -> SimulatedTCS3200:
    return SimulatedTCS3200(Scene(), Wiring(25, 23, 24))


def test_the_chips_that_answer_are_named(bus: SimulatedI2C) -> None:
    with EnviroPHAT(bus) as phat:
        names = [(chip.name, chip.address) for chip in phat.chips()]
        assert names == [("BMP280", 0x77), ("TCS3472", 0x29), ("LSM303D", 0x1D), ("ADS1015", 0x49)]
        del bus.chips[0x77]
        assert [chip.name for chip in phat.chips()] == ["TCS3472", "LSM303D", "ADS1015"]


def test_strangers_at_its_addresses_are_no_enviro_phat(bus: SimulatedI2C) -> None:
    assert is_enviro_phat(bus)
    bus.chips[0x29] = Says(0x92, 0xEE)
    assert not is_enviro_phat(bus)
    bus.chips[0x77] = SimulatedBME280(Cabin())
    assert [chip.name for chip in EnviroPHAT(bus).chips()] == ["LSM303D", "ADS1015"]


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
    refused = EnviroPHAT(bus, pins)
    with TCS3200(25, 23, 24, led=LEDS, pins=pins):
        for _ in range(2):
            with pytest.raises(ConfigError, match=words):
                refused.light(on=True)
    with EnviroPHAT(bus, pins) as phat:
        phat.light(on=True)
        with pytest.raises(ConfigError, match=words):
            TCS3200(25, 23, 24, led=LEDS, pins=pins)
        TCS3200(25, 23, 24, led=5, pins=pins).close()
    TCS3200(25, 23, 24, led=LEDS, pins=pins).close()


@pytest.mark.parametrize("pin", ["out", "s2", "led"])
def test_settings_with_an_enviro_phat_leave_gpio4_alone(pin: str) -> None:
    tables: dict[str, Any] = {"board": {"enviro_phat": True}, "colour": {pin: LEDS}}
    with pytest.raises(ConfigError, match=f"{pin} is on GPIO4"):
        open_board(tables, simulated=True)
    tables["board"] = {}
    open_board(tables, simulated=True).close()


def test_a_board_has_the_phat_of_its_settings() -> None:
    tables = {"board": {"enviro_phat": True}, "barometer": {"pressure_oversampling": 16}}
    with open_board(tables, simulated=True) as board:
        assert board.enviro_phat.barometer is board.barometer
        assert [chip.name for chip in board.enviro_phat.chips()] == ["BMP280"]
        board.enviro_phat.light(on=True)
        assert board.enviro_phat is board.enviro_phat
        assert board.colour.read().clear > 0
    with open_board(simulated=True) as board, pytest.raises(ConfigError, match="enviro_phat"):
        board.enviro_phat.light(on=True)


def test_its_chips_can_be_asked_where_there_is_no_gpio(bus: SimulatedI2C) -> None:
    def no_gpio() -> Pins:
        raise BackendMissing("no GPIO library is installed")

    phat = EnviroPHAT(bus, DeferredPins(no_gpio))
    assert len(phat.chips()) == 4
    with pytest.raises(BackendMissing):
        phat.light(on=True)


def test_an_enviro_phat_at_another_address_is_refused() -> None:
    tables = {"board": {"enviro_phat": True}, "barometer": {"address": 0x76}}
    with pytest.raises(ConfigError, match="address = 0x76: that of an Enviro pHAT is 0x77"):
        open_board(tables, simulated=True)
