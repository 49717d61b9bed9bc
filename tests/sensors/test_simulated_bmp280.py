"""The BMP280 twin, asked as the data sheet describes the chip, without the driver."""

import struct

import pytest

from sensors import BMP280, DeviceNotFound
from sensors.simulated.bmp280 import SimulatedBMP280
from sensors.simulated.i2c import SimulatedI2C


class Cabin:
    """Air that stays as it is told."""

    pressure_pa = 98765.4
    temperature_c = 21.5


class Watch:
    """A clock that is set by hand."""

    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Watch:
    return Watch()


@pytest.fixture
def chip(clock: Watch) -> SimulatedBMP280:
    return SimulatedBMP280(Cabin(), noise=False, clock=clock)


def test_power_on_values(chip: SimulatedBMP280) -> None:
    """Table 18: id 0x58, controls 0, results 0x80000."""
    assert chip.read(0xD0, 1) == [0x58]
    assert chip.read(0xF4, 2) == [0, 0]
    assert chip.read(0xF7, 6) == [0x80, 0, 0, 0x80, 0, 0]


def test_trimming_is_there_only_when_the_copying_is_over(
    chip: SimulatedBMP280, clock: Watch
) -> None:
    assert chip.read(0xF3, 1) == [0x01]
    assert set(chip.read(0x88, 24)) == {0}
    clock.seconds += 0.002  # start-up time, table 2
    assert chip.read(0xF3, 1) == [0x00]
    assert struct.unpack("<H", bytes(chip.read(0x88, 2))) == (27504,)


def test_a_forced_conversion_takes_its_time_and_ends_in_sleep(
    chip: SimulatedBMP280, clock: Watch
) -> None:
    clock.seconds += 0.002
    chip.write(0xF4, 0b001_001_01)
    clock.seconds += 0.0054  # typical 5.5 ms, table 13
    assert chip.read(0xF3, 1) == [0x08]
    assert chip.read(0xF7, 6) == [0x80, 0, 0, 0x80, 0, 0]
    clock.seconds += 0.0010  # maximum 6.4 ms
    assert chip.read(0xF3, 1) == [0x00]
    assert chip.read(0xF4, 1) == [0b001_001_00]
    assert chip.read(0xF7, 6) != [0x80, 0, 0, 0x80, 0, 0]


def test_a_skipped_measurement_gives_the_reset_value(chip: SimulatedBMP280, clock: Watch) -> None:
    chip.write(0xF4, 0b001_000_01)
    clock.seconds += 0.01
    assert chip.read(0xF7, 3) == [0x80, 0, 0]


def test_only_the_reset_word_resets(chip: SimulatedBMP280) -> None:
    chip.write(0xF5, 0x1C)
    chip.write(0xE0, 0x00)
    assert chip.read(0xF5, 1) == [0x1C]
    chip.write(0xE0, 0xB6)
    assert chip.read(0xF5, 1) == [0]


def test_the_id_is_read_only(chip: SimulatedBMP280) -> None:
    chip.write(0xD0, 0x60)
    assert chip.read(0xD0, 1) == [0x58]


@pytest.mark.parametrize(
    ("oversampling", "step_pa"), [(1, 2.62), (2, 1.31), (4, 0.66), (8, 0.33), (16, 0.16)]
)
def test_the_driver_reads_the_air_to_the_resolution_of_table_4(
    oversampling: int, step_pa: float
) -> None:
    bus = SimulatedI2C({0x77: SimulatedBMP280(Cabin(), noise=False)})
    reading = BMP280(bus, pressure_oversampling=oversampling).read()
    assert reading.pressure_hpa * 100 == pytest.approx(
        98765.4, abs=0.5 * step_pa + 0.1
    )  # a count is 0.16 Pa
    assert reading.temperature_c == pytest.approx(21.5, abs=0.005)


@pytest.mark.parametrize("temperature_c", [26.4588, 26.4608, 26.4628])
def test_a_temperature_that_happens_to_be_the_power_on_count_is_read(temperature_c: float) -> None:
    """0x80000 is 26.46 degrees with the worked example's trimming parameters."""
    cabin = Cabin()
    cabin.temperature_c = temperature_c
    bus = SimulatedI2C({0x77: SimulatedBMP280(cabin, noise=False)})
    assert BMP280(bus).read().temperature_c == pytest.approx(temperature_c, abs=0.005)


def test_the_noise_is_that_of_table_8() -> None:
    chip = SimulatedBMP280(Cabin(), noise=True)
    sensor = BMP280(SimulatedI2C({0x77: chip}))
    errors_pa = [sensor.read().pressure_hpa * 100 - 98765.4 for _ in range(60)]
    rms_pa = (sum(error * error for error in errors_pa) / len(errors_pa)) ** 0.5
    assert 2.3 < rms_pa < 4.5  # 3.3 Pa, and the steps of 2.62 Pa


def test_nobody_at_an_address_is_the_pis_error() -> None:
    with pytest.raises(OSError, match="121"):
        SimulatedI2C({}).read_byte_data(0x77, 0xD0)


def test_another_chip_on_the_bus_is_refused() -> None:
    bus = SimulatedI2C({0x77: SimulatedBMP280(Cabin(), chip_id=0x60)})
    with pytest.raises(DeviceNotFound, match="BME280"):
        BMP280(bus).read()
