"""CIEDE2000: how different two colours look; about 1 is just noticeable side by side."""

import cmath
import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from ..errors import CalibrationError
from .arrays import FloatArray, real_numbers, within

_LIMIT: Final = 1e6  # CIELAB of real surfaces stays within a few hundred
_POW25_7: Final = 25.0**7

# Amplitudes and phases of T, equation 15: cos(h - 30), cos(2h), cos(3h + 6), cos(4h - 63).
_HUE_TERMS: Final[tuple[complex, ...]] = tuple(
    amplitude * cmath.exp(1j * math.radians(phase_deg))
    for amplitude, phase_deg in ((-0.17, -30), (0.24, 0), (0.32, 6), (-0.20, -63))
)

# Hues exactly opposite each other differ by 180 degrees give or take the last bit, and that bit
# would decide the answer. The slack makes it the same on every machine: no wrap at 180.
_HALF_TURN: Final = 180.0 + 1e-9


def delta_e_2000(lab_1: ArrayLike, lab_2: ArrayLike) -> FloatArray:
    """Colour difference CIEDE2000 (kL = kC = kH = 1) between CIELAB colours.

    Both arguments are of shape (..., 3) and broadcast against each other over the leading axes,
    which the result has. It is symmetric in its arguments.

    Raises CalibrationError: not (..., 3), not finite, beyond any colour, or shapes that do not fit.

    Source: Sharma, Wu, Dalal, Color Research and Application 30 (2005) 21-30, equations 2-22.
    """
    first = within(real_numbers(lab_1, 3, "lab_1"), _LIMIT, "lab_1")
    second = within(real_numbers(lab_2, 3, "lab_2"), _LIMIT, "lab_2")
    try:
        np.broadcast_shapes(first.shape, second.shape)
    except ValueError as error:
        raise CalibrationError(
            f"lab_1 of shape {first.shape} and lab_2 of shape {second.shape} do not pair up"
        ) from error
    return ciede2000(first, second)


def ciede2000(lab_1: FloatArray, lab_2: FloatArray) -> FloatArray:
    """Return :func:`delta_e_2000` of arrays that were checked before."""
    lightness_1, a_1, b_1 = lab_1[..., 0], lab_1[..., 1], lab_1[..., 2]
    lightness_2, a_2, b_2 = lab_2[..., 0], lab_2[..., 1], lab_2[..., 2]

    stretch = 1.5 - 0.5 * _grey_weight((_chroma(a_1, b_1) + _chroma(a_2, b_2)) / 2)
    a_1, a_2 = stretch * a_1, stretch * a_2
    chroma_1, chroma_2 = _chroma(a_1, b_1), _chroma(a_2, b_2)
    hue_step_deg, hue_deg = _hues(a_1, b_1, a_2, b_2)

    mean_chroma = (chroma_1 + chroma_2) / 2
    off_middle = ((lightness_1 + lightness_2) / 2 - 50) ** 2
    lightness_step = (lightness_2 - lightness_1) / (
        1 + 0.015 * off_middle / np.sqrt(20 + off_middle)
    )
    chroma_step = (chroma_2 - chroma_1) / (1 + 0.045 * mean_chroma)
    hue_step = 2 * np.sqrt(chroma_1 * chroma_2) * np.sin(np.radians(hue_step_deg / 2))
    hue_step /= 1 + 0.015 * mean_chroma * _hue_weight(hue_deg)
    turn_deg = 60 * np.exp(-(((hue_deg - 275) / 25) ** 2))
    twist = 2 * _grey_weight(mean_chroma) * np.sin(np.radians(turn_deg))
    square = lightness_step**2 + chroma_step**2 + hue_step**2 - twist * chroma_step * hue_step
    # Rounding may leave a square just below zero where the colours are the same.
    difference: FloatArray = np.sqrt(np.maximum(square, 0))
    return difference


def _chroma(a: FloatArray, b: FloatArray) -> FloatArray:
    """Return the root of a^2 + b^2; numpy's hypot, which guards against overflow, is slower."""
    chroma: FloatArray = np.sqrt(a * a + b * b)
    return chroma


def _grey_weight(chroma: FloatArray) -> FloatArray:
    """Return the root of C^7 / (C^7 + 25^7), as products: numpy's power is far slower."""
    square = chroma * chroma
    seventh = square * square * square * chroma
    weight: FloatArray = np.sqrt(seventh / (seventh + _POW25_7))
    return weight


def _hues(
    a_1: FloatArray, b_1: FloatArray, a_2: FloatArray, b_2: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the step from hue 1 to hue 2 and the mean hue in degrees (equations 7, 10, 14).

    A grey has no hue, for which the source gives rules of its own. They are not needed: with a
    chroma of zero the hue term is zero, and nothing else depends on the hue.
    """
    hue_1, hue_2 = _hue(a_1, b_1), _hue(a_2, b_2)
    step = hue_2 - hue_1
    wraps = np.abs(step) > _HALF_TURN
    mean = (hue_1 + hue_2) / 2 + 180 * wraps
    return step - np.copysign(360 * wraps, step), mean - 360 * (mean >= 360)


def _hue(a: FloatArray, b: FloatArray) -> FloatArray:
    hue = np.degrees(np.arctan2(b, a))
    angle: FloatArray = hue + 360 * (hue < 0)
    return angle


def _hue_weight(hue_deg: FloatArray) -> FloatArray:
    """T of equation 15: four cosines of h, 2h, 3h and 4h as one polynomial in exp(ih)."""
    turn = np.exp(1j * np.radians(hue_deg))
    first, second, third, fourth = _HUE_TERMS
    waves: FloatArray = (turn * (first + turn * (second + turn * (third + turn * fourth)))).real
    return 1 + waves
