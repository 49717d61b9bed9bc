"""The evidence of a diagnosis: OUT, probed under one set of control inputs after another.

Each filter at each output scaling, then with the LED, the output and the power off, as far as
these have lines. A silent OUT is pulled up and down: high-impedance follows, a driven level does
not.
"""

from collections.abc import Iterator
from math import inf
from typing import NamedTuple

from ...errors import EdgesTooFast
from ...frequency.estimate import frequency_of
from ...ports import Pins
from ...readings import Edges, Frequency
from ..filters import IN_TURN, POWER_DOWN, Filter, FrequencyScaling
from ..wiring import Wiring

# Five cycles of 100 Hz and six of 120 Hz: lamps on the mains do not show in the mean.
_GATE_S = 0.05
# A slow channel gets one more gate; sixteen probes with both gates take 5.6 s.
_LONGER_GATE_S = 0.3
_FEW_EDGES = 30
_FEW_EDGES_BELOW = 8  # at 2 %, where 20 % comes after it and tells more

_SCALINGS = (FrequencyScaling.TWO_PERCENT, FrequencyScaling.TWENTY_PERCENT)

# Beyond the fastest edges of the pins, a frequency is at best a lower limit.
_MOST_LOST = 0.25
_LEAST_TRUE = 0.4
# 80 % of the smallest full scale, 500 kHz at 100 %: from here on all filters look alike.
NEAR_SATURATED_HZ = 400_000.0


class ControlInputs(NamedTuple):
    """The levels on the sensor's control pins, by their meaning. scaling: None for power-down."""

    scaling: FrequencyScaling | None
    colour_filter: Filter
    lit: bool = True
    enabled: bool = True

    @property
    def share(self) -> float:
        """The share of full frequency selected for OUT; 0 for power-down."""
        return 0.0 if self.scaling is None else self.scaling.value

    def levels(self) -> dict[str, bool]:
        s0, s1 = POWER_DOWN if self.scaling is None else self.scaling.levels
        s2, s3 = self.colour_filter.value
        return {"s0": s0, "s1": s1, "s2": s2, "s3": s3, "oe": not self.enabled, "led": self.lit}


class Probe(NamedTuple):
    """OUT under one set of control inputs.

    edges and frequency (of OUT itself, in Hz) are None when the edges came too fast for the pins.
    floats: OUT was silent and followed the pull. beyond: OUT is faster than the pins can follow.
    """

    inputs: ControlInputs
    edges: Edges | None
    frequency: Frequency | None
    floats: bool
    beyond: bool

    @property
    def timed(self) -> int:
        """The number of edges behind the frequency; 0 beyond the pins."""
        return 0 if self.frequency is None or self.beyond else self.frequency.edges

    @property
    def hz(self) -> float:
        """The frequency of OUT; 0 if it is unknown."""
        return 0.0 if self.frequency is None else self.frequency.hz

    @property
    def lost_share(self) -> float:
        """The share of edges that were not delivered; 1 if the frequency is unknown."""
        if self.frequency is None:
            return 1.0
        return self.frequency.lost / max(1, self.frequency.lost + self.frequency.edges)

    def band_hz(self, slack: float, fastest_hz: float) -> tuple[float, float]:
        """Return the limits of OUT's frequency; slack: a share of it.

        A gate measures from edge to edge, which cancels flicker except for part of a period.
        """
        if self.frequency is None:
            return _LEAST_TRUE * fastest_hz, inf
        if self.beyond:
            return _LEAST_TRUE * self.frequency.hz, inf
        if self.frequency.hz == 0:
            return 0.0, self.frequency.uncertainty_hz
        half_hz = (slack + 0.5 / self.timed) * self.hz + 4 * self.frequency.uncertainty_hz
        return max(0.0, self.hz - half_hz), self.hz + half_hz


class Evidence(NamedTuple):
    """All probes of one sensor. scaling: its strapping, where S0 and S1 have no line."""

    wiring: Wiring
    scaling: FrequencyScaling
    fastest_hz: float
    probes: tuple[Probe, ...]

    def at(self, pin: str) -> str:
        """Return a pin with its line, such as "S0 (GPIO17)"."""
        line = self.wiring.wired().get(pin)
        return pin.upper() if line is None else f"{pin.upper()} (GPIO{line})"

    def strapping(self) -> str:
        """Return the assumed strapping in words; "" if S0 and S1 have lines."""
        if self.wiring.s0 is not None:
            return ""
        return f" (S0 and S1 taken as strapped to {100 * self.scaling.value:.0f} %)"


def collect(pins: Pins, wiring: Wiring, scaling: FrequencyScaling) -> Evidence:
    """Probe OUT under all control inputs that have lines: 0.2 to 4.5 s in light, 5.6 s at most.

    Always leaves the sensor awake at `scaling`, clear, enabled and lit.
    """
    try:
        probes = tuple(_probe(pins, wiring, inputs) for inputs in _all_inputs(wiring, scaling))
    finally:
        _drive(pins, wiring, ControlInputs(scaling, Filter.CLEAR))
    return Evidence(wiring, scaling, pins.fastest_hz, probes)


def _all_inputs(wiring: Wiring, strapped: FrequencyScaling) -> Iterator[ControlInputs]:
    scalings = (strapped,) if wiring.s0 is None else _SCALINGS
    for scaling in scalings:
        for colour_filter in IN_TURN:
            yield ControlInputs(scaling, colour_filter)
        if wiring.led is not None:
            for colour_filter in IN_TURN if scaling is scalings[-1] else (Filter.CLEAR,):
                yield ControlInputs(scaling, colour_filter, lit=False)
        if wiring.oe is not None:
            yield ControlInputs(scaling, Filter.CLEAR, enabled=False)
    if wiring.s0 is not None:
        yield ControlInputs(None, Filter.CLEAR)


def _drive(pins: Pins, wiring: Wiring, inputs: ControlInputs) -> None:
    lines = wiring.wired()
    pins.drive({lines[name]: level for name, level in inputs.levels().items() if name in lines})


def _probe(pins: Pins, wiring: Wiring, inputs: ControlInputs) -> Probe:
    _drive(pins, wiring, inputs)
    try:
        edges = pins.rising_edges(wiring.out, _GATE_S)
        floats = len(edges.timestamps_ns) < 2 and _floats(pins, wiring.out)
        below = wiring.s0 is not None and inputs.scaling is FrequencyScaling.TWO_PERCENT
        few = _FEW_EDGES_BELOW if below else _FEW_EDGES
        if len(edges.timestamps_ns) < few and not floats:
            edges = pins.rising_edges(wiring.out, _LONGER_GATE_S)
        frequency = frequency_of(edges)
    except EdgesTooFast:  # evidence as well
        return Probe(inputs, None, None, floats=False, beyond=True)
    probe = Probe(inputs, edges, frequency, floats, beyond=False)
    beyond = probe.hz > pins.fastest_hz or probe.lost_share > _MOST_LOST
    return probe._replace(beyond=beyond)


def _floats(pins: Pins, out: int) -> bool:
    """Whether the line follows its pull six times, which no slow wave does by chance."""
    return all(pins.level(out, pull_up=pull_up) is pull_up for pull_up in (True, False) * 3)
