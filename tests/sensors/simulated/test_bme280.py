"""The BME280 twin: what it has beyond a BMP280, asked as the data sheet describes it."""

import statistics

import pytest

from sensors.simulated.bme280 import HUMIDITY_TRIMMING, SimulatedBME280
from sensors.simulated.bmp280 import SimulatedBMP280
from sensors.simulated.counts import T_FINE_PER_C, HumidityCounts
from tests.support.virtual_air import Clock, StillAir


@pytest.fixture
def cabin() -> StillAir:
    return StillAir()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def chip(cabin: StillAir, clock: Clock) -> SimulatedBME280:
    """Started up."""
    chip = SimulatedBME280(cabin, noise=False, clock=clock)
    clock.seconds += 0.002
    return chip


def adc_humidity(chip: SimulatedBME280) -> int:
    return int.from_bytes(chip.read(0xFD, 2), "big")


def counts(percent: float, temperature_c: float = 21.5) -> int:
    counts = HumidityCounts(HUMIDITY_TRIMMING)
    return round(counts.humidity(percent, temperature_c * T_FINE_PER_C))


def test_power_on_values(chip: SimulatedBME280) -> None:
    """Table 18: id 0x60, ctrl_hum 0, humidity 0x8000, the rest as the BMP280's."""
    assert chip.read(0xD0, 1) == [0x60]
    assert chip.read(0xF2, 1) == [0]
    assert chip.read(0xF7, 8) == [0x80, 0, 0, 0x80, 0, 0, 0x80, 0]


@pytest.mark.parametrize("trimming", [(75, 364, 0, 311, 50, 30), (255, -2, 254, -345, -6, -128)])
def test_where_the_trimming_lies(cabin: StillAir, clock: Clock, trimming: tuple[int, ...]) -> None:
    """Table 16, read as it says: H4 and H5 share 0xE5, both signed."""
    chip = SimulatedBME280(cabin, humidity_trimming=trimming, clock=clock)
    assert set(chip.read(0xE1, 7)) == {0}  # not copied yet
    clock.seconds += 0.002
    e = dict(enumerate(chip.read(0xE1, 7), start=0xE1))
    h4 = signed(e[0xE4], 8) * 16 + (e[0xE5] & 0x0F)
    h5 = signed(e[0xE6], 8) * 16 + (e[0xE5] >> 4)
    h2 = signed(e[0xE2] << 8 | e[0xE1], 16)
    assert (chip.read(0xA1, 1)[0], h2, e[0xE3], h4, h5, signed(e[0xE7], 8)) == trimming


def signed(value: int, bits: int) -> int:
    return value - (1 << bits) if value >> (bits - 1) else value


def test_ctrl_hum_is_taken_at_the_next_write_of_ctrl_meas(
    chip: SimulatedBME280, clock: Clock
) -> None:
    """Section 5.4.3."""
    chip.write(0xF4, 0b001_001_11)
    chip.write(0xF2, 0b001)
    clock.seconds += 10.0
    assert adc_humidity(chip) == 0x8000
    chip.write(0xF4, 0b001_001_11)
    clock.seconds += 10.0
    assert adc_humidity(chip) == counts(63.0)
    assert chip.read(0xF2, 1) == [0b001]


def test_ctrl_hum_is_not_taken_while_a_mode_change_waits(
    chip: SimulatedBME280, clock: Clock
) -> None:
    """Section 3.3.1."""
    chip.write(0xF4, 0b001_001_01)
    chip.write(0xF4, 0b001_001_01)
    chip.write(0xF2, 0b001)
    assert chip.read(0xF2, 1) == [0]


@pytest.mark.parametrize(("osrs_h", "typical_ms"), [(0, 5.5), (1, 8.0), (2, 10.0), (5, 38.0)])
def test_humidity_takes_its_time(
    chip: SimulatedBME280, clock: Clock, osrs_h: int, typical_ms: float
) -> None:
    """Appendix B: 2 ms a sample and 0.5 ms more."""
    chip.write(0xF2, osrs_h)
    chip.write(0xF4, 0b001_001_01)
    clock.seconds += typical_ms / 1000 - 1e-6
    assert chip.read(0xF3, 1)[0] & 0x08
    clock.seconds += 2e-6
    assert not chip.read(0xF3, 1)[0] & 0x08


@pytest.mark.parametrize(("code", "standby_ms"), [(5, 1000.0), (6, 10.0), (7, 20.0)])
def test_the_last_standby_codes_are_not_the_bmp280s(
    chip: SimulatedBME280, clock: Clock, code: int, standby_ms: float
) -> None:
    """Table 27."""
    chip.write(0xF5, code << 5)
    chip.write(0xF4, 0b001_001_11)
    clock.seconds += (5.5 + standby_ms) / 1000 - 1e-6
    assert not chip.read(0xF3, 1)[0] & 0x08
    clock.seconds += 2e-6
    assert chip.read(0xF3, 1)[0] & 0x08


def force(chip: SimulatedBME280, clock: Clock, osrs_h: int) -> int:
    chip.write(0xF2, osrs_h)
    chip.write(0xF4, 0b001_001_01)
    clock.seconds += 0.1
    return adc_humidity(chip)


def test_a_skipped_humidity_gives_the_reset_value(chip: SimulatedBME280, clock: Clock) -> None:
    assert force(chip, clock, 1) == counts(63.0)
    assert force(chip, clock, 0) == 0x8000


def test_the_filter_leaves_humidity_alone(
    chip: SimulatedBME280, cabin: StillAir, clock: Clock
) -> None:
    chip.write(0xF5, 0b000_100_00)
    force(chip, clock, 1)
    cabin.humidity_percent = 20.0
    assert force(chip, clock, 1) == counts(20.0)


def test_a_reset_takes_the_humidity_along(chip: SimulatedBME280, clock: Clock) -> None:
    force(chip, clock, 1)
    chip.write(0xE0, 0xB6)
    assert chip.read(0xF2, 1) == [0]
    assert adc_humidity(chip) == 0x8000


def test_temperature_and_pressure_are_a_bmp280s(
    chip: SimulatedBME280, cabin: StillAir, clock: Clock
) -> None:
    force(chip, clock, 1)
    other = SimulatedBMP280(cabin, noise=False, clock=clock)
    other.write(0xF4, 0b001_001_01)
    clock.seconds += 0.1
    assert chip.read(0xF7, 6) == other.read(0xF7, 6)


@pytest.mark.parametrize(("osrs_h", "noise_percent"), [(1, 0.07), (3, 0.04), (5, 0.02)])
def test_the_noise_of_the_humidity(
    cabin: StillAir, clock: Clock, osrs_h: int, noise_percent: float
) -> None:
    """Section 3.6."""
    chip = SimulatedBME280(cabin, clock=clock)
    percent_per_count = 1 / (counts(64.0) - counts(63.0))
    noise = statistics.pstdev(force(chip, clock, osrs_h) for _ in range(1000))
    assert noise * percent_per_count == pytest.approx(noise_percent, rel=0.1)
