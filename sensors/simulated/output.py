"""OUT as a wave in time: its phase, which a change of the inputs restarts.

switched      cleared  first valid period                  S0..S3 or OE changes: the divider
   |             |     |‾‾‾‾‾‾‾|_______|‾‾‾‾‾‾‾|_______    is cleared at the next internal
   |-- 0 to 1 ---|- 1 -|------- 5 or 50 -------|           pulse, OUT rises at the following
      internal periods                                     (data sheet, output scaling)
"""

from math import cos, pi, sqrt
from random import Random
from typing import NamedTuple

# Recovery from power-down (operating characteristics).
_RECOVERY_S = 100e-6


class Tone(NamedTuple):
    """A frequency that swings by swing_hz above and below hz, flicker_hz times a second."""

    hz: float
    swing_hz: float = 0.0
    flicker_hz: float = 0.0

    def mean_hz(self, from_ns: float, to_ns: float) -> float:
        if not self.swing_hz or to_ns <= from_ns:
            return self.hz
        turn = 2e-9 * pi * self.flicker_hz
        swept = cos(turn * from_ns) - cos(turn * to_ns)
        return self.hz + self.swing_hz * swept / (turn * (to_ns - from_ns))

    def after_ns(self, from_ns: float, periods: float) -> float:
        """Return the time after this number of periods; hz must be above 0."""
        wait_ns = periods * 1e9 / self.hz
        if self.swing_hz:
            for _ in range(4):  # converges at once: a period is shorter than the flicker's
                wait_ns = periods * 1e9 / self.mean_hz(from_ns, from_ns + wait_ns)
        return from_ns + wait_ns


class Output:
    """The phase of OUT. Each period wanders by `jitter`, as a share of itself."""

    def __init__(self, random: Random, jitter: float) -> None:
        self._random = random
        self._jitter = jitter
        self._at_ns = 0.0
        self._left = 1.0  # periods until OUT rises

    @property
    def is_high(self) -> bool:
        """The level of OUT: high for the first half of each period."""
        return self._left > 0.5

    def restart(self, scaling: float, hz: float, *, woken: bool) -> None:
        """Clear the divider, which puts out `hz` at this scaling; woken: from power-down."""
        self._left = scaling * (1.0 + self._random.random())
        if woken:
            self._left += _RECOVERY_S * hz

    def run(self, to_ns: float, tone: Tone) -> None:
        """Advance to this time without edges. A clock that is set back stands still for a while."""
        periods = tone.mean_hz(self._at_ns, to_ns) * max(0.0, to_ns - self._at_ns) / 1e9
        self._at_ns = to_ns
        if periods < self._left:
            self._left -= periods
        else:
            wander = self._random.gauss(0.0, self._jitter * sqrt(periods)) if self._jitter else 0.0
            self._left = 1.0 - (periods - self._left + wander) % 1.0

    def rises(self, to_ns: float, tone: Tone) -> list[float]:
        """Advance to this time and return the times at which OUT rose."""
        rises_ns: list[float] = []
        at_ns, left = self._at_ns, self._left
        while tone.hz and (next_ns := tone.after_ns(at_ns, left)) < to_ns:
            rises_ns.append(next_ns)
            at_ns = next_ns
            left = 1.0 + (self._random.gauss(0.0, self._jitter) if self._jitter else 0.0)
        self._at_ns, self._left = at_ns, left
        self._left -= tone.mean_hz(at_ns, to_ns) * (to_ns - at_ns) / 1e9
        self._at_ns = to_ns
        return rises_ns
