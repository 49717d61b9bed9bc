r"""The four channels of one TCS3200 on its lines: selected, timed, and ranged on the way.

S2 S3     __red___/‾blue‾‾\__clear__      a change restarts the output's divider, and its next
OUT       |||||||| |  |  |   ||||||||     rising edge begins a valid period: nothing to wait
gate      |------| |-----|   |------|     for in between (data sheet, output scaling)
"""

import time
from threading import Event

from .background import Stopped
from .errors import EdgesTooFast
from .frequency import frequency_from_edges
from .ports import Pins
from .ranging import has_room, is_too_high
from .readings import Frequency
from .selection import POWER_DOWN, Filter, FrequencyScaling
from .wiring import Wiring

# One bit changes from each filter to the next, so that no third filter is passed through.
_ORDER = (Filter.RED, Filter.BLUE, Filter.GREEN, Filter.CLEAR)
# A channel timed by fewer edges than this gets a second, longer gate.
_ENOUGH_EDGES = 8
# Recovery from power-down (data sheet, operating characteristics).
_RECOVERY_S = 100e-6


class Channels:
    """Times the channels of a sensor that nobody else is reading."""

    def __init__(self, pins: Pins, wiring: Wiring, scaling: FrequencyScaling, auto: bool) -> None:
        self.scaling = scaling
        self._pins = pins
        self._wiring = wiring
        self._auto = auto

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

    def rest(self) -> None:
        """Power the sensor down, or at least its output, as far as its pins are wired."""
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
        """Return all four at 100 % scaling, and choose the scaling of the next time.

        Raises Stopped before the next channel when `stop` is set.
        """
        found: dict[Filter, Frequency] = {}
        for channel in _ORDER:
            if stop.is_set():
                raise Stopped
            s2, s3 = channel.value
            self._pins.drive({self._wiring.s2: s2, self._wiring.s3: s3})
            found[channel] = self._time(gate_time_s, timeout_s)
        if self._auto and max(f.lost for f in found.values()) == 0:
            brightest_hz = max(f.hz for f in found.values()) * self.scaling.value
            if has_room(self.scaling, brightest_hz, self._pins.fastest_hz):
                self.scaling = FrequencyScaling.TWENTY_PERCENT
        return found

    def _time(self, gate_time_s: float, timeout_s: float) -> Frequency:
        """Time the selected channel: scaled lower if too fast, higher or longer if too slow."""
        output = self._first_gate(gate_time_s)
        if output.edges < _ENOUGH_EDGES and self._auto:
            at_most_hz = (output.edges + 1) / gate_time_s
            if has_room(self.scaling, at_most_hz, self._pins.fastest_hz):
                self._scale(FrequencyScaling.TWENTY_PERCENT)
                output = self._gate(gate_time_s)
        if output.edges < _ENOUGH_EDGES:
            output = self._gate(_longer_s(output, gate_time_s, timeout_s))
        share = self.scaling.value
        return output._replace(hz=output.hz / share, uncertainty_hz=output.uncertainty_hz / share)

    def _first_gate(self, gate_time_s: float) -> Frequency:
        try:
            output = self._gate(gate_time_s)
        except EdgesTooFast:
            if not self._auto or self.scaling is FrequencyScaling.TWO_PERCENT:
                raise
        else:
            if not self._auto or not is_too_high(self.scaling, output, self._pins.fastest_hz):
                return output
        self._scale(FrequencyScaling.TWO_PERCENT)
        return self._gate(gate_time_s)

    def _gate(self, gate_time_s: float) -> Frequency:
        edges = self._pins.rising_edges(self._wiring.out, gate_time_s)
        output = frequency_from_edges(
            edges.timestamps_ns,
            edges.sequence_numbers,
            elapsed_s=edges.elapsed_s,
            scatter_ns=edges.scatter_ns,
        )
        return output._replace(lost=output.lost + edges.dropped)

    def _scale(self, scaling: FrequencyScaling) -> None:
        self.scaling = scaling
        self._pins.drive(self._scaling_levels(scaling.levels))

    def _scaling_levels(self, levels: tuple[bool, bool]) -> dict[int, bool]:
        if self._wiring.s0 is None or self._wiring.s1 is None:
            return {}
        return {self._wiring.s0: levels[0], self._wiring.s1: levels[1]}


def _longer_s(first: Frequency, gate_time_s: float, timeout_s: float) -> float:
    if first.hz == 0.0:
        return timeout_s
    return min(timeout_s, max(gate_time_s, (_ENOUGH_EDGES + 1) / first.hz))
