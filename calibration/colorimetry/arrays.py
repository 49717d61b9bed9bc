"""Readings of four channels, and arrays of readings and colours, checked once.

Past these checks every number is finite and small enough that no formula of this room overflows.
"""

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import CalibrationError

NUMBER_KINDS = "fiu"  # numpy's letters for floats, integers and unsigned integers

FloatArray = NDArray[np.float64]
Channels = tuple[float, float, float, float]

CHANNEL_NAMES: Final = ("red", "green", "blue", "clear")

# The data sheet (TAOS099) calls the sensor linear up to 500 kHz at 100 % scaling, the least full
# scale it promises. A flicker reaches higher than its mean, so a tenth of it is kept free. The
# other scalings divide the same pulses: there the limit is the same at 100 %.
SATURATED_HZ: Final = 0.9 * 500_000.0

# The output scalings by the names the sensor's settings give them, as shares; "auto" times dim
# light at 20 %, and so does a board whose strapping is not configured.
SCALINGS: Final = {"": 0.2, "auto": 0.2, "2%": 0.02, "20%": 0.2, "100%": 1.0}


def as_channels(numbers: Iterable[float]) -> Channels:
    """Return four numbers as a tuple."""
    red, green, blue, clear = numbers
    return red, green, blue, clear


def one_edge_hz(scaling: str) -> float:
    """Return one edge a second at OUT in Hz at 100 % scaling: dimmer light may be read as none."""
    return 1 / SCALINGS[scaling]


def real_numbers(values: ArrayLike, columns: int, what: str) -> FloatArray:
    """Return ``values`` as floats of shape (..., ``columns``).

    ``what`` names the values in the error message.

    Raises CalibrationError: not numbers, another shape, or a number that is not finite.
    """
    try:
        array = np.asarray(values)
    except (ValueError, TypeError, OverflowError) as error:
        raise CalibrationError(f"{what}: these are not rows of {columns} numbers") from error
    if array.dtype.kind not in NUMBER_KINDS:
        raise CalibrationError(
            f"{what}: expected real numbers, got {array.dtype.name}; convert them to floats first"
        )
    if array.ndim == 0 or array.shape[-1] != columns:
        raise CalibrationError(
            f"{what}: expected {columns} numbers in each row, got an array of shape {array.shape}"
        )
    if array.dtype != np.float64:
        with np.errstate(over="ignore"):  # a long double may become infinite; refused below
            array = array.astype(np.float64)
    if not np.isfinite(array).all():
        row = np.argwhere(~np.isfinite(array))[0][:-1].tolist()
        where = f" (row {', '.join(map(str, row))})" if row else ""
        raise CalibrationError(
            f"{what}: a number is not finite{where}; leave that reading out or take it again"
        )
    return array


def within(array: FloatArray, limit: float, what: str) -> FloatArray:
    """Return ``array`` itself when no number in it is larger than ``limit``, either sign.

    Raises CalibrationError: a number is larger, or not a number.
    """
    if not (np.abs(array) <= limit).all():
        raise CalibrationError(f"{what}: a number is beyond ±{limit:g}, which no surface gives")
    return array
