"""The only files that touch hardware libraries, each imported when it is first needed."""

from importlib.util import find_spec

from ..errors import BackendMissing
from ..ports import Pins


def best_pins() -> Pins:
    """Return the best Pins this machine has: kernel time stamps, else RPi.GPIO polled.

    Raises BackendMissing with the line that installs one.
    """
    if find_spec("gpiod"):
        from .kernel_gpio import KernelPins

        return KernelPins()
    if find_spec("RPi") and find_spec("RPi.GPIO"):
        from .rpi_gpio import RPiGPIOPins

        return RPiGPIOPins()
    raise BackendMissing(
        "no GPIO library is installed. On a Raspberry Pi: pip install 'gpiod>=2.1'."
        " Elsewhere use the simulated board: --simulate, or open_board(simulated=True)"
    )
