"""Checks of the machine: board, kernel, power, clock, and the disk of the history.

All paths are below a root folder: "/", or the tree of a test.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from sensors.backends.kernel_gpio_errors import OLDEST_KERNEL
from sensors.backends.platform import pi_model

from .answers import Answer, Status

# Since this kernel sysfs numbers the lines differently, and RPi.GPIO sees no edges.
RPI_GPIO_BLIND = (6, 6)

# Bits of the firmware's get_throttled; 16 higher: has happened since the start.
_UNDER_VOLTAGE, _TOO_HOT = 0x1, 0x8
_PATIENCE_S = 5.0

_LOW_DISK, _FULL_DISK = 100e6, 1e6
# A year outside cannot be right.
_YEARS = (2025, 2099)


def is_pi_5(name: str) -> bool:
    """Whether a model has the RP1 chip."""
    return re.search(r"Pi (5|Compute Module 5)", name) is not None


def machine(root: Path, *, simulated: bool) -> Answer:
    """Name the board and count its processors."""
    count = _processors(_text(root / "sys/devices/system/cpu/online"))
    cores = f", {count} processor{'' if count == 1 else 's'}" if count else ""
    what = f"{pi_model(root) or 'no Raspberry Pi'}{cores}"
    return Answer(Status.OK, f"{what}; the board is SIMULATED" if simulated else what)


def kernel_version(root: Path) -> tuple[int, int] | None:
    """Return the version of the kernel, (6, 6) for 6.6.51+rpt-rpi-v8, or None if unknown."""
    found = re.match(r"(\d+)\.(\d+)", _text(root / "proc/sys/kernel/osrelease"))
    return (int(found[1]), int(found[2])) if found else None


def kernel(root: Path) -> Answer:
    """Check that the kernel can stamp edges."""
    release = _text(root / "proc/sys/kernel/osrelease").strip()
    version = kernel_version(root)
    if version is None:
        return Answer(Status.NOT_CHECKED, f"no version is to be found in {release!r}")
    if version < OLDEST_KERNEL:
        return Answer(
            Status.FAULT,
            f"{release} is too old to stamp the colour sensor's edges: 5.10 is the first that can",
            "install Raspberry Pi OS Bookworm or later on a fresh card",
        )
    blind = "; RPi.GPIO itself sees no edges from 6.6 on" if version >= RPI_GPIO_BLIND else ""
    return Answer(Status.OK, f"{release} stamps edges{blind}")


def python() -> Answer:
    """Name the version and the place of Python."""
    version = ".".join(map(str, sys.version_info[:3]))
    return Answer(Status.OK, f"{version} in {sys.prefix}")


def power(root: Path) -> Answer:
    """Check the firmware's record of low voltage and of heat."""
    files = sorted((root / "sys/devices/platform").glob("soc*/soc*:firmware/get_throttled"))
    report = _text(files[0]) if files else _output("vcgencmd", "get_throttled")
    found = re.search(r"(?:0x)?([0-9a-fA-F]+)\s*$", report.partition("=")[2] or report)
    if found is None:
        return Answer(Status.NOT_CHECKED, "the firmware does not say whether the supply holds")
    bits = int(found[1], 16)
    if (bits | bits >> 16) & _UNDER_VOLTAGE:
        when = "is too low now" if bits & _UNDER_VOLTAGE else "was too low since the start"
        return Answer(
            Status.FAULT if bits & _UNDER_VOLTAGE else Status.WARNING,
            f"the supply {when} (under 4.63 V): readings drift, and cards get damaged",
            "use the supply made for this Pi and a short, thick cable; take off what draws much",
        )
    if (bits | bits >> 16) & _TOO_HOT:
        return Answer(
            Status.WARNING, "the processor got too hot and was slowed down", "give it air, or a fan"
        )
    return Answer(Status.OK, "the supply has held since the start")


