"""The machine: which Raspberry Pi it is, and how a user is given its device files."""

import grp
import os
import pwd
import stat
from pathlib import Path

# EPERM: the kernel asks the cgroup first, which allows a service or container its own devices.
NOT_GIVEN = (
    "is not among the devices that this service or container was given: for the service see"
    " docs/service.md (DeviceAllow), for a container docker run --device"
)


def pi_model(root: Path = Path("/")) -> str:
    """Return the model of this Raspberry Pi, from its device tree; "" on any other machine."""
    try:
        model = (root / "proc/device-tree/model").read_text(errors="replace").rstrip("\0\n")
    except OSError:
        return ""
    return model if model.startswith("Raspberry Pi") else ""


def membership(path: str, group_name: str, subsystem: str) -> str:
    """Return which group owns a device file, and how a user joins it; group_name: by custom."""
    try:
        status = Path(path).stat()
    except OSError as error:
        return f"{error}"
    if status.st_gid == 0 or stat.S_IMODE(status.st_mode) & 0o060 != 0o060:
        return (
            f"only root may use it. Give it to group {group_name}: sudo groupadd -f {group_name};"
            f' write SUBSYSTEM=="{subsystem}", GROUP="{group_name}", MODE="0660" into'
            f" /etc/udev/rules.d/60-{group_name}.rules; sudo usermod -aG {group_name} $USER;"
            " restart the machine"
        )
    try:
        group = grp.getgrgid(status.st_gid)
    except KeyError:
        return (
            f"it belongs to group number {status.st_gid}, which has no name: sudo groupadd"
            f" --gid {status.st_gid} {group_name}; sudo usermod -aG {group_name} $USER; then log"
            " in again"
        )
    try:
        user = pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        user = "$USER"
    if user in group.gr_mem and status.st_gid not in os.getgroups():
        return (
            f"{user} is in group {group.gr_name}, but this session began before that: log in"
            " again, or restart the service"
        )
    return (
        f"put your user into group {group.gr_name}"
        f" (sudo usermod -aG {group.gr_name} {user}) and log in again"
    )
