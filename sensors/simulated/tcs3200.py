"""A TCS3200 twin at edge level, written from the data sheet and not from the driver.

It is Pins: it sees the levels that the driver puts on S0..S3 and OE, and answers with the edges
that OUT would show, stamped as a kernel would stamp them.
"""

import time
from collections.abc import Callable, Mapping
from random import Random

from ..ports import Edges
from .scene import Scene

# (S2, S3) -> photodiodes; (S0, S1) -> share of full frequency (data sheet, tables 1 and 2).
_PHOTODIODES = {(0, 0): "red", (0, 1): "blue", (1, 0): "clear", (1, 1): "green"}
_SCALINGS = {(0, 0): 0.0, (0, 1): 0.02, (1, 0): 0.2, (1, 1): 1.0}
_STRAPPED = 0.2

# Without light: 2 Hz typical at 100 % (electrical characteristics).
_DARK_HZ = 2.0
# The output cannot go faster (typical full scale).
_FULL_SCALE_HZ = 600_000.0
# Each period wanders by this share of itself, and each stamp comes late by about this much;
# both are assumptions, about right for a Pi 4.
_PERIOD_JITTER = 0.002
_STAMP_LATENCY_NS = 2_000.0


class SimulatedTCS3200:
    """Pins with a TCS3200 on them, wired as told, looking at a scene.

    S0 and S1 not wired count as strapped to 20 %, OE not wired as tied to ground.
    noise=False gives perfect edges.
    """

    def __init__(
        self,
        scene: Scene,
        *,
        out: int,
        s2: int,
        s3: int,
        s0: int | None = None,
        s1: int | None = None,
        oe: int | None = None,
        noise: bool = True,
        seed: int = 3200,
        clock_ns: Callable[[], int] = time.monotonic_ns,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.scene = scene
        self.levels: dict[int, bool] = {}
        self._out, self._s2, self._s3, self._s0, self._s1, self._oe = out, s2, s3, s0, s1, oe
        self._noise = Random(seed) if noise else None
        self._random = Random(seed)
        self._clock_ns = clock_ns
        self._sleep = sleep
        self._edges_made = 0

    def drive(self, levels: Mapping[int, bool], /) -> None:
        """Put these levels on the lines."""
        self.levels.update(levels)

    def rising_edges(self, pin: int, gate_time_s: float, /) -> Edges:
        """What OUT shows through the gate; nothing on any other line."""
        opened_ns = self._clock_ns()
        self._sleep(gate_time_s)
        hz = self.output_hz() if pin == self._out else 0.0
        stamps_ns = self._stamps(opened_ns, gate_time_s * 1e9, hz) if hz else []
        first = self._edges_made + 1
        self._edges_made += len(stamps_ns)
        return Edges(stamps_ns, list(range(first, self._edges_made + 1)), gate_time_s)

    def close(self) -> None:
        """Let go of the lines."""
        self.levels.clear()

    def output_hz(self) -> float:
        """The frequency on OUT at the present levels; 0 when it is high-impedance."""
        if self._oe is not None and self._level(self._oe):
            return 0.0
        scaling = _STRAPPED
        if self._s0 is not None and self._s1 is not None:
            scaling = _SCALINGS[self._level(self._s0), self._level(self._s1)]
        photodiodes = _PHOTODIODES[self._level(self._s2), self._level(self._s3)]
        light_hz: float = getattr(self.scene.light, photodiodes)
        return min(light_hz + _DARK_HZ, _FULL_SCALE_HZ) * scaling

    def _level(self, pin: int) -> int:
        return int(self.levels.get(pin, False))

    def _stamps(self, opened_ns: int, gate_ns: float, hz: float) -> list[int]:
        period_ns = 1e9 / hz
        # The divider restarts with each switching, so the first edge comes within a period.
        at_ns = period_ns * self._random.random()
        stamps_ns: list[int] = []
        while at_ns < gate_ns:
            late_ns, wander = 0.0, 0.0
            if self._noise is not None:
                late_ns = self._noise.expovariate(1 / _STAMP_LATENCY_NS)
                wander = self._noise.gauss(0.0, _PERIOD_JITTER)
            stamp_ns = opened_ns + int(at_ns + late_ns)
            stamps_ns.append(max(stamp_ns, stamps_ns[-1] + 1) if stamps_ns else stamp_ns)
            at_ns += period_ns * (1.0 + wander)
        return stamps_ns
