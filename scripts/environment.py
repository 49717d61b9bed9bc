"""The private environment of this checkout: .venv, made once, entered by every script.

This file and the two commands that use it run under any Python 3, in order to say in words what
is missing. They need nothing but the standard library.
"""

import signal

# Until a script is ready to end tidily, ctrl-C ends it at once and without a traceback.
signal.signal(signal.SIGINT, signal.SIG_DFL)

import hashlib
import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FOLDER = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(FOLDER, "bin", "python")

_STAMP = os.path.join(FOLDER, "storm-petrel-installed")
_MODEL = "/proc/device-tree/model"


def say(words):
    # type: (str) -> None
    """Tell the person what is being done; standard output stays free for results."""
    sys.stderr.write(words + "\n")
    sys.stderr.flush()


def teach(words):
    # type: (str) -> None
    """Print help; a reader that has gone, or was never there, is no error."""
    try:
        sys.stdout.write(words)
        sys.stdout.flush()
    except (AttributeError, OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def enter():
    # type: () -> None
    """Go on in the private environment; return when this is it, or one like it.

    Without one, end with a sentence on how to make it.
    """
    if os.path.abspath(sys.prefix) == FOLDER:
        return
    if os.path.exists(_STAMP) and os.access(PYTHON, os.X_OK):
        os.execv(PYTHON, [PYTHON] + sys.argv)
    if sys.version_info >= OLDEST and _is_installed():
        return  # somebody's own environment, with storm-petrel installed in it
    sys.exit("Storm Petrel is not set up yet: run scripts/dashboard --setup first.")


def prepare(extras):
    # type: (list[str]) -> str
    """Make the private environment if need be, with these extras; return its Python.

    Ends the program with one sentence when something is missing. The second time it needs no
    network and no time.
    """
    _reexecute_if_too_old()
    wanted = _installed_extras() | set(extras)
    if _read(_STAMP) == _fingerprint(wanted) and os.access(PYTHON, os.X_OK):
        return PYTHON
    _check_venv_module()
    if not os.access(ROOT, os.W_OK):
        sys.exit("%s may not be written: copy the checkout to a folder of your own." % ROOT)
    if not os.path.exists(PYTHON) or _wrong_python():
        say("Making a private environment in %s ..." % FOLDER)
        shutil.rmtree(FOLDER, ignore_errors=True)
        # On a Pi the system's numpy saves an hour of compiling.
        options = ["--system-site-packages"] if raspberry_pi() else []
        _run([sys.executable, "-m", "venv"] + options + [FOLDER], "the environment was not made")
    say("Installing Storm Petrel and what it needs (once, about a minute) ...")
    target = ROOT + ("[%s]" % ",".join(sorted(wanted)) if wanted else "")
    worked, output = _pip(["--editable", target])
    if not worked:
        _end_or_go_on(output, wanted)
        return PYTHON
    _install_gpio()
    with open(_STAMP, "w") as stamp:
        stamp.write(_fingerprint(wanted))
    return PYTHON


def raspberry_pi():
    # type: () -> str
    """The model of this Raspberry Pi, or an empty string elsewhere."""
    model = _read(_MODEL).strip("\0\n")
    return model if model.startswith("Raspberry Pi") else ""


def _reexecute_if_too_old():
    # type: () -> None
    if sys.version_info >= OLDEST:
        return
    for minor in (14, 13, 12, 11):
        newer = shutil.which("python3.%d" % minor)
        if newer and subprocess.call([newer, "-c", ""], stderr=subprocess.DEVNULL) == 0:
            os.execv(newer, [newer] + sys.argv)
    sys.exit(
        "Storm Petrel needs Python %d.%d or newer; this is %d.%d (%s), and no newer one was found."
        "\nRaspberry Pi OS Bookworm and later have it: sudo apt install python3"
        % (OLDEST + sys.version_info[:2] + (sys.executable,))
    )


def _check_venv_module():
    # type: () -> None
    try:
        import ensurepip
        import venv

        del ensurepip, venv
    except ImportError:
        sys.exit(
            "Python's venv module is missing here. Install it, and run this again:"
            "\n  sudo apt install python3-venv"
        )


def _wrong_python():
    # type: () -> bool
    """Whether it was made by another Python, no longer starts, or was never made to its end."""
    code = "import pip, sys; print(sys.version)"
    try:
        said = subprocess.check_output([PYTHON, "-c", code], stderr=subprocess.DEVNULL)
        return said.decode().strip() != sys.version
    except (OSError, subprocess.CalledProcessError):
        return True


def _install_gpio():
    # type: () -> None
    """The GPIO library for this machine; without it the barometer still works."""
    if not raspberry_pi():
        return
    say("Installing the GPIO library for a %s ..." % raspberry_pi())
    if not _pip(["--editable", ROOT + "[gpiod]"])[0]:
        say("That failed. The barometer works all the same; for the colour sensor see README.md.")


def _end_or_go_on(output, wanted):
    # type: (str, set[str]) -> None
    """After a failed installation: end, or at sea go on with what an earlier one has left."""
    offline = (
        "connection",
        "Temporary failure",
        "resolve",
        "No matching distribution",
        "timed out",
    )
    down = any(word in output for word in offline)
    if down and os.path.exists(_STAMP) and wanted <= _installed_extras():
        say("Nothing newer could be fetched; going on with what is installed.")
        return
    if down:
        sys.exit(
            "The packages could not be fetched: is the network down? Connect once and run this"
            " again;\nfrom then on no network is needed."
        )
    say(output)
    sys.exit("The packages could not be installed; pip's own words are above.")


def _pip(arguments):
    # type: (list[str]) -> tuple[bool, str]
    """Run pip, telling what it fetches as it goes; return whether it worked, and its last words."""
    command = [PYTHON, "-m", "pip", "install", "--progress-bar", "off"]
    pip = subprocess.Popen(
        command + ["--disable-pip-version-check"] + arguments,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
    )
    lines = []
    assert pip.stdout is not None
    try:
        for line in pip.stdout:
            lines.append(line)
            if line.startswith(("Collecting", "Building", "Installing")):
                say("  " + line.strip()[:100])
        return pip.wait() == 0, "".join(lines)
    except KeyboardInterrupt:
        pip.terminate()
        raise


def _run(command, failure):
    # type: (list[str], str) -> None
    if subprocess.call(command) != 0:
        sys.exit("%s: %s" % (failure, " ".join(command)))


def _is_installed():
    # type: () -> bool
    from importlib import metadata

    try:
        metadata.version("storm-petrel")
    except metadata.PackageNotFoundError:
        return False
    return True


def _installed_extras():
    # type: () -> set[str]
    first_line = _read(_STAMP).partition("\n")[0]
    return set(first_line.split(",")) - {""}


def _fingerprint(extras):
    # type: (set[str]) -> str
    """What the environment was made from; any change of it makes another."""
    made_from = hashlib.sha256(sys.version.encode())
    for name in ("setup.cfg", "pyproject.toml"):
        made_from.update(_read(os.path.join(ROOT, name)).encode())
    made_from.update(ROOT.encode())
    return "%s\n%s" % (",".join(sorted(extras)), made_from.hexdigest())


def _read(path):
    # type: (str) -> str
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""
