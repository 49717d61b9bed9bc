"""Calibration: from raw frequencies to named colours (numpy only), and the barometer's offset.

Names are handed on when first asked for: ``import calibration`` itself loads neither numpy nor
any file of this folder, so a program pays only for the part that it uses.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .colorimetry.delta_e import delta_e_2000
    from .errors import CalibrationError
    from .naming.names import NamedColour
    from .profiles.profile import ColourProfile
    from .profiles.references import References
    from .sorting.pass_detector import PassDetector
    from .sorting.sorter import ColourSorter, Sorted

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
    "ColourProfile": "profiles.profile",
    "NamedColour": "naming.names",
    "References": "profiles.references",
    "ColourSorter": "sorting.sorter",
    "PassDetector": "sorting.pass_detector",
    "Sorted": "sorting.sorter",
    "delta_e_2000": "colorimetry.delta_e",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value  # from now on found without coming here
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
