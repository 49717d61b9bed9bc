"""The 267 colours of the ISCC-NBS system, each with its name and its basic word.

One point for each word would fail even with a perfect sensor; many points for each word do not.
"""

# data/iscc_nbs_267.csv: centroids (sRGB) and base hues of the ISCC-NBS system, from Kelly and
# Judd, "The ISCC-NBS Method of Designating Colors and a Dictionary of Color Names", National
# Bureau of Standards Circular 553 (1955), a work of the United States government; the numbers as
# in the list of github.com/meodai/color-name-lists, marked CC0.
# The eleven basic words: Berlin and Kay, "Basic Color Terms" (1969).
#
# The column "word" is the base hue, with violet counted as purple and olive as green. A compound
# name holds a second hue ("dark purplish red"); where three in four of the colours so named are
# nearer to what people call by that second hue, it is the word (twelve times). The people are those
# of the XKCD colour survey (CC0); tests/calibration/naming/test_words.py asks them again.

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..colorimetry.arrays import FloatArray
from ..colorimetry.spaces import srgb_to_xyz, xyz_to_lab


class Centroids(NamedTuple):
    """The table, sorted by word."""

    lab: FloatArray  # (267, 3)
    long_names: list[str]
    words: list[str]  # the eleven, sorted
    word: NDArray[np.intp]  # (267,) index into words


@cache
def centroids() -> Centroids:
    """Return the table; the first call reads it."""
    file = Path(__file__).parents[1] / "data" / "iscc_nbs_267.csv"
    with file.open(encoding="utf-8", newline="") as lines:
        rows = sorted(csv.DictReader(lines), key=lambda row: row["word"])
    srgb = np.array([list(bytes.fromhex(row["hex"].lstrip("#"))) for row in rows]) / 255
    lab = xyz_to_lab(srgb_to_xyz(srgb))
    words, word = np.unique([row["word"] for row in rows], return_inverse=True)
    return Centroids(
        # Columns are read one at a time, so each is kept in one piece.
        lab=np.asfortranarray(lab),
        long_names=[row["name"].lower().replace("gray", "grey") for row in rows],
        words=words.tolist(),
        word=word,
    )
