"""The wrong wire that explains the probes: hypotheses, each tested by the data sheet's two tables.

A hypothesis says what level each pin of the sensor really sees. From that follow, for all control
inputs, the filter and scaling that were really at work, or that OUT was high-impedance:

    commanded       S0 and S1 exchanged       S3 off, floating low
    2 %, blue       20 %, blue                2 %, red
    20 %, clear     2 %, clear                20 %, clear

It explains the probes if some light does: probes through the same filter must agree once each is
divided by its real scaling, clear must see the most, and OUT must float where nothing drives it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations, product
from typing import NamedTuple

from ..filters import POWER_DOWN, Filter, FrequencyScaling
from ..wiring import Wiring
from .evidence import NEAR_SATURATED_HZ, ControlInputs, Evidence, Probe
from .findings import Fault

# How far two probes of one light may differ when it moves a little, and when it does not.
_LOOSE, _TIGHT = 0.10, 0.01
# Two probes are not called equal with fewer edges, or with a larger error.
_ENOUGH_EDGES = 4
_SURE = 0.01

# Filters against clear: at most 105 % for red (data sheet, electrical characteristics); in sum at
# least about all of it at any wavelength, less the spread of parts.
_MOST_OF_CLEAR = {Filter.RED: 1.05, Filter.GREEN: 1.0, Filter.BLUE: 1.0}
_LEAST_SUM = 0.8

_PAIR_FAULTS = {
    frozenset({"s0", "s1"}): Fault.S0_S1_SWAPPED,
    frozenset({"s2", "s3"}): Fault.S2_S3_SWAPPED,
}
_OFF_FAULTS = {
    "s0": Fault.S0_S1_UNCONNECTED,
    "s1": Fault.S0_S1_UNCONNECTED,
    "s2": Fault.S2_S3_UNCONNECTED,
    "s3": Fault.S2_S3_UNCONNECTED,
    "oe": Fault.OE_UNCONNECTED,
    "led": Fault.LED_DEAD,
}


class WireFault(NamedTuple):
    """Wires exchanged, or off; the pins by their names, such as "s0"."""

    fault: Fault
    pins: tuple[str, ...]


class ChipState(NamedTuple):
    """The filter and scaling really at work; scaling None: OUT is high-impedance."""

    scaling: FrequencyScaling | None
    colour_filter: Filter
    lit: bool


# The other end of each pin: the line meant for some pin, or a level.
_PinEnds = Mapping[str, str | bool]

# A frequency's lower and upper limit, in Hz.
_Band = tuple[float, float]


def wire_faults(evidence: Evidence) -> tuple[WireFault, ...]:
    """Return the wire faults that explain the evidence best, all equally well; () for right wires.

    A wrong wire wins if right wires cannot explain the probes, or only by a coincidence: equal
    readings behind different filters.
    """
    right = _right(evidence)
    explained = _coincidences(right, right, evidence) is not None
    scores: dict[WireFault, int] = {}
    for wire_fault, ends in _wrong(evidence.wiring, right):
        score = _coincidences(ends, right, evidence)
        if score is not None and (score > 0 or not explained):
            scores[wire_fault] = max(score, scores.get(wire_fault, 0))
    best = max(scores.values(), default=0)
    if explained and not scores:
        return ()
    faults = tuple(wire_fault for wire_fault, score in scores.items() if score == best)
    return (*_shorted(evidence), *faults) or (WireFault(Fault.WIRING_UNCLEAR, ()),)


def _right(evidence: Evidence) -> dict[str, str | bool]:
    strapped = ControlInputs(evidence.scaling, Filter.CLEAR).levels()
    lines = evidence.wiring.wired()
    return {pin: pin if pin in lines else level for pin, level in strapped.items()}


def _wrong(wiring: Wiring, right: _PinEnds) -> Iterator[tuple[WireFault, _PinEnds]]:
    wired = [pin for pin in right if pin in wiring.wired()]
    for one, other in combinations(wired, 2):
        fault = _PAIR_FAULTS.get(frozenset({one, other}), Fault.WIRES_SWAPPED)
        yield WireFault(fault, (one, other)), {**right, one: other, other: one}
    off: list[tuple[str, ...]] = [(pin,) for pin in wired]
    off += [pair for pair in (("s0", "s1"), ("s2", "s3")) if set(pair) <= set(wired)]
    for pins in off:
        for levels in product((False, True), repeat=len(pins)):
            floating = dict(zip(pins, levels, strict=True))
            yield WireFault(_OFF_FAULTS[pins[0]], pins), {**right, **floating}


def _shorted(evidence: Evidence) -> tuple[WireFault, ...]:
    if all(probe.frequency and probe.hz == 0 and not probe.floats for probe in evidence.probes):
        return (WireFault(Fault.OUTPUT_HELD, ("out",)),)
    return ()


def _chip_state(ends: _PinEnds, inputs: ControlInputs) -> ChipState:
    lines = inputs.levels()
    level = {pin: lines[end] if isinstance(end, str) else end for pin, end in ends.items()}
    colour_filter = Filter((level["s2"], level["s3"]))
    s0_s1 = (level["s0"], level["s1"])
    if level["oe"] or s0_s1 == POWER_DOWN:
        return ChipState(None, colour_filter, level["led"])
    scaling = next(scaling for scaling in FrequencyScaling if scaling.levels == s0_s1)
    return ChipState(scaling, colour_filter, level["led"])


def _coincidences(ends: _PinEnds, right: _PinEnds, evidence: Evidence) -> int | None:
    """Count the equal readings that this explains and right wires do not; None if refuted."""
    same: defaultdict[ChipState, list[Probe]] = defaultdict(list)
    for probe in evidence.probes:
        state = _chip_state(ends, probe.inputs)
        if (state.scaling is None) != probe.floats:
            return None
        same[state].append(probe)
    if not _one_light_explains(same, evidence.fastest_hz):
        return None
    most = 0
    for scaling in FrequencyScaling:
        groups = [
            probes
            for state, probes in same.items()
            if state.scaling is scaling and len({_chip_state(right, k.inputs) for k in probes}) > 1
        ]
        equal = [_equal(probes, scaling, evidence.fastest_hz) for probes in groups]
        if False in equal:
            return None
        # Without clear, the brightest, the rest is too dim to prove much.
        if any(alike and _has_clear(k) for alike, k in zip(equal, groups, strict=True)):
            equal_probes = [probes for alike, probes in zip(equal, groups, strict=True) if alike]
            most = max(most, sum(len(probes) - 1 for probes in equal_probes))
    return most


def _has_clear(probes: list[Probe]) -> bool:
    return any(probe.inputs.colour_filter is Filter.CLEAR for probe in probes)


def _equal(probes: list[Probe], scaling: FrequencyScaling, fastest_hz: float) -> bool | None:
    """Whether these probes show one frequency; None if they are not exact enough."""
    bands = [probe.band_hz(_TIGHT / 2, fastest_hz) for probe in probes]
    if max(low for low, _ in bands) > min(high for _, high in bands):
        return False
    if not all(_sure(probe, scaling) for probe in probes):
        return None
    doubt_hz = 4 * max(probe.frequency.uncertainty_hz for probe in probes if probe.frequency)
    lowest, highest = min(probe.hz for probe in probes), max(probe.hz for probe in probes)
    return True if highest - lowest <= _TIGHT * highest + doubt_hz else None


def _sure(probe: Probe, scaling: FrequencyScaling) -> bool:
    """Whether a probe is exact enough, and far enough from saturation, to equal another."""
    return (
        probe.frequency is not None
        and probe.timed >= _ENOUGH_EDGES
        and probe.hz < NEAR_SATURATED_HZ * scaling.value
        and probe.frequency.uncertainty_hz < _SURE * probe.hz
    )


def _one_light_explains(same: Mapping[ChipState, list[Probe]], fastest_hz: float) -> bool:
    """Whether some light, with the lamp on and off, gives all these probes."""
    lights: dict[tuple[Filter, bool], _Band] = {}
    shades: defaultdict[tuple[FrequencyScaling, bool], dict[Filter, _Band]] = defaultdict(dict)
    for (scaling, colour_filter, lit), probes in same.items():
        if scaling is None:  # high-impedance
            continue
        for probe in probes:
            low_hz, high_hz = (hz / scaling.value for hz in probe.band_hz(_LOOSE, fastest_hz))
            before = lights.get((colour_filter, lit), (0.0, high_hz))
            both = max(low_hz, before[0]), min(high_hz, before[1])
            if both[0] > both[1]:
                return False
            lights[colour_filter, lit] = both
        shades[scaling, lit][colour_filter] = probes[0].band_hz(2 * _TIGHT, fastest_hz)
    for scaling in FrequencyScaling:
        on, off = shades[scaling, True], shades[scaling, False]
        lamp = {f: (on[f][0] - off[f][1], on[f][1] - off[f][0]) for f in on.keys() & off.keys()}
        if not all(_could_be_light(bands) for bands in (on, off, lamp)):
            return False
    return True


def _could_be_light(bands: Mapping[Filter, _Band]) -> bool:
    """Whether some light has these limits behind the filters that were probed."""
    if any(high_hz < 0 for _, high_hz in bands.values()):
        return False
    if len(bands) < len(Filter):
        return True
    clear_low, clear_high = bands[Filter.CLEAR]
    if any(bands[f][0] > most * clear_high for f, most in _MOST_OF_CLEAR.items()):
        return False
    return sum(bands[f][1] for f in _MOST_OF_CLEAR) >= _LEAST_SUM * clear_low
