"""Checks of /dev: the GPIO header and the I2C bus, and whether this user may open them."""

import fcntl
import os
import struct
from collections.abc import Callable
from pathlib import Path

from sensors.backends import i2c_errors, kernel_gpio_errors
from sensors.backends.kernel_gpio import HEADER_LABELS

from .answers import Answer, Status

# struct gpiochip_info { char name[32]; char label[32]; __u32 lines; } of linux/gpio.h
_CHIP_INFO = struct.Struct("=32s32sI")
_GPIO_GET_CHIPINFO = 0x8044B401


def chip_label(node: Path) -> str:
    """Return the label of a GPIO chip from the kernel. Raises OSError for another device."""
    device = os.open(node, os.O_RDWR | os.O_CLOEXEC)
    try:
        info = fcntl.ioctl(device, _GPIO_GET_CHIPINFO, bytes(_CHIP_INFO.size))
    finally:
        os.close(device)
    label: bytes = _CHIP_INFO.unpack(info)[1]
    return label.partition(b"\0")[0].decode(errors="replace")


def gpio(root: Path, label_of: Callable[[Path], str] = chip_label) -> Answer:
    """Check that the GPIO chip of the header exists and can be opened."""
    labels, refusal = {}, None
    for node in sorted((root / "dev").glob("gpiochip*")):
        if node.is_symlink():
            continue
        try:
            label = labels[str(node)] = label_of(node)
        except PermissionError as error:
            refusal = refusal or kernel_gpio_errors.open_error(str(node), error)
            continue
        except OSError:  # not a GPIO chip, or just removed
            continue
        if label in HEADER_LABELS:
            return Answer(Status.OK, f"/dev/{node.name} is the header ({label})")
    cure = refusal or kernel_gpio_errors.no_header(labels, HEADER_LABELS)
    return Answer(Status.FAULT, "the header cannot be used", str(cure))


def i2c(root: Path, bus: int) -> Answer:
    """Check that the I2C bus exists and can be opened."""
    node = root / f"dev/i2c-{bus}"
    try:
        os.close(os.open(node, os.O_RDWR | os.O_CLOEXEC))
    except OSError as error:
        cure = str(i2c_errors.open_error(bus, error, root))
        return Answer(Status.FAULT, f"/dev/{node.name} cannot be opened", cure)
    return Answer(Status.OK, f"/dev/{node.name} is there for you")
