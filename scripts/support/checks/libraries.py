"""Checks of the libraries: whether each is installed and starts, and which RPi.GPIO it is.

RPi.GPIO and rpi-lgpio have the same import name. In one folder the later installation overwrites a
part of the other: RPi/GPIO/__init__.py belongs to the later one, RPi/_GPIO*.so to RPi.GPIO.
"""

import sys
from collections.abc import Iterator
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path

from sensors import BackendMissing
from sensors.backends.kernel_gpio import KernelPins

from .answers import Answer, Status

_NEEDED = {
    "smbus2": "the barometer",
    "numpy": "the names of colours",
    "flask": "the page",
    "waitress": "the page",
    "astral": "the page at night",
}


def libraries() -> Iterator[Answer]:
    """Check the libraries that every machine needs."""
    for name, purpose in _NEEDED.items():
        yield _library(name, purpose)


def _library(name: str, purpose: str) -> Answer:
    version = _version(name)
    if version is None and find_spec(name) is None:
        return Answer(
            Status.FAULT, f"{name} is missing, which is for {purpose}", _pip(f"install {name}")
        )
    try:
        import_module(name)
    except Exception as error:  # such as a missing system library
        cure = _pip(f"install --force-reinstall {name}")
        if name == "numpy":
            cure = f"sudo apt install libopenblas0, which a numpy of pip's wants; or {cure}"
        words = f"{name} {version or ''} is installed but does not start: {error}"
        return Answer(Status.FAULT, words, cure)
    return Answer(Status.OK, f"{name} {version or '(version unknown)'}, for {purpose}")


def gpio_libraries(*, pi_5: bool, blind: bool) -> list[Answer]:
    """Check the GPIO libraries. blind: RPi.GPIO sees no edges on this kernel."""
    stamping = _gpiod(has_other=_rpi_gpio_source() is not None)
    # RPi.GPIO is unused if gpiod works.
    wrong = Status.WARNING if stamping.mark is Status.OK else Status.FAULT
    return [stamping, _rpi_gpio(wrong, pi_5=pi_5, blind=blind)]


def _gpiod(*, has_other: bool) -> Answer:
    try:
        KernelPins()
    except BackendMissing as error:
        mark = Status.WARNING if has_other else Status.FAULT
        return Answer(mark, "gpiod does not start: the kernel's stamps are missing", str(error))
    return Answer(Status.OK, f"gpiod {_version('gpiod') or ''}, for the colour sensor")


def _rpi_gpio(wrong: Status, *, pi_5: bool, blind: bool) -> Answer:
    """Say which RPi.GPIO this is; `wrong` is the mark of an unusable one."""
    source = _rpi_gpio_source()
    folders = {name: _folder(name) for name in ("RPi.GPIO", "rpi-lgpio")}
    if source is None:
        if any(folders.values()):
            return Answer(wrong, "RPi.GPIO is installed, but its files are gone", _one_of_two())
        mark = Status.OK if wrong is Status.WARNING else Status.NOT_CHECKED
        return Answer(
            mark, "no RPi.GPIO, which gpiod replaces" if mark is Status.OK else "no RPi.GPIO either"
        )
    itself = "RPi._GPIO" in source
    if folders["RPi.GPIO"] and folders["RPi.GPIO"] == folders["rpi-lgpio"]:
        now = "RPi.GPIO itself" if itself else "rpi-lgpio"
        return Answer(
            wrong,
            f"RPi.GPIO and rpi-lgpio are both installed in {folders['RPi.GPIO']}, and one breaks"
            f" the other (import RPi.GPIO gives {now} now)",
            _one_of_two(),
        )
    if not itself:
        if find_spec("lgpio") is None:
            return Answer(
                wrong, "RPi.GPIO is rpi-lgpio, but lgpio is missing", _pip("install lgpio")
            )
        return Answer(Status.OK, f"RPi.GPIO is rpi-lgpio {_version('rpi-lgpio') or ''}".rstrip())
    version = _version("RPi.GPIO") or ""
    if pi_5:
        return Answer(
            wrong, f"RPi.GPIO is RPi.GPIO {version} itself: no Pi 5 runs it", _one_of_two()
        )
    blindness = ": it sees no edges on this kernel, and only its levels are used" if blind else ""
    return Answer(Status.OK, f"RPi.GPIO is RPi.GPIO {version} itself{blindness}")


def _rpi_gpio_source() -> str | None:
    """Return the source that `import RPi.GPIO` would run, or None."""
    try:
        spec = find_spec("RPi.GPIO")
    except ImportError:
        return None
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).read_text(errors="replace")


def _one_of_two() -> str:
    return f"{_pip('uninstall -y RPi.GPIO rpi-lgpio')}, then {_pip('install rpi-lgpio')}"


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _folder(name: str) -> Path | None:
    """Return the folder into which a distribution was installed, or None."""
    try:
        return Path(str(metadata.distribution(name).locate_file("")))
    except metadata.PackageNotFoundError:
        return None


def _pip(arguments: str) -> str:
    return f"{sys.executable} -m pip {arguments}"
