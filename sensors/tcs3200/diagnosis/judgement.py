"""From evidence to findings in plain words: first the wires, then the light.

The light can be judged only through right wires. Judging is arithmetic and touches no pin.
"""

from ...ports import Pins
from ..filters import FrequencyScaling
from ..wiring import Wiring
from .evidence import Evidence, collect
from .findings import Fault, Finding
from .light_faults import flickering, light_findings
from .wire_faults import WireFault, wire_faults


def diagnose(pins: Pins, wiring: Wiring, scaling: FrequencyScaling) -> list[Finding]:
    """Return the faults, the worst first; an empty list for a healthy sensor in good light.

    scaling: the strapping of S0 and S1, or the scaling to leave them at where they have lines. The
    sensor is left awake, enabled and lit. Takes 0.2 s to 4.5 s in light, in darkness at most 5.6 s.
    Raises PinError or BackendMissing if the lines cannot be used.
    """
    return judge(collect(pins, wiring, scaling))


def judge(evidence: Evidence) -> list[Finding]:
    """Return the faults that the evidence shows, the worst first."""
    if all(probe.floats for probe in evidence.probes):
        return [_floating(evidence)]
    wrong = wire_faults(evidence)
    findings = [_wire_finding(wrong, evidence)] if wrong else []
    if wrong and wrong[0].fault is Fault.WIRING_UNCLEAR:
        return [*flickering(evidence), *findings]  # the light may be the cause
    if any(fault.fault not in (Fault.LED_DEAD, Fault.OE_UNCONNECTED) for fault in wrong):
        return findings
    return [*findings, *light_findings(evidence)]


def _floating(evidence: Evidence) -> Finding:
    wiring = evidence.wiring
    checks = [f"the wire of {evidence.at('out')} is on, and on the sensor's OUT, not beside it"]
    if wiring.oe is None:
        checks.append("OE is tied to GND: with a multimeter, 0 V at the sensor's OE")
    else:
        checks.append(f"the wire of {evidence.at('oe')} is on: now 0 V at the sensor's OE")
    if wiring.s0 is None:
        checks.append("S0 and S1 are not both strapped low, which is power-down: 3.3 V at one")
    else:
        checks.append(
            f"the wires of {evidence.at('s0')} and {evidence.at('s1')} are on: both low is"
            " power-down; now 3.3 V at one"
        )
    checks.append("the sensor has power: 2.7 to 5.5 V, best 3.3 V, between its VDD and GND")
    steps = "; ".join(f"({i}) {check}" for i, check in enumerate(checks, 1))
    return Finding(
        Fault.OUTPUT_FLOATING,
        ("OUT", "OE", "S0", "S1", "VDD", "GND"),
        f"Nothing drives {evidence.at('out')}: it follows the Pi's pull-up and pull-down under"
        " every command. The output is switched off, the sensor has no power, a wire is off, or"
        f" OUT is exchanged with another wire. These look alike from here, so check that {steps}.",
    )


def _wire_finding(wrong: tuple[WireFault, ...], evidence: Evidence) -> Finding:
    names = tuple(dict.fromkeys(pin.upper() for fault in wrong for pin in fault.pins))
    wiring = evidence.wiring
    if wrong[0].fault is Fault.WIRING_UNCLEAR:
        return Finding(
            Fault.WIRING_UNCLEAR,
            tuple(name.upper() for name in wiring.wired()),
            "The readings fit neither the right wires nor any two of them exchanged, nor one off"
            f"{evidence.strapping()}: either the light changed meanwhile (hold sensor and object"
            " still and look again), or several wires are wrong. Compare them one by one: "
            + ", ".join(evidence.at(name) for name in wiring.wired())
            + ".",
        )
    sentences = [_sentence(fault, evidence) for fault in _one_of_each(wrong)]
    if len(sentences) == 1:
        return Finding(wrong[0].fault, names, sentences[0])
    numbered = " ".join(f"({i}) {words}" for i, words in enumerate(sentences, 1))
    return Finding(
        wrong[0].fault,
        names,
        f"These faults look alike from here: {numbered} To tell them apart, mend the first and look"
        " again, or follow each wire with a multimeter.",
    )


def _one_of_each(wrong: tuple[WireFault, ...]) -> list[WireFault]:
    """Join the same fault at several pins; keep pairs of exchanged wires."""
    pins: dict[Fault, dict[str, None]] = {}
    for fault in wrong:
        pins.setdefault(fault.fault, {}).update(dict.fromkeys(fault.pins))
    swapped = [fault for fault in wrong if fault.fault is Fault.WIRES_SWAPPED]
    pins.pop(Fault.WIRES_SWAPPED, None)
    return [*(WireFault(fault, tuple(names)) for fault, names in pins.items()), *swapped]


def _sentence(wire_fault: WireFault, evidence: Evidence) -> str:
    fault, pins = wire_fault
    wires = " and ".join(evidence.at(pin) for pin in pins)
    if fault is Fault.S0_S1_SWAPPED:
        return f"20 % gives a tenth of 2 % instead of ten times it: exchange the wires of {wires}."
    if fault is Fault.S2_S3_SWAPPED:
        return (
            "The channel selected as blue is brighter than the one selected as clear"
            f"{evidence.strapping()}: exchange the wires of {wires}."
        )
    if fault is Fault.WIRES_SWAPPED:
        return f"The readings fit {wires} exchanged: exchange these two wires."
    if fault is Fault.S0_S1_UNCONNECTED:
        return f"The scaling does not follow {wires}: look for a wire off or on a wrong pin there."
    if fault is Fault.S2_S3_UNCONNECTED:
        alike = "All four channels are" if len(pins) == 2 else "Channels are in pairs"
        return (
            f"{alike} equal to a hair{evidence.strapping()}: the filter does not follow {wires}."
            " Look for a wire off or on a wrong pin there. (Infrared light makes channels alike,"
            " though not equal.)"
        )
    if fault is Fault.OE_UNCONNECTED:
        return (
            f"OUT goes on while {wires} switches it off: its wire is off, or the board ties OE to"
            " GND. If it is tied, take the wire away and give no oe: the line would be shorted."
        )
    if fault is Fault.LED_DEAD:
        return (
            f"Switching {wires} changes nothing in the clear channel: the LED is dead, its wire is"
            " off, or nothing in front of it sends its light back. Look whether it lights."
        )
    return (
        f"{wires} stays at one level under every command, switched off included: it is"
        " shorted to GND or to 3.3 V, or on a pin of another thing. Pull the wire off the sensor;"
        " if the Pi's line is still held, the fault is at that end."
    )
