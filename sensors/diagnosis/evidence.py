"""What a diagnosis looks at: OUT, under one command after another.

Each filter at each output scaling, then the LED, the output and the power switched off, as far
as there are lines for it. A silent OUT is asked whether it floats: high-impedance follows a pull,
a driven level does not.
"""

from collections.abc import Iterator
from math import inf
from typing import NamedTuple

from ..errors import EdgesTooFast
from ..filters import IN_TURN, POWER_DOWN, Filter, FrequencyScaling
from ..frequency import frequency_of
from ..ports import Edges, Pins
from ..readings import Frequency
from ..wiring import Wiring

# Five cycles of 100 Hz and six of 120 Hz: lamps on the mains do not show in the mean.
_GATE_S = 0.05
# A slow channel gets one more gate; sixteen looks at both take 5.6 s.
_LONGER_GATE_S = 0.3
_FEW_EDGES = 30
_FEW_EDGES_BELOW = 8  # at 2 %, where 20 % comes after it and tells more

_SCALINGS = (FrequencyScaling.TWO_PERCENT, FrequencyScaling.TWENTY_PERCENT)

# Beyond what the pins are good for, what they say is a lower limit at best.
_MOST_LOST = 0.25
_LEAST_TRUE = 0.4
# 80 % of the smallest full scale, 500 kHz at 100 %: from here on all filters look alike.
NEAR_SATURATED_HZ = 400_000.0


class Command(NamedTuple):
    """What the lines tell the sensor. scaling is None for power-down."""

    scaling: FrequencyScaling | None
    colour_filter: Filter
    lit: bool = True
    enabled: bool = True

    @property
    def share(self) -> float:
        """The share of full frequency that is told to reach OUT; 0 for power-down."""
        return 0.0 if self.scaling is None else self.scaling.value

    def levels(self) -> dict[str, bool]:
        """The level of each pin, by its name."""
        s0, s1 = POWER_DOWN if self.scaling is None else self.scaling.levels
        s2, s3 = self.colour_filter.value
        return {"s0": s0, "s1": s1, "s2": s2, "s3": s3, "oe": not self.enabled, "led": self.lit}


class Look(NamedTuple):
    """What OUT showed under a command.

    edges and frequency (of OUT itself, in Hz) are None when the edges came too fast to tell.
    floats: OUT was silent and followed the pull. beyond: faster than the pins are good for.
    """

    command: Command
    edges: Edges | None
    frequency: Frequency | None
    floats: bool
    beyond: bool

    @property
    def timed(self) -> int:
        """How many edges stand behind the frequency; none when it is beyond the pins."""
        return 0 if self.frequency is None or self.beyond else self.frequency.edges

    @property
    def hz(self) -> float:
        """The frequency of OUT as far as it is known; 0 when there is none."""
        return 0.0 if self.frequency is None else self.frequency.hz

    @property
    def lost_share(self) -> float:
        """The share of edges that happened and were not delivered; 1 when nothing could be told."""
        if self.frequency is None:
            return 1.0
        return self.frequency.lost / max(1, self.frequency.lost + self.frequency.edges)

    def band_hz(self, slack: float, fastest_hz: float) -> tuple[float, float]:
        """Between what limits OUT's frequency lies; slack is a share of it.

        A gate measures from edge to edge, and so cancels flicker but for a part of a period.
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
    """All looks at one sensor. scaling: what it is strapped to, where S0 and S1 have no line."""

    wiring: Wiring
    scaling: FrequencyScaling
    fastest_hz: float
    looks: tuple[Look, ...]

    def at(self, pin: str) -> str:
        """A pin with its line in words, such as "S0 (GPIO17)"."""
        line = self.wiring.wired().get(pin)
        return pin.upper() if line is None else f"{pin.upper()} (GPIO{line})"

    def strapping(self) -> str:
        """What a sensor without lines for S0 and S1 is taken to be; "" for one that has them."""
        if self.wiring.s0 is not None:
            return ""
        return f" (S0 and S1 taken as strapped to {100 * self.scaling.value:.0f} %)"


def collect(pins: Pins, wiring: Wiring, scaling: FrequencyScaling) -> Evidence:
    """Look at OUT under every command there are lines for: 0.2 to 4.5 s in light, 5.6 s at worst.

    Whatever happens, the sensor is left awake at `scaling`, clear, enabled and lit.
    """
    try:
        looks = tuple(_look(pins, wiring, command) for command in _commands(wiring, scaling))
    finally:
        _drive(pins, wiring, Command(scaling, Filter.CLEAR))
    return Evidence(wiring, scaling, pins.fastest_hz, looks)


def _commands(wiring: Wiring, strapped: FrequencyScaling) -> Iterator[Command]:
    scalings = (strapped,) if wiring.s0 is None else _SCALINGS
    for scaling in scalings:
        for colour_filter in IN_TURN:
            yield Command(scaling, colour_filter)
        if wiring.led is not None:
            for colour_filter in IN_TURN if scaling is scalings[-1] else (Filter.CLEAR,):
                yield Command(scaling, colour_filter, lit=False)
        if wiring.oe is not None:
            yield Command(scaling, Filter.CLEAR, enabled=False)
    if wiring.s0 is not None:
        yield Command(None, Filter.CLEAR)


def _drive(pins: Pins, wiring: Wiring, command: Command) -> None:
    lines = wiring.wired()
    pins.drive({lines[name]: level for name, level in command.levels().items() if name in lines})


def _look(pins: Pins, wiring: Wiring, command: Command) -> Look:
    _drive(pins, wiring, command)
    try:
        edges = pins.rising_edges(wiring.out, _GATE_S)
        floats = len(edges.timestamps_ns) < 2 and _floats(pins, wiring.out)
        below = wiring.s0 is not None and command.scaling is FrequencyScaling.TWO_PERCENT
        few = _FEW_EDGES_BELOW if below else _FEW_EDGES
        if len(edges.timestamps_ns) < few and not floats:
            edges = pins.rising_edges(wiring.out, _LONGER_GATE_S)
        frequency = frequency_of(edges)
    except EdgesTooFast:  # that OUT is too fast is evidence too
        return Look(command, None, None, floats=False, beyond=True)
    look = Look(command, edges, frequency, floats, beyond=False)
    beyond = look.hz > pins.fastest_hz or look.lost_share > _MOST_LOST
    return look._replace(beyond=beyond)


def _floats(pins: Pins, out: int) -> bool:
    """Whether the line follows its pull time after time, which no slow wave does by chance."""
    return all(pins.level(out, pull_up=pull_up) is pull_up for pull_up in (True, False) * 3)
