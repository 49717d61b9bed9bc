"""How often a diagnosis is right: random healthy scenes, and every fault in random scenes.

    .venv/bin/python tests/benchmarks/diagnosis.py [--scenes 1000] [--each 20] [--seed 3200]

Prints the false findings, then for each fault what it was called. Twins take no real time.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2]))

import figures

from sensors import FrequencyScaling, RawColour
from sensors.simulated.kernel import PI_4, PI_ZERO, Kernel
from sensors.simulated.scene import Scene, surfaces
from sensors.simulated.tcs3200 import SimulatedTCS3200
from sensors.simulated.wires import CHIP_PINS
from sensors.tcs3200.diagnosis import diagnose
from sensors.tcs3200.diagnosis.findings import Fault, Finding
from sensors.tcs3200.wiring import Wiring
from tests.support.breakable_wires import BreakableWires
from tests.support.glowing import glowing

STRAPPED: dict[str, Any] = {"out": 25, "s2": 23, "s3": 24}
SCALED = {**STRAPPED, "s0": 17, "s1": 27}
SIDES = {**STRAPPED, "oe": 22, "led": 5}
FULL = {**SCALED, "oe": 22, "led": 5}
WIRINGS = {"strapped": STRAPPED, "strapped, OE, LED": SIDES, "S0, S1": SCALED, "all": FULL}


class Setup(NamedTuple):
    """A sensor in a scene, before anything is broken."""

    lines: dict[str, Any]
    strapped: FrequencyScaling
    kernel: Kernel
    scene: Scene


class Answer(NamedTuple):
    """What the diagnosis said, and how long it had the sensor."""

    findings: list[Finding]
    seconds: float


def random_setup(random: Random, lines: dict[str, Any] | None = None) -> Setup:
    """A healthy sensor: 3 to 90 kHz clear, of it up to 30 % from around, no flicker, no infrared.

    Strapped sensors stay within what their kernel can follow, as a user would have to.
    """
    kernel = random.choice([PI_4, PI_ZERO])
    lines = lines or random.choice(list(WIRINGS.values()))
    strapped = FrequencyScaling.TWENTY_PERCENT
    if kernel is PI_ZERO and "s0" not in lines:
        strapped = FrequencyScaling.TWO_PERCENT
    clear_hz = 3_000.0 * 30.0 ** random.random()
    share = random.uniform(0.0, 0.3)
    scene = Scene()
    scene.light = bright(random_light(random), (1 - share) * clear_hz)
    scene.ambient(bright(random_light(random), share * clear_hz))
    return Setup(lines, strapped, kernel, scene)


def random_light(random: Random) -> RawColour:
    """One of the eleven surfaces, or a mixture of three."""
    words = [random.choice(list(surfaces())) for _ in range(random.choice([1, 3]))]
    weights = [random.random() + 0.01 for _ in words]
    lights = [Scene(word).light for word in words]
    return RawColour(
        *(
            sum(w * getattr(light, channel) for w, light in zip(weights, lights, strict=True))
            for channel in RawColour._fields
        )
    )


def bright(light: RawColour, clear_hz: float) -> RawColour:
    """The same light at another brightness."""
    return RawColour(*(hz * clear_hz / light.clear for hz in light))


def answer(setup: Setup, wires: BreakableWires | None = None, seed: int = 1) -> Answer:
    """Diagnose a twin on a clock of its own."""
    now_ns = [10**15 + seed * 1_234_567]

    def sleep(seconds: float) -> None:
        now_ns[0] += round(seconds * 1e9)

    wiring = Wiring(**setup.lines)
    twin = SimulatedTCS3200(
        setup.scene,
        wiring,
        kernel=setup.kernel,
        wires=wires or BreakableWires.of(wiring, setup.strapped),
        seed=seed,
        clock_ns=lambda: now_ns[0],
        sleep=sleep,
    )
    began_ns = now_ns[0]
    findings = diagnose(twin, wiring, setup.strapped)
    return Answer(findings, (now_ns[0] - began_ns) / 1e9)


class Case(NamedTuple):
    """A fault to inject. named: the findings that name it, its look-alikes' included."""

    name: str
    lines: dict[str, Any]
    change: Any
    named: frozenset[Fault]
    wires: frozenset[str] = frozenset()


