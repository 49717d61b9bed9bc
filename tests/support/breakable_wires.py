"""Wires of a simulated TCS3200 that can be exchanged, taken off and shorted."""

from dataclasses import dataclass, replace
from typing import Self

from sensors.simulated.wires import Fixed, Wires


@dataclass(frozen=True)
class BreakableWires(Wires):
    """Begin with the right ones, BreakableWires.of(wiring): each method returns new ones."""

    def swapped(self, one: str, other: str) -> Self:
        return replace(self, ends={**self.ends, one: self.ends[other], other: self.ends[one]})

    def off(self, pin: str, *, floats_high: bool = False) -> Self:
        """Take the wire of a pin off; an input then floats to a level, by default low.

        Without OUT, the Pi's line follows its pull. Without LED, it is dark; without VDD, no power.
        """
        return replace(self, ends={**self.ends, pin: None if pin == "out" else Fixed(floats_high)})

    def out_shorted(self, level: Fixed = Fixed.LOW) -> Self:
        """Short OUT to a level, on the chip's side and the Pi's."""
        return replace(self, ends={**self.ends, "out": level})
