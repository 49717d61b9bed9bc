"""TCS3200: a light-to-frequency sensor. Selects a filter, times the output, names the channel.

            S2 S3                       S0 S1                    full scale
    red     L  L            power down  L  L    output high-Z
    blue    L  H            2 %         L  H                     12 kHz
    clear   H  L            20 %        H  L                     120 kHz
    green   H  H            100 %       H  H    never chosen by itself: 600 kHz

(data sheet TAOS099, tables 1 and 2)
"""

import time
from collections.abc import Mapping
from enum import Enum
from typing import Self

from .backends import best_pins
from .errors import ConfigError, PinError
from .frequency import frequency_from_edges
from .ports import Edges, Pins
from .readings import Frequency, RawColour


class Filter(Enum):
    """The colour filters, by the levels of (S2, S3) that select them."""

    RED = (False, False)
    BLUE = (False, True)
    CLEAR = (True, False)
    GREEN = (True, True)


class FrequencyScaling(Enum):
    """Output scalings, as the share of full frequency that reaches OUT: "2%", "20%", "100%"."""

    TWO_PERCENT = 0.02
    TWENTY_PERCENT = 0.2
    FULL = 1.0

    @property
    def levels(self) -> tuple[bool, bool]:
        """The levels of (S0, S1) that select this scaling."""
        return {
            FrequencyScaling.TWO_PERCENT: (False, True),
            FrequencyScaling.TWENTY_PERCENT: (True, False),
            FrequencyScaling.FULL: (True, True),
        }[self]


# One bit changes from each filter to the next, so that no third filter is passed through.
_ORDER = (Filter.RED, Filter.BLUE, Filter.GREEN, Filter.CLEAR)

# A channel timed by fewer edges than this gets a second, longer gate.
_ENOUGH_EDGES = 8

# "auto" leaves 2 % when clear would stay under 10 kHz at 20 %, and comes back above 12 kHz.
_UP_BELOW_HZ = 50_000.0
_DOWN_ABOVE_HZ = 60_000.0

_HIGHEST_BCM = 53

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
        wiring = {"out": out, "s2": s2, "s3": s3, "s0": s0, "s1": s1, "oe": oe, "led": led}
        check_settings(wiring, scaling, gate_time_s, timeout_s)
        self._out, self._s2, self._s3, self._s0, self._s1 = out, s2, s3, s0, s1
        self._oe, self._led = oe, led
        self._auto, self._scaling = _first_scaling(scaling, strapped=s0 is None)
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
        if self._s0 is not None and self._s1 is not None:
            levels[self._s0], levels[self._s1] = self._scaling.levels
        if levels:
            self._pins.drive(levels)
        if not self._awake:
            self._awake = True
            time.sleep(100e-6)  # recovery from power-down (data sheet, operating characteristics)

    def _side_levels(self, *, on: bool) -> dict[int, bool]:
        levels = {}
        if self._oe is not None:
            levels[self._oe] = not on  # output enable is active low
        if self._led is not None:
            levels[self._led] = on
        return levels

    def _time(self, colour_filter: Filter) -> Frequency:
        """Time one filter at the present scaling.

        A change of S2 or S3 clears the output divider, and the next rising edge begins a valid
        period (data sheet, "Output frequency scaling"). The port delivers no edge from before
        its gate opened, so there is nothing to wait for in between.
        """
        s2, s3 = colour_filter.value
        self._pins.drive({self._s2: s2, self._s3: s3})
        frequency = _frequency(self._pins.rising_edges(self._out, self.gate_time_s))
        if frequency.edges < _ENOUGH_EDGES:
            longer_s = self._longer_gate_s(frequency)
            frequency = _frequency(self._pins.rising_edges(self._out, longer_s))
        return frequency

    def _longer_gate_s(self, first: Frequency) -> float:
        if first.hz == 0.0:
            return self.timeout_s
        return min(self.timeout_s, max(self.gate_time_s, (_ENOUGH_EDGES + 1) / first.hz))


def _frequency(edges: Edges) -> Frequency:
    return frequency_from_edges(
        edges.timestamps_ns, edges.sequence_numbers, elapsed_s=edges.elapsed_s
    )


def check_settings(
    lines: Mapping[str, int | None],
    scaling: FrequencyScaling | str,
    gate_time_s: float,
    timeout_s: float,
) -> None:
    """Raise ConfigError for settings that no TCS3200 can have."""
    _check_wiring(lines)
    _first_scaling(scaling, strapped=lines["s0"] is None)
    _check_times(gate_time_s, timeout_s)


def _check_wiring(lines: Mapping[str, int | None]) -> None:
    for name in ("out", "s2", "s3"):
        if lines[name] is None:
            raise ConfigError(f"TCS3200: {name} is not given: out, s2 and s3 must be wired")
    if (lines["s0"] is None) != (lines["s1"] is None):
        raise ConfigError("TCS3200: give s0 and s1 both, or neither (both strapped on the board)")
    wired = {name: pin for name, pin in lines.items() if pin is not None}
    for name, pin in wired.items():
        if not isinstance(pin, int) or isinstance(pin, bool) or not 0 <= pin <= _HIGHEST_BCM:
            raise ConfigError(
                f"TCS3200: {name}={pin!r} is no BCM number; these run from 0 to {_HIGHEST_BCM}"
            )
    by_pin: dict[int, str] = {}
    for name, pin in wired.items():
        if pin in by_pin:
            raise ConfigError(f"TCS3200: {by_pin[pin]} and {name} are both on GPIO{pin}")
        by_pin[pin] = name


def _check_times(gate_time_s: float, timeout_s: float) -> None:
    for name, seconds in (("gate_time_s", gate_time_s), ("timeout_s", timeout_s)):
        if not isinstance(seconds, int | float) or isinstance(seconds, bool):
            raise ConfigError(f"TCS3200: {name}={seconds!r}: a number of seconds is wanted")
    if not 0.001 <= gate_time_s <= 10.0:
        raise ConfigError(f"TCS3200: gate_time_s={gate_time_s}: choose 0.001 to 10 s, say 0.05")
    if not gate_time_s <= timeout_s <= 60.0:
        raise ConfigError(
            f"TCS3200: timeout_s={timeout_s}: choose between gate_time_s ({gate_time_s}) and 60 s"
        )


def _first_scaling(
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
