"""The shipped lists of what can be nearest are those that the present centroids and words give."""

import numpy as np
import pytest

from calibration.centroids import centroids
from calibration.name_grid import EDGES, SHAPE, boxes_of, candidates, make_list, name_grid

BOXES = int(np.prod(SHAPE))


def middle(box: tuple[int, int, int]) -> list[float]:
    return [(edges[i] + edges[i + 1]) / 2 for edges, i in zip(EDGES, box, strict=True)]


def test_every_box_has_a_list_and_the_rest_of_space_has_all() -> None:
    grid = name_grid()
    assert len(grid.starts) == BOXES + 2
    assert grid.starts[-1] == len(grid.centroids)
    for start, stop in zip(grid.starts[:-1], grid.starts[1:], strict=True):
        listed = grid.centroids[start:stop]
        assert (np.diff(listed) > 0).all()
        assert len(set(centroids().word[listed])) >= 2
    assert grid.centroids[grid.starts[BOXES] :].tolist() == list(range(267))


@pytest.mark.parametrize(
    "box",
    [
        (0, 0, 0),
        (5, 9, 10),
        (5, 10, 10),
        (9, 10, 9),
        (1, 9, 9),
        (4, 15, 13),
        (3, 12, 4),
        (8, 5, 14),
    ],
)
def test_lists_made_anew_are_those_that_are_shipped(box: tuple[int, int, int]) -> None:
    assert [point.row for point in candidates(*middle(box))] == make_list(box)


def test_one_colour_and_many_are_found_in_the_same_box() -> None:
    random = np.random.default_rng(267)
    lab = random.uniform([-10, -130, -130], [115, 130, 130], (2000, 3))
    lab[:3] = [[106, 0, 0], [-4, -112, -112], [26, 6, -6]]  # on edges
    grid = name_grid()
    boxes = boxes_of(lab)
    assert boxes[0] == BOXES
    assert boxes[1] == 0
    for row, box in zip(lab.tolist(), boxes, strict=True):
        listed = grid.centroids[grid.starts[box] : grid.starts[box + 1]]
        assert [point.row for point in candidates(*row)] == listed.tolist()
