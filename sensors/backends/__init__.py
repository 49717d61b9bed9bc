"""The only files that import hardware libraries, each when it is first needed."""

import os
import warnings
from collections.abc import Callable, Mapping
from importlib.util import find_spec

from ..errors import BackendMissing, PinError
from ..ports import Pins
from ..readings import Edges


class DeferredPins:
    """The Pins that `open_pins` returns, opened at the first use; a failure is tried again."""

    def __init__(self, open_pins: Callable[[], Pins]) -> None:
        self._open_pins = open_pins
        self._pins: Pins | None = None
        self._closed = False

    def open(self) -> Pins:
        """Return the pins. Raises BackendMissing, or PinError once closed."""
        if self._closed:
            raise PinError("these pins are closed: open the board again")
        if self._pins is None:
            self._pins = self._open_pins()
        return self._pins

    @property
    def fastest_hz(self) -> float:
        return self.open().fastest_hz

    def drive(self, levels: Mapping[int, bool], /) -> None:
        self.open().drive(levels)

    def rising_edges(self, pin: int, gate_time_s: float, /) -> Edges:
        return self.open().rising_edges(pin, gate_time_s)

    def level(self, pin: int, /, *, pull_up: bool) -> bool:
        return self.open().level(pin, pull_up=pull_up)

    def close(self) -> None:
        self._closed = True
        if self._pins is not None:
            self._pins.close()


def best_pins() -> Pins:
    """Return the best Pins this machine has: kernel time stamps, else RPi.GPIO polled.

    If gpiod is installed and cannot work, RPi.GPIO takes its place, with a RuntimeWarning that says
    why. A busy line or a missing group is no reason: RPi.GPIO would fail as well, so the first
    reading raises the error.
    Raises BackendMissing, which says how to install one.
    """
    why_not = ""
    if find_spec("gpiod"):
        try:
            return _kernel_pins()
        except BackendMissing as error:
            why_not = str(error)
    if find_spec("RPi") and find_spec("RPi.GPIO"):
        from .rpi_gpio import RPiGPIOPins

        pins = RPiGPIOPins()
        if why_not:
            warnings.warn(
                f"{pins.library} is polled in place of gpiod's time stamps: {why_not}",
                RuntimeWarning,
                stacklevel=2,
            )
        return pins
    raise BackendMissing(
        why_not
        or "no GPIO library is installed. On a Raspberry Pi: pip install 'gpiod>=2.1'."
        " Elsewhere use the simulated board: --simulate, or open_board(simulated=True)"
    )


def _kernel_pins() -> Pins:
    from .kernel_gpio import KernelPins
    from .kernel_gpio_errors import too_old_kernel

    pins = KernelPins()
    if too_old := too_old_kernel(os.uname().release):
        raise BackendMissing(too_old)
    return pins
