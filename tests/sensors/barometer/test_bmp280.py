"""The BMP280's driver against bytes in registers: what goes over the wire, and what is refused."""

import errno
import struct
from typing import Any

import pytest

from sensors import (
    BMP280,
    Barometer,
    BusError,
    ConfigError,
    DeviceNotFound,
    ImplausibleReading,
    SensorError,
)
from sensors.bmp280 import compensate

# Data sheet BST-BMP280-DS001, section 3.12.
DATA_SHEET = (27504, 26435, -1000, 36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000)
# A chip of Pimoroni's; its T3 lies outside Bosch's limits and its readings are fine.
SECOND_CHIP = (28009, 25654, 50, 39145, -10750, 3024, 5667, -120, -7, 15500, -14600, 6000)


class Registers:
    """A bus with one chip of 256 still registers at 0x77, and a log of what went over the wire."""

    def __init__(self, chip_id: int = 0x58, trimming: tuple[int, ...] = DATA_SHEET) -> None:
        self.registers = bytearray(256)
        self.registers[0xD0] = chip_id
        self.registers[0x88:0xA0] = struct.pack("<HhhHhhhhhhhh", *trimming)
        self.results(415148, 519888)
        self.log: list[tuple[object, ...]] = []
        self.fails_at = -1

    def results(self, adc_pressure: int, adc_temperature: int) -> None:
        self.registers[0xF7:0xFA] = (adc_pressure << 4).to_bytes(3, "big")
        self.registers[0xFA:0xFD] = (adc_temperature << 4).to_bytes(3, "big")

    def read_byte_data(self, address: int, register: int, /) -> int:
        self._transfer(address, "read", register, 1)
        return self.registers[register]

    def read_i2c_block_data(self, address: int, register: int, length: int, /) -> list[int]:
        self._transfer(address, "read", register, length)
        return list(self.registers[register : register + length])

    def write_byte_data(self, address: int, register: int, value: int, /) -> None:
        self._transfer(address, "write", register, value)
        self.registers[register] = value

    def _transfer(self, address: int, *what: object) -> None:
        self.log.append(what)
        if address != 0x77 or len(self.log) - 1 == self.fails_at:
            raise OSError(errno.EREMOTEIO, "Remote I/O error")


def test_the_first_reading_starts_the_chip_up_in_the_data_sheets_order() -> None:
    bus = Registers()
    reading = BMP280(bus).read()
    assert reading.pressure_hpa == pytest.approx(1006.5327, abs=5e-5)
    assert reading.temperature_c == pytest.approx(25.08, abs=0.005)
    assert reading.humidity_percent is None
    assert bus.log == [
        ("read", 0xD0, 1),
        ("write", 0xE0, 0xB6),
        ("read", 0xF3, 1),
        ("write", 0xF5, 0b101_000_00),
        ("read", 0xD0, 1),
        ("read", 0x88, 24),
        ("read", 0x88, 24),
        ("read", 0xF5, 1),
        ("write", 0xF4, 0b001_001_01),
        ("read", 0xF3, 10),
        ("write", 0xF4, 0b001_001_01),
        ("read", 0xF3, 10),
    ]


def test_each_further_reading_is_forced_anew_in_two_transfers_and_sixteen_bytes() -> None:
    bus = Registers()
    sensor = BMP280(bus, pressure_oversampling=16, temperature_oversampling=2)
    sensor.read()
    bus.log.clear()
    sensor.read()
    # On the wire: address, register, value; address, register, address, ten registers.
    assert bus.log == [("write", 0xF4, 0b010_101_01), ("read", 0xF3, 10)]


@pytest.mark.parametrize(
    ("chip_id", "word"),
    [
        (0x60, "a BME280"),
        (0x61, "a BME680"),
        (0x55, "a BMP180"),
        (0x00, "unknown"),
        (0xFF, "unknown"),
    ],
)
def test_another_chip_is_named(chip_id: int, word: str) -> None:
    with pytest.raises(DeviceNotFound, match=word):
        BMP280(Registers(chip_id)).read()


@pytest.mark.parametrize("chip_id", [0x56, 0x57, 0x58])
def test_samples_of_the_chip_are_taken_too(chip_id: int) -> None:
    """Data sheet, section 4.3.1."""
    assert BMP280(Registers(chip_id)).read().pressure_hpa == pytest.approx(1006.5327, abs=5e-5)


def test_what_a_bus_of_ours_says_is_handed_on_as_it_is() -> None:
    class Closed(Registers):
        failure = BusError("/dev/i2c-1 is closed here: open the board again")

        def read_byte_data(self, address: int, register: int, /) -> int:
            raise self.failure

    with pytest.raises(BusError) as error:
        BMP280(Closed()).read()
    assert error.value is Closed.failure


@pytest.mark.parametrize("fill", [0x00, 0xFF])
def test_trimming_that_no_chip_has_is_refused(fill: int) -> None:
    bus = Registers()
    bus.registers[0x88:0xA0] = bytes([fill]) * 24
    with pytest.raises(ImplausibleReading, match="trimming"):
        BMP280(bus).read()


@pytest.mark.parametrize(
    ("adc_pressure", "adc_temperature"),
    [(0x80000, 0x80000), (0, 0), (0xFFFFF, 0xFFFFF)],
)
def test_results_that_no_air_gives_are_refused(adc_pressure: int, adc_temperature: int) -> None:
    bus = Registers()
    bus.results(adc_pressure, adc_temperature)
    with pytest.raises(ImplausibleReading):
        BMP280(bus).read()


