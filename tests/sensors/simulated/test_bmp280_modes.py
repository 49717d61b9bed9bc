"""Forced and normal mode of the BMP280 twin, and when what is written takes effect."""

import pytest

from sensors.simulated.bmp280 import SimulatedBMP280
from tests.support.virtual_air import Clock, StillAir

EMPTY = 0x80000


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


def results(chip: SimulatedBMP280) -> tuple[int, int]:
    raw = int.from_bytes(chip.read(0xF7, 6), "big")
    assert raw & 0x00000F_00000F == 0  # the lower half of XLSB is always 0
    return raw >> 28, raw >> 4 & 0xFFFFF


def measuring(chip: SimulatedBMP280) -> bool:
    return bool(chip.read(0xF3, 1)[0] & 0x08)


# --- forced mode


@pytest.mark.parametrize(
    ("control", "typical_ms"),
    [
        (0b001_001_01, 5.5),
        (0b001_010_01, 7.5),
        (0b001_011_01, 11.5),
        (0b001_100_01, 19.5),
        (0b010_101_01, 37.5),
        (0b010_111_01, 37.5),  # "others" are x16 too
        (0b001_000_01, 3.0),  # no pressure, which takes 0.5 ms beside its samples
        (0b000_001_01, 3.5),
    ],
)
def test_a_forced_conversion_takes_its_time_and_ends_in_sleep(
    chip: SimulatedBMP280, clock: Clock, control: int, typical_ms: float
) -> None:
    """Table 13."""
    chip.write(0xF4, control)
    clock.seconds += typical_ms / 1000 - 1e-6
    assert measuring(chip)
    assert chip.read(0xF4, 1) == [control]
    assert results(chip) == (EMPTY, EMPTY)
    clock.seconds += 2e-6
    assert not measuring(chip)
    assert chip.read(0xF4, 1) == [control & 0b11111100]
    assert results(chip) != (EMPTY, EMPTY)


def test_both_codes_of_forced_mode_convert_once(
    chip: SimulatedBMP280, cabin: StillAir, clock: Clock
) -> None:
    for control in (0b101_101_01, 0b101_101_10):
        cabin.pressure_pa += 100.0
        before = cabin.counts
        chip.write(0xF4, control)
        clock.seconds += 0.1
        assert results(chip) == before
        cabin.pressure_pa += 100.0
        clock.seconds += 10.0
        assert results(chip) == before


def test_a_conversion_forced_at_once_waits_for_the_end_of_start_up(
    cabin: StillAir, clock: Clock
) -> None:
    chip = SimulatedBMP280(cabin, clock=clock)
    chip.write(0xF4, 0b001_001_01)
    clock.seconds += 0.0055 + 0.0001
    assert measuring(chip)
    clock.seconds += 0.002
    assert not measuring(chip)
    assert results(chip) != (EMPTY, EMPTY)


# --- normal mode


@pytest.mark.parametrize(
    ("control", "config", "rate_hz"),
    [
        (0b010_101_11, 0b001_010_00, 10.0),
        (0b001_011_11, 0b000_100_00, 83.3),
        (0b001_011_11, 0b010_010_00, 7.3),
        (0b001_010_11, 0b000_000_00, 125.0),
        (0b010_101_11, 0b000_100_00, 26.3),
    ],
)
def test_normal_mode_converts_at_the_rates_of_table_7(
    chip: SimulatedBMP280, clock: Clock, control: int, config: int, rate_hz: float
) -> None:
    chip.write(0xF5, config)
    chip.write(0xF4, control)
    begun, was = 1, True
    begins = clock.seconds
    while begun < 8:
        clock.seconds += 0.0001
        now = measuring(chip)
        begun, was = begun + (now and not was), now
    assert (begun - 1) / (clock.seconds - begins) == pytest.approx(rate_hz, rel=0.01)


@pytest.mark.parametrize("code", range(8))
def test_standby_keeps_its_rhythm_though_nobody_looks(
    chip: SimulatedBMP280, clock: Clock, code: int
) -> None:
    """Table 11."""
    standby_ms = (0.5, 62.5, 125, 250, 500, 1000, 2000, 4000)[code]
    cycle_s = (5.5 + standby_ms) / 1000
    chip.write(0xF5, code << 5)
    chip.write(0xF4, 0b001_001_11)
    begins = clock.seconds
    for cycles in (1, 2, 1000):
        clock.seconds = begins + cycles * cycle_s - 1e-6
        assert not measuring(chip)
        clock.seconds += 2e-6
        assert measuring(chip)
        clock.seconds += 0.0055
        assert not measuring(chip)


def test_sleep_ends_normal_mode_and_keeps_the_results(
    chip: SimulatedBMP280, cabin: StillAir, clock: Clock
) -> None:
    chip.write(0xF5, 0b100_000_00)
    chip.write(0xF4, 0b101_101_11)
    clock.seconds += 0.1  # in standby
    chip.write(0xF4, 0b101_101_00)
    before = cabin.counts
    cabin.pressure_pa += 1000.0
    clock.seconds += 10.0
    assert results(chip) == before


def test_normal_mode_written_again_in_standby_goes_on_with_the_new_oversampling(
    chip: SimulatedBMP280, clock: Clock
) -> None:
    chip.write(0xF5, 0b001_000_00)  # 62.5 ms
    chip.write(0xF4, 0b001_001_11)
    clock.seconds += 0.030
    chip.write(0xF4, 0b001_000_11)
    assert not measuring(chip)
    assert results(chip)[0] != EMPTY
    clock.seconds += 0.039
    assert measuring(chip)
    clock.seconds += 0.003
    assert results(chip)[0] == EMPTY


def test_a_mode_written_during_a_conversion_waits_for_its_end_and_others_are_dropped(
    chip: SimulatedBMP280, clock: Clock
) -> None:
    """Section 3.6."""
    chip.write(0xF4, 0b001_001_01)
    clock.seconds += 0.002
    chip.write(0xF4, 0b001_000_01)
    chip.write(0xF4, 0b000_000_00)
    assert chip.read(0xF4, 1) == [0b001_001_01]
    clock.seconds += 0.004
    assert measuring(chip)  # the second
    assert chip.read(0xF4, 1) == [0b001_000_01]
    assert results(chip)[0] != EMPTY
    clock.seconds += 0.003
    assert not measuring(chip)
    assert results(chip)[0] == EMPTY
    assert chip.read(0xF4, 1) == [0b001_000_00]


def test_config_is_not_taken_in_normal_mode(chip: SimulatedBMP280) -> None:
    """Section 4.3.5: it may be ignored."""
    chip.write(0xF4, 0b001_001_11)
    chip.write(0xF5, 0x1C)
    assert chip.read(0xF5, 1) == [0]


def test_a_burst_is_of_one_conversion_and_single_reads_may_tear(
    chip: SimulatedBMP280, cabin: StillAir, clock: Clock
) -> None:
    """Section 3.10."""
    chip.write(0xF4, 0b101_101_11)
    clock.seconds += 0.0657  # in the 0.5 ms of standby after the first
    old = cabin.counts[0]
    assert results(chip)[0] == old
    cabin.pressure_pa += 5000.0
    new = cabin.counts[0]
    assert new >> 12 != old >> 12
    msb = chip.read(0xF7, 1)[0]
    clock.seconds += 0.066
    lsb, xlsb = chip.read(0xF8, 1)[0], chip.read(0xF9, 1)[0]
    assert msb << 12 | lsb << 4 | xlsb >> 4 == (old & 0xFF000 | new & 0x00FFF)
    assert results(chip)[0] == new
