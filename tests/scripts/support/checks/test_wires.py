"""The checks of the wires: who answers on a bus of twins, and what a board of twins says."""

import errno
import re
from collections.abc import Iterator, Mapping
from itertools import cycle
from typing import ClassVar

import pytest
from support.checks import wires
from support.checks.answers import Answer, Status, answers_of

from sensors import RawColour, open_board
from sensors.backends.i2c import LinuxI2C
from sensors.board import Board
from sensors.config import BarometerConfig, ColourConfig, section
from sensors.errors import BusError
from sensors.simulated.bmp280 import SimulatedBMP280
from sensors.simulated.i2c import SimulatedChip, SimulatedI2C
from sensors.simulated.scene import Scene
from sensors.simulated.tcs3200 import SimulatedTCS3200
from sensors.tcs3200.wiring import Wiring

# --- who answers


class OneRegister:
    """Some chip: all that is known of it is one register."""

    def __init__(self, register: int, value: int) -> None:
        self.register, self.value = register, value

    def read(self, register: int, length: int) -> list[int]:
        return [self.value if register == self.register else 0] * length

    def write(self, register: int, value: int) -> None:
        pass

    def power_on(self) -> None:
        pass


def bmp280(noise: bool = False) -> SimulatedBMP280:
    with open_board({"simulated": {"speed": 0}}, simulated=True) as board:
        return SimulatedBMP280(board.weather, noise=noise)


def bus_of(chip_id: int) -> SimulatedI2C:
    return SimulatedI2C({0x77: OneRegister(0xD0, chip_id)})


def test_the_chip_that_the_settings_mean() -> None:
    answer = wires.addresses(SimulatedI2C({0x77: bmp280()}), 0x77)
    assert answer == Answer(Status.OK, "0x76 no answer, 0x77 a BMP280 (id 0x58)")
    answer = wires.addresses(bus_of(0x60), 0x77)
    assert answer == Answer(Status.OK, "0x76 no answer, 0x77 a BME280 (id 0x60)")


@pytest.mark.parametrize(
    ("chip_id", "words"),
    [(0x61, "a BME680 (id 0x61)"), (0x55, "a BMP180"), (0x00, "an unknown chip (id 0x00)")],
)
def test_another_chip_is_named(chip_id: int, words: str) -> None:
    answer = wires.addresses(bus_of(chip_id), 0x77)
    assert answer.mark is Status.FAULT
    assert words in answer.words
    assert "no BMP280 or BME280" in answer.cure


def test_the_chip_at_the_other_address_is_a_setting_to_change() -> None:
    answer = wires.addresses(SimulatedI2C({0x76: bmp280()}), 0x77)
    assert answer.mark is Status.FAULT
    assert "[barometer] address = 0x76" in answer.cure


def test_nobody_there_is_a_wire() -> None:
    answer = wires.addresses(SimulatedI2C({}), 0x76)
    assert answer.words.startswith("0x76 no answer, 0x77 no answer")
    assert "SDA on pin 3" in answer.cure


class Held(SimulatedI2C):
    """A bus on which a driver of the kernel has an address, as ours tells of it."""

    def __init__(self, chips: Mapping[int, SimulatedChip], stuck: int) -> None:
        super().__init__(chips)
        self.stuck = stuck

    def read_byte_data(self, i2c_addr: int, register: int, /) -> int:
        if i2c_addr == self.stuck:
            error = BusError("held by the kernel's driver bmp280: remove its overlay")
            error.errno = errno.EBUSY
            raise error
        return super().read_byte_data(i2c_addr, register)


def test_an_address_that_the_kernel_holds_is_told_with_its_driver() -> None:
    answer = wires.addresses(Held({}, 0x77), 0x77)
    assert answer.mark is Status.FAULT
    assert "0x77 held by the kernel; " in answer.words
    assert "driver bmp280" in answer.cure
    assert wires.addresses(Held({0x76: bmp280()}, 0x77), 0x76).mark is Status.OK


