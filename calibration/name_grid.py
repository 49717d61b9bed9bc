"""Which of the 267 colours can be the nearest one: a short list for every box of CIELAB.

Comparing a colour with all 267 takes far longer than all the rest of naming it. Lightness, a and b
are therefore cut into boxes, small near grey, where CIEDE2000 is strict, and larger far from it. A
box lists, with a margin, every centroid that is nearest to some colour in it, or nearest among
those of another word; nine of them on the average. Outside the boxes all 267 are compared.

The lists are shipped, in data/name_grid.npz: they take minutes to make. After a change of the
centroids or their words:

    python -m calibration.name_grid
"""

from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .arrays import FloatArray
from .centroids import Point, centroids
from .difference import ciede2000

_OUTWARD: Final = (0, 6, 12, 19, 27, 36, 46, 58, 72, 90, 112)
_A_AND_B: Final = (*(-edge for edge in _OUTWARD[:0:-1]), *_OUTWARD)
EDGES: Final = (tuple(range(-4, 107, 10)), _A_AND_B, _A_AND_B)
SHAPE: Final = (len(EDGES[0]) - 1, len(EDGES[1]) - 1, len(EDGES[2]) - 1)

_SAMPLES: Final = 9  # along each side of a box, its faces included
# In delta E. Between two samples a difference changes by less: 0.7 at the most among ten million
# random colours.
_MARGIN: Final = 2.0

_FILE: Final = Path(__file__).parent / "data" / "name_grid.npz"


class NameGrid(NamedTuple):
    """The lists one after another; the last one, for what is in no box, is all centroids."""

    starts: NDArray[np.intp]  # (boxes + 2,) where each list begins, and where the last one ends
    centroids: NDArray[np.intp]  # rows of the table of centroids, rising within a list


@cache
def name_grid() -> NameGrid:
    """The lists as they are shipped, read at the first use."""
    with np.load(_FILE) as file:
        lengths, listed = file["lengths"], file["centroids"]
    everything = np.arange(len(centroids().points))
    starts = np.concatenate([[0], lengths, [len(everything)]]).cumsum(dtype=np.intp)
    return NameGrid(starts, np.concatenate([listed, everything]).astype(np.intp))


def boxes_of(lab: FloatArray) -> NDArray[np.intp]:
    """The number of the box each colour (n, 3) is in; ``prod(SHAPE)`` for those in none."""
    number = np.zeros(len(lab), np.intp)
    outside = np.zeros(len(lab), np.bool_)
    for edges, count, column in zip(EDGES, SHAPE, lab.T, strict=True):
        place = np.searchsorted(edges, column, side="right") - 1
        outside |= (place < 0) | (place >= count)
        number = number * count + place
    number[outside] = np.prod(SHAPE)
    return number


def candidates(lightness: float, a: float, b: float) -> list[Point]:
    """The centroids that can be nearest to one colour, or nearest among those of another word."""
    number = 0
    for edges, count, value in zip(EDGES, SHAPE, (lightness, a, b), strict=True):
        place = bisect_right(edges, value) - 1
        if not 0 <= place < count:
            return centroids().points
        number = number * count + place
    return _points_in(number)


@cache
def _points_in(box: int) -> list[Point]:
    grid, points = name_grid(), centroids().points
    return [points[i] for i in grid.centroids[grid.starts[box] : grid.starts[box + 1]].tolist()]


def make_list(box: tuple[int, int, int]) -> list[int]:
    """The list of one box, made anew from colours all over it.

    With ``d1`` to the nearest and ``d2`` to the nearest of another word, a centroid is listed that
    comes, at any of these colours, within the margin of d1, or of d2 with another word.
    """
    sides = (
        np.linspace(edges[i], edges[i + 1], _SAMPLES) for edges, i in zip(EDGES, box, strict=True)
    )
    lab = np.stack(np.meshgrid(*sides), axis=-1).reshape(-1, 3)
    table = centroids()
    distance = ciede2000(lab[:, np.newaxis], table.lab)
    nearest = distance.argmin(axis=1)
    others = table.word != table.word[nearest][:, np.newaxis]
    to_others = np.where(others, distance, np.inf)
    listed = distance <= distance.min(axis=1, keepdims=True) + _MARGIN
    listed |= to_others <= to_others.min(axis=1, keepdims=True) + _MARGIN
    rows: list[int] = np.flatnonzero(listed.any(axis=0)).tolist()
    return rows


def _make_lists() -> Iterator[list[int]]:
    for box in product(*map(range, SHAPE)):
        yield make_list((box[0], box[1], box[2]))


def main() -> None:
    """Make the shipped file anew."""
    lists = list(_make_lists())
    np.savez_compressed(
        _FILE,
        lengths=np.array([len(one) for one in lists], np.uint16),
        centroids=np.concatenate(lists).astype(np.uint16),
    )
    average = sum(map(len, lists)) / len(lists)
    print(f"{_FILE.name}: {len(lists)} boxes, {average:.1f} centroids each on the average")


if __name__ == "__main__":
    main()
