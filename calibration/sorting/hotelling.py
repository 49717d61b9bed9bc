"""How far out is rare: the tail of Hotelling's T squared, and the distance that belongs to a tail.

The squared distance T2 of a fresh reading from the mean of n others, in their own covariance of
nu degrees of freedom, is not chi-square: with few readings it lies much farther out. In d channels
T2 / (1 + 1/n) exceeds q with the probability I_x((nu - d + 1) / 2, d / 2) at x = 1 / (1 + q / nu),
where I is the regularised incomplete beta function (Hotelling 1931; Abramowitz & Stegun 26.6.2).
"""

from math import lgamma
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from ..colorimetry.arrays import FloatArray

_TERMS: Final = 400  # of the continued fraction; some sqrt(max(a, b)) are enough
_HALVINGS: Final = 100
_TINY: Final = 1e-300
_CLOSE: Final = 1e-14


def incomplete_beta(a: float, b: float, x: ArrayLike) -> FloatArray:
    """Return the regularised incomplete beta function I_x(a, b), for x in 0..1 and a, b above 0.

    By the continued fraction of Abramowitz & Stegun 26.5.8, evaluated after Lentz; good to 1e-10.
    """
    given = np.asarray(x, dtype=np.float64)
    swapped = given > (a + 1) / (a + b + 2)  # where the fraction is slow, that of 1 - x is quick
    share = np.where(swapped, 1 - given, given)
    one = np.where(swapped, b, a)
    other = np.where(swapped, a, b)
    with np.errstate(divide="ignore"):
        power = one * np.log(share) + other * np.log1p(-share)
    front = np.exp(power + lgamma(a + b) - lgamma(a) - lgamma(b)) / one
    tail = front * _fraction(one, other, share)
    return np.asarray(np.clip(np.where(swapped, 1 - tail, tail), 0.0, 1.0))


def _fraction(a: FloatArray, b: FloatArray, x: FloatArray) -> FloatArray:
    """1 / (1 + d1 / (1 + d2 / (1 + ...))), from the top down (modified Lentz)."""
    upper = np.ones_like(x)
    lower = 1 / _away_from_zero(1 - (a + b) * x / (a + 1))
    value = lower.copy()
    for m in range(1, _TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for step in (even, odd):
            lower = 1 / _away_from_zero(1 + step * lower)
            upper = _away_from_zero(1 + step / upper)
            change = lower * upper
            value *= change
        if (np.abs(change - 1) < _CLOSE).all():
            break
    return value


def _away_from_zero(number: FloatArray) -> FloatArray:
    return np.where(np.abs(number) < _TINY, _TINY, number)


def hotelling_tail(q: ArrayLike, channels: int, freedom: float) -> FloatArray:
    """Return the share of a class's own fresh readings that lie at least as far out as q.

    q is T2 / (1 + 1/n); freedom: the degrees of freedom of the covariance, above channels - 1.
    """
    x = 1 / (1 + np.asarray(q, dtype=np.float64) / freedom)
    return incomplete_beta((freedom - channels + 1) / 2, channels / 2, x)


def hotelling_limit(tail: float, channels: int, freedom: float) -> float:
    """Return the q beyond which this share of fresh readings of the class lies."""
    low, high = -60.0, 60.0  # of log(q / freedom)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        q = freedom * np.exp(middle)
        if float(hotelling_tail(q, channels, freedom)) > tail:
            low = middle
        else:
            high = middle
    return float(freedom * np.exp((low + high) / 2))