class Cable:
    """In place of smbus2.SMBus: a chip at the end of a cable."""

    ids: ClassVar[Iterator[int | None]]  # of each next transfer; None: not acknowledged

    def open(self, number: int) -> None:
        pass

    def close(self) -> None:
        pass

    def read_byte_data(self, address: int, register: int) -> int:
        chip_id = next(self.ids)
        if chip_id is None:
            raise OSError(errno.EREMOTEIO, "Remote I/O error")
        return chip_id


@pytest.mark.parametrize(
    ("ids", "mark", "words"),
    [
        ([0x58], Status.OK, "200 transfers with 0x77, none repeated"),
        ([None, 0x58, 0x58] + 60 * [0x58], Status.WARNING, "4 repeated"),
        ([0x58, 0x5A], Status.FAULT, "one register reads 0x58, 0x5A in turn"),
    ],
)
def test_a_cable_is_judged_by_what_it_carries(
    monkeypatch: pytest.MonkeyPatch, ids: list[int | None], mark: Status, words: str
) -> None:
    monkeypatch.setattr("smbus2.SMBus", Cable)
    monkeypatch.setattr(Cable, "ids", cycle(ids), raising=False)
    answer = wires.transfers(LinuxI2C(1), 0x77)
    assert answer.mark is mark
    assert words in answer.words


ENVIRO_PHAT = {0x29: OneRegister(0x92, 0x44), 0x1D: OneRegister(0x0F, 0x49)}


def test_an_enviro_phat_is_known_by_its_other_chips() -> None:
    phat = SimulatedI2C({0x77: bmp280(), **ENVIRO_PHAT})
    (answer,) = wires.enviro_phat(phat, ColourConfig())
    assert answer == Answer(Status.OK, "an Enviro pHAT: its sensors of light and motion answer too")
    (alone,) = wires.enviro_phat(phat, None)
    assert alone.mark is Status.OK
    light_alone = SimulatedI2C({0x77: bmp280(), 0x29: ENVIRO_PHAT[0x29]})
    assert list(wires.enviro_phat(light_alone, ColourConfig(s3=4))) == []


@pytest.mark.parametrize("wire", ["out", "s2", "led"])
def test_a_colour_sensor_wired_to_the_leds_of_an_enviro_phat_is_a_fault(wire: str) -> None:
    phat = SimulatedI2C({0x77: bmp280(), **ENVIRO_PHAT})
    colour = section({"colour": {wire: 4}}, "colour", ColourConfig, "the settings")
    (answer,) = wires.enviro_phat(phat, colour)
    assert answer.mark is Status.FAULT
    assert "an Enviro pHAT, whose LEDs are on GPIO4" in answer.words
    assert f"{wire.upper()} of the colour sensor" in answer.words
    assert f"set {wire} in [colour]" in answer.cure


STRANGERS = [
    (OneRegister(0xC0, 0xEE), OneRegister(0x00, 0xE5)),  # a VL53L0X and an ADXL345
    (OneRegister(0x92, 0x44), OneRegister(0x0F, 0x33)),  # the TCS3472, and not the LSM303D
    (OneRegister(0x92, 0x50), OneRegister(0x0F, 0x49)),
]


@pytest.mark.parametrize(("at_29", "at_1d"), STRANGERS)
def test_strangers_at_the_addresses_of_an_enviro_phat_are_none(
    at_29: OneRegister, at_1d: OneRegister
) -> None:
    bus = SimulatedI2C({0x77: bmp280(), 0x29: at_29, 0x1D: at_1d})
    assert list(wires.enviro_phat(bus, ColourConfig(led=4))) == []


def test_where_the_kernel_holds_a_neighbour_there_is_no_telling() -> None:
    (answer,) = wires.enviro_phat(Held({0x77: bmp280()}, 0x29), ColourConfig(led=4))
    assert answer.mark is Status.NOT_CHECKED
    assert "Enviro pHAT" in answer.words


