"""Pins on the RPi.GPIO interface: RPi.GPIO itself, or rpi-lgpio under the same name.

Neither hands on the kernel's time stamps, so the line is polled and stamped here. Linux takes the
processor away now and then; a pause longer than half a period may hide an edge, so the stamps
are cut there and only the longest unbroken run is handed on.

    OUT    _|‾|_|‾|_|‾|_|‾|_|‾|_|‾|_|‾|_|‾|_|‾|_|‾|_
    polled |||||||||||||||           ||||||||||||||||||||
           `- a run -----'   pause   `- the longest run -'
"""

import time
from collections.abc import Mapping
from itertools import pairwise
from statistics import median
from typing import Any

from ..errors import BackendMissing, ImplausibleReading, PinError
from ..ports import Edges

# With fewer looks at each level edges go by unseen, and a fast wave passes for a slow one.
_POLLS_PER_LEVEL = 3


class RPiGPIOPins:
    """GPIO lines through a module with RPi.GPIO's interface; by default the one installed."""

    def __init__(self, gpio: Any = None) -> None:
        self._gpio = _rpi_gpio() if gpio is None else gpio
        self._claimed: set[int] = set()
        self._ready = False

    def drive(self, levels: Mapping[int, bool], /) -> None:
        """Make these lines outputs at these levels, in one call to the library."""
        self._begin()
        for pin, level in levels.items():
            if pin not in self._claimed:
                self._setup(pin, self._gpio.OUT, initial=int(level))
        self._gpio.output(list(levels), [int(level) for level in levels.values()])

    def rising_edges(self, pin: int, gate_time_s: float, /) -> Edges:
        """Poll the line through the gate; return the longest run without a pause."""
        self._begin()
        if pin not in self._claimed:
            self._setup(pin, self._gpio.IN, pull_up_down=self._gpio.PUD_DOWN)
        polled_ns, levels = self._poll(pin, int(gate_time_s * 1e9))
        elapsed_s = (polled_ns[-1] - polled_ns[0]) / 1e9
        return Edges(_longest_run(polled_ns, levels), None, elapsed_s)

    def close(self) -> None:
        """Turn the lines back into inputs."""
        if self._claimed:
            self._gpio.cleanup(sorted(self._claimed))
            self._claimed.clear()

    def _begin(self) -> None:
        if not self._ready:
            self._gpio.setwarnings(False)
            try:
                self._gpio.setmode(self._gpio.BCM)
            except ValueError as error:
                raise PinError(
                    "another part of this program uses BOARD numbers; storm-petrel uses BCM"
                    " numbers, and RPi.GPIO allows one kind a program"
                ) from error
            self._ready = True

    def _setup(self, pin: int, direction: int, **settings: int) -> None:
        try:
            self._gpio.setup(pin, direction, **settings)
        except Exception as error:  # rpi-lgpio has an error class of its own, by the name of error
            raise PinError(
                f"GPIO{pin} could not be claimed: {error}. Is another program using it, and is"
                " your user in group gpio?"
            ) from error
        self._claimed.add(pin)

    def _poll(self, pin: int, gate_ns: int) -> tuple[list[int], list[int]]:
        read, clock = self._gpio.input, time.monotonic_ns
        polled_ns, levels = [clock()], [read(pin)]
        end_ns = polled_ns[0] + gate_ns
        while polled_ns[-1] < end_ns:
            levels.append(read(pin))
            polled_ns.append(clock())
        return polled_ns, levels


def _longest_run(polled_ns: list[int], levels: list[int]) -> list[int]:
    """The rising edges' stamps between two pauses that could have hidden one."""
    rises = [i for i, (before, after) in enumerate(pairwise(levels), 1) if after > before]
    if len(rises) < 2:
        return [polled_ns[i] for i in rises]
    half_period_ns = 0.5 * median(polled_ns[b] - polled_ns[a] for a, b in pairwise(rises))
    poll_ns = median(after - before for before, after in pairwise(polled_ns))
    if half_period_ns < _POLLS_PER_LEVEL * poll_ns:
        raise ImplausibleReading(
            f"OUT is too fast to be polled here, at one look each {poll_ns / 1000:.0f} µs: scale it"
            " to 2 %, or install gpiod, which has the kernel stamp the edges"
        )
    runs: list[list[int]] = [[]]
    rising = set(rises)
    for i, (before_ns, after_ns) in enumerate(pairwise(polled_ns), 1):
        if after_ns - before_ns > half_period_ns:
            runs.append([])
        elif i in rising:
            runs[-1].append(after_ns)
    return max(runs, key=len)


def _rpi_gpio() -> Any:
    try:
        from RPi import GPIO
    except ImportError as error:
        raise BackendMissing(
            "RPi.GPIO is not installed: pip install RPi.GPIO, or rpi-lgpio on a Pi 5 or a kernel of"
            " 6.6 and later"
        ) from error
    except RuntimeError as error:
        raise BackendMissing(
            f"RPi.GPIO refuses this machine: {error}. On a Pi 5 take rpi-lgpio instead; off a Pi,"
            " the simulated board"
        ) from error
    return GPIO
