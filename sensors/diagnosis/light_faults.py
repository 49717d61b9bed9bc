"""What is wrong with the light, or with following it, seen through wires that are right."""

from collections.abc import Iterator

from ..filters import Filter, FrequencyScaling
from ..ports import Edges
from .evidence import NEAR_SATURATED_HZ, Evidence, Look
from .findings import Fault, Finding
from .flicker import flicker

# The dark frequency is at most 10 Hz at 100 % (data sheet); a black card gives some 6 kHz.
_DARK_HZ = 50.0
_FEW_EDGES = 4  # in a gate of 0.3 s: at 2 % that is 700 Hz at 100 %
_DEEP_FLICKER = 0.02
_MUCH_LOST = 0.02
# Red, green and blue share what is visible: 1.05 to 1.3 of clear under a white LED. All see
# infrared alike, which brings their sum towards three.
_RICH_IN_INFRARED = 1.5
_ENOUGH_EDGES = 8

_COLOURS = (Filter.RED, Filter.GREEN, Filter.BLUE)


def light_findings(evidence: Evidence) -> Iterator[Finding]:
    """What the looks through right wires say of the light: darkness and excess hide the rest."""
    clear = _best_clear(evidence)
    clear_hz, frequency = clear.hz / clear.command.share, clear.frequency
    if frequency and not clear.beyond and (clear_hz <= _DARK_HZ or frequency.edges < _FEW_EDGES):
        yield _dark(evidence, (frequency.hz or frequency.uncertainty_hz) / clear.command.share)
        return
    if clear_hz >= NEAR_SATURATED_HZ:
        yield _saturated(evidence, clear)
        return
    lost = min(look.lost_share for look in _clear_looks(evidence))
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
    if wiring.oe is None and wiring.s0 is None:  # else switching off has shown that it can float
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


def _saturated(evidence: Evidence, clear: Look) -> Finding:
    return Finding(
        Fault.SATURATED,
        (),
        f"Too much light: clear is at {clear.hz / clear.command.share / 1000:.0f} kHz at 100 %"
        f"{evidence.strapping()}, and a sensor may end at 500 kHz. Less light, more distance, or a"
        " grey filter in front.",
    )


def _edges_lost(evidence: Evidence, clear: Look) -> Finding:
    if clear.frequency is None:
        seen = "OUT is too fast for these pins to be timed at all"
    else:
        lost = f"{100 * clear.lost_share:.0f} % of its edges lost"
        seen = f"OUT runs at {clear.hz / 1000:.1f} kHz, with {lost}"
    if clear.command.scaling is FrequencyScaling.TWO_PERCENT:
        cure = f"Give less light: there is no slower scaling{evidence.strapping()}"
    else:
        cure = (
            'Give less light, or strap S0 low and S1 high and pass scaling="2%"'
            f"{evidence.strapping()}"
        )
    return Finding(
        Fault.EDGES_LOST,
        (),
        f"{seen}, and these pins are good for {evidence.fastest_hz / 1000:.0f} kHz. {cure}. A busy"
        " processor loses edges too: end what else is running. Light beyond what the sensor itself"
        " can take, 500 kHz at 100 %, looks the same from here.",
    )


def flickering(evidence: Evidence) -> Iterator[Finding]:
    """A swing with the mains, in at least half of the looks that could show one."""
    swings = [
        swing
        for look in evidence.looks
        if look.command.lit and look.edges and _rate_hz(look.edges) < evidence.fastest_hz
        if (swing := flicker(look.edges.timestamps_ns))
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


def _infrared(evidence: Evidence, clear: Look) -> Iterator[Finding]:
    seen = {
        look.command.colour_filter: look
        for look in evidence.looks
        if look.command.scaling is clear.command.scaling
        and look.command.lit
        and look.command.enabled
    }
    total_hz = sum(seen[colour].hz for colour in _COLOURS)
    if clear.timed >= _ENOUGH_EDGES and total_hz > _RICH_IN_INFRARED * clear.hz:
        yield Finding(
            Fault.INFRARED,
            (),
            f"Red, green and blue add up to {total_hz / clear.hz:.1f} times clear"
            f"{evidence.strapping()}, where visible light gives 1.0 to 1.4: the light is rich in"
            " infrared, which all filters let through, and colours wash out. Keep sun and filament"
            " lamps out, or put an infrared-cut filter in front.",
        )


def _clear_looks(evidence: Evidence) -> list[Look]:
    return [
        look
        for look in evidence.looks
        if look.command.colour_filter is Filter.CLEAR
        and look.command.lit
        and look.command.enabled
        and look.command.scaling is not None
    ]


def _best_clear(evidence: Evidence) -> Look:
    """Clear at the highest scaling that the pins can follow, else at the lowest there is."""
    looks = sorted(_clear_looks(evidence), key=lambda look: look.command.share)
    good = [k for k in looks if not k.beyond and k.hz <= evidence.fastest_hz]
    return good[-1] if good else looks[0]


def _rate_hz(edges: Edges) -> float:
    return len(edges.timestamps_ns) / edges.elapsed_s