# --- the sensors


def board_with(
    light: Scene, *, s2: int = 23, s3: int = 24, barometer: SimulatedBMP280 | None = None
) -> Board:
    """A board told of the tutorial's wiring, with a twin on it that is wired like this."""
    return Board(
        SimulatedI2C({0x77: barometer or bmp280(noise=True)}),
        lambda: SimulatedTCS3200(light, Wiring(25, s2, s3)),
        BarometerConfig(),
        ColourConfig(timeout_s=0.2),
    )


def test_sensors_that_are_well() -> None:
    with board_with(Scene("white")) as board:
        (diagnosis,) = wires.diagnosis(board)
        colour = wires.colour(board)
        (barometer,) = wires.barometer(board)
    assert diagnosis.mark is colour.mark is barometer.mark is Status.OK
    number = r"\d+±\d+"
    channels = rf"red {number}, green {number}, blue {number}, clear {number} Hz"
    assert re.fullmatch(rf"{channels}(, \d edges lost)?", colour.words)  # merged now and then
    assert re.fullmatch(r"978\.\d\d hPa, \d+\.\d °C", barometer.words)


def test_a_wrong_wire_is_a_fault_and_named() -> None:
    with board_with(Scene("white"), s2=24, s3=23) as board:
        (answer,) = wires.diagnosis(board)
    assert answer.mark is Status.FAULT
    assert answer.words == "S2 and S3 exchanged"
    assert "GPIO23" in answer.cure
    assert "GPIO24" in answer.cure


@pytest.mark.long("waits for darkness to be sure")
def test_darkness_is_told_with_its_bound() -> None:
    night = Scene()
    night.dark()
    with board_with(night) as board:
        (answer,) = wires.diagnosis(board)
        colour = wires.colour(board)
    assert answer.mark is Status.FAULT  # a lamp's wire, or a lid
    assert answer.cure
    assert "clear <" in colour.words


def test_a_lamp_that_flickers_is_a_warning() -> None:
    room = Scene("white")
    room.ambient(RawColour(9e3, 8e3, 8e3, 2.2e4), flicker_hz=100.0, depth=0.8)
    with board_with(room) as board:
        marks = {answer.mark for answer in wires.diagnosis(board)}
    assert marks == {Status.WARNING}


def test_a_barometer_that_does_not_answer_is_told_with_its_cure() -> None:
    with open_board({"board": {"simulated": False}, "barometer": {"bus": 250}}) as board:
        (answer,) = answers_of(lambda: wires.barometer(board))
    assert answer.mark is Status.FAULT
    assert "/dev/i2c-250" in answer.cure


def test_a_barometer_that_says_the_same_to_the_last_bit_is_a_warning() -> None:
    with board_with(Scene("white"), barometer=bmp280(noise=False)) as board:
        reading, suspect = wires.barometer(board)
    assert reading.mark is Status.OK
    assert suspect.mark is Status.WARNING
    assert "same to the last bit" in suspect.cure


class Dipping(SimulatedBMP280):
    """A BMP280 whose supply dips at every tenth conversion."""

    conversions = 0

    def write(self, register: int, value: int) -> None:
        self.conversions += register == 0xF4
        if register == 0xF4 and self.conversions % 10 == 0:
            self.power_on()
        super().write(register, value)


def test_a_barometer_that_loses_its_supply_is_a_warning() -> None:
    with open_board({"simulated": {"speed": 0}}, simulated=True) as twin:
        barometer = Dipping(twin.weather)
    with board_with(Scene("white"), barometer=barometer) as board:
        reading, dips = wires.barometer(board)
    assert reading.mark is Status.OK
    assert dips.mark is Status.WARNING
    assert "lost its supply 2 times during 25 readings" in dips.words