def cases() -> Iterator[Case]:
    """Every fault: each wire off, low and high; every two exchanged; every kind of bad light."""
    for kind, lines in WIRINGS.items():
        yield from wire_cases(kind, lines)
        yield from light_cases(kind, lines)


OFF = {
    "out": {Fault.OUTPUT_FLOATING},
    "vdd": {Fault.OUTPUT_FLOATING},
    "s0": {Fault.S0_S1_UNCONNECTED},
    "s1": {Fault.S0_S1_UNCONNECTED},
    "s2": {Fault.S2_S3_UNCONNECTED},
    "s3": {Fault.S2_S3_UNCONNECTED},
    "oe": {Fault.OE_UNCONNECTED, Fault.OUTPUT_FLOATING},
    "led": {Fault.LED_DEAD, Fault.DARK},
}


def wire_cases(kind: str, lines: dict[str, Any]) -> Iterator[Case]:
    """What can be wrong with the wires of this wiring."""

    def case(name: str, change: Any, faults: set[Fault], wires: set[str]) -> Case:
        return Case(f"{kind}: {name}", lines, change, frozenset(faults), frozenset(wires))

    for pin in (pin for pin in CHIP_PINS if pin in lines or pin == "vdd"):
        for high in (False,) if pin in ("out", "vdd") else (False, True):
            level = " floats high" if high else ""
            yield case(
                f"{pin} off{level}",
                lambda w, s, pin=pin, high=high: w.off(pin, floats_high=high),
                OFF[pin],
                {pin.upper()},
            )
    for one, other in (("s0", "s1"), ("s2", "s3")):
        if one not in lines:
            continue
        for highs in ((False, False), (False, True), (True, False), (True, True)):
            yield case(
                f"{one} and {other} off, {'LH'[highs[0]]}{'LH'[highs[1]]}",
                lambda w, s, one=one, other=other, highs=highs: w.off(
                    one, floats_high=highs[0]
                ).off(other, floats_high=highs[1]),
                OFF[one] | ({Fault.OUTPUT_FLOATING} if one == "s0" else set()),
                {one.upper(), other.upper()},
            )
    for one, other in combinations(lines, 2):
        named = {Fault.WIRES_SWAPPED}
        if {one, other} == {"s0", "s1"}:
            named = {Fault.S0_S1_SWAPPED}
        if {one, other} == {"s2", "s3"}:
            named = {Fault.S2_S3_SWAPPED}
        if "out" in (one, other):
            named = {Fault.OUTPUT_FLOATING}
        yield case(
            f"{one} and {other} exchanged",
            lambda w, s, one=one, other=other: w.swapped(one, other),
            named,
            set() if "out" in (one, other) else {one.upper(), other.upper()},
        )
    yield case(
        "out shorted", lambda w, s: w.out_shorted(), {Fault.OUTPUT_HELD, Fault.DARK}, {"OUT"}
    )


