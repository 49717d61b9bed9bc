"""What the service is made of on this machine, made and taken away again.

    /opt/storm-petrel                            the program, in an environment of its own
    /etc/storm-petrel/storm-petrel.toml          its settings: written once, never touched again
    /etc/systemd/system/storm-petrel.service     its unit
    /etc/avahi/services/storm-petrel.service     the word to the network that there is a page
    /var/lib/storm-petrel                        what it records; systemd makes it
    storm-petrel                                 the user that it runs as

Whatever cannot be made raises Unmade.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import environment
from service_unit import Address, announcement_for, present_groups

NAME = "storm-petrel"
CHECKOUT = environment.ROOT
FOLDER = Path("/opt") / NAME
PROGRAM = FOLDER / "bin" / NAME
SETTINGS = Path("/etc") / NAME / f"{NAME}.toml"
UNIT = Path("/etc/systemd/system") / f"{NAME}.service"
STATE = Path("/var/lib") / NAME
ANNOUNCEMENT = Path("/etc/avahi/services") / f"{NAME}.service"

# What the package is built from; the rest of a checkout does not concern it.
_FILES = ("setup.cfg", "pyproject.toml", "README.md", "LICENSE")
_ROOMS = ("sensors", "calibration", "web")
# The service sees nothing of these (ProtectHome=).
_HOMES = ("/home/", "/root/", "/run/user/")


class Unmade(Exception):
    """A part cannot be made; the message says why and what to do."""


def make_user() -> None:
    """The user, without login and home, in the groups that may use the wires."""
    try:
        pwd.getpwnam(NAME)
    except KeyError:
        environment.say(f"Making the user {NAME} ...")
        nowhere = ("--no-create-home", "--home-dir", "/nonexistent")
        shell = ("--shell", "/usr/sbin/nologin")
        _run(["useradd", "--system", "--user-group", *nowhere, *shell, NAME])
    if groups := present_groups():
        _run(["usermod", "--append", "--groups", ",".join(groups), NAME])


def make_program() -> None:
    """The environment with this checkout in it; one that is there is brought up to date.

    Without a network one that works stays as it is.
    """
    python = os.path.realpath(sys.executable)
    if python.startswith(_HOMES):
        raise Unmade(
            f"this Python is {python}, and a service sees nothing of people's homes. Take the"
            " system's: sudo /usr/bin/python3 scripts/install-service"
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
    environment.say("Installing Storm Petrel and what it needs (a minute or more) ...")
    if _is_installed():
        return
    if subprocess.call([PROGRAM, "--help"], stdout=subprocess.DEVNULL) == 0:
        environment.say("That failed, and pip says why above; the one that is installed stays.")
        return
    raise Unmade(
        "the program cannot be installed, and pip says why above. Is the network down? Connect"
        " once and run this again; from then on no network is needed"
    )


def make_settings() -> None:
    """The file of settings, unless there is one."""
    if not os.path.lexists(SETTINGS):
        SETTINGS.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(Path(__file__).with_name(SETTINGS.name), SETTINGS)


def make_unit(unit: str) -> None:
    """The unit, whole or not at all, started now and with the machine."""
    UNIT.parent.mkdir(parents=True, exist_ok=True)
    _put(UNIT, unit)
    _run(["systemctl", "daemon-reload"])
    _run(["systemctl", "--quiet", "enable", UNIT.name])
    environment.say("Starting it ...")
    if subprocess.call(["systemctl", "restart", UNIT.name], stderr=subprocess.DEVNULL):
        last = ["journalctl", "--unit", UNIT.name, "--lines=8", "--no-pager", "--output=cat"]
        subprocess.call(last, stdout=sys.stderr)
        raise Unmade(
            f"it does not start yet, and says why above; it is tried again every ten seconds. The"
            f" settings are in {SETTINGS}; journalctl -u {NAME} shows all that it says"
        )


def make_announcement(address: Address) -> None:
    """Have avahi, where there is one, tell the network of a page that is for the network."""
    if not ANNOUNCEMENT.parent.is_dir() or not address.is_exposed:
        ANNOUNCEMENT.unlink(missing_ok=True)
    else:  # avahi sees it come, and needs no start
        _put(ANNOUNCEMENT, announcement_for(address))


def remove() -> None:
    """Take away unit, announcement, program and user; what was made by systemctl edit stays.

    So do settings and records, for root: systemd gives them to the user of the next installation.
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
    try:
        pwd.getpwnam(NAME)
    except KeyError:
        return
    _run(["userdel", NAME])
    if STATE.exists():  # else whoever gets this user's number next could read the token in there
        os.chown(STATE, 0, 0)


def _check_ours() -> None:
    """A folder that somebody else filled, perhaps with this checkout, is not to be cleared."""
    if FOLDER.exists() and any(FOLDER.iterdir()) and not (FOLDER / "pyvenv.cfg").exists():
        raise Unmade(f"{FOLDER} is the service's place and holds something else: move that away")


def _has_this_python() -> bool:
    """Whether there is an environment of this Python's minor version that starts."""
    code = "import sys; print(*sys.version_info[:2])"
    python = FOLDER / "bin" / "python"
    try:
        said = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return said.stdout.split() == [str(number) for number in sys.version_info[:2]]


def _is_installed() -> bool:
    """Install from a copy: building would leave root's files in somebody's checkout."""
    with tempfile.TemporaryDirectory(prefix=f"{NAME}-") as folder:
        for name in _FILES:
            shutil.copy(CHECKOUT / name, folder)
        for room in _ROOMS:
            unwanted = shutil.ignore_patterns("__pycache__")
            shutil.copytree(CHECKOUT / room, Path(folder) / room, ignore=unwanted)
        if not environment.raspberry_pi():
            return _pip(folder)
        if _pip(f"{folder}[gpiod]"):
            return True
        environment.say("Trying again without the GPIO library ...")
        if not _pip(folder):
            return False
    environment.say("The barometer works all the same; for the colour sensor see README.md.")
    return True


def _pip(target: str) -> bool:
    options = ["--quiet", "--disable-pip-version-check", "--upgrade"]
    command = [str(FOLDER / "bin" / "python"), "-m", "pip", "install", *options, target]
    return subprocess.call(command) == 0


def _put(path: Path, text: str) -> None:
    """Write it whole or not at all."""
    new = path.with_name(f".{path.name}.new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def _run(command: Sequence[str], advice: str = "") -> None:
    try:
        status = subprocess.call(command)
    except OSError as error:
        raise Unmade(f"{command[0]} cannot be run: {error}") from error
    if status:
        words = " ".join(command)
        raise Unmade(f"this failed, and says why above: {words}{f' ({advice})' * bool(advice)}")
