"""Every wiring fault injected in a twin is named; a healthy sensor is left in peace."""

from collections.abc import Callable
from itertools import combinations
from random import Random
from typing import Any

import pytest

from sensors import EdgesTooFast, FrequencyScaling, RawColour
from sensors.readings import Edges
from sensors.simulated.kernel import PI_4, PI_ZERO, Kernel
from sensors.simulated.scene import Scene, surfaces
from sensors.simulated.tcs3200 import SimulatedTCS3200
from sensors.tcs3200.diagnosis import diagnose
from sensors.tcs3200.diagnosis.findings import Fault, Finding
from sensors.tcs3200.wiring import Wiring
from tests.support.breakable_wires import BreakableWires
from tests.support.glowing import glowing

STRAPPED = Wiring(25, 23, 24)
SCALED = Wiring(25, 23, 24, 17, 27)
SIDES = Wiring(25, 23, 24, oe=22, led=5)
FULL = Wiring(25, 23, 24, 17, 27, 22, 5)
WIRINGS = {"strapped": STRAPPED, "scaled": SCALED, "sides": SIDES, "full": FULL}

TWENTY, TWO = FrequencyScaling.TWENTY_PERCENT, FrequencyScaling.TWO_PERCENT


class Bench:
    """A twin, right until its wires are changed, whose sleeping takes no time."""

    def __init__(
        self,
        wiring: Wiring,
        scene: Scene | None = None,
        kernel: Kernel = PI_4,
        scaling: FrequencyScaling = TWENTY,
        seed: int = 1,
    ) -> None:
        self.wiring, self.scaling = wiring, scaling
        self.scene = scene or lit()
        self.now_ns = 10**15
        self.wires = BreakableWires.of(wiring, scaling)
        self.twin = SimulatedTCS3200(
            self.scene,
            wiring,
            kernel=kernel,
            wires=self.wires,
            seed=seed,
            clock_ns=lambda: self.now_ns,
            sleep=self._sleep,
        )

    def _sleep(self, seconds: float) -> None:
        self.now_ns += round(seconds * 1e9)

    def rewire(self, change: Callable[[BreakableWires], BreakableWires]) -> "Bench":
        self.twin.wires = self.wires = change(self.wires)
        return self

    def findings(self) -> list[Finding]:
        return diagnose(self.twin, self.wiring, self.scaling)

    def the_finding(self) -> Finding:
        findings = self.findings()
        assert len(findings) == 1, findings
        return findings[0]


def lit(word: str = "white", clear_hz: float = 40_000.0, around: float = 0.1) -> Scene:
    """A surface under the lamp, and a share of grey daylight from around."""
    scene = Scene(word)
    scene.light = bright(scene.light, (1 - around) * clear_hz)
    scene.ambient(bright(Scene("grey").light, around * clear_hz))
    return scene


def bright(light: RawColour, clear_hz: float) -> RawColour:
    return RawColour(*(hz * clear_hz / light.clear for hz in light))


# Nothing wrong


@pytest.mark.parametrize("name", WIRINGS)
@pytest.mark.parametrize("word", surfaces())
def test_a_healthy_sensor_gives_no_finding(name: str, word: str) -> None:
    assert Bench(WIRINGS[name], lit(word)).findings() == []


@pytest.mark.parametrize("seed", range(60))
def test_a_healthy_sensor_in_a_random_scene_gives_no_finding(seed: int) -> None:
    random = Random(seed)
    wiring = random.choice(list(WIRINGS.values()))
    kernel = random.choice([PI_4, PI_ZERO])
    scaling = TWO if kernel is PI_ZERO else TWENTY
    word = random.choice(list(surfaces()))
    scene = lit(word, 3_000 * 30 ** random.random(), random.uniform(0, 0.3))
    assert Bench(wiring, scene, kernel, scaling, seed).findings() == []


# Wires off


