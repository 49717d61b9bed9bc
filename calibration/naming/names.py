"""From CIELAB to a word: the nearest of 267 ISCC-NBS colours and its basic word."""

from typing import Final, NamedTuple

import numpy as np

from ..colorimetry.arrays import FloatArray
from .centroids import centroids
from .nearest import nearest

# How wide a border between two words is, in delta E; see NamedColour.confidence.
_BORDER_DELTA_E: Final = 1.5

# Below it a colour is near a border: the other word is less than 1.65 delta E farther away. With
# colours off by 1.3 delta E on the average, six of seven wrong words are near one.
_SURE: Final = 0.75


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

    @property
    def near_border(self) -> bool:
        """Whether the runner-up may well be the word: the confidence is below three in four."""
        return self.confidence < _SURE

    @property
    def words(self) -> str:
        """What to say: "blue", or near the border "blue or purple"."""
        return f"{self.word} or {self.runner_up}" if self.near_border else self.word


def name_colours(lab: FloatArray) -> list[NamedColour]:
    """Name each of the colours ``lab`` (n, 3): finite CIELAB for D65."""
    if not len(lab):
        return []
    table, near = centroids(), nearest(lab)
    gap = near.other_delta_e - near.delta_e
    confidence = 1 / (1 + np.exp(-gap / _BORDER_DELTA_E))
    words, others = table.word[near.first], table.word[near.other]
    columns = (words, near.first, near.delta_e, others, confidence)
    return [
        NamedColour(table.words[w], table.long_names[n], d, table.words[o], c)
        for w, n, d, o, c in zip(*(column.tolist() for column in columns), strict=True)
    ]
