"""TCS3200: a light-to-frequency sensor. Selects a filter, times the output, names the channel."""

import time
from typing import Self

from .backends import best_pins
from .errors import ConfigError, PinError
from .frequency import frequency_from_edges
from .ports import Edges, Pins
from .readings import Frequency, RawColour
from .selection import Filter, FrequencyScaling
from .wiring import Wiring, check_times

# One bit changes from each filter to the next, so that no third filter is passed through.
_ORDER = (Filter.RED, Filter.BLUE, Filter.GREEN, Filter.CLEAR)

# A channel timed by fewer edges than this gets a second, longer gate.
_ENOUGH_EDGES = 8

# "auto" leaves 2 % when clear would stay under 10 kHz at 20 %, and comes back above 12 kHz.
_UP_BELOW_HZ = 50_000.0
_DOWN_ABOVE_HZ = 60_000.0

_SCALINGS = {f"{scaling.value:.0%}": scaling for scaling in FrequencyScaling}


class TCS3200:
    """A TCS3200 on GPIO lines, by BCM number. A context manager; closing twice is fine.

    out, s2, s3: always wired. s0, s1: when wired, scaling="auto" ranges between 2 % and 20 %;
    without them the sensor counts as strapped to 20 %, and another strapping is passed as
    scaling= (a FrequencyScaling, or its name, such as "2%"). oe (active low) and led: driven on
    at the first reading, off on closing. gate_time_s: how long each channel is timed; multiples
    of 0.05 cancel 100 and 120 Hz lamp flicker. timeout_s: how long a dark channel is waited for.
    pins: a Pins object, which stays the caller's to close; without one, the best that this
    machine has.
    Raises ConfigError for impossible wiring; nothing touches the hardware before a reading.
    """

    def __init__(
        self,
        out: int,
        s2: int,
        s3: int,
        s0: int | None = None,
        s1: int | None = None,
        oe: int | None = None,
        led: int | None = None,
        *,
        scaling: FrequencyScaling | str = "auto",
        gate_time_s: float = 0.05,
        timeout_s: float = 1.0,
        pins: Pins | None = None,
    ) -> None:
        self._wiring = Wiring(out, s2, s3, s0, s1, oe, led)
        check_times(gate_time_s, timeout_s)
        self._auto, self._scaling = first_scaling(scaling, strapped=s0 is None)
        self.gate_time_s = gate_time_s
        self.timeout_s = timeout_s
        self._pins = best_pins() if pins is None else pins
        self._owns_pins = pins is None
        self._awake = False
        self._closed = False

    @property
    def scaling(self) -> FrequencyScaling:
        """The output scaling that the next reading will use."""
        return self._scaling

    def read(self) -> RawColour:
        """Time all four filters and return their frequencies in Hz at 100 % scaling.

        Darkness is 0.0 and takes gate_time_s + timeout_s a channel; a fault raises SensorError.
        """
        channels = self.measure()
        return RawColour(
            red=channels[Filter.RED].hz,
            green=channels[Filter.GREEN].hz,
            blue=channels[Filter.BLUE].hz,
            clear=channels[Filter.CLEAR].hz,
        )

    def measure(self) -> dict[Filter, Frequency]:
        """The same as read(), with uncertainty, edges and lost edges for each filter."""
        if self._closed:
            raise PinError("this TCS3200 is closed: open another")
        self._wake()
        at_100_percent = 1 / self._scaling.value
        channels = {}
        for colour_filter in _ORDER:
            hz, uncertainty_hz, edges, lost = self._time(colour_filter)
            channels[colour_filter] = Frequency(
                hz * at_100_percent, uncertainty_hz * at_100_percent, edges, lost
            )
        if self._auto:
            self._scaling = _next_scaling(self._scaling, channels[Filter.CLEAR].hz)
        return channels

    def close(self) -> None:
        """Switch the output and the LED off and give the lines back."""
        self._closed = True
        if self._awake:
            self._awake = False
            self._pins.drive(self._side_levels(on=False))
        if self._owns_pins:
            self._pins.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _wake(self) -> None:
        levels = self._side_levels(on=True)
        if self._wiring.s0 is not None and self._wiring.s1 is not None:
            levels[self._wiring.s0], levels[self._wiring.s1] = self._scaling.levels
        if levels:
            self._pins.drive(levels)
        if not self._awake:
            self._awake = True
            time.sleep(100e-6)  # recovery from power-down (data sheet, operating characteristics)

    def _side_levels(self, *, on: bool) -> dict[int, bool]:
        levels = {}
        if self._wiring.oe is not None:
            levels[self._wiring.oe] = not on  # output enable is active low
        if self._wiring.led is not None:
            levels[self._wiring.led] = on
        return levels

    def _time(self, colour_filter: Filter) -> Frequency:
        """Time one filter at the present scaling.

        A change of S2 or S3 clears the output divider, and the next rising edge begins a valid
        period (data sheet, "Output frequency scaling"). The port delivers no edge from before
        its gate opened, so there is nothing to wait for in between.
        """
        s2, s3 = colour_filter.value
        self._pins.drive({self._wiring.s2: s2, self._wiring.s3: s3})
        frequency = _frequency(self._pins.rising_edges(self._wiring.out, self.gate_time_s))
        if frequency.edges < _ENOUGH_EDGES:
            longer_s = self._longer_gate_s(frequency)
            frequency = _frequency(self._pins.rising_edges(self._wiring.out, longer_s))
        return frequency

    def _longer_gate_s(self, first: Frequency) -> float:
        if first.hz == 0.0:
            return self.timeout_s
        return min(self.timeout_s, max(self.gate_time_s, (_ENOUGH_EDGES + 1) / first.hz))


def _frequency(edges: Edges) -> Frequency:
    return frequency_from_edges(
        edges.timestamps_ns, edges.sequence_numbers, elapsed_s=edges.elapsed_s
    )


def first_scaling(
    scaling: FrequencyScaling | str, *, strapped: bool
) -> tuple[bool, FrequencyScaling]:
    """Whether to range automatically, and the scaling to begin with."""
    if scaling == "auto":
        if strapped:
            return False, FrequencyScaling.TWENTY_PERCENT
        return True, FrequencyScaling.TWO_PERCENT
    if isinstance(scaling, FrequencyScaling):
        return False, scaling
    if scaling in _SCALINGS:
        return False, _SCALINGS[scaling]
    names = ", ".join(_SCALINGS)
    raise ConfigError(f"TCS3200: scaling={scaling!r}: give auto, {names} or a FrequencyScaling")


def _next_scaling(scaling: FrequencyScaling, clear_hz: float) -> FrequencyScaling:
    if scaling is FrequencyScaling.TWO_PERCENT and clear_hz < _UP_BELOW_HZ:
        return FrequencyScaling.TWENTY_PERCENT
    if scaling is FrequencyScaling.TWENTY_PERCENT and clear_hz > _DOWN_ABOVE_HZ:
        return FrequencyScaling.TWO_PERCENT
    return scaling