@pytest.mark.parametrize("name", WIRINGS)
@pytest.mark.parametrize("pin", ["out", "vdd"])
def test_an_output_that_nobody_drives_is_floating(name: str, pin: str) -> None:
    finding = Bench(WIRINGS[name]).rewire(lambda wires: wires.off(pin)).the_finding()
    assert finding.fault is Fault.OUTPUT_FLOATING
    assert {"OUT", "OE", "S0", "S1", "VDD"} <= set(finding.wires)
    assert "GPIO25" in str(finding)
    assert "multimeter" in str(finding) or "0 V" in str(finding)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda w: w.off("oe", floats_high=True), Fault.OUTPUT_FLOATING),
        (lambda w: w.off("s0").off("s1"), Fault.OUTPUT_FLOATING),
        (lambda w: w.off("oe"), Fault.OE_UNCONNECTED),
        (lambda w: w.off("s0"), Fault.S0_S1_UNCONNECTED),
        (lambda w: w.off("s0", floats_high=True), Fault.S0_S1_UNCONNECTED),
        (lambda w: w.off("s1"), Fault.S0_S1_UNCONNECTED),
        (lambda w: w.off("s1", floats_high=True), Fault.S0_S1_UNCONNECTED),
        (lambda w: w.off("s0").off("s1", floats_high=True), Fault.S0_S1_UNCONNECTED),
        (lambda w: w.off("s0", floats_high=True).off("s1"), Fault.S0_S1_UNCONNECTED),
        (
            lambda w: w.off("s0", floats_high=True).off("s1", floats_high=True),
            Fault.S0_S1_UNCONNECTED,
        ),
        (lambda w: w.off("led"), Fault.LED_DEAD),
        (lambda w: w.off("led", floats_high=True), Fault.LED_DEAD),
    ],
)
@pytest.mark.parametrize("clear_hz", [4_000.0, 40_000.0, 90_000.0])
def test_a_wire_off_is_named(
    change: Callable[[BreakableWires], BreakableWires], fault: Fault, clear_hz: float
) -> None:
    assert Bench(FULL, lit(clear_hz=clear_hz)).rewire(change).the_finding().fault is fault


@pytest.mark.parametrize("name", WIRINGS)
@pytest.mark.parametrize("word", ["white", "red", "blue"])
@pytest.mark.parametrize("high", [False, True])
@pytest.mark.parametrize("pins", [("s2",), ("s3",), ("s2", "s3")])
def test_a_filter_wire_off_is_told_from_light_by_channels_equal_to_a_hair(
    name: str, word: str, high: bool, pins: tuple[str, ...]
) -> None:
    bench = Bench(WIRINGS[name], lit(word))
    for pin in pins:
        bench.twin.wires = bench.wires = bench.wires.off(pin, floats_high=high)
    finding = bench.the_finding()
    assert finding.fault is Fault.S2_S3_UNCONNECTED
    assert finding.wires == tuple(pin.upper() for pin in pins)


def test_a_dead_led_in_a_dark_room_is_darkness_with_the_led_to_check() -> None:
    bench = Bench(FULL, lit(around=0.0)).rewire(lambda wires: wires.off("led"))
    finding = bench.the_finding()
    assert finding.fault is Fault.DARK
    assert finding.wires == ("LED",)
    assert "LED (GPIO5)" in str(finding)


# Wires exchanged


@pytest.mark.parametrize("name", WIRINGS)
@pytest.mark.parametrize("clear_hz", [5_000.0, 40_000.0])
def test_any_two_wires_exchanged_are_named(name: str, clear_hz: float) -> None:
    wiring = WIRINGS[name]
    for one, other in combinations(wiring.wired(), 2):
        bench = Bench(wiring, lit(clear_hz=clear_hz))
        bench.twin.wires = bench.wires = bench.wires.swapped(one, other)
        finding = bench.the_finding()
        if "out" in (one, other):
            assert finding.fault is Fault.OUTPUT_FLOATING
            assert "exchanged" in str(finding)
        else:
            assert {one.upper(), other.upper()} == set(finding.wires)
            assert f"GPIO{wiring.wired()[one]}" in str(finding)


@pytest.mark.parametrize(
    ("pair", "fault"),
    [
        (("s0", "s1"), Fault.S0_S1_SWAPPED),
        (("s2", "s3"), Fault.S2_S3_SWAPPED),
        (("s0", "s2"), Fault.WIRES_SWAPPED),
        (("oe", "s0"), Fault.WIRES_SWAPPED),
    ],
)
def test_usual_pairs_have_their_own_names(pair: tuple[str, str], fault: Fault) -> None:
    assert Bench(FULL).rewire(lambda wires: wires.swapped(*pair)).the_finding().fault is fault


def test_two_pairs_exchanged_are_not_called_healthy() -> None:
    bench = Bench(FULL).rewire(lambda w: w.swapped("s0", "s2").swapped("s1", "oe"))
    assert bench.the_finding().fault is Fault.WIRING_UNCLEAR


@pytest.mark.parametrize(
    ("name", "fault"),
    [("strapped", Fault.DARK), ("scaled", Fault.OUTPUT_HELD), ("full", Fault.OUTPUT_HELD)],
)
def test_a_shorted_output_is_told_from_darkness_where_it_can_be_switched_off(
    name: str, fault: Fault
) -> None:
    finding = Bench(WIRINGS[name]).rewire(lambda wires: wires.out_shorted()).the_finding()
    assert finding.fault is fault
    assert "OUT" in finding.wires
    assert "short" in str(finding)


# Light


@pytest.mark.parametrize("name", WIRINGS)
def test_darkness_is_found_and_bounded_in_time(name: str) -> None:
    bench = Bench(WIRINGS[name])
    bench.scene.dark()
    began_ns = bench.now_ns
    assert bench.the_finding().fault is Fault.DARK
    assert (bench.now_ns - began_ns) / 1e9 < 6.0


