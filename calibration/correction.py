"""From the sensor's reflectances to CIE XYZ: a matrix over a few terms that keeps white white."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from .arrays import FloatArray, real_numbers, within
from .errors import CalibrationError
from .spaces import D65_WHITE, SRGB_TO_XYZ

# What each column of the matrix multiplies. For a grey of reflectance r every term is r.
TERMS: Final = ("red", "green", "blue")

# The weight of the plain sRGB matrix against one card. It decides only what the cards leave open:
# with one to three cards a good deal, with twenty-four next to nothing (0.01 in delta E).
_RIDGE: Final = 1e-4

_LARGEST_COEFFICIENT: Final = 1e3  # beyond it a reading's noise would be all there is to see
_WHITE_TOLERANCE: Final = 1e-6


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
        object.__setattr__(self, "matrix", as_rows(array))

    def xyz(self, reflectance: FloatArray) -> FloatArray:
        """XYZ (..., 3) of reflectances (..., 4), as ``References.reflectance`` gives them."""
        xyz: FloatArray = _terms(reflectance) @ self._terms_to_xyz
        return xyz

    @cached_property
    def _terms_to_xyz(self) -> FloatArray:
        return np.array(self.matrix).T


def fit_correction(reflectance: FloatArray, xyz: FloatArray) -> Correction:
    """The correction with the least squared error in XYZ among those that keep white.

    ``reflectance`` (n, 4) and ``xyz`` (n, 3) have one row for each card. Keeping white is an
    equality constraint: the fit moves the plain sRGB matrix only along directions in which a grey
    has no part, which is the same as a Lagrange multiplier and cannot become singular.

    Source: Finlayson, Drew, "White-point preserving color correction", 5th Color Imaging
    Conference (1997) 258-261; the ridge towards sRGB is this project's.
    """
    terms = _terms(reflectance)
    colourful = _directions_without_grey(len(TERMS))
    seen = terms @ colourful.T
    unexplained = xyz - terms @ SRGB_TO_XYZ.T
    step = np.linalg.solve(seen.T @ seen + _RIDGE * np.eye(len(colourful)), seen.T @ unexplained)
    return Correction(SRGB_TO_XYZ + (colourful.T @ step).T)


@cache
def default_correction() -> Correction:
    """The shipped correction for a bare TCS3200 with a cool white LED.

    Source: fitted to the 24 ColorChecker patches under CIE illuminant LED-B5; the file says more.
    """
    file = Path(__file__).parent / "data" / "default_correction.json"
    return Correction(json.loads(file.read_text(encoding="utf-8"))["matrix"])


def as_rows(array: FloatArray) -> tuple[tuple[float, ...], ...]:
    """A two-dimensional array as tuples, which compare, hash and never change."""
    rows: Sequence[Sequence[float]] = array.tolist()
    return tuple(tuple(row) for row in rows)


def _terms(reflectance: FloatArray) -> FloatArray:
    """The terms (..., k) of reflectances (..., 4); clear is not among them."""
    return reflectance[..., : len(TERMS)]


def _directions_without_grey(count: int) -> FloatArray:
    """An orthonormal basis (count - 1, count) of what is orthogonal to (1, 1, ..., 1)."""
    basis: FloatArray = np.linalg.svd(np.ones((1, count)))[2][1:]
    return basis
