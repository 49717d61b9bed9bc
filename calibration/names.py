"""From CIELAB to a word: the nearest of 267 ISCC-NBS colours and its basic word."""

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .arrays import FloatArray
from .centroids import centroids
from .difference import ciede2000
from .name_grid import boxes_of, name_grid
from .nearest import nearest

# How wide a border between two words is, in delta E; see NamedColour.confidence.
_BORDER_DELTA_E: Final = 1.5

# Below it a colour is near a border: the other word is less than 1.65 delta E farther away. With
# colours off by 1.3 delta E on the average, six of seven wrong words are said to be near one.
_SURE: Final = 0.75

_PAIRS_AT_ONCE: Final = 1 << 16  # a few MB while they are compared

# A call of numpy costs as much as naming a colour in plain Python; see nearest.py.
_FEW: Final = 4


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
    """The name of each of the colours ``lab`` (n, 3), which are finite CIELAB for D65.

    Exactly the nearest of all 267, though only some are compared: see name_grid.py.
    """
    if len(lab) <= _FEW:
        return [name_colour(*row) for row in lab.tolist()]
    named: list[NamedColour] = []
    start = 0
    lists = name_grid().starts
    boxes = boxes_of(lab)
    pairs = (lists[boxes + 1] - lists[boxes]).cumsum()
    while start < len(lab):
        done = pairs[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(pairs, done + _PAIRS_AT_ONCE, side="right")))
        named += _name_block(lab[start:stop], boxes[start:stop])
        start = stop
    return named


def name_colour(lightness: float, a: float, b: float) -> NamedColour:
    """The name of one colour, which is finite CIELAB for D65."""
    found = nearest(lightness, a, b)
    table = centroids()
    return NamedColour(
        table.words[found.first.word],
        table.long_names[found.first.row],
        found.delta_e,
        table.words[found.other.word],
        1 / (1 + math.exp((found.delta_e - found.other_delta_e) / _BORDER_DELTA_E)),
    )


def _name_block(lab: FloatArray, boxes: NDArray[np.intp]) -> list[NamedColour]:
    """As ``name_colour`` for each row: the pairs with the list of its box, all in one column."""
    table, grid = centroids(), name_grid()
    lengths = grid.starts[boxes + 1] - grid.starts[boxes]
    begins = lengths.cumsum() - lengths
    row = np.repeat(np.arange(len(lab)), lengths)
    listed = grid.centroids[np.arange(len(row)) + (grid.starts[boxes] - begins)[row]]
    distance = ciede2000(lab[row], table.lab[listed])
    word = table.word[listed]
    first = _lowest(distance, begins, row)
    distance_to_others = np.where(word == word[first][row], np.inf, distance)
    other = _lowest(distance_to_others, begins, row)
    confidence = 1 / (1 + np.exp((distance[first] - distance[other]) / _BORDER_DELTA_E))
    columns = (word[first], listed[first], distance[first], word[other], confidence)
    return [
        NamedColour(table.words[w], table.long_names[n], d, table.words[o], c)
        for w, n, d, o, c in zip(*(column.tolist() for column in columns), strict=True)
    ]


def _lowest(
    values: FloatArray, begins: NDArray[np.intp], row: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Where in ``values`` each row has its lowest one; of equals the first."""
    lowest = np.flatnonzero(values == np.minimum.reduceat(values, begins)[row])
    return lowest[np.diff(row[lowest], prepend=-1) > 0]
