"""The parts of the service on this machine, made and removed.

    /opt/storm-petrel                            the program, in an environment of its own
    /etc/storm-petrel/storm-petrel.toml          its settings: written once, and kept
    /etc/systemd/system/storm-petrel.service     its unit
    /etc/avahi/services/storm-petrel.service     the announcement of the page in the network
    /var/lib/storm-petrel                        its records; systemd makes the folder
    storm-petrel                                 the user that it runs as

A part that cannot be made raises ServiceError.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from service.unit import PageAddress, announcement_for, present_groups
from support import environment, locked_packages

NAME = "storm-petrel"
CHECKOUT = environment.ROOT
FOLDER = Path("/opt") / NAME
PROGRAM = FOLDER / "bin" / NAME
PYTHON = FOLDER / "bin" / "python"
SCRIPTS = FOLDER / "scripts"
SETTINGS = Path("/etc") / NAME / f"{NAME}.toml"
UNIT = Path("/etc/systemd/system") / f"{NAME}.service"
STATE = Path("/var/lib") / NAME
ANNOUNCEMENT = Path("/etc/avahi/services") / f"{NAME}.service"

# The package is built from these.
_FILES = ("setup.cfg", "pyproject.toml", "README.md", "LICENSE")
_ROOMS = ("sensors", "calibration", "web")
# These the service's user starts by install-service: it need not be able to read the checkout.
_SCRIPTS = ("calibrate_barometer.py", "support")
_UNWANTED = shutil.ignore_patterns("__pycache__")
# Hidden from the service (ProtectHome=).
_HOMES = ("/home/", "/root/", "/run/user/")


class ServiceError(Exception):
    """A part cannot be made; the message says why and what to do."""


def make_user() -> None:
    """Make the user, without login and home, in the groups of the buses and pins."""
    if not _has_user():
        environment.say(f"Making the user {NAME} ...")
        nowhere = ("--no-create-home", "--home-dir", "/nonexistent")
        shell = ("--shell", "/usr/sbin/nologin")
        _run(["useradd", "--system", "--user-group", *nowhere, *shell, NAME])
    if groups := present_groups():
        _run(["usermod", "--append", "--groups", ",".join(groups), NAME])


def make_program() -> None:
    """Install this checkout in an environment of its own, or update that.

    Without a network a working installation stays as it is.
    """
    python = os.path.realpath(sys.executable)
    if python.startswith(_HOMES):
        raise ServiceError(
            f"this Python is {python}, and a service cannot read home folders. Use the system's:"
            " sudo /usr/bin/python3 scripts/install-service"
        )
    _check_ours()
    if not _has_this_python():
        environment.say(f"Making an environment in {FOLDER} ...")
        # On a Pi the system's numpy saves an hour of compiling.
        pi = ["--system-site-packages"] if environment.raspberry_pi() else []
        _run(
            [sys.executable, "-m", "venv", "--clear", *pi, str(FOLDER)],
            "if venv is missing: sudo apt install python3-venv",
        )
    environment.say("Installing Storm Petrel and the packages it needs (a minute or more) ...")
    if _is_installed():
        _copy_scripts()
        return
    if subprocess.call([PROGRAM, "--help"], stdout=subprocess.DEVNULL) == 0:
        environment.say("That failed, and pip says why above; the installed program stays.")
        return
    raise ServiceError(
        "the program cannot be installed, and pip says why above. Is the network down? Connect"
        " once and run this again; after that it needs no network"
    )


def make_settings() -> None:
    """Write the settings file, unless there is one.

    It may hold secrets, as the address of notifications is one: only its owner and the service can
    read it. A link stays as it is, with its target.
    """
    SETTINGS.parent.mkdir(parents=True, exist_ok=True)
    if not os.path.lexists(SETTINGS):
        text = Path(__file__).with_name(SETTINGS.name).read_text(encoding="utf-8")
        with _new(SETTINGS, 0o600) as file:
            file.write(text)
    if not SETTINGS.is_symlink():
        os.chown(SETTINGS, -1, pwd.getpwnam(NAME).pw_gid, follow_symlinks=False)
        SETTINGS.chmod(0o640)


def make_unit(unit: str) -> None:
    """Write the unit, and start it now and with the machine."""
    UNIT.parent.mkdir(parents=True, exist_ok=True)
    _put(UNIT, unit)
    _run(["systemctl", "daemon-reload"])
    _run(["systemctl", "--quiet", "enable", UNIT.name])
    environment.say("Starting it ...")
    if subprocess.call(["systemctl", "restart", UNIT.name], stderr=subprocess.DEVNULL):
        last = ["journalctl", "--unit", UNIT.name, "--lines=8", "--no-pager", "--output=cat"]
        subprocess.call(last, stdout=sys.stderr)
        raise ServiceError(
            f"it does not start, and says why above; systemd tries again every ten seconds. The"
            f" settings are in {SETTINGS}; journalctl -u {NAME} shows the whole log"
        )


def make_announcement(address: PageAddress) -> None:
    """Announce the page by avahi, if avahi is installed and other machines can reach the page."""
    if not ANNOUNCEMENT.parent.is_dir() or not address.is_exposed:
        ANNOUNCEMENT.unlink(missing_ok=True)
    else:  # avahi watches this folder
        _put(ANNOUNCEMENT, announcement_for(address))


def remove() -> None:
    """Remove unit, announcement, program and user.

    Changes by systemctl edit stay; so do settings and records, which become root's. systemd gives
    them to the user of the next installation.
    """
    _check_ours()
    ANNOUNCEMENT.unlink(missing_ok=True)
    if UNIT.exists():
        _run(["systemctl", "stop", UNIT.name])
        _run(["systemctl", "--quiet", "disable", UNIT.name])
        UNIT.unlink()
        _run(["systemctl", "daemon-reload"])
    if FOLDER.exists():
        shutil.rmtree(FOLDER)
    if not _has_user():
        return
    _run(["userdel", NAME])
    # Otherwise the next user or group with these numbers could read the token and the settings.
    for path, owner in ((STATE, 0), (SETTINGS, -1)):
        if path.exists():
            os.chown(path, owner, 0, follow_symlinks=False)


def _has_user() -> bool:
    return any(user.pw_name == NAME for user in pwd.getpwall())


def _check_ours() -> None:
    """Refuse to clear a folder that this program did not make."""
    if FOLDER.exists() and any(FOLDER.iterdir()) and not (FOLDER / "pyvenv.cfg").exists():
        raise ServiceError(
            f"{FOLDER} is the folder of the service and holds something else: move that away"
        )


def _has_this_python() -> bool:
    """Whether there is a working environment of this Python's minor version."""
    code = "import sys; print(*sys.version_info[:2])"
    try:
        answer = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return answer.stdout.split() == [str(number) for number in sys.version_info[:2]]


