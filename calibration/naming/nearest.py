"""The nearest of the 267 colours, and the nearest of those with another word.

CIEDE2000 to all 267 takes longer than all the rest of naming a colour. Of many colours only the
pairs are compared that may count:

    1  the centroid that seems nearest, by a plain distance, and the nearest with another word:
       the answers are at most as far away
    2  every centroid that may be nearer than these
"""

from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..colorimetry.arrays import FloatArray
from ..colorimetry.delta_e import ciede2000
from .centroids import centroids

_FEW: Final = 4  # colours, for which choosing pairs takes longer than comparing all
_AT_ONCE: Final = 256  # colours: many for each of numpy's calls, and 0.5 MB of distances

# glibc gives freed memory back beyond twice the largest array that was freed, and to take it again
# for each block would double the time; so one of this size is freed first.
_KEPT_BYTES: Final = 4_000_000

# The plain distance is straight in lightness and in a and b, after these have been compressed at
# least as CIEDE2000 does it, also far beyond any real colour. To the nearest and to that with
# another word it is shorter than CIEDE2000, but where their hues are opposite: there it was up to
# 8.8 % longer, in 2,000,000 random colours and in a climb from the worst of them.
_LONGER: Final = 1.12
_LIGHTNESS_BEND: Final = 0.01
_CHROMA_BEND: Final = 0.03


class Nearest(NamedTuple):
    """For each colour (n,): the nearest centroid, and the nearest of those with another word.

    first and other are rows of the table, the distances CIEDE2000.
    """

    first: NDArray[np.intp]
    delta_e: FloatArray
    other: NDArray[np.intp]
    other_delta_e: FloatArray


def nearest(lab: FloatArray) -> Nearest:
    """Find the nearest two of each of the colours (n, 3), n > 0; of equals the earlier row."""
    blocks = [
        _nearest_by(_distances(lab[start : start + _AT_ONCE]))
        for start in range(0, len(lab), _AT_ONCE)
    ]
    return Nearest(*(np.concatenate(parts) for parts in zip(*blocks, strict=True)))


def _nearest_by(distance: FloatArray) -> Nearest:
    """Find the nearest two by these distances (n, 267)."""
    rows, word = np.arange(len(distance)), centroids().word
    first = distance.argmin(axis=1)
    other = np.where(word == word[first, np.newaxis], np.inf, distance).argmin(axis=1)
    return Nearest(first, distance[rows, first], other, distance[rows, other])


def _distances(lab: FloatArray) -> FloatArray:
    """Return CIEDE2000 (n, 267) to the centroids; infinity to those that are not the nearest."""
    if len(lab) <= _FEW:
        return ciede2000(lab[:, np.newaxis], centroids().lab)
    table, plain = centroids(), _plain_squares(lab)
    seem = _nearest_by(plain)
    both = np.stack((seem.first, seem.other), axis=1)
    delta_e = ciede2000(lab[:, np.newaxis], table.lab[both])
    near, far = np.square(_LONGER * np.sort(delta_e)).T[..., np.newaxis]
    word = table.word[both[np.arange(len(lab)), delta_e.argmin(axis=1)]]
    candidates = plain <= np.where(table.word == word[:, np.newaxis], near, far)
    row, centroid = np.divmod(np.flatnonzero(candidates), len(table.lab))
    distance = np.full(plain.shape, np.inf)
    distance[row, centroid] = ciede2000(lab.take(row, axis=0), table.lab.take(centroid, axis=0))
    np.put_along_axis(distance, both, delta_e, axis=1)
    return distance


def _plain_squares(lab: FloatArray) -> FloatArray:
    """Return the squares (n, 267) of the plain distances."""
    one, other = _compressed(lab), _places()
    squares = (-2 * one) @ other.T
    squares += np.square(one).sum(axis=1)[:, np.newaxis]
    squares += np.square(other).sum(axis=1)
    return squares


@cache
def _places() -> FloatArray:
    np.empty(_KEPT_BYTES, np.uint8)
    return _compressed(centroids().lab)


def _compressed(lab: FloatArray) -> FloatArray:
    off_middle = lab[:, :1] - 50
    lightness = off_middle / (1 + _LIGHTNESS_BEND * np.abs(off_middle))
    chroma = np.sqrt(np.square(lab[:, 1:]).sum(axis=1, keepdims=True))
    hue = lab[:, 1:] / (1 + _CHROMA_BEND * chroma) ** 1.5
    return np.concatenate((lightness, hue), axis=1)
