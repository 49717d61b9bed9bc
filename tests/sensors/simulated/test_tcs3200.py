"""The TCS3200 twin and its scene, held against the data sheet without the driver."""

from collections.abc import Mapping
from itertools import pairwise, permutations
from typing import Any

import pytest

from sensors import ConfigError, FrequencyScaling, RawColour
from sensors.ports import Pins
from sensors.simulated.kernel import PERFECT, PI_4, PI_ZERO
from sensors.simulated.scene import Scene, surfaces
from sensors.simulated.tcs3200 import SimulatedTCS3200
from sensors.simulated.wires import Fixed
from sensors.tcs3200.wiring import Wiring
from tests.support.breakable_wires import BreakableWires
from tests.support.glowing import glowing

BASIC_WORDS = "black white grey red orange yellow green blue purple pink brown"

LINES: dict[str, Any] = {"out": 25, "s2": 23, "s3": 24, "s0": 17, "s1": 27, "oe": 22, "led": 5}
AWAKE = {17: True, 27: False, 22: False, 5: True}  # 20 %, enabled, lit
CLEAR, RED = {23: True, 24: False}, {23: False, 24: False}


class Clock:
    """Time that only sleeping lets go by."""

    def __init__(self) -> None:
        self.now_ns = 10**15

    def read(self) -> int:
        return self.now_ns

    def sleep(self, seconds: float) -> None:
        self.now_ns += round(seconds * 1e9)


def twin(
    surface: str = "white", lines: Mapping[str, Any] = LINES, **settings: Any
) -> SimulatedTCS3200:
    clock = Clock()
    return SimulatedTCS3200(
        Scene(surface), Wiring(**lines), clock_ns=clock.read, sleep=clock.sleep, **settings
    )


def test_a_twin_is_pins() -> None:
    pins: Pins = twin()
    assert pins.fastest_hz == PI_4.fastest_hz
    assert twin(kernel=PI_ZERO).fastest_hz == PI_ZERO.fastest_hz
    assert twin(noise=False).kernel == PERFECT


def test_there_is_a_surface_for_each_basic_word() -> None:
    assert sorted(surfaces()) == sorted(BASIC_WORDS.split())


def test_an_unknown_surface_is_refused_with_the_words_there_are() -> None:
    with pytest.raises(ConfigError, match=r"turquoise.*there are .*orange"):
        Scene("turquoise")


def test_the_scaling_pins_divide_as_table_2_says() -> None:
    pins = twin()
    at = {}
    for s0, s1 in [(False, False), (False, True), (True, False), (True, True)]:
        pins.drive({**AWAKE, **CLEAR, 17: s0, 27: s1})
        at[s0, s1] = pins.output_hz()
    assert at[False, False] == 0.0
    assert at[False, True] == pytest.approx(at[True, True] * 0.02)
    assert at[True, False] == pytest.approx(at[True, True] * 0.2)


def test_output_enable_is_active_low() -> None:
    pins = twin()
    pins.drive({**AWAKE, **CLEAR, 22: True})
    assert pins.output_hz() == 0.0
    assert pins.rising_edges(25, 0.01).timestamps_ns == []


def test_white_is_brightest_in_clear_and_the_colours_share_it() -> None:
    """A white LED gives R:G:B:C of about .45:.40:.30:1, and R + G + B about 1.15 C."""
    light = Scene("white").light
    assert light.clear == max(light)
    assert (light.red + light.green + light.blue) / light.clear == pytest.approx(1.15, abs=0.05)


def test_darkness_is_the_dark_frequency_alone() -> None:
    pins = twin()
    pins.scene.dark()
    pins.drive({17: True, 27: True})
    assert 0.0 < pins.output_hz() <= 10.0  # 2 Hz typical, 10 Hz maximum at 100 %


def test_the_output_goes_no_faster_than_full_scale() -> None:
    pins = twin()
    pins.scene.light = RawColour(0.0, 0.0, 0.0, 5e6)
    pins.drive({**AWAKE, **CLEAR})
    assert pins.output_hz() == pytest.approx(120_000)


def test_a_line_that_is_not_out_shows_nothing() -> None:
    pins = twin()
    pins.drive({**AWAKE, **CLEAR})
    assert pins.rising_edges(4, 0.05).timestamps_ns == []


