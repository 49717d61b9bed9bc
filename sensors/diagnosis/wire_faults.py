"""Which wrong wire explains what OUT showed: hypotheses, each put to the data sheet's two tables.

A hypothesis says what level each pin of the sensor really sees. From that follows, for every
command, the filter and scaling that were really at work, or that OUT was high-impedance:

    told            S0 and S1 exchanged       S3 off, floating low
    2 %, blue       20 %, blue                2 %, red
    20 %, clear     2 %, clear                20 %, clear

It explains the looks if some light does: looks through the same filter must agree once each is
divided by its real scaling, clear must see the most, and OUT must float where nothing drives it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations, product
from typing import NamedTuple

from ..filters import POWER_DOWN, Filter, FrequencyScaling
from ..wiring import Wiring
from .evidence import NEAR_SATURATED_HZ, Command, Evidence, Look
from .findings import Fault

# How far two looks at one light may differ when it moves a little, and when it does not.
_LOOSE, _TIGHT = 0.10, 0.01
# Two looks are not called equal from fewer edges, or with a larger error of one of them.
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
    """Wires exchanged with each other, or off; the pins by their names, such as "s0"."""

    fault: Fault
    pins: tuple[str, ...]


class Real(NamedTuple):
    """What is really at work under a command; scaling None: OUT is high-impedance."""

    scaling: FrequencyScaling | None
    colour_filter: Filter
    lit: bool


# What each pin sees: the line that is meant for some pin, or a level.
_Sees = Mapping[str, str | bool]

# A frequency's lower and upper limit, in Hz.
_Band = tuple[float, float]


def wire_faults(evidence: Evidence) -> tuple[WireFault, ...]:
    """The wire faults that explain the evidence best, all equally well; () for right wires.

    A wrong wire is believed when right ones cannot be, or when they would need a coincidence:
    readings that are equal to a hair behind filters that differ.
    """
    right = _right(evidence)
    explained = _coincidences(right, right, evidence) is not None
    scores: dict[WireFault, int] = {}
    for wire_fault, sees in _wrong(evidence.wiring, right):
        score = _coincidences(sees, right, evidence)
        if score is not None and (score > 0 or not explained):
            scores[wire_fault] = max(score, scores.get(wire_fault, 0))
    best = max(scores.values(), default=0)
    if explained and not scores:
        return ()
    found = tuple(wire_fault for wire_fault, score in scores.items() if score == best)
    return (*_held_always(evidence), *found) or (WireFault(Fault.WIRING_UNCLEAR, ()),)


def _right(evidence: Evidence) -> dict[str, str | bool]:
    strapped = Command(evidence.scaling, Filter.CLEAR).levels()
    lines = evidence.wiring.wired()
    return {pin: pin if pin in lines else level for pin, level in strapped.items()}


def _wrong(wiring: Wiring, right: _Sees) -> Iterator[tuple[WireFault, _Sees]]:
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


def _held_always(evidence: Evidence) -> tuple[WireFault, ...]:
    if all(look.frequency and look.hz == 0 and not look.floats for look in evidence.looks):
        return (WireFault(Fault.OUTPUT_HELD, ("out",)),)
    return ()


def _real(sees: _Sees, command: Command) -> Real:
    lines = command.levels()
    level = {pin: lines[end] if isinstance(end, str) else end for pin, end in sees.items()}
    colour_filter = Filter((level["s2"], level["s3"]))
    s0_s1 = (level["s0"], level["s1"])
    if level["oe"] or s0_s1 == POWER_DOWN:
        return Real(None, colour_filter, level["led"])
    scaling = next(scaling for scaling in FrequencyScaling if scaling.levels == s0_s1)
    return Real(scaling, colour_filter, level["led"])


def _coincidences(sees: _Sees, right: _Sees, evidence: Evidence) -> int | None:
    """How many equal readings this explains that right wires would not; None if it is refuted."""
    same: defaultdict[Real, list[Look]] = defaultdict(list)
    for look in evidence.looks:
        real = _real(sees, look.command)
        if (real.scaling is None) != look.floats:
            return None
        same[real].append(look)
    if not _one_light_explains(same, evidence.fastest_hz):
        return None
    most = 0
    for scaling in FrequencyScaling:
        groups = [
            looks
            for real, looks in same.items()
            if real.scaling is scaling and len({_real(right, k.command) for k in looks}) > 1
        ]
        equal = [_equal(looks, scaling, evidence.fastest_hz) for looks in groups]
        if False in equal:
            return None
        # Without clear, the brightest, the rest is too dim to tell much.
        if any(alike and _has_clear(k) for alike, k in zip(equal, groups, strict=True)):
            alike_looks = [looks for alike, looks in zip(equal, groups, strict=True) if alike]
            most = max(most, sum(len(looks) - 1 for looks in alike_looks))
    return most


def _has_clear(looks: list[Look]) -> bool:
    return any(look.command.colour_filter is Filter.CLEAR for look in looks)


def _equal(looks: list[Look], scaling: FrequencyScaling, fastest_hz: float) -> bool | None:
    """Whether these looks are one and the same frequency to a hair; None when it cannot be told."""
    bands = [look.band_hz(_TIGHT / 2, fastest_hz) for look in looks]
    if max(low for low, _ in bands) > min(high for _, high in bands):
        return False
    if not all(_sure(look, scaling) for look in looks):
        return None
    known = [look.frequency for look in looks if look.frequency]
    doubt_hz = 4 * max(frequency.uncertainty_hz for frequency in known)
    lowest, highest = min(look.hz for look in looks), max(look.hz for look in looks)
    return True if highest - lowest <= _TIGHT * highest + doubt_hz else None


def _sure(look: Look, scaling: FrequencyScaling) -> bool:
    """Whether a look is exact enough, and far enough from saturation, to call another equal."""
    return (
        look.frequency is not None
        and look.timed >= _ENOUGH_EDGES
        and look.hz < NEAR_SATURATED_HZ * scaling.value
        and look.frequency.uncertainty_hz < _SURE * look.hz
    )


def _one_light_explains(same: Mapping[Real, list[Look]], fastest_hz: float) -> bool:
    """Whether some light, with the lamp on and with it off, gives all these looks."""
    lights: dict[tuple[Filter, bool], _Band] = {}
    shades: defaultdict[tuple[FrequencyScaling, bool], dict[Filter, _Band]] = defaultdict(dict)
    for (scaling, colour_filter, lit), looks in same.items():
        if scaling is None:  # high-impedance
            continue
        for look in looks:
            low_hz, high_hz = (hz / scaling.value for hz in look.band_hz(_LOOSE, fastest_hz))
            before = lights.get((colour_filter, lit), (0.0, high_hz))
            both = max(low_hz, before[0]), min(high_hz, before[1])
            if both[0] > both[1]:
                return False
            lights[colour_filter, lit] = both
        shades[scaling, lit][colour_filter] = looks[0].band_hz(2 * _TIGHT, fastest_hz)
    for scaling in FrequencyScaling:
        on, off = shades[scaling, True], shades[scaling, False]
        lamp = {f: (on[f][0] - off[f][1], on[f][1] - off[f][0]) for f in on.keys() & off.keys()}
        if not all(_could_be_light(seen) for seen in (on, off, lamp)):
            return False
    return True


def _could_be_light(seen: Mapping[Filter, _Band]) -> bool:
    """Whether a light looks like this through the filters, as far as they were looked through."""
    if any(high_hz < 0 for _, high_hz in seen.values()):
        return False
    if len(seen) < len(Filter):
        return True
    clear_low, clear_high = seen[Filter.CLEAR]
    if any(seen[f][0] > most * clear_high for f, most in _MOST_OF_CLEAR.items()):
        return False
    return sum(seen[f][1] for f in _MOST_OF_CLEAR) >= _LEAST_SUM * clear_low
