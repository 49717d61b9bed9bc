"""Pins on the RPi.GPIO interface: RPi.GPIO itself, or rpi-lgpio under the same name.

Neither passes on the kernel's time stamps, so the line is polled and stamped here; polling.py
judges the polls.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import cycle, pairwise
from random import Random
from statistics import median
from typing import Any

from ..errors import PinError
from ..readings import Edges
from .polling import ENOUGH_POLLS, LATE, Poll, PolledGate, rising_edges
from .rpi_gpio_library import library_name, pin_error, rpi_gpio

# Polls before the gate, which measure the pace. Odd, so that the median is one of them.
_TRIAL_POLLS = 31
_TRIAL_STAMPS = 16
# Each poll is delayed by a random share of the time it takes; the shares are drawn once.
_DITHER = 1.0
_DRAW = Random(3200)
_SHARES = tuple(_DRAW.random() for _ in range(256))
# The fastest wave to be timed has this many polls a period; 6 are just enough.
_POLLS_A_PERIOD = 8
# Before the first gate: the pace of the slowest pair, rpi-lgpio on a Pi Zero.
_FASTEST_UNTRIED_HZ = 700.0
# A pull of some 50 kOhm against a metre of wire takes microseconds.
_PULL_SETTLES_S = 100e-6


class RPiGPIOPins:
    """GPIO lines through a module with RPi.GPIO's interface; by default the one installed.

    library: its name and version, "RPi.GPIO 0.7.1" or "rpi-lgpio 0.6". Calls from several threads
    must come one after the other. A fault raises PinError with its cure, and leaves no line claimed
    that was not claimed before.
    """

    def __init__(self, gpio: Any = None) -> None:
        self._gpio = rpi_gpio() if gpio is None else gpio
        self.library = library_name(self._gpio)
        self._outputs: set[int] = set()
        self._pace_ns: float | None = None
        self._closed = False

    @property
    def fastest_hz(self) -> float:
        """8 polls a period at the best pace of a gate so far; 700 Hz before the first gate."""
        if self._pace_ns is None:
            return _FASTEST_UNTRIED_HZ
        return 1e9 / (_POLLS_A_PERIOD * self._pace_ns)

    def drive(self, levels: Mapping[int, bool], /) -> None:
        """Make these lines outputs at these levels, in one call to the library."""
        self._begin()
        new: list[int] = []
        try:
            for pin, level in levels.items():
                if pin not in self._outputs:
                    with self._advice(pin):
                        self._gpio.setup(pin, self._gpio.OUT, initial=int(level))
                    new.append(pin)
            with self._advice(*levels):
                self._gpio.output(list(levels), [int(level) for level in levels.values()])
        except BaseException:
            self._free(new)
            raise
        self._outputs.update(new)

    def rising_edges(self, pin: int, gate_time_s: float, /) -> Edges:
        """Poll the line through the gate; return the edges whose time is known.

        Raises EdgesTooFast for a wave of fewer than three polls a level.
        """
        where = f"GPIO{pin} by {self.library}"
        with self._input(pin, self._gpio.PUD_DOWN), self._advice(pin):
            gate = self._poll_gate(pin, int(gate_time_s * 1e9))
        self._pace_ns = min(gate.pace_ns, self._pace_ns or gate.pace_ns)
        return rising_edges(gate, where)

    def level(self, pin: int, /, *, pull_up: bool) -> bool:
        pull = self._gpio.PUD_UP if pull_up else self._gpio.PUD_DOWN
        with self._input(pin, pull), self._advice(pin):
            time.sleep(_PULL_SETTLES_S)
            return bool(self._gpio.input(pin))

    def close(self) -> None:
        self._closed = True
        pins = sorted(self._outputs)
        self._outputs.clear()
        self._free(pins)

    def _poll_gate(self, pin: int, gate_ns: int) -> PolledGate:
        """Poll the line at random distances through the gate; keep changes and late polls.

        A gate too short for enough polls stays open longer.
        """
        read, clock = self._gpio.input, time.monotonic_ns
        poll_ns, delays = self._trial(pin)
        late_ns = LATE * poll_ns
        polls: list[Poll] = []
        count, enough = 0, ENOUGH_POLLS + 10  # some come late
        first = level = read(pin)
        opened_ns = before_ns = clock()
        end_ns = opened_ns + gate_ns
        for delay in cycle(delays):
            for _ in delay:
                clock()
            level_now = read(pin)
            at_ns = clock()
            count += 1
            if level_now != level or at_ns - before_ns > late_ns:
                polls.append(Poll(count, before_ns, at_ns, level_now))
                level = level_now
            before_ns = at_ns
            if at_ns >= end_ns and count >= enough:
                break
        paused_ns = sum(n.at_ns - n.before_ns for n in polls if n.at_ns - n.before_ns > late_ns)
        pace_ns = max(poll_ns, (at_ns - opened_ns - paused_ns) / count)
        return PolledGate(opened_ns, at_ns, count, first, polls, late_ns, pace_ns)

    def _trial(self, pin: int) -> tuple[float, list[range]]:
        """Return the time of one poll, and the delays between polls in readings of the clock.

        The medians ignore a pause during the trial.
        """
        read, clock = self._gpio.input, time.monotonic_ns
        stamps_ns = [clock()]
        for _ in range(_TRIAL_POLLS):
            read(pin)
            stamps_ns.append(clock())
        poll_ns = max(1.0, median(b - a for a, b in pairwise(stamps_ns)))
        stamps_ns = [clock() for _ in range(_TRIAL_STAMPS)]
        clock_ns = median(b - a for a, b in pairwise(stamps_ns))
        longest = _DITHER * poll_ns / clock_ns if clock_ns > 0 else 1.0
        return poll_ns, [range(round(share * longest)) for share in _SHARES]

    @contextmanager
    def _input(self, pin: int, pull: int) -> Iterator[None]:
        if pin in self._outputs:
            raise PinError(f"GPIO{pin} is driven as an output here: it cannot be read as an input")
        self._begin()
        with self._advice(pin):
            self._gpio.setup(pin, self._gpio.IN, pull_up_down=pull)
        try:
            yield
        finally:
            self._free([pin])

    def _begin(self) -> None:
        """Set the mode before each use: other code may have called the library's cleanup()."""
        if self._closed:
            raise PinError("these pins are closed: open others")
        self._gpio.setwarnings(False)
        with self._advice():
            self._gpio.setmode(self._gpio.BCM)

    def _free(self, pins: list[int]) -> None:
        if pins:
            with self._advice(*pins):
                self._gpio.cleanup(pins)

    @contextmanager
    def _advice(self, *pins: int) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # rpi-lgpio has an error class of its own, by the name of error
            raise pin_error(error, pins, self.library) from error