@pytest.mark.parametrize("name", WIRINGS)
@pytest.mark.parametrize("mains_hz", [100.0, 120.0])
@pytest.mark.parametrize("depth", [0.04, 0.12])
def test_flicker_is_found_with_its_depth(name: str, mains_hz: float, depth: float) -> None:
    bench = Bench(WIRINGS[name], lit(around=0.0))
    light = bright(bench.scene.light, 20_000.0)
    bench.scene.light = light
    bench.scene.ambient(light, flicker_hz=mains_hz, depth=2 * depth)
    finding = bench.the_finding()
    assert finding.fault is Fault.FLICKERING
    assert f"{100 * depth:.0f} %" in str(finding)
    assert f"{mains_hz:.0f} times a second" in str(finding)


@pytest.mark.parametrize("name", WIRINGS)
@pytest.mark.parametrize("kelvin", [2_700, 5_800])
def test_infrared_rich_light_is_found(name: str, kelvin: float) -> None:
    bench = Bench(WIRINGS[name])
    bench.scene.light = bright(bench.scene.light, 2_000.0)
    bench.scene.ambient(glowing(kelvin, 38_000.0))
    assert bench.the_finding().fault is Fault.INFRARED


@pytest.mark.parametrize("name", ["scaled", "full"])
def test_a_saturated_sensor_is_found_at_2_percent(name: str) -> None:
    bench = Bench(WIRINGS[name], lit(clear_hz=900_000.0))
    assert bench.the_finding().fault is Fault.SATURATED


def test_a_strapping_too_fast_for_the_pins_is_found_with_its_cure() -> None:
    bench = Bench(STRAPPED, lit(clear_hz=70_000.0), PI_ZERO)
    finding = bench.the_finding()
    assert finding.fault is Fault.EDGES_LOST
    assert "taken as strapped to 20 %" in str(finding)
    assert 'scaling="2%"' in str(finding)


# Pins


class Refusing(SimulatedTCS3200):
    """Pins that refuse waves faster than they are good for, as polling ones do."""

    @property
    def fastest_hz(self) -> float:
        return 2_000.0

    def rising_edges(self, pin: int, gate_time_s: float, /) -> Edges:
        edges = super().rising_edges(pin, gate_time_s)
        if len(edges.timestamps_ns) > self.fastest_hz * edges.elapsed_s:
            raise EdgesTooFast("too fast to be polled")
        return edges._replace(sequence_numbers=None)


def refusing(wiring: Wiring, **settings: Any) -> tuple[Refusing, Wiring]:
    now_ns = [10**15]

    def sleep(seconds: float) -> None:
        now_ns[0] += round(seconds * 1e9)

    return (
        Refusing(lit(), wiring, clock_ns=lambda: now_ns[0], sleep=sleep, **settings),
        wiring,
    )


def test_pins_that_refuse_20_percent_are_healthy_at_2() -> None:
    assert diagnose(*refusing(FULL), TWO) == []


@pytest.mark.parametrize("pair", [*combinations(["s0", "s1", "s2", "s3", "oe", "led"], 2)])
def test_pins_that_refuse_20_percent_still_show_what_is_exchanged(pair: tuple[str, str]) -> None:
    findings = diagnose(*refusing(FULL, wires=BreakableWires.of(FULL).swapped(*pair)), TWO)
    assert len(findings) == 1
    assert {pin.upper() for pin in pair} <= set(findings[0].wires)


def test_pins_that_refuse_a_strapping_are_told_so() -> None:
    (finding,) = diagnose(*refusing(STRAPPED), TWENTY)
    assert finding.fault is Fault.EDGES_LOST
    assert "too fast for these pins" in str(finding)


@pytest.mark.parametrize("scaling", [TWO, TWENTY])
def test_the_sensor_is_left_awake_enabled_and_lit(scaling: FrequencyScaling) -> None:
    bench = Bench(FULL, scaling=scaling)
    bench.findings()
    s0, s1 = scaling.levels
    assert bench.twin.levels == {17: s0, 27: s1, 22: False, 5: True, 23: True, 24: False}


def test_the_sensor_is_left_so_when_the_pins_fail() -> None:
    class Failing(SimulatedTCS3200):
        def rising_edges(self, pin: int, gate_time_s: float, /) -> Edges:
            raise OSError("GPIO25 busy")

    pins = Failing(Scene(), FULL)
    with pytest.raises(OSError, match="busy"):
        diagnose(pins, FULL, TWENTY)
    assert pins.levels[22] is False
    assert pins.levels[5] is True


def test_a_finding_reads_as_its_words() -> None:
    finding = Finding(Fault.DARK, ("LED",), "There is no light.")
    assert str(finding) == "There is no light."
    assert f"{finding}" == "There is no light."
