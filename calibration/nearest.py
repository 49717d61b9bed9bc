"""The nearest of the 267 colours to one colour, in plain numbers.

The arithmetic is that of difference.py. For a dozen comparisons plain Python takes half the time
that numpy takes to call its functions; for a thousand colours numpy is far ahead.
"""

from math import atan2, copysign, cos, exp, hypot, inf, pi, radians, sin, sqrt, tau
from typing import Final, NamedTuple

from .centroids import Point
from .name_grid import candidates

_POW25_7: Final = 25.0**7
_HALF_TURN: Final = pi + radians(1e-9)  # the slack of difference.py
_DEG_6, _DEG_30, _DEG_63 = radians(6), radians(30), radians(63)
_DEG_25, _DEG_275, _TURN = radians(25), radians(275), radians(60)


class Nearest(NamedTuple):
    """The nearest centroid, and the nearest of those with another word; distances in delta E."""

    first: Point
    delta_e: float
    other: Point
    other_delta_e: float


def nearest(lightness: float, a: float, b: float) -> Nearest:
    """The nearest two by CIEDE2000; of equals the earlier in the table."""
    chroma = hypot(a, b)
    first = other = None
    square, other_square = inf, inf
    for point in candidates(lightness, a, b):
        off_middle = (lightness + point.lightness) / 2 - 50
        off_middle *= off_middle
        step = (point.lightness - lightness) / (1 + 0.015 * off_middle / sqrt(20 + off_middle))
        found = step * step
        if found >= other_square:
            continue  # too far by lightness alone
        found += _hue_and_chroma(a, b, chroma, point)
        if found < square:
            if first is not None and first.word != point.word:
                other, other_square = first, square
            first, square = point, found
        elif found < other_square and first is not None and point.word != first.word:
            other, other_square = point, found
    assert first is not None and other is not None  # every list has two words
    return Nearest(first, sqrt(square), other, sqrt(other_square))


def _hue_and_chroma(a: float, b: float, chroma: float, point: Point) -> float:
    """The part of the squared difference that is not lightness."""
    seventh = ((chroma + point.chroma) / 2) ** 7
    stretch = 1.5 - 0.5 * sqrt(seventh / (seventh + _POW25_7))
    a_1, a_2, b_2 = stretch * a, stretch * point.a, point.b
    chroma_1, chroma_2 = sqrt(a_1 * a_1 + b * b), sqrt(a_2 * a_2 + b_2 * b_2)
    hue_1, hue_2 = atan2(b, a_1) % tau, atan2(b_2, a_2) % tau
    step, hue = hue_2 - hue_1, (hue_1 + hue_2) / 2
    if abs(step) > _HALF_TURN:
        step -= copysign(tau, step)
        hue += pi if hue < pi else -pi
    mean = (chroma_1 + chroma_2) / 2
    weight = (
        1
        - 0.17 * cos(hue - _DEG_30)
        + 0.24 * cos(2 * hue)
        + 0.32 * cos(3 * hue + _DEG_6)
        - 0.20 * cos(4 * hue - _DEG_63)
    )
    chroma_step = (chroma_2 - chroma_1) / (1 + 0.045 * mean)
    hue_step = 2 * sqrt(chroma_1 * chroma_2) * sin(step / 2) / (1 + 0.015 * mean * weight)
    seventh = mean**7
    off_blue = (hue - _DEG_275) / _DEG_25
    turn = _TURN * exp(-off_blue * off_blue)
    twist = 2 * sqrt(seventh / (seventh + _POW25_7)) * sin(turn)
    # Rounding may leave it just below zero where the colours are the same.
    square = chroma_step * chroma_step + (hue_step - twist * chroma_step) * hue_step
    return square if square > 0 else 0.0