def test_edges_are_in_order_within_the_gate_and_numbered_anew_in_each() -> None:
    pins = twin()
    pins.drive({**AWAKE, **CLEAR})
    for gate in (1, 2):
        stamps_ns, numbers, elapsed_s, dropped, _ = pins.rising_edges(25, 0.05)
        opened_ns = 10**15 + (gate - 1) * 50_000_000
        assert all(before < after for before, after in pairwise(stamps_ns))
        assert opened_ns <= stamps_ns[0]
        assert stamps_ns[-1] < opened_ns + 51_000_000
        assert len(stamps_ns) == pytest.approx(550, abs=2)
        assert numbers == list(range(1, len(stamps_ns) + 1))
        assert elapsed_s == pytest.approx(0.05)
        assert dropped == 0


def test_a_long_gate_is_read_on_the_way_before_the_queue_is_full() -> None:
    pins = twin()
    pins.drive({**AWAKE, **CLEAR})
    edges = pins.rising_edges(25, 0.5)
    assert len(edges.timestamps_ns) == pytest.approx(5_500, abs=20)  # some merged
    assert edges.dropped == 0


def test_a_full_queue_drops_its_oldest_and_the_numbers_say_so() -> None:
    pins = twin()
    pins.scene.light = pins.scene.light._replace(clear=200_000.0)
    pins.drive({**AWAKE, **CLEAR})
    edges = pins.rising_edges(25, 0.05)
    assert len(edges.timestamps_ns) == 1024
    assert edges.sequence_numbers is not None
    assert edges.sequence_numbers[0] == edges.dropped + 1
    assert edges.dropped == pytest.approx(2_000 - 1_024, abs=250)  # many merged


def test_without_switching_the_phase_runs_on_from_gate_to_gate() -> None:
    pins = twin(noise=False)
    pins.drive({**AWAKE, **CLEAR})
    stamps_ns = [
        ns
        for seconds in (0.01, 0.0123, 0.02)
        for ns in pins.rising_edges(25, seconds).timestamps_ns
    ]
    period_ns = 1e9 / pins.output_hz()
    for before, after in pairwise(stamps_ns):
        assert after - before == pytest.approx(period_ns, abs=2)


@pytest.mark.parametrize("s0_s1", FrequencyScaling)
def test_a_switched_filter_starts_a_valid_period_within_two_internal_ones(
    s0_s1: FrequencyScaling,
) -> None:
    pins = twin(noise=False)
    s0, s1 = s0_s1.levels
    pins.drive({**AWAKE, **CLEAR, 17: s0, 27: s1})
    pins.rising_edges(25, 0.0171)
    pins.drive(RED)
    opened_ns = 10**15 + 17_100_000
    stamps_ns = pins.rising_edges(25, 0.05).timestamps_ns
    period_ns = 1e9 / pins.output_hz()
    internal_ns = period_ns * s0_s1.value
    assert internal_ns - 1 <= stamps_ns[0] - opened_ns <= 2 * internal_ns + 1
    assert stamps_ns[1] - stamps_ns[0] == pytest.approx(period_ns, abs=2)


def test_driving_the_same_levels_again_restarts_nothing() -> None:
    once, twice = twin(noise=False), twin(noise=False)
    for pins in (once, twice):
        pins.drive({**AWAKE, **CLEAR})
        pins.rising_edges(25, 0.0101)
    twice.drive(CLEAR)
    assert once.rising_edges(25, 0.01) == twice.rising_edges(25, 0.01)


def test_what_nobody_drives_follows_the_pull() -> None:
    pins = twin()
    pins.scene.dark()
    for levels, follows in [
        (AWAKE, False),
        ({**AWAKE, 22: True}, True),  # output off
        ({**AWAKE, 17: False}, True),  # powered down
    ]:
        pins.drive(levels)
        up, down = pins.level(25, pull_up=True), pins.level(25, pull_up=False)
        assert ((up, down) == (True, False)) is follows
    assert pins.level(4, pull_up=True)
    assert not pins.level(4, pull_up=False)


# Wires


def breadboard(wires: BreakableWires, levels: Mapping[int, bool]) -> SimulatedTCS3200:
    pins = twin(noise=False, wires=wires)
    pins.drive({**AWAKE, **CLEAR, **levels})
    return pins


RIGHT = BreakableWires.of(Wiring(**LINES))


def test_swapped_scaling_wires_take_20_percent_for_2() -> None:
    wrong = breadboard(RIGHT.swapped("s0", "s1"), {})
    assert wrong.output_hz() == pytest.approx(breadboard(RIGHT, {}).output_hz() / 10)


def test_swapped_filter_wires_take_blue_for_clear() -> None:
    wrong = breadboard(RIGHT.swapped("s2", "s3"), {})
    assert wrong.output_hz() == pytest.approx(0.2 * (wrong.scene.light.blue + 2))


