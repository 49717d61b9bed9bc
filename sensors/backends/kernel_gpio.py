"""Pins on the Linux GPIO character device, through gpiod 2: edges stamped by the kernel.

The interrupt takes the stamp, so Python may sleep through the gate and read all edges at its end.
Works on every Pi with kernel 5.10 or later, without root and without a daemon.
"""

import errno
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from ..errors import BackendMissing, PinError
from ..readings import Edges
from .kernel_gpio_errors import FAULTS, consumer, line_error, no_header, open_error

# The header's chip by its label, never by its number: the Pi 5's has been gpiochip4 and gpiochip0.
HEADER_LABELS = ("pinctrl-bcm2835", "pinctrl-bcm2711", "pinctrl-rp1")
# The kernel's largest queue, and the longest time between two reads of it: the default gate.
_QUEUE = 1024
_LONGEST_SLEEP_S = 0.05
# Faster edges overflow the queue in that time; on one core (Pi Zero, Pi 1) they merge before its
# thread runs.
_FASTEST_HZ = 20_000.0
_FASTEST_ON_ONE_CORE_HZ = 12_000.0
# A pull of some 50 kOhm against a metre of wire takes microseconds.
_PULL_SETTLES_S = 100e-6


class KernelPins:
    """GPIO lines of a character device; without a path, the chip of the Pi's header.

    Calls from several threads must come one after the other. A fault raises PinError with its
    cure, and leaves no line claimed that was not claimed before.
    """

    def __init__(self, path: str | None = None) -> None:
        self._gpiod = _gpiod()
        self._given_path = self._path = path
        self._outputs: dict[int, Any] = {}
        self._closed = False
        self.fastest_hz = _FASTEST_ON_ONE_CORE_HZ if os.cpu_count() == 1 else _FASTEST_HZ

    def drive(self, levels: Mapping[int, bool], /) -> None:
        """Make these lines outputs at these levels; lines of one first call change as one."""
        for request in {self._outputs[pin] for pin in levels if pin in self._outputs}:
            mine = {p: v for p, v in levels.items() if self._outputs.get(p) is request}
            with self._in_use(mine):
                request.set_values({pin: self._value(level) for pin, level in mine.items()})
        new = {pin: level for pin, level in levels.items() if pin not in self._outputs}
        if new:
            request = self._request({pin: self._output(level) for pin, level in new.items()})
            self._outputs.update(dict.fromkeys(new, request))

    def rising_edges(self, pin: int, gate_time_s: float, /) -> Edges:
        """Sleep through the gate, in parts of 50 ms, and read the kernel's queue after each.

        The line is claimed only for the gate: no interrupts between readings, no edge from before.
        The kernel numbers a new request's edges from 1 and a full queue drops its oldest, so the
        first number left tells how many were dropped.
        """
        line = self._gpiod.line
        settings = self._gpiod.LineSettings(
            direction=line.Direction.INPUT,
            edge_detection=line.Edge.RISING,
            bias=line.Bias.PULL_DOWN,  # a powered-down sensor floats: no phantom edges
            event_clock=line.Clock.MONOTONIC,
        )
        with self._input(pin, settings) as request, self._in_use({pin: True}):
            events: list[Any] = []
            opened_ns = time.monotonic_ns()
            elapsed_s = 0.0
            while elapsed_s < gate_time_s:
                time.sleep(min(gate_time_s - elapsed_s, _LONGEST_SLEEP_S))
                elapsed_s = (time.monotonic_ns() - opened_ns) / 1e9
                if request.wait_edge_events(0):
                    events += request.read_edge_events(_QUEUE)
        return Edges(
            [event.timestamp_ns for event in events],
            [event.line_seqno for event in events],
            elapsed_s,
            dropped=events[0].line_seqno - 1 if events else 0,
        )

    def level(self, pin: int, /, *, pull_up: bool) -> bool:
        line = self._gpiod.line
        settings = self._gpiod.LineSettings(
            direction=line.Direction.INPUT,
            bias=line.Bias.PULL_UP if pull_up else line.Bias.PULL_DOWN,
        )
        with self._input(pin, settings) as request, self._in_use({pin: True}):
            time.sleep(_PULL_SETTLES_S)
            return bool(request.get_value(pin) is line.Value.ACTIVE)

    def close(self) -> None:
        """Turn the lines into inputs, then release them.

        The kernel of Raspberry Pi OS leaves a released output driven.
        """
        self._closed = True
        with ExitStack() as closing:  # an error of one does not keep the others
            for request in set(self._outputs.values()):
                closing.callback(self._give_back, request)
            self._outputs.clear()

    def _give_back(self, request: Any) -> None:
        pins = dict.fromkeys(request.offsets, True)
        as_input = self._gpiod.LineSettings(direction=self._gpiod.line.Direction.INPUT)
        try:
            request.reconfigure_lines({tuple(pins): as_input})
        except OSError as error:
            if error.errno != errno.ENODEV:  # a chip that is gone drives nothing
                raise line_error(str(self._path), pins, error) from error
        finally:
            request.release()

    def _output(self, level: bool) -> Any:
        return self._gpiod.LineSettings(
            direction=self._gpiod.line.Direction.OUTPUT, output_value=self._value(level)
        )

    def _value(self, level: bool) -> Any:
        return self._gpiod.line.Value.ACTIVE if level else self._gpiod.line.Value.INACTIVE

    @contextmanager
    def _input(self, pin: int, settings: Any) -> Iterator[Any]:
        if pin in self._outputs:
            raise PinError(f"GPIO{pin} is driven as an output here: it cannot be read as an input")
        with self._request({pin: settings}) as request:
            yield request

    def _request(self, config: dict[int, Any]) -> Any:
        if self._closed:
            raise PinError("these pins are closed: open others")
        if self._path is None:
            self._path = self._find_header()
        try:
            chip = self._gpiod.Chip(self._path)
        except OSError as error:
            path, self._path = self._path, self._given_path
            raise open_error(path, error) from error
        with chip, self._in_use(config, chip.get_info, chip.get_line_info):
            return chip.request_lines(config, consumer=consumer(), event_buffer_size=_QUEUE)

    def _find_header(self) -> str:
        labels: dict[str, str] = {}
        forbidden: dict[str, OSError] = {}
        for path in sorted({str(path.resolve()) for path in Path("/dev").glob("gpiochip*")}):
            try:
                with self._gpiod.Chip(path) as chip:
                    labels[path] = chip.get_info().label
            except PermissionError as error:
                forbidden[path] = error
            except OSError:  # no GPIO chip, or gone again
                continue
            if labels.get(path) in HEADER_LABELS:
                return path
        for path, refusal in forbidden.items():
            raise open_error(path, refusal) from refusal
        raise no_header(labels, HEADER_LABELS)

    @contextmanager
    def _in_use(
        self,
        pins: Mapping[int, Any],
        chip_info: Callable[[], Any] | None = None,
        line_info: Callable[[int], Any] | None = None,
    ) -> Iterator[None]:
        try:
            yield
        except FAULTS as error:
            path = str(self._path)
            if getattr(error, "errno", None) == errno.ENODEV:
                self._forget()
            raise line_error(path, pins, error, chip_info, line_info) from error

    def _forget(self) -> None:
        """Forget a chip that is gone; it may come back under another path."""
        for request in set(self._outputs.values()):
            request.release()
        self._outputs.clear()
        self._path = self._given_path


def _gpiod() -> Any:
    try:
        import gpiod
    except ModuleNotFoundError as error:
        raise BackendMissing("gpiod is not installed: pip install 'gpiod>=2.1'") from error
    except ImportError as error:
        raise BackendMissing(
            f"gpiod is installed but does not load ({error}): pip install --force-reinstall"
            " 'gpiod>=2.1'"
        ) from error
    if not hasattr(gpiod, "request_lines"):
        raise BackendMissing(
            "the gpiod installed here is an older one with another interface:"
            " pip install 'gpiod>=2.1'"
        )
    return gpiod
