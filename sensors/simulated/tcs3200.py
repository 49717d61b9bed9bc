"""A simulated TCS3200 at edge level, written from the data sheet and not from the driver.

It implements Pins: it gets the levels that the driver puts on the lines, through wires that may be
wrong, and returns the edges of OUT as a kernel would deliver them.
"""

import time
from collections.abc import Callable, Mapping
from random import Random
from typing import NamedTuple

from ..readings import Edges
from ..tcs3200.wiring import Wiring
from .kernel import PERFECT, PI_4, Kernel, deliver
from .output import Output, Tone
from .scene import Scene
from .wires import Fixed, Wires

# (S2, S3) -> photodiodes; (S0, S1) -> share of full frequency (data sheet, tables 1 and 2).
_PHOTODIODES = {(0, 0): "red", (0, 1): "blue", (1, 0): "clear", (1, 1): "green"}
_SCALINGS = {(0, 0): 0.0, (0, 1): 0.02, (1, 0): 0.2, (1, 1): 1.0}

# Without light: 2 Hz typical at 100 % (electrical characteristics).
_DARK_HZ = 2.0
# The output cannot go faster (typical full scale).
_FULL_SCALE_HZ = 600_000.0
# The time between two reads of the kernel's queue.
_LONGEST_SLEEP_NS = 50_000_000
# Each period of OUT wanders by this share of itself: an assumption.
_PERIOD_JITTER = 0.002


class _Inputs(NamedTuple):
    """The levels at the chip's inputs. A change restarts the output divider."""

    powered: bool
    disabled: bool
    scaling: float
    photodiodes: str

    @property
    def driving(self) -> bool:
        """Whether OUT is driven; else it is high-impedance."""
        return self.powered and not self.disabled and self.scaling > 0


class SimulatedTCS3200:
    """Pins with a TCS3200 on them, above a scene.

    wiring: as the driver knows it. Without lines, S0 and S1 are strapped to 20 %, OE is tied to
    ground, and the LED is always on. wires: the real ones, if they differ; may be set at any time.
    noise=False: perfect edges, by default through a perfect kernel. clock_ns gives the time; sleep
    must advance it.
    """

    def __init__(
        self,
        scene: Scene,
        wiring: Wiring,
        *,
        noise: bool = True,
        kernel: Kernel | None = None,
        wires: Wires | None = None,
        seed: int = 3200,
        clock_ns: Callable[[], int] = time.monotonic_ns,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.scene = scene
        self.levels: dict[int, bool] = {}
        self._out = wiring.out
        self.wires = wires or Wires.of(wiring)
        self.kernel = kernel or (PI_4 if noise else PERFECT)
        self._random = Random(seed)
        self._output = Output(self._random, _PERIOD_JITTER if noise else 0.0)
        self._inputs = self._read_inputs()
        self._clock_ns = clock_ns
        self._sleep = sleep

    @property
    def fastest_hz(self) -> float:
        return self.kernel.fastest_hz

    def drive(self, levels: Mapping[int, bool], /) -> None:
        self._update()
        self.levels.update(levels)
        self._update()

    def rising_edges(self, pin: int, gate_time_s: float, /) -> Edges:
        """Return the edges of OUT in the gate; none on another line."""
        self._update()
        opened_ns = self._clock_ns()
        # A busy host oversleeps. The gate does not, or a busy laptop would lose edges.
        self._sleep(gate_time_s)
        closed_ns = opened_ns + round(gate_time_s * 1e9)
        drains_ns = range(opened_ns + _LONGEST_SLEEP_NS, closed_ns, _LONGEST_SLEEP_NS)
        self._output.run(opened_ns, self._tone())
        rises_ns = self._output.rises(closed_ns, self._tone())
        if self.wires.ends["out"] != pin:
            rises_ns = []
        stamps_ns, numbers, _, _ = deliver(rises_ns, self.kernel, self._random, drains_ns)
        dropped = numbers[0] - 1 if numbers else 0
        return Edges(stamps_ns, numbers, (closed_ns - opened_ns) / 1e9, dropped)

    def level(self, pin: int, /, *, pull_up: bool) -> bool:
        """Return the level of OUT if it is driven or shorted; any other line follows its pull."""
        self._update()
        end = self.wires.ends["out"]
        if pin == self._out and isinstance(end, Fixed):
            return end.value
        if pin == end and self._inputs.driving:
            return self._output.is_high
        return pull_up

    def close(self) -> None:
        self.levels.clear()

    def output_hz(self) -> float:
        """Return the mean frequency of OUT at these levels; 0 if it is high-impedance."""
        self._update()
        return self._tone().hz

    def _update(self) -> None:
        """Bring OUT up to the present; restart it if the inputs have changed."""
        self._output.run(self._clock_ns(), self._tone())
        inputs = self._read_inputs()
        if inputs != self._inputs:
            was_asleep = not (self._inputs.powered and self._inputs.scaling)
            self._inputs = inputs
            self._output.restart(inputs.scaling, self._tone().hz, woken=was_asleep)

    def _read_inputs(self) -> _Inputs:
        s0, s1, s2, s3, oe, vdd = (
            self.wires.level(pin, self.levels) for pin in ("s0", "s1", "s2", "s3", "oe", "vdd")
        )
        return _Inputs(vdd, oe, _SCALINGS[s0, s1], _PHOTODIODES[s2, s3])

    def _tone(self) -> Tone:
        if not self._inputs.driving:
            return Tone(0.0)
        scaling = self._inputs.scaling
        lit = self.wires.level("led", self.levels)
        hz, swing_hz = self.scene.light_hz(self._inputs.photodiodes, lit=lit)
        hz = min(hz + _DARK_HZ, _FULL_SCALE_HZ)
        swing_hz = min(swing_hz, hz, _FULL_SCALE_HZ - hz)
        return Tone(hz * scaling, swing_hz * scaling, self.scene.background.flicker_hz)
