"""The private environment of this checkout: .venv, made once and entered by every script.

An older Python reads this file too, as far as the check of its version.
"""

import signal
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the one place that says so in words
    sys.exit(
        f"Storm Petrel needs Python 3.11 or newer; this is {sys.version_info[0]}."
        f"{sys.version_info[1]} ({sys.executable}).\n"
        "Raspberry Pi OS Bookworm and later have it: sudo apt install python3"
    )

# Until a script handles ctrl-C itself, it ends the program without a traceback.
signal.signal(signal.SIGINT, signal.SIG_DFL)

import hashlib
import os
import subprocess
from importlib.util import find_spec
from pathlib import Path

from support import locked_packages

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".venv"
PYTHON = FOLDER / "bin" / "python"
CONSTRAINTS = Path(__file__).with_name("constraints.txt")

_STAMP = FOLDER / "storm-petrel-installed"


def say(words: str) -> None:
    """Print progress to standard error; standard output is for results."""
    print(words, file=sys.stderr, flush=True)


def enter() -> None:
    """Continue in the private environment; return if storm-petrel is installed in the present one.

    Without either, end with a sentence on how to set it up.
    """
    if Path(sys.prefix).resolve() == FOLDER.resolve():
        return
    if _STAMP.exists() and os.access(PYTHON, os.X_OK):
        os.execv(PYTHON, [str(PYTHON), *sys.argv])
    if not find_spec("sensors") or not find_spec("web"):
        sys.exit("Storm Petrel is not set up yet: run scripts/dashboard --setup first.")


def prepare(extras: list[str]) -> Path:
    """Make the private environment with these extras, if it is not up to date; return its Python.

    End with a sentence when something is missing. A second run needs no network and no time.
    """
    wanted = _installed_extras() | set(extras)
    if _read(_STAMP) == _fingerprint(wanted) and os.access(PYTHON, os.X_OK):
        return PYTHON
    if not os.access(ROOT, os.W_OK):
        sys.exit(f"{ROOT} is not writable: copy the checkout to a folder of your own.")
    if not _is_complete():
        _make()
    say("Installing Storm Petrel and the packages it needs (once, about a minute) ...")
    if _pip(f"{ROOT}[{','.join(sorted(wanted))}]" if wanted else str(ROOT)):
        _install_gpio()
        _STAMP.write_text(_fingerprint(wanted), encoding="utf-8")
    elif _STAMP.exists() and wanted <= _installed_extras():
        say("That failed: is the network down? Going on with what is installed.")
    else:
        sys.exit(
            "The packages cannot be installed, and pip says why above: is the network down?"
            "\nConnect once and run this again; after that it needs no network."
        )
    return PYTHON


def raspberry_pi() -> str:
    """Return the model of this Raspberry Pi, or "" on another machine."""
    model = _read(Path("/proc/device-tree/model")).strip("\0\n")
    return model if model.startswith("Raspberry Pi") else ""


def _is_complete() -> bool:
    """Whether the environment starts, has pip, and was made by this Python."""
    command = [str(PYTHON), "-c", "import pip, sys; print(sys.version)"]
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except OSError:
        return False
    return done.stdout.strip() == sys.version


def _make() -> None:
    if not find_spec("venv") or not find_spec("ensurepip"):
        sys.exit(
            "Python's venv module is missing. Install it, and run this again:"
            "\n  sudo apt install python3-venv"
        )
    say(f"Making a private environment in {FOLDER} ...")
    # On a Pi the system's numpy saves an hour of compiling.
    options = ["--clear", *(["--system-site-packages"] if raspberry_pi() else [])]
    if subprocess.call([sys.executable, "-m", "venv", *options, FOLDER]):
        sys.exit(f"The environment cannot be made in {FOLDER}; the reason is above.")


def _install_gpio() -> None:
    """Install the GPIO library of a Pi; the barometer works without it."""
    if not raspberry_pi():
        return
    say(f"Installing the GPIO library for a {raspberry_pi()} ...")
    if not _pip(f"{ROOT}[gpiod]"):
        say("That failed. The barometer works; for the colour sensor see README.md.")


def _pip(target: str) -> bool:
    """Install an editable package with its requirements; return whether that worked."""
    machine = locked_packages.Machine(bool(raspberry_pi()))
    options = ["--progress-bar", "off"]
    return locked_packages.install(PYTHON, CONSTRAINTS, ["--editable", target], machine, options)


def _installed_extras() -> set[str]:
    return set(_read(_STAMP).partition("\n")[0].split(",")) - {""}


def _fingerprint(extras: set[str]) -> str:
    """Return the extras, and a hash of everything else that the environment depends on."""
    digest = hashlib.sha256(sys.version.encode())
    for path in (ROOT / "setup.cfg", ROOT / "pyproject.toml", CONSTRAINTS):
        digest.update(_read(path).encode())
    digest.update(str(ROOT).encode())
    return f"{','.join(sorted(extras))}\n{digest.hexdigest()}"


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""
