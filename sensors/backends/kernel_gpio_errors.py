"""The errors of the GPIO character device, by errno: what each means, and what the user does.

when           errno            means
open a chip    EACCES           not in the group that owns the node
               EPERM            not among the devices of the service or container
               ENOENT           no such path
               ENODEV, ENOTTY   the path is something else
request lines  EBUSY            a line is in use
               EINVAL           the chip has no such line, or the kernel is older than 5.10
at any time    ENODEV           the chip is gone
"""

import errno
import os
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..errors import PinError
from .platform import NOT_GIVEN, membership

# What gpiod raises: it turns EINVAL into ValueError and EOPNOTSUPP into NotImplementedError.
FAULTS = (OSError, ValueError, OverflowError, NotImplementedError)

_NAME = "storm-petrel"
# The second version of the GPIO interface came with this kernel, and with it line numbers.
OLDEST_KERNEL = (5, 10)


def consumer() -> str:
    """Return the name to claim lines with; it has the process id."""
    return f"{_NAME} {os.getpid()}"


def open_error(path: str, error: OSError) -> PinError:
    """Return why this path could not be opened as a GPIO chip."""
    if error.errno == errno.EPERM:
        return PinError(f"{path} {NOT_GIVEN}")
    if error.errno == errno.EACCES:
        return PinError(f"{path} may not be opened: {membership(path, 'gpio', 'gpio')}")
    if error.errno == errno.ENOENT:
        return PinError(f"there is no {path}: is this a Raspberry Pi, and is the name right?")
    if error.errno in (errno.ENODEV, errno.ENOTTY, errno.EINVAL):
        return PinError(f"{path} is no GPIO chip: leave the path out to find the Pi's header")
    return PinError(f"{path} could not be opened: {error}")


def no_header(labels: Mapping[str, str], expected: Iterable[str]) -> PinError:
    """Return why no chip is the header's; labels: those of the chips, by path."""
    if too_old := too_old_kernel(os.uname().release):
        return PinError(f"no GPIO header here: {too_old}")
    if not labels:
        return PinError(
            "no GPIO header here: /dev has no gpiochip. This is no Raspberry Pi, or a container"
            " that was not given the device (docker run --device /dev/gpiochip0)"
        )
    chips = ", ".join(f"{path} is {label!r}" for path, label in labels.items())
    return PinError(
        f"no GPIO header here: {chips}, and none is labelled {', '.join(expected)}. Is this a"
        " Raspberry Pi?"
    )


def line_error(
    path: str,
    pins: Iterable[int],
    error: Exception,
    chip_info: Callable[[], Any] | None = None,
    line_info: Callable[[int], Any] | None = None,
) -> PinError:
    """Return why these lines could not be used; the callables query the chip, if it is open."""
    names = ", ".join(f"GPIO{pin}" for pin in pins)
    number = getattr(error, "errno", None)
    if number == errno.ENODEV:
        return PinError(f"{names}: {path} is gone; it was there when the program began")
    if number in (errno.EACCES, errno.EPERM):
        return PinError(f"{names}: {path} may not be used: {membership(path, 'gpio', 'gpio')}")
    if number == errno.EBUSY and line_info is not None:
        return PinError(_holders(pins, line_info))
    if chip_info is not None and not isinstance(error, OSError):
        lines = chip_info().num_lines
        if missing := [f"GPIO{pin}" for pin in pins if not 0 <= pin < lines]:
            return PinError(f"{path} has no {', '.join(missing)}: its lines are 0 to {lines - 1}")
    if too_old := too_old_kernel(os.uname().release):
        return PinError(f"{names}: {too_old}")
    return PinError(f"{names} on {path} failed: {error}")


def too_old_kernel(release: str) -> str:
    """Return why this kernel is too old; "" if it is not. release: from uname."""
    version = re.match(r"(\d+)\.(\d+)", release)
    if version is None or tuple(map(int, version.groups())) >= OLDEST_KERNEL:
        return ""
    return (
        f"kernel {release} is too old: 5.10 or later stamps edges for gpiod 2. Bring Raspberry Pi"
        " OS up to date, or take RPi.GPIO: pip install RPi.GPIO"
    )


def _holders(pins: Iterable[int], line_info: Callable[[int], Any]) -> str:
    consumers = {pin: info.consumer for pin in pins if (info := line_info(pin)).used}
    if not consumers:
        names = ", ".join(f"GPIO{pin}" for pin in pins)
        return f"{names} was busy a moment ago and is free now: try again"
    return "; ".join(_holder(pin, name) for pin, name in consumers.items())


def _holder(pin: int, name: str) -> str:
    if name == consumer():
        return (
            f"GPIO{pin} is busy: this very program ({name}) holds it. Two sensors that share a line"
            " share one Pins object: TCS3200(..., pins=pins)"
        )
    if name.startswith(_NAME):
        return f"GPIO{pin} is busy: another program ({name}) reads a sensor on it. End that one"
    return (
        f"GPIO{pin} is busy: it is held by {name!r}. End that program, switch that function of the"
        " Pi off (sudo raspi-config), or wire the sensor to another line"
    )
