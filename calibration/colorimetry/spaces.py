"""The colour spaces: CIE XYZ, CIELAB, linear sRGB and sRGB, all for D65 and the 2 degree observer.

Sources: IEC 61966-2-1 (sRGB) and CIE 15 (CIELAB). Arrays are of shape (..., 3), white has Y = 1,
and nothing is clipped here: a colour outside the sRGB cube keeps its numbers.
"""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from .arrays import FloatArray, real_numbers, within

D65_WHITE: Final[FloatArray] = np.array([0.95047, 1.0, 1.08883])

# Chromaticities (x, y) of the sRGB primaries red, green and blue: IEC 61966-2-1, table 1.
_PRIMARIES: Final = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))

# CIE 15: below (6/29)^3 the cube root gives way to its tangent.
_LAB_KNEE: Final = 6 / 29
_LAB_SLOPE: Final = 3 * _LAB_KNEE**2
_LAB_OFFSET: Final = 4 / 29

# IEC 61966-2-1: the straight foot of the transfer curve, seen from either side.
_SRGB_FOOT_LINEAR: Final = 0.0031308
_SRGB_FOOT_ENCODED: Final = 0.04045

_LIMIT: Final = 1e30  # far beyond any colour; cubes of it are still finite


def _matrix_from_primaries() -> FloatArray:
    """Linear sRGB -> XYZ, computed rather than copied: the row sums are the white to the last bit.

    Published tables are rounded to four or seven digits, and their white with them.
    """
    primaries = np.array([(x / y, 1.0, (1 - x - y) / y) for x, y in _PRIMARIES]).T
    matrix: FloatArray = primaries * np.linalg.solve(primaries, D65_WHITE)
    return matrix


SRGB_TO_XYZ: Final[FloatArray] = _matrix_from_primaries()
XYZ_TO_SRGB: Final[FloatArray] = np.linalg.inv(SRGB_TO_XYZ).astype(np.float64)


def _colours(values: ArrayLike, what: str) -> FloatArray:
    return within(real_numbers(values, 3, what), _LIMIT, what)


def linear_srgb_to_xyz(linear: ArrayLike) -> FloatArray:
    """Linear sRGB (..., 3) -> XYZ (..., 3)."""
    xyz: FloatArray = _colours(linear, "linear sRGB") @ SRGB_TO_XYZ.T
    return xyz


def xyz_to_linear_srgb(xyz: ArrayLike) -> FloatArray:
    """XYZ (..., 3) -> linear sRGB (..., 3); outside 0..1 when a screen cannot show the colour."""
    linear: FloatArray = _colours(xyz, "XYZ") @ XYZ_TO_SRGB.T
    return linear


def linear_srgb_to_srgb(linear: ArrayLike) -> FloatArray:
    """Linear sRGB (..., 3) -> sRGB (..., 3), white = 1: the transfer curve of IEC 61966-2-1."""
    light = _colours(linear, "linear sRGB")
    # The foot also carries negative light, so a colour out of gamut stays a finite number.
    curve = 1.055 * np.maximum(light, _SRGB_FOOT_LINEAR) ** (1 / 2.4) - 0.055
    return np.where(light <= _SRGB_FOOT_LINEAR, 12.92 * light, curve)


def srgb_to_linear_srgb(srgb: ArrayLike) -> FloatArray:
    """SRGB (..., 3), white = 1 -> linear sRGB (..., 3)."""
    code = within(real_numbers(srgb, 3, "sRGB"), _LIMIT, "sRGB")
    curve = ((np.maximum(code, _SRGB_FOOT_ENCODED) + 0.055) / 1.055) ** 2.4
    return np.where(code <= _SRGB_FOOT_ENCODED, code / 12.92, curve)


def xyz_to_srgb(xyz: ArrayLike) -> FloatArray:
    """XYZ (..., 3) -> sRGB (..., 3), white = 1, not clipped."""
    return linear_srgb_to_srgb(xyz_to_linear_srgb(xyz))


def srgb_to_xyz(srgb: ArrayLike) -> FloatArray:
    """SRGB (..., 3), white = 1 -> XYZ (..., 3)."""
    return linear_srgb_to_xyz(srgb_to_linear_srgb(srgb))


def xyz_to_lab(xyz: ArrayLike) -> FloatArray:
    """XYZ (..., 3) -> CIELAB (..., 3): L 0..100, a, b."""
    return lab_of_xyz(_colours(xyz, "XYZ"))


def lab_of_xyz(xyz: FloatArray) -> FloatArray:
    """Return :func:`xyz_to_lab` of an array that was checked before."""
    ratio = xyz / D65_WHITE
    f = np.where(ratio > _LAB_KNEE**3, np.cbrt(ratio), ratio / _LAB_SLOPE + _LAB_OFFSET)
    lab = np.empty_like(f)
    lab[..., 0] = 116 * f[..., 1] - 16
    lab[..., 1] = 500 * (f[..., 0] - f[..., 1])
    lab[..., 2] = 200 * (f[..., 1] - f[..., 2])
    return lab
