"""Checks of /dev: the GPIO header and the I2C bus, and whether this user may open them."""

import fcntl
import os
import pwd
import struct
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Self

from sensors.backends.kernel_gpio import HEADER_LABELS

from .answers import Answer, Status

# struct gpiochip_info { char name[32]; char label[32]; __u32 lines; } of linux/gpio.h
_CHIP_INFO = struct.Struct("=32s32sI")
_GPIO_GET_CHIPINFO = 0x8044B401


class User(NamedTuple):
    """The user of this session, and the groups that the session has."""

    name: str
    groups: frozenset[int]

    @classmethod
    def present(cls) -> Self:
        """Return the user of this process."""
        try:
            name = pwd.getpwuid(os.getuid()).pw_name
        except KeyError:
            name = str(os.getuid())
        return cls(name, frozenset({os.getgid(), *os.getgroups()}))


def chip_label(node: Path) -> str:
    """Return the label of a GPIO chip from the kernel. Raises OSError for another device."""
    device = os.open(node, os.O_RDONLY | os.O_CLOEXEC)
    try:
        info = fcntl.ioctl(device, _GPIO_GET_CHIPINFO, bytes(_CHIP_INFO.size))
    finally:
        os.close(device)
    label: bytes = _CHIP_INFO.unpack(info)[1]
    return label.partition(b"\0")[0].decode(errors="replace")


def gpio(root: Path, user: User, label_of: Callable[[Path], str] = chip_label) -> Answer:
    """Check that the GPIO chip of the header exists and can be opened."""
    nodes = [node for node in sorted((root / "dev").glob("gpiochip*")) if not node.is_symlink()]
    if not nodes:
        return Answer(
            Status.FAULT,
            "there is no /dev/gpiochip0",
            "on a Pi: sudo apt full-upgrade, and restart it; in a container: pass the device on",
        )
    labels, forbidden = [], None
    for node in nodes:
        if not os.access(node, os.R_OK | os.W_OK):
            forbidden = forbidden or _forbidden(root, node, user)
            continue
        try:
            label = label_of(node)
        except OSError as error:  # not a GPIO chip, or just removed
            label = error.strerror or "no answer"
        if label in HEADER_LABELS:
            return Answer(Status.OK, f"/dev/{node.name} is the header ({label})")
        labels.append(f"/dev/{node.name} ({label})")
    return forbidden or Answer(
        Status.FAULT,
        f"none of the GPIO chips is a Pi's header: {', '.join(labels)}",
        f"the header calls itself {' or '.join(HEADER_LABELS)}; is this a Raspberry Pi?",
    )


def i2c(root: Path, bus: int, user: User) -> Answer:
    """Check that the I2C bus exists and can be opened."""
    node = root / f"dev/i2c-{bus}"
    if node.exists():
        if os.access(node, os.R_OK | os.W_OK):
            return Answer(Status.OK, f"/dev/{node.name} is there for you")
        return _forbidden(root, node, user)
    if (root / f"sys/bus/i2c/devices/i2c-{bus}").exists():
        return Answer(
            Status.FAULT,
            f"the bus is on, but nothing shows it as /dev/{node.name}",
            "sudo modprobe i2c-dev; for good: echo i2c-dev | sudo tee /etc/modules-load.d/i2c.conf",
        )
    others = ", ".join(f"/dev/{other.name}" for other in sorted((root / "dev").glob("i2c-*")))
    return Answer(
        Status.FAULT,
        f"there is no /dev/{node.name}{f' (only {others})' if others else ''}: I2C is off",
        "sudo raspi-config nonint do_i2c 0, and restart the Pi",
    )


def _forbidden(root: Path, node: Path, user: User) -> Answer:
    """Say why a device cannot be opened: its group, this session, or the rules of the system."""
    found = node.stat()
    group, members = _group(root, found.st_gid)
    words = f"/dev/{node.name} may not be opened by {user.name}: it belongs to group {group}"
    mode = found.st_mode
    if found.st_gid == 0 or mode & 0o060 != 0o060:
        return Answer(
            Status.FAULT,
            f"{words}, mode {mode & 0o777:o}",
            "the rules that open it to a group are missing:"
            " sudo apt install --reinstall raspberrypi-sys-mods, and restart the Pi",
        )
    if found.st_gid in user.groups:
        return Answer(
            Status.FAULT,
            f"{words}, and so do you",
            "something else forbids it: in a container, pass the device on",
        )
    if user.name in members:
        return Answer(
            Status.FAULT,
            f"{words}, and you are in it, but not in this session yet",
            "log out and in again, or restart the Pi",
        )
    return Answer(
        Status.FAULT,
        f"{words}, and you are not in it",
        f"sudo usermod -aG {group} {user.name}, then log out and in again",
    )


def _group(root: Path, number: int) -> tuple[str, list[str]]:
    """Return name and members of a group from /etc/group; its number if it has no name."""
    try:
        rows = (root / "etc/group").read_text(errors="replace").splitlines()
    except OSError:
        rows = []
    for row in rows:
        name, _, of_group, members = (row.split(":") + [""] * 4)[:4]
        if of_group == str(number):
            return name, members.split(",")
    return str(number), []
