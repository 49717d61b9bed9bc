"""The real wires of a simulated TCS3200: right, exchanged, or off."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Self

from ..tcs3200.filters import FrequencyScaling
from ..tcs3200.wiring import Wiring


class Fixed(Enum):
    """A level not set by a line of the Pi: strapped, shorted, or a floating input."""

    LOW = False
    HIGH = True


# The pins of the chip and of its LED. VDD is on the supply, Fixed.HIGH.
CHIP_PINS = ("out", "s0", "s1", "s2", "s3", "oe", "led", "vdd")


@dataclass(frozen=True)
class Wires:
    """The other end of each chip pin: a line by BCM number, a fixed level, or None for no wire.

    Right ones are Wires.of(wiring); others have other ends.
    """

    ends: Mapping[str, int | Fixed | None]

    @classmethod
    def of(
        cls, wiring: Wiring, strapped: FrequencyScaling = FrequencyScaling.TWENTY_PERCENT
    ) -> Self:
        """Return right wires. Pins without a line: S0 and S1 strapped, OE low, the LED on."""
        s0, s1 = strapped.levels
        unwired = {"s0": Fixed(s0), "s1": Fixed(s1), "oe": Fixed.LOW}
        return cls({**dict.fromkeys(CHIP_PINS, Fixed.HIGH), **unwired, **wiring.wired()})

    def level(self, pin: str, lines: Mapping[int, bool]) -> bool:
        """Return the level at an input, given the levels of the lines; an idle line is low."""
        end = self.ends[pin]
        if isinstance(end, Fixed):
            return end.value
        return False if end is None else lines.get(end, False)
