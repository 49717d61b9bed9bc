"""Resolution, filter and noise of the BMP280 twin, by the data sheet's tables; and end to end."""

import statistics
from collections.abc import Callable

import pytest

from sensors import BMP280, DeviceNotFound
from sensors.bmp280 import compensate
from sensors.simulated.bmp280 import TRIMMING, SimulatedBMP280
from sensors.simulated.i2c import SimulatedI2C
from tests.support.virtual_air import Clock, StillAir

PRESSURE_PA, TEMPERATURE_C = 98765.4, 21.5
FILTERS = (1, 2, 4, 8, 16)


@pytest.fixture
def cabin() -> StillAir:
    return StillAir()


def forcing(
    cabin: StillAir, *, noise: bool, filter_code: int = 0, seed: int = 280
) -> Callable[[int], tuple[int, int]]:
    """Forced conversions on a chip with this filter: control byte -> (adc_P, adc_T)."""
    clock = Clock()
    chip = SimulatedBMP280(cabin, noise=noise, seed=seed, clock=clock)
    chip.write(0xF5, filter_code << 2)

    def force(control: int) -> tuple[int, int]:
        clock.seconds += 0.1
        chip.write(0xF4, control)
        clock.seconds += 0.1
        raw = int.from_bytes(chip.read(0xF7, 6), "big")
        return raw >> 28, raw >> 4 & 0xFFFFF

    return force


def air(adc_pressure: int, adc_temperature: int) -> tuple[float, float]:
    """(temperature_c, pressure_pa)."""
    return compensate(adc_temperature, adc_pressure, TRIMMING)


# --- resolution


@pytest.mark.parametrize("code", [1, 2, 3, 4, 5, 6, 7])
def test_the_bits_by_oversampling(cabin: StillAir, code: int) -> None:
    """Tables 4 and 5: 16 at x1 to 20 at x16."""
    force = forcing(cabin, noise=False)
    seen = 0
    for _ in range(64):
        cabin.temperature_c += 0.0137
        adc_p, adc_t = force(code << 5 | code << 2 | 1)
        seen |= adc_p | adc_t << 20
    unused = 4 - min(code - 1, 4)
    mask = 0xFFFFF >> unused << unused
    assert seen & 0xF == mask & 0xF
    assert seen >> 20 & 0xF == mask & 0xF


def test_a_filter_makes_them_twenty(cabin: StillAir) -> None:
    """Sections 3.3.1 and 3.3.2."""
    force = forcing(cabin, noise=False, filter_code=1)
    seen_p = seen_t = 0
    for _ in range(64):
        cabin.temperature_c += 0.0137
        adc_p, adc_t = force(0b001_001_01)
        seen_p, seen_t = seen_p | adc_p, seen_t | adc_t
    assert seen_p & 0xF == seen_t & 0xF == 0xF


# --- filter


@pytest.mark.parametrize(("filter_code", "samples"), [(0, 1), (1, 2), (2, 5), (3, 11), (4, 22)])
def test_samples_to_three_quarters_of_a_step(
    cabin: StillAir, filter_code: int, samples: int
) -> None:
    """Table 6."""
    force = forcing(cabin, noise=False, filter_code=filter_code)
    low, _ = force(0b101_101_01)
    cabin.pressure_pa += 10_000.0
    high, _ = forcing(cabin, noise=False)(0b101_101_01)
    seen = [force(0b101_101_01)[0] for _ in range(samples)]
    assert (seen[-1] - low) / (high - low) >= 0.75
    assert all((count - low) / (high - low) < 0.75 for count in seen[:-1])


def test_writing_config_empties_the_filter_and_skipping_does_not(cabin: StillAir) -> None:
    """Section 3.3.3."""
    clock = Clock()
    chip = SimulatedBMP280(cabin, noise=False, clock=clock)

    def force(control: int) -> int:
        clock.seconds += 0.1
        chip.write(0xF4, control)
        clock.seconds += 0.1
        return int.from_bytes(chip.read(0xF7, 3), "big") >> 4

    chip.write(0xF5, 0b000_100_00)
    low = force(0b101_101_01)
    cabin.pressure_pa += 10_000.0
    high = forcing(cabin, noise=False)(0b101_101_01)[0]
    assert force(0b101_000_01) == 0x80000
    assert force(0b101_101_01) == pytest.approx(low + (high - low) / 16, abs=1)
    chip.write(0xF5, 0b000_100_00)
    assert force(0b101_101_01) == high