def test_an_error_is_also_a_built_in() -> None:
    with pytest.raises(OSError, match="0x76") as error:
        BMP280(Registers(), 0x76).read()
    assert isinstance(error.value, SensorError)


@pytest.mark.parametrize(
    ("adc_pressure", "adc_temperature"), [(0x80000, 519888), (415148, 0x80000)]
)
def test_one_power_on_value_is_refused_where_the_chip_skipped_the_measurement(
    adc_pressure: int, adc_temperature: int
) -> None:
    class Skips(Registers):
        """Another program took the oversampling away."""

        def write_byte_data(self, address: int, register: int, value: int, /) -> None:
            super().write_byte_data(address, register, 0 if register == 0xF4 else value)

    bus = Skips()
    bus.results(adc_pressure, adc_temperature)
    with pytest.raises(ImplausibleReading, match="power-on"):
        BMP280(bus).read()


def test_nobody_here_but_a_barometer_at_the_other_address_is_said() -> None:
    with pytest.raises(DeviceNotFound, match="at 0x77 there is a BMP280: give address=0x77"):
        BMP280(Registers(), 0x76).read()


def test_trimming_that_reads_differently_twice_is_refused() -> None:
    class Noisy(Registers):
        def read_i2c_block_data(self, address: int, register: int, length: int, /) -> list[int]:
            if register == 0x88:
                self.registers[0x8A] ^= 0x10
            return super().read_i2c_block_data(address, register, length)

    with pytest.raises(BusError, match="differently twice"):
        BMP280(Noisy()).read()


def test_a_burst_cut_short_is_refused() -> None:
    class Short(Registers):
        def read_i2c_block_data(self, address: int, register: int, length: int, /) -> list[int]:
            return super().read_i2c_block_data(address, register, length)[:9]

    with pytest.raises(BusError, match="9 bytes instead of 24"):
        BMP280(Short()).read()


def test_unusual_trimming_is_told_once_and_read_all_the_same(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bus = Registers(trimming=SECOND_CHIP)
    bus.results(326816, 529191)
    sensor = BMP280(bus)
    for _ in range(3):
        assert sensor.read().pressure_hpa == pytest.approx(1006.61518, abs=5e-6)
    (record,) = caplog.records
    assert "T3 = 50, outside Bosch's own limits" in record.getMessage()


def test_a_run_of_identical_raw_pairs_is_suspect_until_one_differs() -> None:
    bus = Registers()
    sensor = BMP280(bus)
    for _ in range(19):
        sensor.read()
    assert sensor.suspect == ""
    sensor.read()
    assert sensor.suspect.startswith("the last 20 readings of the barometer are the same")
    bus.results(415149, 519888)
    sensor.read()
    assert sensor.suspect == ""


def test_a_chip_that_keeps_nothing_is_read_and_suspect() -> None:
    class Forgetful(Registers):
        def write_byte_data(self, address: int, register: int, value: int, /) -> None:
            super().write_byte_data(address, register, self.registers[register])

    sensor = BMP280(Forgetful())
    assert sensor.read().pressure_hpa == pytest.approx(1006.5327, abs=5e-5)
    assert "does not keep what is written" in sensor.suspect


def test_a_jump_has_to_be_shown_by_two_conversions() -> None:
    class Noisy(Registers):
        """One bit of one burst is wrong."""

        wrong = -1

        def read_i2c_block_data(self, address: int, register: int, length: int, /) -> list[int]:
            raw = super().read_i2c_block_data(address, register, length)
            if register == 0xF3 and self.log.count(("read", 0xF3, 10)) == self.wrong:
                raw[4] ^= 0x08
            return raw

    for wrong in range(1, 5):  # the very first one too
        bus = Noisy()
        bus.wrong = wrong
        sensor = BMP280(bus)
        readings = [sensor.read().pressure_hpa for _ in range(5)]
        assert readings == [pytest.approx(1006.5327, abs=5e-5)] * 5
    bus.results(405148, 519888)  # the air did move, by 17 hPa
    _, moved_pa = compensate(519888, 405148, DATA_SHEET)
    assert sensor.read().pressure_hpa == pytest.approx(moved_pa / 100, abs=1e-9)


def test_results_that_jump_about_are_refused() -> None:
    class Noisy(Registers):
        def write_byte_data(self, address: int, register: int, value: int, /) -> None:
            super().write_byte_data(address, register, value)
            if register == 0xF4:
                self.results(415148 + 10_000 * len(self.log), 519888)

    sensor = BMP280(Noisy())
    with pytest.raises(ImplausibleReading, match="within a moment"):
        sensor.read()


@pytest.mark.parametrize("name", ["pressure", "temperature", "humidity"])
@pytest.mark.parametrize("factor", [0, 3, 32, -1, "x", None, 1.5])
def test_an_oversampling_the_chips_have_not_got_is_refused(name: str, factor: Any) -> None:
    oversampling: Any = {f"{name}_oversampling": factor}
    with pytest.raises(ConfigError, match=f"{name}_oversampling=.*: choose 1, 2, 4, 8 or 16"):
        Barometer(Registers(), **oversampling)


@pytest.mark.parametrize("address", [0x48, 0, "0x77", None, 119.5])
def test_an_address_the_chips_have_not_got_is_refused(address: Any) -> None:
    with pytest.raises(ConfigError, match="the chip has 0x76 or 0x77"):
        Barometer(Registers(), address)
