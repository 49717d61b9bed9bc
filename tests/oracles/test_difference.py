"""CIEDE2000 against colour-science, and the names that it decides."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calibration import delta_e_2000
from calibration.naming.centroids import centroids
from calibration.naming.names import name_colours

Colours = NDArray[np.float64]

SHARMA = Path(__file__).parents[1] / "calibration" / "ciede2000_sharma.csv"


def test_any_two_colours(colour: Any, lab: Colours, random: np.random.Generator) -> None:
    other = random.permutation(lab)
    theirs = colour.delta_E(lab, other, method="CIE 2000")
    np.testing.assert_allclose(delta_e_2000(lab, other), theirs, rtol=0, atol=1e-3)


def test_two_colours_that_are_hard_to_tell(
    colour: Any, lab: Colours, random: np.random.Generator
) -> None:
    other = lab + random.normal(0, 1, lab.shape)
    theirs = colour.delta_E(lab, other, method="CIE 2000")
    np.testing.assert_allclose(delta_e_2000(lab, other), theirs, rtol=0, atol=1e-3)


def test_two_near_greys(colour: Any, random: np.random.Generator) -> None:
    # Hues turn quickly here, and many are nearly opposite.
    lab, other = random.normal([50, 0, 0], [20, 3, 3], (2, 5000, 3))
    theirs = colour.delta_E(lab, other, method="CIE 2000")
    np.testing.assert_allclose(delta_e_2000(lab, other), theirs, rtol=0, atol=1e-3)


def test_the_published_pairs(colour: Any) -> None:
    pairs = np.loadtxt(SHARMA, delimiter=",", skiprows=1)
    assert pairs.shape == (34, 8)
    lab, other, published = pairs[:, 1:4], pairs[:, 4:7], pairs[:, 7]
    ours, theirs = delta_e_2000(lab, other), colour.delta_E(lab, other, method="CIE 2000")
    np.testing.assert_allclose(ours, published, rtol=0, atol=1e-4)
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-4)


def test_names_are_those_of_the_nearest_by_its_difference(
    colour: Any, lab: Colours, random: np.random.Generator
) -> None:
    lab = np.concatenate([lab[:600], random.normal([50, 0, 0], [20, 20, 20], (900, 3))])
    table = centroids()
    distance = colour.delta_E(
        np.repeat(lab, len(table.lab), axis=0), np.tile(table.lab, (len(lab), 1)), method="CIE 2000"
    ).reshape(len(lab), -1)
    for named, off in zip(name_colours(lab), distance, strict=True):
        of_words = sorted(
            (off[table.word == word].min(), name) for word, name in enumerate(table.words)
        )
        assert abs(named.delta_e - off.min()) < 1e-3
        assert named.long_name == table.long_names[off.argmin()]
        assert [named.word, named.runner_up] == [name for _, name in of_words[:2]]