def light_cases(kind: str, lines: dict[str, Any]) -> Iterator[Case]:
    """What can be wrong with the light."""

    def dark(scene: Scene) -> None:
        scene.dark()

    def blinding(scene: Scene) -> None:
        scene.light = bright(scene.light, 900_000.0)

    def flickering(mains_hz: float, depth: float) -> Any:
        def change(scene: Scene) -> None:
            clear_hz = scene.light.clear + scene.background.light.clear
            half = bright(scene.light, 0.5 * clear_hz)
            scene.light = half
            scene.ambient(half, flicker_hz=mains_hz, depth=2 * depth)

        return change

    def warm(kelvin: float) -> Any:
        def change(scene: Scene) -> None:
            scene.ambient(glowing(kelvin, 6.0 * scene.light.clear))

        return change

    def case(name: str, light: Any, fault: set[Fault]) -> Case:
        def change(wires: BreakableWires, scene: Scene) -> BreakableWires:
            light(scene)
            return wires

        return Case(f"{kind}: {name}", lines, change, frozenset(fault))

    yield case("dark", dark, {Fault.DARK})
    yield case("saturated", blinding, {Fault.SATURATED, Fault.EDGES_LOST})
    for mains_hz in (100.0, 120.0):
        for depth in (0.04, 0.2, 0.45):
            yield case(
                f"flicker {mains_hz:.0f} Hz, {depth:.0%}",
                flickering(mains_hz, depth),
                {Fault.FLICKERING},
            )
    yield case("filament lamp", warm(2_700), {Fault.INFRARED})


def broken(case: Case, random: Random, seed: int) -> Answer:
    """The answer to a fault in a random scene."""
    setup = random_setup(random, case.lines)
    if "flicker" in case.name and setup.strapped is FrequencyScaling.TWO_PERCENT:
        setup = setup._replace(kernel=PI_4, strapped=FrequencyScaling.TWENTY_PERCENT)
    if "filament" in case.name:
        setup.scene.light = bright(setup.scene.light, setup.scene.light.clear / 7)
    wires = case.change(BreakableWires.of(Wiring(**setup.lines), setup.strapped), setup.scene)
    return answer(setup, wires, seed)


def is_named(case: Case, findings: list[Finding]) -> bool:
    """Whether a finding names the fault, or lists it among its look-alikes."""
    return any(
        finding.fault in case.named and case.wires <= set(finding.wires) for finding in findings
    )


def main() -> None:
    """Run it and print the two tables."""
    parser = argparse.ArgumentParser(description=__doc__, add_help=True)
    parser.add_argument("--scenes", type=int, default=1000)
    parser.add_argument("--each", type=int, default=20)
    parser.add_argument("--seed", type=int, default=3200)
    options = parser.parse_args()
    random = Random(options.seed)
    began = time.perf_counter()
    false: Counter[str] = Counter()
    longest_s = 0.0
    for seed in range(options.scenes):
        findings, seconds = answer(random_setup(random), seed=seed)
        false.update(finding.fault.name for finding in findings)
        longest_s = max(longest_s, seconds)
    figures.figure("false findings", false.total())
    figures.figure("healthy scenes", options.scenes)
    print(f"{options.scenes} healthy scenes: {false.total()} false findings {dict(false) or ''}")
    print(f"longest {longest_s:.2f} s of the sensor's time")
    print(f"{'fault':50} named  called")
    named_in_all = faults = 0
    longest_s = 0.0
    kinds: set[Fault] = set()
    missed = []
    for case in cases():
        called: Counter[str] = Counter()
        named = 0
        for seed in range(options.each):
            findings, seconds = broken(case, random, seed)
            named += is_named(case, findings)
            called["+".join(finding.fault.name for finding in findings) or "HEALTHY"] += 1
            longest_s = max(longest_s, seconds)
        named_in_all += named == options.each
        faults += 1
        words = ", ".join(f"{name} {count}" for name, count in called.most_common())
        kinds |= case.named if named == options.each else set()
        if named < options.each:
            missed.append([case.name, f"{named} of {options.each}", words])
        print(f"{case.name:50} {named:3}/{options.each}  {words}")
    print(f"{named_in_all} of {faults} faults named every time")
    figures.figure("kinds of fault named", len(kinds))
    figures.figure("cases named every time", named_in_all)
    figures.figure("cases", faults)
    figures.table("Not named every time", ["wiring: fault", "named", "called"], missed)
    print(f"longest {longest_s:.2f} s of the sensor's time; {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
