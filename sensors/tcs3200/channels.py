r"""The four channels of one TCS3200: select the filter, time OUT, adapt the scaling.

S2 S3     __red___/‾blue‾‾\__clear__      a change restarts the output's divider, and its next
OUT       |||||||| |  |  |   ||||||||     rising edge begins a valid period: no wait is needed
gate      |------| |-----|   |------|     in between (data sheet, output scaling)
"""

import time
from threading import Event

from ..errors import EdgesTooFast
from ..frequency.estimate import frequency_of
from ..ports import Pins
from ..readings import Frequency
from .filters import IN_TURN, POWER_DOWN, Filter, FrequencyScaling
from .ranging import Ranging
from .wiring import Wiring

# A channel timed by fewer edges than this gets a second, longer gate.
_ENOUGH_EDGES = 8
# Recovery from power-down (data sheet, operating characteristics).
_RECOVERY_S = 100e-6


class ReadingCancelled(Exception):
    """A reading was stopped halfway because it is no longer needed."""


class Channels:
    """The channels of one sensor, each with its own scaling. The caller holds the sensor's lock."""

    def __init__(self, pins: Pins, wiring: Wiring, scaling: FrequencyScaling, auto: bool) -> None:
        self._pins = pins
        self._wiring = wiring
        self._ranging = {channel: Ranging(scaling, auto=auto) for channel in Filter}

    @property
    def scaling(self) -> FrequencyScaling:
        """The scaling of the clear channel, which is the brightest."""
        return self._ranging[Filter.CLEAR].scaling

    def wake(self, *, led: bool = True) -> None:
        """Power the sensor up and enable its output, with its LED on or off."""
        levels = self._scaling_levels(self.scaling.levels)
        if self._wiring.oe is not None:
            levels[self._wiring.oe] = False  # output enable is active low
        if self._wiring.led is not None:
            levels[self._wiring.led] = led
        if levels:
            self._pins.drive(levels)
            time.sleep(_RECOVERY_S)

    def power_down(self) -> None:
        """Power down the sensor, or at least its output, as far as its pins are wired."""
        levels = self._scaling_levels(POWER_DOWN)
        if self._wiring.oe is not None:
            levels[self._wiring.oe] = True
        if levels:
            self._pins.drive(levels)

    def light(self, *, led: bool) -> None:
        """Switch the LED, if there is a line for it."""
        if self._wiring.led is not None:
            self._pins.drive({self._wiring.led: led})

    def time_all(
        self, gate_time_s: float, timeout_s: float, stop: Event
    ) -> dict[Filter, Frequency]:
        """Return all four, normalised to 100 % scaling.

        Raises ReadingCancelled before the next channel if `stop` is set.
        """
        frequencies: dict[Filter, Frequency] = {}
        for channel in IN_TURN:
            if stop.is_set():
                raise ReadingCancelled
            frequencies[channel] = self._time(channel, gate_time_s, timeout_s)
        return frequencies

    def _time(self, channel: Filter, gate_time_s: float, timeout_s: float) -> Frequency:
        """Time one channel: scaled lower if too fast, higher or longer if too slow."""
        ranging = self._ranging[channel]
        output, left_s = self._first_gate(channel, gate_time_s), timeout_s
        if output.edges < _ENOUGH_EDGES:
            at_most_hz = (output.edges + 1) / gate_time_s
            if ranging.climb(at_most_hz, self._pins.fastest_hz):
                output = self._gate(channel, gate_time_s)
                left_s = max(gate_time_s, timeout_s - gate_time_s)
        if output.edges < _ENOUGH_EDGES:
            longer_s = (_ENOUGH_EDGES + 1) / output.hz if output.hz else left_s
            output = self._gate(channel, min(left_s, max(gate_time_s, longer_s)))
        share = ranging.scaling.value
        ranging.climb(output.hz, self._pins.fastest_hz)
        return output._replace(hz=output.hz / share, uncertainty_hz=output.uncertainty_hz / share)

    def _first_gate(self, channel: Filter, gate_time_s: float) -> Frequency:
        ranging = self._ranging[channel]
        try:
            output = self._gate(channel, gate_time_s)
        except EdgesTooFast:
            if not ranging.fall(None, self._pins.fastest_hz):
                raise
        else:
            if not ranging.fall(output, self._pins.fastest_hz):
                return output
        return self._gate(channel, gate_time_s)

    def _gate(self, channel: Filter, gate_time_s: float) -> Frequency:
        s2, s3 = channel.value
        levels = self._scaling_levels(self._ranging[channel].scaling.levels)
        self._pins.drive({self._wiring.s2: s2, self._wiring.s3: s3, **levels})
        return frequency_of(self._pins.rising_edges(self._wiring.out, gate_time_s))

    def _scaling_levels(self, levels: tuple[bool, bool]) -> dict[int, bool]:
        if self._wiring.s0 is None or self._wiring.s1 is None:
            return {}
        return {self._wiring.s0: levels[0], self._wiring.s1: levels[1]}
