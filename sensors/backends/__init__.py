"""The only files that touch hardware libraries, each imported when it is first needed."""

import os
import warnings
from importlib.util import find_spec

from ..errors import BackendMissing
from ..ports import Pins


def best_pins() -> Pins:
    """Return the best Pins this machine has: kernel time stamps, else RPi.GPIO polled.

    Where gpiod is installed and cannot work, RPi.GPIO takes its place with a RuntimeWarning that
    says why. A gpiod that is merely refused (a busy line, a user in no group) keeps its place and
    says so at the first reading: RPi.GPIO would be refused likewise.
    Raises BackendMissing with the line that installs one.
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
    from .kernel_gpio_cures import too_old_kernel

    pins = KernelPins()
    if too_old := too_old_kernel(os.uname().release):
        raise BackendMissing(too_old)
    return pins
