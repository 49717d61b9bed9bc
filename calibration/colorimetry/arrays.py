"""What counts as an array of readings or of colours, checked once at the door.

Past these checks every number is finite and small enough that no formula of this room overflows.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import CalibrationError

NUMBER_KINDS = "fiu"  # numpy's letters for floats, integers and unsigned integers

FloatArray = NDArray[np.float64]


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