def test_normal_mode_filters_what_nobody_reads(cabin: StillAir) -> None:
    clock = Clock()
    chip = SimulatedBMP280(cabin, noise=False, clock=clock)
    clock.seconds += 0.1
    chip.write(0xF5, 0b000_100_00)
    chip.write(0xF4, 0b101_101_11)
    clock.seconds += 0.07
    assert int.from_bytes(chip.read(0xF7, 3), "big") >> 4 == pytest.approx(
        forcing(cabin, noise=False)(0b101_101_01)[0], abs=1
    )
    cabin.pressure_pa += 10_000.0
    clock.seconds += 24 * 3600.0
    high = forcing(cabin, noise=False)(0b101_101_01)[0]
    assert int.from_bytes(chip.read(0xF7, 3), "big") >> 4 == pytest.approx(high, abs=1)


# --- noise


@pytest.mark.parametrize(
    ("control", "row"),
    [
        (0b001_001_01, (3.3, 1.9, 1.2, 0.9, 0.4)),
        (0b001_010_01, (2.6, 1.5, 1.0, 0.6, 0.4)),
        (0b001_011_01, (2.1, 1.2, 0.8, 0.5, 0.3)),
        (0b001_100_01, (1.6, 1.0, 0.6, 0.4, 0.2)),
        (0b010_101_01, (1.3, 0.8, 0.5, 0.4, 0.2)),
    ],
)
def test_the_noise_of_table_8(cabin: StillAir, control: int, row: tuple[float, ...]) -> None:
    for filter_code, rms_pa in enumerate(row):
        force = forcing(cabin, noise=True, filter_code=filter_code)
        for _ in range(5 * FILTERS[filter_code]):
            force(control)  # until the filter has filled
        readings = [air(*force(control))[1] for _ in range(2000)]
        assert statistics.pstdev(readings) == pytest.approx(rms_pa, rel=0.15, abs=0.05)
        assert statistics.fmean(readings) == pytest.approx(PRESSURE_PA, abs=0.5)


@pytest.mark.parametrize(("control", "noise_c"), [(0b001_001_01, 0.005), (0b101_001_01, 0.002)])
def test_the_noise_of_the_temperature(cabin: StillAir, control: int, noise_c: float) -> None:
    force = forcing(cabin, noise=True)
    readings = [air(*force(control))[0] for _ in range(2000)]
    assert statistics.pstdev(readings) == pytest.approx(noise_c, rel=0.1)
    assert statistics.fmean(readings) == pytest.approx(TEMPERATURE_C, abs=0.0005)


def test_noise_is_that_of_its_seed(cabin: StillAir) -> None:
    one, same, other = (forcing(cabin, noise=True, seed=seed) for seed in (1, 1, 2))
    series = [[force(0b101_101_01) for _ in range(10)] for force in (one, same, other)]
    assert series[0] == series[1]
    assert series[0] != series[2]


# --- with the driver


@pytest.mark.parametrize(
    ("oversampling", "step_pa"), [(1, 2.62), (2, 1.31), (4, 0.66), (8, 0.33), (16, 0.16)]
)
def test_the_driver_reads_the_air_to_the_resolution(
    cabin: StillAir, oversampling: int, step_pa: float
) -> None:
    """Tables 4 and 5: half a step of pressure, and of temperature at 160 Pa a degree."""
    bus = SimulatedI2C({0x77: SimulatedBMP280(cabin, noise=False)})
    sensor = BMP280(bus, pressure_oversampling=oversampling, temperature_oversampling=oversampling)
    reading = sensor.read()
    step_c = 0.0050 / oversampling
    assert reading.temperature_c == pytest.approx(TEMPERATURE_C, abs=0.55 * step_c)
    assert reading.pressure_hpa * 100 == pytest.approx(
        PRESSURE_PA, abs=0.55 * (step_pa + 160 * step_c)
    )


@pytest.mark.parametrize("temperature_c", [26.4588, 26.4608, 26.4628])
def test_a_temperature_that_happens_to_be_the_power_on_count_is_read(
    cabin: StillAir, temperature_c: float
) -> None:
    """0x80000 is 26.46 degrees with the worked example's trimming parameters."""
    cabin.temperature_c = temperature_c
    bus = SimulatedI2C({0x77: SimulatedBMP280(cabin, noise=False)})
    assert BMP280(bus).read().temperature_c == pytest.approx(temperature_c, abs=0.005)


def test_another_chip_on_the_bus_is_refused(cabin: StillAir) -> None:
    bus = SimulatedI2C({0x77: SimulatedBMP280(cabin, chip_id=0x60)})
    with pytest.raises(DeviceNotFound, match="BME280"):
        BMP280(bus).read()
