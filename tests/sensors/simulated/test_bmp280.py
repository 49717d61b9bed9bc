"""The BMP280 twin, asked as the data sheet describes the chip, without the driver."""

import struct
from collections.abc import Callable

import pytest

from sensors.simulated.bmp280 import TRIMMING, SimulatedBMP280
from sensors.simulated.counts import T_FINE_PER_C, Counts
from tests.support.virtual_air import Clock, StillAir

EMPTY = 0x80000
WORKED_EXAMPLE = struct.pack("<HhhHhhhhhhhh", *TRIMMING)


@pytest.fixture
def cabin() -> StillAir:
    return StillAir()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def chip(cabin: StillAir, clock: Clock) -> SimulatedBMP280:
    """Started up."""
    chip = SimulatedBMP280(cabin, noise=False, clock=clock)
    clock.seconds += 0.002  # table 2
    return chip


@pytest.fixture
def force(chip: SimulatedBMP280, clock: Clock) -> Callable[[int], tuple[int, int]]:
    """One forced conversion with this control byte: (adc_P, adc_T)."""

    def force(control: int) -> tuple[int, int]:
        chip.write(0xF4, control)
        clock.seconds += 0.1
        return results(chip)

    return force


def results(chip: SimulatedBMP280) -> tuple[int, int]:
    raw = int.from_bytes(chip.read(0xF7, 6), "big")
    assert raw & 0x00000F_00000F == 0  # the lower half of XLSB is always 0
    return raw >> 28, raw >> 4 & 0xFFFFF


# --- start-up


def test_power_on_values(cabin: StillAir, clock: Clock) -> None:
    """Table 18: id 0x58, controls 0, results 0x80000."""
    chip = SimulatedBMP280(cabin, clock=clock)
    assert chip.read(0xD0, 1) == [0x58]
    assert chip.read(0xE0, 1) == [0]
    assert chip.read(0xF4, 2) == [0, 0]
    assert chip.read(0xF7, 6) == [0x80, 0, 0, 0x80, 0, 0]


def test_trimming_is_there_only_when_the_copying_is_over(cabin: StillAir, clock: Clock) -> None:
    chip = SimulatedBMP280(cabin, clock=clock)
    assert chip.read(0xF3, 1) == [0x01]
    assert set(chip.read(0x88, 24)) == {0}
    clock.seconds += 0.002
    assert chip.read(0xF3, 1) == [0x00]
    assert bytes(chip.read(0x88, 24)) == WORKED_EXAMPLE


def test_a_chip_has_the_trimming_it_is_given(cabin: StillAir, clock: Clock) -> None:
    other = (28009, 25654, 50, 39145, -10750, 3024, 5667, -120, -7, 15500, -14600, 6000)
    chip = SimulatedBMP280(cabin, trimming=other, noise=False, clock=clock)
    clock.seconds += 0.002
    assert chip.read(0x8C, 2) == [50, 0]
    chip.write(0xF4, 0b101_101_01)
    clock.seconds += 0.1
    t_fine = cabin.temperature_c * T_FINE_PER_C
    assert results(chip)[1] == round(Counts(other).temperature(t_fine))


@pytest.mark.parametrize(
    ("trimming", "raw"), [((0,) * 12, 0x00), ((0xFFFF, -1, -1, 0xFFFF, *(-1,) * 8), 0xFF)]
)
def test_a_memory_gone_bad_leaves_the_counts_alone(
    cabin: StillAir, clock: Clock, trimming: tuple[int, ...], raw: int
) -> None:
    chip = SimulatedBMP280(cabin, trimming=trimming, noise=False, clock=clock)
    clock.seconds += 0.002
    chip.write(0xF4, 0b101_101_01)
    clock.seconds += 0.1
    assert set(chip.read(0x88, 24)) == {raw}
    assert results(chip) == cabin.counts


def test_only_the_reset_word_resets(chip: SimulatedBMP280) -> None:
    """Section 4.3.2."""
    chip.write(0xF5, 0x1C)
    chip.write(0xE0, 0x00)
    assert chip.read(0xF5, 1) == [0x1C]
    chip.write(0xE0, 0xB6)
    assert chip.read(0xF5, 1) == [0]
    assert chip.read(0xF3, 1) == [0x01]


def test_a_glitch_of_the_supply_ends_a_conversion_and_loses_everything(
    chip: SimulatedBMP280, clock: Clock
) -> None:
    chip.write(0xF5, 0xA0)
    chip.write(0xF4, 0b001_001_11)
    clock.seconds += 1.0
    chip.power_on()
    clock.seconds += 10.0
    assert chip.read(0xF3, 3) == [0, 0, 0]
    assert results(chip) == (EMPTY, EMPTY)


@pytest.mark.parametrize("register", [0x88, 0xA1, 0xD0, 0xF3, 0xF7, 0xFC])
def test_what_is_read_only(chip: SimulatedBMP280, register: int) -> None:
    before = chip.read(register, 1)
    chip.write(register, 0x5A)
    assert chip.read(register, 1) == before


# --- conversions


def test_the_trimming_is_copied_anew_before_every_conversion(
    chip: SimulatedBMP280, clock: Clock
) -> None:
    """Section 4.3.3."""
    chip.write(0xF4, 0b001_001_01)
    assert chip.read(0xF3, 1) == [0x09]
    assert bytes(chip.read(0x88, 24)) == WORKED_EXAMPLE
    clock.seconds += 0.001
    assert chip.read(0xF3, 1) == [0x08]


def test_a_skipped_measurement_gives_the_reset_value(
    force: Callable[[int], tuple[int, int]], cabin: StillAir
) -> None:
    assert force(0b101_101_01) == cabin.counts
    assert force(0b101_000_01) == (EMPTY, cabin.counts[1])
    assert force(0b000_101_01) == (cabin.counts[0], EMPTY)


# --- the bus


def test_registers_follow_each_other_in_a_burst(
    force: Callable[[int], tuple[int, int]], chip: SimulatedBMP280
) -> None:
    force(0b001_001_01)
    burst = chip.read(0xF3, 10)
    assert burst == [chip.read(register, 1)[0] for register in range(0xF3, 0xFD)]
    assert chip.read(0xFC, 5) == [*chip.read(0xFC, 4), 0]  # 0xFF is the last: 0x00 follows


# --- knobs


@pytest.mark.parametrize("stuck", [0x01, 0x08])
def test_status_bits_may_stick(
    force: Callable[[int], tuple[int, int]], chip: SimulatedBMP280, stuck: int
) -> None:
    chip.stuck = stuck
    force(0b001_001_01)
    assert chip.read(0xF3, 1) == [stuck]
    chip.stuck = 0
    assert chip.read(0xF3, 1) == [0]


def test_a_chip_that_does_not_convert_keeps_its_results(
    force: Callable[[int], tuple[int, int]], chip: SimulatedBMP280, cabin: StillAir
) -> None:
    chip.converts = False
    assert force(0b101_101_01) == (EMPTY, EMPTY)
    assert chip.read(0xF4, 1) == [0b101_101_00]
    chip.converts = True
    before = force(0b101_101_01)
    chip.converts = False
    cabin.pressure_pa += 1000.0
    assert force(0b101_101_01) == before


def test_an_air_beyond_all_counts_is_the_last_count(
    force: Callable[[int], tuple[int, int]], cabin: StillAir
) -> None:
    cabin.pressure_pa = 1e6
    assert force(0b101_101_01)[0] == 0
    cabin.pressure_pa = -1e6
    assert force(0b101_101_01)[0] == 0xFFFFF
    assert force(0b101_001_01)[0] == 0xFFFF0
