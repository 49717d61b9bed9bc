"""Colours as CSS and HTML write them: the codes, not the names.

The 148 names of CSS sit on the corners and edges of the screen's cube; the nearest of them says
little of a surface. The ISCC-NBS names of names.py do.
"""

from collections.abc import Sequence
from typing import Any, Final, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import CalibrationError
from .arrays import real_numbers

_LARGEST: Final = 255


@overload
def css_hex(srgb: Sequence[float]) -> str: ...
@overload
def css_hex(srgb: Sequence[Sequence[float]]) -> list[str]: ...
@overload
def css_hex(srgb: NDArray[Any]) -> str | list[str]: ...
def css_hex(srgb: ArrayLike) -> str | list[str]:
    """Return the code of one colour, such as "#f38400", or the list of codes of colours (n, 3).

    ``srgb`` is in 0..1, as ``ColourProfile.srgb`` gives it; beyond, it is clipped.

    Raises CalibrationError: another shape, or not finite.
    """
    colours = real_numbers(srgb, 3, "sRGB")
    if colours.ndim > 2:
        raise CalibrationError(
            f"codes are given for one colour or for (n, 3), not for {colours.shape}; "
            "reshape the colours to (-1, 3)"
        )
    codes = np.rint(_LARGEST * np.clip(colours, 0, 1)).astype(np.uint8)
    if codes.ndim == 1:
        return "#" + codes.tobytes().hex()
    return ["#" + code.tobytes().hex() for code in codes]
