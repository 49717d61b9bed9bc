"""Faults of the light, seen through right wires."""

from collections.abc import Iterator

from ...readings import Edges
from ..filters import Filter, FrequencyScaling
from .evidence import NEAR_SATURATED_HZ, Evidence, Probe
from .findings import Fault, Finding
from .flicker import flicker

# The dark frequency is at most 10 Hz at 100 % (data sheet); a black card gives some 6 kHz.
_DARK_HZ = 50.0
_FEW_EDGES = 4  # in a gate of 0.3 s: at 2 % that is 700 Hz at 100 %
_DEEP_FLICKER = 0.02
_MUCH_LOST = 0.02
# Red, green and blue share visible light: 1.05 to 1.3 of clear under a white LED. All see
# infrared alike, which brings their sum towards three.
_RICH_IN_INFRARED = 1.5
_ENOUGH_EDGES = 8

_COLOURS = (Filter.RED, Filter.GREEN, Filter.BLUE)


def light_findings(evidence: Evidence) -> Iterator[Finding]:
    """Yield the faults of the light; darkness and excess hide the others."""
    clear = _best_clear(evidence)
    clear_hz, frequency = clear.hz / clear.inputs.share, clear.frequency
    if frequency and not clear.beyond and (clear_hz <= _DARK_HZ or frequency.edges < _FEW_EDGES):
        yield _dark(evidence, (frequency.hz or frequency.uncertainty_hz) / clear.inputs.share)
        return
    if clear_hz >= NEAR_SATURATED_HZ:
        yield _saturated(evidence, clear)
        return
    lost = min(probe.lost_share for probe in _clear_probes(evidence))
    if clear.beyond or lost > _MUCH_LOST:
        yield _edges_lost(evidence, clear)
    yield from flickering(evidence)
    yield from _infrared(evidence, clear)


def _dark(evidence: Evidence, bound_hz: float) -> Finding:
    wiring = evidence.wiring
    checks, pins = ["whatever covers the sensor's window"], []
    if wiring.led is None:
        checks.append("whether the LED lights (its pin, its supply)")
    else:
        checks.append(f"whether the LED lights: it may be dead, or {evidence.at('led')} off")
        pins.append("led")
    if wiring.oe is None and wiring.s0 is None:  # else it floated when switched off
        checks.append(
            f"a short of {evidence.at('out')} to GND or 3.3 V, which looks the same: pull its wire"
            " off the sensor and measure there"
        )
        pins.append("out")
    return Finding(
        Fault.DARK,
        tuple(pin.upper() for pin in pins),
        f"OUT is driven and there is no light: clear is at most {bound_hz:.0f} Hz at 100 %"
        f"{evidence.strapping()}. Check {'; '.join(checks)}. Hold something white in front, under"
        " a lamp, and look again.",
    )


def _saturated(evidence: Evidence, clear: Probe) -> Finding:
    return Finding(
        Fault.SATURATED,
        (),
        f"Too much light: clear is at {clear.hz / clear.inputs.share / 1000:.0f} kHz at 100 %"
        f"{evidence.strapping()}, and a sensor may end at 500 kHz. Less light, more distance, or a"
        " grey filter in front.",
    )


def _edges_lost(evidence: Evidence, clear: Probe) -> Finding:
    if clear.frequency is None:
        speed = "OUT is too fast for these pins to be timed at all"
    else:
        lost = f"{100 * clear.lost_share:.0f} % of its edges lost"
        speed = f"OUT runs at {clear.hz / 1000:.1f} kHz, with {lost}"
    if clear.inputs.scaling is FrequencyScaling.TWO_PERCENT:
        cure = f"Give less light: there is no slower scaling{evidence.strapping()}"
    else:
        cure = (
            'Give less light, or strap S0 low and S1 high and pass scaling="2%"'
            f"{evidence.strapping()}"
        )
    return Finding(
        Fault.EDGES_LOST,
        (),
        f"{speed}, and these pins are good for {evidence.fastest_hz / 1000:.0f} kHz. {cure}. A busy"
        " processor loses edges too: end what else is running. Light beyond what the sensor itself"
        " can take, 500 kHz at 100 %, looks the same from here.",
    )


def flickering(evidence: Evidence) -> Iterator[Finding]:
    """Yield a swing with the mains that shows in at least half of the probes that could show it."""
    swings = [
        swing
        for probe in evidence.probes
        if probe.inputs.lit and probe.edges and _rate_hz(probe.edges) < evidence.fastest_hz
        if (swing := flicker(probe.edges.timestamps_ns))
    ]
    deep = [s for s in swings if s.depth > max(_DEEP_FLICKER, 2 * s.uncertainty)]
    able = [s for s in swings if s in deep or 2 * s.uncertainty < _DEEP_FLICKER]
    if deep and 2 * len(deep) >= len(able):
        swing = min(deep, key=lambda s: s.uncertainty)
        yield Finding(
            Fault.FLICKERING,
            (),
            f"The light swings by {100 * swing.depth:.0f} % above and below its mean,"
            f" {swing.hz:.0f} times a second: a lamp on the mains shines in. Shade the sensor from"
            " it, or keep the gate at a multiple of 0.05 s, which cancels it.",
        )


def _infrared(evidence: Evidence, clear: Probe) -> Iterator[Finding]:
    probes = {
        probe.inputs.colour_filter: probe
        for probe in evidence.probes
        if probe.inputs.scaling is clear.inputs.scaling
        and probe.inputs.lit
        and probe.inputs.enabled
    }
    total_hz = sum(probes[colour].hz for colour in _COLOURS)
    if clear.timed >= _ENOUGH_EDGES and total_hz > _RICH_IN_INFRARED * clear.hz:
        yield Finding(
            Fault.INFRARED,
            (),
            f"Red, green and blue add up to {total_hz / clear.hz:.1f} times clear"
            f"{evidence.strapping()}, where visible light gives 1.0 to 1.4: the light is rich in"
            " infrared, which all filters let through, and colours wash out. Keep sun and filament"
            " lamps out, or put an infrared-cut filter in front.",
        )


def _clear_probes(evidence: Evidence) -> list[Probe]:
    return [
        probe
        for probe in evidence.probes
        if probe.inputs.colour_filter is Filter.CLEAR
        and probe.inputs.lit
        and probe.inputs.enabled
        and probe.inputs.scaling is not None
    ]


def _best_clear(evidence: Evidence) -> Probe:
    """Return clear at the highest scaling that the pins can follow, else at the lowest."""
    probes = sorted(_clear_probes(evidence), key=lambda probe: probe.inputs.share)
    good = [k for k in probes if not k.beyond and k.hz <= evidence.fastest_hz]
    return good[-1] if good else probes[0]


def _rate_hz(edges: Edges) -> float:
    return len(edges.timestamps_ns) / edges.elapsed_s
