"""From the sensor's reflectances to CIE XYZ: a matrix over root terms that keeps white white."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from ..colorimetry.arrays import FloatArray, real_numbers, within
from ..colorimetry.spaces import D65_WHITE
from ..errors import CalibrationError

# What each column of the matrix multiplies; of two channels the root of their product. Each term
# doubles with the light, so that distance does not shift hue, as plain squares would. For a grey of
# reflectance r every term is r.
# Finlayson, Mackiewicz, Hurlbert, "Color correction using root-polynomial regression", IEEE
# Transactions on Image Processing 24 (2015) 1460-1470; clear among the channels is this project's.
TERMS: Final = (
    "red",
    "green",
    "blue",
    "clear",
    "red green",
    "red blue",
    "red clear",
    "green blue",
    "green clear",
    "blue clear",
)
_FIRST: Final = np.array([0, 0, 0, 1, 1, 2])
_SECOND: Final = np.array([1, 2, 3, 2, 3, 3])

_LARGEST_COEFFICIENT: Final = 1e3  # beyond it a reading's noise would be all there is to see
_WHITE_TOLERANCE: Final = 1e-6

_DARKEST: Final = (6 / 29) ** 3  # below this Y lightness is a straight line (CIE 15:2018, 8.2.1)


def _contrasts(count: int) -> FloatArray:
    """Return an orthonormal basis (count - 1, count) of what is orthogonal to (1, 1, ..., 1).

    Helmert's, because it is the same on every machine.
    """
    basis = np.tri(count - 1, count, 0)
    steps = np.arange(1, count)
    basis[steps - 1, steps] = -steps
    scaled: FloatArray = basis / np.sqrt(steps * (steps + 1))[:, np.newaxis]
    return scaled


# A correction moves only along these: a grey has no part in them, and so white stays white.
CONTRASTS: Final[FloatArray] = _contrasts(len(TERMS))


@dataclass(frozen=True, init=False)
class Correction:
    """A matrix that takes the terms of a reflectance to XYZ (D65, white Y = 1).

    ``matrix`` has three rows, X, Y and Z, and a column for each of ``TERMS``. A grey of
    reflectance r, alike in all channels, comes out as r times the D65 white.

    Raises CalibrationError: another shape, numbers no fit would give, or white is not kept.
    """

    matrix: tuple[tuple[float, ...], ...]

    def __init__(self, matrix: ArrayLike) -> None:
        what = "correction matrix"
        array = within(real_numbers(matrix, len(TERMS), what), _LARGEST_COEFFICIENT, what)
        if array.shape != (3, len(TERMS)):
            raise CalibrationError(f"{what}: expected 3 rows, got an array of shape {array.shape}")
        white = array.sum(axis=1)
        if np.abs(white - D65_WHITE).max() > _WHITE_TOLERANCE:
            raise CalibrationError(
                f"{what}: it takes white to XYZ {white.round(5).tolist()} instead of "
                f"{D65_WHITE.tolist()}; the numbers have been changed, so fit it again"
            )
        object.__setattr__(self, "matrix", tuple(map(tuple, array.tolist())))

    def xyz(self, reflectance: FloatArray) -> FloatArray:
        """XYZ (..., 3) of reflectances (..., 4), as ``References.reflectance`` gives them."""
        xyz: FloatArray = terms(reflectance) @ self._terms_to_xyz
        return xyz

    @cached_property
    def _terms_to_xyz(self) -> FloatArray:
        return np.array(self.matrix).T


def terms(reflectance: FloatArray) -> FloatArray:
    """Return the terms (..., 10) of reflectances (..., 4); a reading below dark has no root."""
    roots = np.sqrt(np.maximum(reflectance, 0.0))
    return np.concatenate((reflectance, roots[..., _FIRST] * roots[..., _SECOND]), axis=-1)


def card_weight(xyz: FloatArray) -> FloatArray:
    """How much an error in the XYZ (..., 3) of a card counts: as steeply as lightness goes there.

    An error of 0.01 is much to see on a black card and little on a white one.
    """
    weight: FloatArray = np.maximum(xyz[..., 1], _DARKEST) ** (-2 / 3)
    return weight