def clock(root: Path, now: float) -> Answer:
    """Check the clock. now: its Unix seconds."""
    moment = datetime.fromtimestamp(now, UTC)
    moment_utc = f"{moment:%Y-%m-%d %H:%M} UTC"
    set_it = "connect to a network once, or: sudo date -u -s 'YEAR-MONTH-DAY HOUR:MINUTE'"
    if not _YEARS[0] <= moment.year <= _YEARS[1]:
        return Answer(
            Status.FAULT, f"{moment_utc} cannot be right: the history would be misdated", set_it
        )
    if (root / "run/systemd/timesync/synchronized").exists():
        synchronised = "yes"
    else:
        synchronised = _output("timedatectl", "show", "-p", "NTPSynchronized", "--value")
    if synchronised == "yes":
        return Answer(Status.OK, f"{moment_utc}, synchronised")
    if synchronised == "no":
        return Answer(
            Status.WARNING, f"{moment_utc}, not synchronised since the start: is it right?", set_it
        )
    return Answer(
        Status.NOT_CHECKED, f"{moment_utc}; whether it is synchronised is not to be found out"
    )


def battery_clock(root: Path) -> Answer:
    """Check for a clock with a battery."""
    if not (root / "dev/rtc0").exists():
        return Answer(
            Status.WARNING,
            "no clock with a battery: after a power cut without a network the time is wrong",
            "fit a DS3231, and dtoverlay=i2c-rtc,ds3231 in /boot/firmware/config.txt",
        )
    its_battery = "; it needs a battery on J5" if is_pi_5(pi_model(root)) else ""
    return Answer(Status.OK, f"there is a clock that may go on{its_battery}")


def disk(root: Path, history: Path) -> Iterator[Answer]:
    """Check that the history can be written and survives a power cut."""
    folder = next(place for place in history.absolute().parents if _is_folder(place))
    found = os.statvfs(folder)
    if found.f_flag & os.ST_RDONLY:
        yield Answer(
            Status.FAULT,
            f"{folder} is on a file system that is read-only",
            "look at dmesg: a card that fails turns read-only; else sudo mount -o remount,rw",
        )
        return
    yield from _forbidden(folder, history)
    kind = _file_system(_text(root / "proc/self/mounts"), folder)
    if kind in ("tmpfs", "ramfs") or (kind == "overlay" and pi_model(root)):
        yield Answer(
            Status.WARNING,
            f"{folder} is in memory ({kind}): the history is lost when the power goes",
            "overlay file system off (sudo raspi-config), or a path on a disk as [history] path",
        )
    yield space(history, found.f_bavail * found.f_frsize)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # in a folder without access
        return False


def _forbidden(folder: Path, history: Path) -> Iterator[Answer]:
    home = history.absolute().parent
    may_enter = os.access(folder, os.X_OK)
    if not os.access(folder, os.W_OK | os.X_OK):
        yield Answer(
            Status.FAULT,
            f"{folder} may not be written by you",
            f"sudo install -d -o $USER {home}"
            if folder != home and may_enter
            else "give a path in a folder of your own as [history] path",
        )
    if not may_enter:
        return  # the files are not visible
    for file in (history, Path(f"{history}.lock")):
        if file.exists() and not os.access(file, os.W_OK):
            yield Answer(
                Status.FAULT, f"{file} may not be written by you", f"sudo chown $USER {file}"
            )


def space(history: Path, free_bytes: float) -> Answer:
    """Check the free space of a disk."""
    words = f"{free_bytes / 1e6:.0f} MB free for {history}"
    if free_bytes >= _LOW_DISK:
        return Answer(Status.OK, words)
    mark = Status.FAULT if free_bytes < _FULL_DISK else Status.WARNING
    return Answer(mark, words, "free some space, say with: sudo apt clean")


def _processors(online: str) -> int:
    """Count the processors in a list: 4 for "0-3", 3 for "0,2-3", 0 for ""."""
    spans = re.findall(r"(\d+)(?:-(\d+))?", online)
    return sum(int(last or first) - int(first) + 1 for first, last in spans)


def _file_system(mounts: str, folder: Path) -> str:
    """Return the kind of file system of a folder: the last mount on the longest path above it."""
    rows = [row.split() for row in mounts.splitlines()]
    above = {row[1]: row[2] for row in rows if len(row) > 2 and folder.is_relative_to(row[1])}
    return above[max(above, key=len)] if above else ""


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:  # missing here, or without access: unknown
        return ""


def _output(*command: str) -> str:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_PATIENCE_S, check=True
        )
    except (OSError, subprocess.SubprocessError):  # missing here, or without an answer: unknown
        return ""
    return done.stdout.strip()