def _is_installed() -> bool:
    """Install from a copy: a build would leave files of root in the checkout."""
    with tempfile.TemporaryDirectory(prefix=f"{NAME}-") as folder:
        for name in _FILES:
            shutil.copy(CHECKOUT / name, folder)
        for room in _ROOMS:
            shutil.copytree(CHECKOUT / room, Path(folder) / room, ignore=_UNWANTED)
        if not environment.raspberry_pi():
            return _pip(folder)
        if _pip(f"{folder}[gpiod]"):
            return True
        environment.say("Trying again without the GPIO library ...")
        if not _pip(folder):
            return False
    environment.say("The barometer works; for the colour sensor see README.md.")
    return True


def _copy_scripts() -> None:
    shutil.rmtree(SCRIPTS, ignore_errors=True)
    SCRIPTS.mkdir()
    for name in _SCRIPTS:
        source = CHECKOUT / "scripts" / name
        if source.is_dir():
            shutil.copytree(source, SCRIPTS / name, ignore=_UNWANTED)
        else:
            shutil.copy(source, SCRIPTS)


def _pip(target: str) -> bool:
    machine = locked_packages.Machine(bool(environment.raspberry_pi()))
    return locked_packages.install(
        PYTHON, environment.CONSTRAINTS, ["--upgrade", target], machine, ["--quiet"]
    )


def _put(path: Path, text: str) -> None:
    """Replace a file atomically."""
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    with _new(new, 0o644) as file:
        file.write(text)
    new.replace(path)


def _new(path: Path, mode: int) -> TextIO:
    """Open a new file, never one that is there or behind a link."""
    return os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8"
    )


def _run(command: Sequence[str], advice: str = "") -> None:
    try:
        status = subprocess.call(command)
    except OSError as error:
        raise ServiceError(f"{command[0]} cannot be run: {error}") from error
    if status:
        words = " ".join(command)
        raise ServiceError(
            f"this command failed, and says why above: {words}{f' ({advice})' * bool(advice)}"
        )
