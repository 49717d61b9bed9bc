"""Pins on the Linux GPIO character device, through gpiod 2: edges stamped by the kernel.

The interrupt takes the stamp, so Python may sleep through the gate and read all edges at its end.
Works on every Pi with kernel 5.10 or later, without root and without a daemon.
"""

import errno
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..errors import BackendMissing, PinError
from ..ports import Edges

# The header's chip by its label, never by its number: the Pi 5's has been gpiochip4 and gpiochip0.
_HEADER_LABELS = ("pinctrl-bcm2835", "pinctrl-bcm2711", "pinctrl-rp1")
_CONSUMER = "storm-petrel"
# The kernel's largest queue: 85 ms of a 12 kHz output.
_QUEUE = 1024


class KernelPins:
    """GPIO lines of a character device; without a path, the chip of the Pi's header."""

    def __init__(self, path: str | None = None) -> None:
        self._gpiod = _gpiod()
        self._path = path
        self._outputs: dict[int, Any] = {}

    def drive(self, levels: Mapping[int, bool], /) -> None:
        """Make these lines outputs at these levels; lines of one first call change as one."""
        new = {pin: level for pin, level in levels.items() if pin not in self._outputs}
        if new:
            request = self._request({pin: self._output(level) for pin, level in new.items()})
            self._outputs.update(dict.fromkeys(new, request))
        for request in {self._outputs[pin] for pin in levels if pin not in new}:
            mine = {p: v for p, v in levels.items() if self._outputs[p] is request}
            with self._advice(mine):
                request.set_values({pin: self._value(level) for pin, level in mine.items()})

    def rising_edges(self, pin: int, gate_time_s: float, /) -> Edges:
        """Sleep through the gate, then take what the kernel has queued.

        The line is claimed for the gate alone: no stale edges, no interrupts between readings.
        """
        line = self._gpiod.line
        settings = self._gpiod.LineSettings(
            direction=line.Direction.INPUT,
            edge_detection=line.Edge.RISING,
            bias=line.Bias.PULL_DOWN,  # a powered-down sensor floats: no phantom edges
            event_clock=line.Clock.MONOTONIC,
        )
        with self._request({pin: settings}) as request, self._advice({pin: True}):
            opened_ns = time.monotonic_ns()
            time.sleep(gate_time_s)
            elapsed_s = (time.monotonic_ns() - opened_ns) / 1e9
            events = request.read_edge_events(_QUEUE) if request.wait_edge_events(0) else []
        events = [event for event in events if event.timestamp_ns >= opened_ns]
        return Edges(
            [event.timestamp_ns for event in events],
            [event.line_seqno for event in events],
            elapsed_s,
        )

    def close(self) -> None:
        """Release the lines; the kernel turns them back into inputs."""
        for request in set(self._outputs.values()):
            request.release()
        self._outputs.clear()

    def _output(self, level: bool) -> Any:
        return self._gpiod.LineSettings(
            direction=self._gpiod.line.Direction.OUTPUT, output_value=self._value(level)
        )

    def _value(self, level: bool) -> Any:
        return self._gpiod.line.Value.ACTIVE if level else self._gpiod.line.Value.INACTIVE

    def _request(self, config: dict[int, Any]) -> Any:
        if self._path is None:
            self._path = self._find_header()
        with self._advice(config):
            return self._gpiod.request_lines(
                self._path, config=config, consumer=_CONSUMER, event_buffer_size=_QUEUE
            )

    def _find_header(self) -> str:
        for path in sorted(map(str, Path("/dev").glob("gpiochip*"))):
            try:
                with self._gpiod.Chip(path) as chip:
                    if chip.get_info().label in _HEADER_LABELS:
                        return path
            except PermissionError as error:
                raise _forbidden(path) from error
            except OSError:  # not a GPIO chip after all, or gone again: look at the next
                continue
        raise PinError(
            f"no GPIO header here: none of /dev/gpiochip* is labelled {', '.join(_HEADER_LABELS)}."
            " Is this a Raspberry Pi with kernel 5.10 or later?"
        )

    @contextmanager
    def _advice(self, lines: Mapping[int, Any]) -> Iterator[None]:
        names = ", ".join(f"GPIO{pin}" for pin in lines)
        try:
            yield
        except PermissionError as error:
            raise _forbidden(str(self._path)) from error
        except FileNotFoundError as error:
            raise PinError(f"there is no {self._path}: is this a Raspberry Pi?") from error
        except ValueError as error:
            raise PinError(f"{self._path} has no {names}") from error
        except OSError as error:
            if error.errno == errno.EBUSY:
                raise PinError(f"{names} busy: {self._holders(lines)}") from error
            raise PinError(f"{names} on {self._path} failed: {error}") from error

    def _holders(self, lines: Mapping[int, Any]) -> str:
        with self._gpiod.Chip(self._path) as chip:
            held = {pin: chip.get_line_info(pin) for pin in lines}
        who = [f"GPIO{pin} is held by {info.consumer!r}" for pin, info in held.items() if info.used]
        return "; ".join(who) + ". End that program, or wire the sensor to another line"


def _gpiod() -> Any:
    try:
        import gpiod
    except ImportError as error:
        raise BackendMissing("gpiod is not installed: pip install 'gpiod>=2.1'") from error
    if not hasattr(gpiod, "request_lines"):
        raise BackendMissing(
            "the gpiod installed here is an older one with another interface:"
            " pip install 'gpiod>=2.1'"
        )
    return gpiod


def _forbidden(path: str) -> PinError:
    return PinError(
        f"{path} may not be opened: put your user into group gpio"
        " (sudo usermod -aG gpio $USER) and log in again"
    )
