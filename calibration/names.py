"""From CIELAB to a word: the nearest of 267 ISCC-NBS colours, folded to eleven basic words.

One point for each word would fail even with a perfect sensor; many points for each word do not.
"""

# data/iscc_nbs_267.csv: centroids (sRGB) and base hues of the ISCC-NBS system, from Kelly and
# Judd, "The ISCC-NBS Method of Designating Colors and a Dictionary of Color Names", National
# Bureau of Standards Circular 553 (1955), a work of the United States government; the numbers as
# in the list of github.com/meodai/color-name-lists, marked CC0.
# The eleven basic words: Berlin and Kay, "Basic Color Terms" (1969).

import csv
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .arrays import FloatArray
from .difference import ciede2000
from .spaces import srgb_to_xyz, xyz_to_lab

# Base hues that are not basic words, and the word they count as.
_FOLDED: Final = {"violet": "purple", "olive": "green"}

# How wide a border between two words is, in delta E; see NamedColour.confidence.
_BORDER_DELTA_E: Final = 1.5

_ROWS_AT_ONCE: Final = 512  # keeps the table of distances near 1 MB


class NamedColour(NamedTuple):
    """What a colour is called, and how surely.

    ``word`` is one of black, white, grey, red, orange, yellow, green, blue, purple, pink, brown.
    ``long_name`` is the ISCC-NBS name, such as "vivid orange" or "dark greyish blue"; its centroid
    is ``delta_e`` (CIEDE2000) away. ``runner_up`` is the nearest word that is another one.

    ``confidence`` is ``1 / (1 + exp(-gap / 1.5))``, where the gap is how much farther the nearest
    centroid of the runner-up is, in delta E: 0.5 on the border of two words, 0.9 at a gap of 3.3.
    With colours off by 2.5 delta E on the average, as after a good calibration, it is about the
    chance that the true colour has the same word.
    """

    word: str
    long_name: str
    delta_e: float
    runner_up: str
    confidence: float


class _Centroids(NamedTuple):
    """The table, sorted by word so that the centroids of a word are neighbours."""

    lab: FloatArray  # (267, 3)
    long_names: list[str]
    words: list[str]  # the eleven, sorted
    word: NDArray[np.intp]  # (267,) index into words
    starts: NDArray[np.intp]  # (11,) where each word begins


def name_colours(lab: FloatArray) -> list[NamedColour]:
    """The name of each of the colours ``lab`` (n, 3), which are finite CIELAB for D65."""
    named: list[NamedColour] = []
    for start in range(0, len(lab), _ROWS_AT_ONCE):
        named += _name_block(lab[start : start + _ROWS_AT_ONCE])
    return named


def _name_block(lab: FloatArray) -> list[NamedColour]:
    table = _centroids()
    rows = np.arange(len(lab))
    distance = ciede2000(lab[:, np.newaxis], table.lab)
    nearest = distance.argmin(axis=1)
    delta_e = distance[rows, nearest]
    word = table.word[nearest]
    to_words = np.minimum.reduceat(distance, table.starts, axis=1)
    to_words[rows, word] = np.inf
    runner_up = to_words.argmin(axis=1)
    gap = to_words[rows, runner_up] - delta_e
    confidence = 1 / (1 + np.exp(-gap / _BORDER_DELTA_E))
    columns = (array.tolist() for array in (word, nearest, delta_e, runner_up, confidence))
    return [
        NamedColour(table.words[w], table.long_names[n], d, table.words[r], c)
        for w, n, d, r, c in zip(*columns, strict=True)
    ]


@cache
def _centroids() -> _Centroids:
    file = Path(__file__).parent / "data" / "iscc_nbs_267.csv"
    with file.open(encoding="utf-8", newline="") as lines:
        rows = [(_FOLDED.get(row["base"], row["base"]), row) for row in csv.DictReader(lines)]
    rows.sort(key=lambda pair: pair[0])
    srgb = np.array([list(bytes.fromhex(row["hex"].lstrip("#"))) for _, row in rows]) / 255
    words, starts, word = np.unique(
        [word for word, _ in rows], return_index=True, return_inverse=True
    )
    return _Centroids(
        # Columns are read one at a time, so each is kept in one piece.
        lab=np.asfortranarray(xyz_to_lab(srgb_to_xyz(srgb))),
        long_names=[row["name"].lower().replace("gray", "grey") for _, row in rows],
        words=words.tolist(),
        word=word,
        starts=starts,
    )
