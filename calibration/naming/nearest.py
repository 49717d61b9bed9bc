"""The nearest of the 267 colours, and the nearest of those with another word.

CIEDE2000 to all 267 takes longer than all the rest of naming a colour. Of many colours only the
pairs are compared that may count:

    1  the centroid of each word that seems nearest: the answer is at most as far away
    2  every centroid that may be nearer than that, by a distance that CIEDE2000 hardly goes below
"""

from functools import cache
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..colorimetry.arrays import FloatArray
from ..colorimetry.delta_e import ciede2000
from .centroids import centroids

_FEW: Final = 4  # colours, for which choosing pairs takes longer than comparing all
_AT_ONCE: Final = 64  # colours, whose distances stay in a processor's cache

# Within these limits of CIELAB the choice missed no answer in a million random colours; beyond them
# all are compared.
_LOWEST: Final = (-4.0, -112.0, -112.0)
_HIGHEST: Final = (106.0, 112.0, 112.0)
_SLACK: Final = 0.57

# The least distance is straight in lightness and in a and b, after these have been drawn together
# about as CIEDE2000 does it.
_LIGHTNESS: Final = 0.95
_LIGHTNESS_BEND: Final = 0.015
_CHROMA_BEND: Final = 0.03


class Nearest(NamedTuple):
    """For each colour (n,): the nearest centroid, and the nearest of those with another word.

    first and other are rows of the table, the distances CIEDE2000.
    """

    first: NDArray[np.intp]
    delta_e: FloatArray
    other: NDArray[np.intp]
    other_delta_e: FloatArray


class _Places(NamedTuple):
    """Where the centroids are, drawn together."""

    lightness: FloatArray  # (267,)
    hue: FloatArray  # (267, 2)
    share: FloatArray  # (267,): the least part of a distance in hue that CIEDE2000 has
    words: list[slice]  # the rows of each word


def nearest(lab: FloatArray) -> Nearest:
    """The nearest two of each of the colours (n, 3), n > 0; of equals the earlier in the table."""
    blocks = [_of_block(lab[start : start + _AT_ONCE]) for start in range(0, len(lab), _AT_ONCE)]
    return Nearest(*(np.concatenate(parts) for parts in zip(*blocks, strict=True)))


def _of_block(lab: FloatArray) -> Nearest:
    rows, word = np.arange(len(lab)), centroids().word
    distance = _distances(lab)
    first = distance.argmin(axis=1)
    to_others = np.where(word == word[first][:, np.newaxis], np.inf, distance)
    other = to_others.argmin(axis=1)
    return Nearest(first, distance[rows, first], other, distance[rows, other])


def _distances(lab: FloatArray) -> FloatArray:
    """CIEDE2000 (n, 267) to the centroids; infinity to those that are not the nearest."""
    table = centroids()
    within = ((lab >= _LOWEST) & (lab <= _HIGHEST)).all()
    if len(lab) <= _FEW or not within:
        return ciede2000(lab[:, np.newaxis], table.lab)
    least = _least_squares(lab)
    words = _places().words
    seem = np.stack([rows.start + least[:, rows].argmin(axis=1) for rows in words], axis=1)
    of_words = ciede2000(lab[:, np.newaxis], table.lab[seem])
    first, second = np.partition(np.square(of_words), 1, axis=1)[:, :2].T[..., np.newaxis]
    same_word = table.word == of_words.argmin(axis=1)[:, np.newaxis]
    row, centroid = np.nonzero(least < np.where(same_word, first, second))
    distance = np.full(least.shape, np.inf)
    np.put_along_axis(distance, seem, of_words, axis=1)
    distance[row, centroid] = ciede2000(lab[row], table.lab[centroid])
    return distance


def _least_squares(lab: FloatArray) -> FloatArray:
    """What the square (n, 267) of CIEDE2000 hardly goes below."""
    places = _places()
    lightness, hue = _drawn_together(lab)
    least = _squares_apart(hue, places.hue)
    least *= np.square(_SLACK * places.share)
    least += np.square(lightness[:, np.newaxis] - places.lightness)
    return least


@cache
def _places() -> _Places:
    table = centroids()
    lightness, hue = _drawn_together(table.lab)
    in_hue = np.square(ciede2000(table.lab[:, np.newaxis], table.lab))
    in_hue -= np.square(lightness[:, np.newaxis] - lightness)
    apart = _squares_apart(hue, hue)
    apart[apart <= 0] = np.nan  # a centroid from itself, a grey from another
    share = np.sqrt(np.nanmin(np.maximum(in_hue, 0) / apart, axis=0))
    starts = [*np.searchsorted(table.word, range(len(table.words))).tolist(), len(hue)]
    words = [slice(*ends) for ends in pairwise(starts)]
    return _Places(lightness, hue, share, words)


def _drawn_together(lab: FloatArray) -> tuple[FloatArray, FloatArray]:
    off_middle = lab[:, 0] - 50
    bent = np.log1p(_LIGHTNESS_BEND * np.abs(off_middle)) / _LIGHTNESS_BEND
    chroma = np.sqrt(lab[:, 1] ** 2 + lab[:, 2] ** 2)
    hue = lab[:, 1:] / (1 + _CHROMA_BEND * chroma)[:, np.newaxis]
    return _LIGHTNESS * np.copysign(bent, off_middle), hue


def _squares_apart(one: FloatArray, other: FloatArray) -> FloatArray:
    """The squared distances (n, m) between points (n, 2) and (m, 2)."""
    squares = np.square(one).sum(axis=1)[:, np.newaxis] + np.square(other).sum(axis=1)
    apart: FloatArray = squares - 2 * one @ other.T
    return apart
