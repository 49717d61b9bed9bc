"""The service's unit and its word to the network, out of this folder, fitted to a machine."""

import grp
import re
from pathlib import Path
from typing import NamedTuple

TEMPLATE = Path(__file__).with_name("storm-petrel.service")
_ANNOUNCEMENT = TEMPLATE.with_suffix(".avahi")
GROUPS = ("i2c", "gpio")

# What may stand unquoted in a unit: no spaces, and none of systemd's own signs.
_HOST = re.compile(r"[0-9A-Za-z.:_-]+|\[[0-9A-Fa-f:.]+\]")
_ADDRESS = re.compile(r"^ExecStart=.* --host (\S+) --port (\d+)$", re.MULTILINE)
# Below, a port takes a right that the service does without.
_LOWEST_PORT, _HIGHEST_PORT = 1024, 65535


class Address(NamedTuple):
    """Where the page is served."""

    host: str = "0.0.0.0"
    port: int = 8080

    @property
    def is_exposed(self) -> bool:
        """Whether other machines can reach it."""
        host = self.host.strip("[]")
        return not (host in ("localhost", "::1") or host.startswith("127."))


def host_of(text: str) -> str:
    """A host as it is typed. Raises ValueError for what is none."""
    if not _HOST.fullmatch(text):
        raise ValueError(f"{text!r} is no address: 0.0.0.0, 127.0.0.1 or one of this machine's")
    return text


def port_of(text: str) -> int:
    """A port as it is typed. Raises ValueError for one that the service cannot have."""
    if not text.isdecimal() or not _LOWEST_PORT <= int(text) <= _HIGHEST_PORT:
        raise ValueError(f"{text!r} is no port for it: choose {_LOWEST_PORT} to {_HIGHEST_PORT}")
    return int(text)


def unit_for(address: Address, root: Path = Path("/")) -> str:
    """The unit for this address on this machine.

    Groups and device nodes that are not here are left out: systemd refuses to start a service in
    a group that there is not, and complains of a missing node at each start. Numbered devices stay
    in, as they may come later. root: where the machine's file system begins.
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


def announcement_for(address: Address) -> str:
    """What avahi is to tell the network of a page at this address."""
    return _ANNOUNCEMENT.read_text(encoding="utf-8").replace("@PORT@", str(address.port))


def present_groups() -> list[str]:
    """Those of the wires' groups that this machine has."""
    names = {group.gr_name for group in grp.getgrall()}
    return [name for name in GROUPS if name in names]


def address_of(unit: str) -> Address:
    """The address in a unit that was made here; the default where there is none."""
    found = _ADDRESS.search(unit)
    return Address(found[1], int(found[2])) if found else Address()


def command_of(unit: str) -> list[str]:
    """The words of the command that a unit made here starts."""
    line = re.search("^ExecStart=(.*)$", unit, re.MULTILINE)
    return line[1].split() if line else []