@pytest.mark.parametrize(
    ("pin", "floats_high", "sees"),
    [("s2", False, "red"), ("s2", True, "clear"), ("s3", False, "clear"), ("s3", True, "green")],
)
def test_a_loose_filter_wire_floats_to_a_level(pin: str, floats_high: bool, sees: str) -> None:
    wrong = breadboard(RIGHT.off(pin, floats_high=floats_high), {})
    assert wrong.output_hz() == pytest.approx(0.2 * (getattr(wrong.scene.light, sees) + 2))


@pytest.mark.parametrize(
    "wires",
    [RIGHT.off("out"), RIGHT.off("vdd"), RIGHT.off("oe", floats_high=True), RIGHT.off("s0")],
)
def test_a_wire_off_can_leave_the_line_of_out_to_its_pull(wires: BreakableWires) -> None:
    pins = breadboard(wires, {})
    assert pins.rising_edges(25, 0.05).timestamps_ns == []
    assert pins.level(25, pull_up=True)
    assert not pins.level(25, pull_up=False)


def test_a_shorted_output_is_still_whatever_the_pull() -> None:
    pins = breadboard(RIGHT.out_shorted(), {})
    assert pins.rising_edges(25, 0.05).timestamps_ns == []
    assert not pins.level(25, pull_up=True)


def test_a_dead_led_leaves_what_comes_from_around() -> None:
    pins = breadboard(RIGHT.off("led"), {})
    pins.scene.ambient(RawColour(1_000.0, 1_000.0, 1_000.0, 2_998.0))
    assert pins.output_hz() == pytest.approx(600.0)


@pytest.mark.parametrize("pair", [p for p in permutations(LINES, 2) if "out" not in p])
def test_swapping_twice_is_as_it_was(pair: tuple[str, str]) -> None:
    one, other = pair
    swapped = RIGHT.swapped(one, other)
    assert swapped.ends[one] == LINES[other]
    assert swapped.swapped(other, one) == RIGHT


def test_without_lines_scaling_is_strapped_and_the_led_is_on() -> None:
    wires = BreakableWires.of(Wiring(25, 23, 24), FrequencyScaling.TWO_PERCENT)
    assert wires.ends["s0"] is Fixed.LOW
    pins = twin(lines={"out": 25, "s2": 23, "s3": 24}, wires=wires)
    pins.drive(CLEAR)
    assert pins.output_hz() == pytest.approx(0.02 * 55_002)


# Light


def test_the_lamp_shines_only_with_its_line_high_and_the_room_always() -> None:
    pins = breadboard(RIGHT, {})
    pins.scene.ambient(RawColour(100.0, 100.0, 100.0, 298.0))
    assert pins.output_hz() == pytest.approx(0.2 * 55_300)
    pins.drive({5: False})
    assert pins.output_hz() == pytest.approx(0.2 * 300)
    pins.scene.dark()
    assert pins.output_hz() == pytest.approx(0.2 * 2)


@pytest.mark.parametrize("mains_hz", [100.0, 120.0])
def test_flicker_swings_the_frequency_by_its_depth_at_the_time_of_the_clock(
    mains_hz: float,
) -> None:
    pins = breadboard(RIGHT, {})
    pins.scene.dark()
    pins.scene.ambient(RawColour(0.0, 0.0, 0.0, 49_998.0), flicker_hz=mains_hz, depth=0.5)
    stamps_ns = pins.rising_edges(25, 0.1).timestamps_ns
    at_hz = [1e9 / (after - before) for before, after in pairwise(stamps_ns)]
    assert max(at_hz) == pytest.approx(15_000, rel=0.01)
    assert min(at_hz) == pytest.approx(5_000, rel=0.01)
    assert len(stamps_ns) == pytest.approx(1_000, abs=2)  # whole cycles cancel
    turns = round(0.1 * mains_hz)
    rising = sum(before <= 10_000 < after for before, after in pairwise(at_hz))
    assert rising == pytest.approx(turns, abs=1)


def test_flicker_that_cannot_be_is_refused() -> None:
    with pytest.raises(ConfigError, match="depth"):
        Scene().ambient(RawColour(1.0, 1.0, 1.0, 1.0), depth=0.2)


@pytest.mark.parametrize("kelvin", [2_700, 5_800])
def test_what_glows_is_rich_in_infrared_which_all_channels_see(kelvin: float) -> None:
    light = glowing(kelvin, 10_000.0)
    assert light.clear == pytest.approx(10_000.0)
    assert light.red + light.green + light.blue > 1.5 * light.clear
    assert light.clear == max(light)
