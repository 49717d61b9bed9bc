"""Calibration: from raw frequencies to named colours (numpy only), and the barometer's offset.

Names are handed on when first asked for: ``import calibration`` itself loads neither numpy nor
any file of this folder, so a program pays only for the part that it uses.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .delta_e import delta_e_2000
    from .errors import CalibrationError
    from .names import NamedColour
    from .pass_detector import PassDetector
    from .profile import ColourProfile
    from .references import References
    from .sorter import ColourSorter, Sorted

__all__ = [
    "CalibrationError",
    "ColourProfile",
    "ColourSorter",
    "NamedColour",
    "PassDetector",
    "References",
    "Sorted",
    "delta_e_2000",
]

_HOMES = {
    "CalibrationError": "errors",
    "ColourProfile": "profile",
    "NamedColour": "names",
    "References": "references",
    "ColourSorter": "sorter",
    "PassDetector": "pass_detector",
    "Sorted": "sorter",
    "delta_e_2000": "delta_e",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value  # from now on found without coming here
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
