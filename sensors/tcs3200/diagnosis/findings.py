"""The findings of a diagnosis: the fault, the wires, and what to do about it."""

from enum import Enum
from typing import NamedTuple


class Fault(Enum):
    """Kinds of fault. Faults that look alike on the pins share a finding, which lists them."""

    OUTPUT_FLOATING = "nothing drives OUT: switched off, no power, or its wire off"
    OUTPUT_HELD = "OUT is held at a level: shorted"
    OE_UNCONNECTED = "output enable does not follow its line"
    S0_S1_SWAPPED = "S0 and S1 exchanged"
    S0_S1_UNCONNECTED = "S0, S1 or both not connected"
    S2_S3_SWAPPED = "S2 and S3 exchanged"
    S2_S3_UNCONNECTED = "S2, S3 or both not connected"
    WIRES_SWAPPED = "two other wires exchanged"
    WIRING_UNCLEAR = "no single wrong wire explains the readings"
    LED_DEAD = "the LED's line changes nothing"
    DARK = "OUT is driven, and there is no light"
    SATURATED = "too much light for the sensor"
    FLICKERING = "light that flickers with the mains"
    INFRARED = "light rich in infrared"
    EDGES_LOST = "more edges than the pins can follow"


class Finding(NamedTuple):
    """One fault and its cure. str() gives its words.

    wires: the names of the pins to check, such as "S0", likeliest first; empty for a fault of the
    light.
    words: the evidence, the wire to check, and what to do.
    """

    fault: Fault
    wires: tuple[str, ...]
    words: str

    def __str__(self) -> str:
        return self.words
