"""The library behind the name RPi.GPIO, and what its errors mean.

RPi.GPIO    compiled; writes the registers of a Pi up to the 4; a poll takes 1.5 to 10 µs
rpi-lgpio   plain Python on lgpio; asks the kernel, on every Pi; a poll takes 10 to 150 µs

Both own the same files: of two that are installed, the last one is in use.
"""

import os
import tempfile
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from ..errors import BackendMissing, PinError

_COMPILED, _SHIM = "RPi.GPIO", "rpi-lgpio"

# By words in the library's messages; the first match counts.
_ADVICE = {
    ("different mode",): "Another part of this program uses BOARD numbers, storm-petrel uses BCM"
    " numbers, and the library allows one kind a program",
    ("peripheral base",): "RPi.GPIO does not know this Pi or this kernel: pip uninstall RPi.GPIO,"
    " then pip install rpi-lgpio",
    ("gpio read", "gpio write"): "The GPIO chip is gone: it was there when the program began",
    ("invalid", "bad gpio"): "BCM numbers of a Pi run from 0 to 53, and its header has 0 to 27",
    ("busy",): "Another program holds it: gpioinfo (package gpiod) says which. End that one",
    ("gpiochip",): "Either /dev has no gpiochip, or your user is not in the group that owns it:"
    " sudo usermod -aG gpio $USER, and log in again",
    (
        "/dev/mem",
        "root",
        "permission",
    ): "Put your user into group gpio (sudo usermod -aG gpio $USER) and log in again",
    ("set up", "setup()", "numbering mode"): "Another part of this program called GPIO.cleanup():"
    " leave these lines out of it",
}


def rpi_gpio() -> Any:
    """Return the module RPi.GPIO. Raises BackendMissing, which names the library to install."""
    if not os.access(".", os.W_OK):
        # lgpio makes a FIFO in the working directory, and does not load if it cannot.
        os.environ.setdefault("LG_WD", tempfile.gettempdir())
    try:
        from RPi import GPIO
    except ModuleNotFoundError as error:
        raise BackendMissing(
            "RPi.GPIO is not installed: pip install rpi-lgpio, or RPi.GPIO on a Pi Zero or 1"
        ) from error
    except Exception as error:  # a RuntimeError off a Pi, an lgpio.error, a broken installation
        raise BackendMissing(_unloadable(error)) from error
    return GPIO


def library_name(gpio: Any) -> str:
    """Return name and version, and the other library's if both are installed."""
    if not hasattr(gpio, "lgpio"):
        return " ".join(filter(None, (_COMPILED, str(getattr(gpio, "VERSION", ""))))) + _beside(
            _SHIM
        )
    # Its VERSION is that of the RPi.GPIO it imitates.
    return " ".join(filter(None, (_SHIM, _installed(_SHIM)))) + _beside(_COMPILED)


def pin_error(error: Exception, pins: Iterable[int], library: str) -> PinError:
    """Return why the library cannot use these lines, and what the user does about it."""
    names = ", ".join(f"GPIO{pin}" for pin in pins) or "the GPIO lines"
    return PinError(f"{names} could not be used: {_text(error)}. {_advice(error)} ({library})")


def _advice(error: Exception) -> str:
    text = _text(error).lower()
    for words, advice in _ADVICE.items():
        if any(word in text for word in words):
            return advice
    return "Is another program using it, and is your user in group gpio?"


def _unloadable(error: Exception) -> str:
    if "Raspberry Pi" in str(error):
        return (
            f"RPi.GPIO refuses this machine: {error}. On a Pi 5, or a kernel that RPi.GPIO does not"
            " know, take rpi-lgpio instead; off a Pi, the simulated board"
        )
    if isinstance(error, NotImplementedError):  # rpi-lgpio on the first boards
        return (
            f"rpi-lgpio refuses this Pi: {error}. Take gpiod (pip install 'gpiod>=2.1'), or"
            " RPi.GPIO, which knows the first boards"
        )
    both = (
        " RPi.GPIO and rpi-lgpio are both installed and own the same files: pip uninstall both,"
        " then install one"
    )
    trap = both if _installed(_COMPILED) and _installed(_SHIM) else ""
    return f"RPi.GPIO is installed but does not load: {_text(error)}.{trap}"


def _beside(other: str) -> str:
    number = _installed(other)
    return f", beside {other} {number}, which owns the same files" if number else ""


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _text(error: Exception) -> str:
    return str(error).strip("'\".!") or type(error).__name__
