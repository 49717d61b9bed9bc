"""The systemd unit and the avahi announcement of the service, filled in for a machine."""

import grp
import re
from argparse import ArgumentTypeError
from pathlib import Path
from typing import NamedTuple

TEMPLATE = Path(__file__).with_name("storm-petrel.service")
_ANNOUNCEMENT = TEMPLATE.with_suffix(".avahi")
GROUPS = ("i2c", "gpio")

# Safe without quotes in a unit: no spaces, no signs that systemd interprets.
_HOST = re.compile(r"[0-9A-Za-z.:_-]+|\[[0-9A-Fa-f:.]+\]")
_ADDRESS = re.compile(r"^ExecStart=.* --host (\S+) --port (\d+)$", re.MULTILINE)
# A lower port needs a privilege that the service does not have.
_LOWEST_PORT, _HIGHEST_PORT = 1024, 65535


class PageAddress(NamedTuple):
    """Host and port of the page."""

    host: str = "0.0.0.0"
    port: int = 8080

    @property
    def is_exposed(self) -> bool:
        """Whether other machines can reach it."""
        host = self.host.strip("[]")
        return not (host in ("localhost", "::1") or host.startswith("127."))


def host_of(text: str) -> str:
    """Check a host from the command line. Raises ArgumentTypeError."""
    if not _HOST.fullmatch(text):
        raise ArgumentTypeError(
            f"{text!r} is not an address: give 0.0.0.0, 127.0.0.1 or one of this machine's"
        )
    return text


def port_of(text: str) -> int:
    """Check a port from the command line. Raises ArgumentTypeError."""
    if not text.isdecimal() or not _LOWEST_PORT <= int(text) <= _HIGHEST_PORT:
        raise ArgumentTypeError(
            f"{text!r} is not a port for it: choose {_LOWEST_PORT} to {_HIGHEST_PORT}"
        )
    return int(text)


def unit_for(address: PageAddress, root: Path = Path("/")) -> str:
    """Return the unit for this address on this machine.

    It leaves out groups and device nodes that do not exist here: systemd refuses to start a service
    in an unknown group, and logs a missing node at each start. Numbered devices may come later and
    stay. root: the root of the machine's file system.
    """
    lines = []
    for line in TEMPLATE.read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition("=")
        node = root / value.split(" ")[0].lstrip("/")
        is_node = key == "DeviceAllow" and not value.startswith("/dev/char/")
        if is_node and not node.exists():
            continue
        if key == "SupplementaryGroups":
            if not (groups := present_groups()):
                continue
            line = f"{key}={' '.join(groups)}"
        lines.append(line.replace("@HOST@", address.host).replace("@PORT@", str(address.port)))
    return "\n".join(lines) + "\n"


def announcement_for(address: PageAddress) -> str:
    """Return the avahi service file for a page at this address."""
    return _ANNOUNCEMENT.read_text(encoding="utf-8").replace("@PORT@", str(address.port))


def present_groups() -> list[str]:
    """Return the groups of the buses and pins that this machine has."""
    names = {group.gr_name for group in grp.getgrall()}
    return [name for name in GROUPS if name in names]


def address_of(unit: str) -> PageAddress:
    """Return the address in a unit made by unit_for(), or the default address."""
    found = _ADDRESS.search(unit)
    return PageAddress(found[1], int(found[2])) if found else PageAddress()


def command_of(unit: str) -> list[str]:
    """Return the words of the command that a unit starts."""
    line = re.search("^ExecStart=(.*)$", unit, re.MULTILINE)
    return line[1].split() if line else []
