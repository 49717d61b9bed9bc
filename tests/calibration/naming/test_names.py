"""Names of colours that are beyond doubt, and the rules that every name keeps."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from calibration import delta_e_2000
from calibration.colorimetry.spaces import srgb_to_xyz, xyz_to_lab
from calibration.naming.centroids import centroids
from calibration.naming.names import NamedColour, name_colours

BASIC = {
    "black",
    "white",
    "grey",
    "red",
    "orange",
    "yellow",
    "green",
    "blue",
    "purple",
    "pink",
    "brown",
}

labs = arrays(np.float64, (8, 3), elements=st.floats(-120, 120), fill=st.nothing())


def colorchecker_lab() -> dict[str, list[float]]:
    file = Path(__file__).parents[1] / "colorchecker24_reference.csv"
    with file.open(newline="", encoding="utf-8") as lines:
        return {
            row["name"]: [float(row[n]) for n in ("L_D65_babel", "a_D65", "b_D65")]
            for row in csv.DictReader(lines)
        }


@pytest.mark.parametrize(
    ("patch", "word"),
    [
        ("dark skin", "brown"),
        ("foliage", "green"),
        ("orange", "orange"),
        ("purplish blue", "blue"),
        ("purple", "purple"),
        ("yellow green", "green"),
        ("blue", "blue"),
        ("green", "green"),
        ("red", "red"),
        ("yellow", "yellow"),
        ("white 9.5 (.05 D)", "white"),
        ("neutral 5 (.70 D)", "grey"),
        ("neutral 3.5 (1.05 D)", "grey"),
        ("black 2 (1.5 D)", "black"),
    ],
)
def test_colorchecker_patches_have_the_word_everybody_gives_them(patch: str, word: str) -> None:
    [named] = name_colours(np.array([colorchecker_lab()[patch]]))
    assert named.word == word
    assert named.runner_up != word


@pytest.mark.parametrize(
    ("code", "word", "long_name"),
    [
        ("f38400", "orange", "vivid orange"),
        ("36454f", "blue", "dark greyish blue"),
        ("848482", "grey", "medium grey"),
        ("9a4eae", "purple", "vivid purple"),
        ("9065ca", "purple", "vivid violet"),  # violet counts as purple
        ("665d1e", "green", "moderate olive"),  # and olive as green
        ("222222", "black", "black"),
        ("ffb5ba", "pink", "vivid pink"),
    ],
)
def test_centroids_carry_their_own_name(code: str, word: str, long_name: str) -> None:
    lab = xyz_to_lab(srgb_to_xyz(np.array([list(bytes.fromhex(code))]) / 255))
    [named] = name_colours(lab)
    assert named.word == word
    assert named.long_name == long_name
    assert named.delta_e == 0
    assert named.confidence > 0.6


def test_long_names_are_lower_case_and_british() -> None:
    grid = np.stack(np.meshgrid(*[np.linspace(0, 1, 12)] * 3), axis=-1).reshape(-1, 3)
    named = name_colours(xyz_to_lab(srgb_to_xyz(grid)))
    assert {colour.word for colour in named} == BASIC
    assert all(colour.long_name == colour.long_name.lower() for colour in named)
    assert not any("gray" in colour.long_name for colour in named)
    assert any("greyish" in colour.long_name for colour in named)


@settings(deadline=None)
@given(labs)
def test_every_colour_has_two_words_and_a_confidence(lab: np.typing.NDArray[np.float64]) -> None:
    for named in name_colours(lab):
        assert named.word in BASIC
        assert named.runner_up in BASIC - {named.word}
        assert named.delta_e >= 0
        assert 0.5 <= named.confidence <= 1


@settings(deadline=None, max_examples=30)
@given(labs)
def test_many_at_once_are_named_like_one_by_one(lab: np.typing.NDArray[np.float64]) -> None:
    together = name_colours(np.tile(lab, (70, 1)))[-8:]
    for one, row in zip(together, lab, strict=True):
        [alone] = name_colours(row[np.newaxis])
        # numpy rounds the last bit of a sine differently in the middle and at the end of an array.
        assert one.delta_e == pytest.approx(alone.delta_e, abs=1e-9)
        assert one.confidence == pytest.approx(alone.confidence, abs=1e-9)
        assert one.word == alone.word or alone.confidence == pytest.approx(0.5, abs=1e-9)


def test_confidence_falls_to_one_half_on_the_border_of_two_words() -> None:
    red, yellow = (np.array(colorchecker_lab()[name]) for name in ("red", "yellow"))
    way = name_colours(red + np.linspace(0, 1, 20_001)[:, None] * (yellow - red))
    borders = [i for i in range(1, len(way)) if way[i].word != way[i - 1].word]
    assert borders
    for i in borders:
        assert way[i].confidence == pytest.approx(0.5, abs=0.01)
        assert way[i].runner_up == way[i - 1].word


def by_brute_force(lab: np.typing.NDArray[np.float64]) -> list[tuple[str, float, str, float]]:
    """Long name, distance, runner-up and its distance, from the distances to all 267."""
    table = centroids()
    rows = np.arange(len(lab))
    distance = delta_e_2000(lab[:, np.newaxis], table.lab)
    first = distance.argmin(axis=1)
    to_others = np.where(table.word != table.word[first][:, np.newaxis], distance, np.inf)
    other = to_others.argmin(axis=1)
    return [
        (table.long_names[i], float(d), table.words[table.word[j]], float(e))
        for i, d, j, e in zip(
            first, distance[rows, first], other, to_others[rows, other], strict=True
        )
    ]


# The centre and half the width of where they lie: all boxes; surfaces; greys; vivid reds, to which
# a grey of the opposite hue is near; at the rim of what a sensor gives, and far beyond it.
@pytest.mark.long("compares with all names")
@pytest.mark.parametrize(
    ("middle", "half"),
    [
        ([51, 0, 0], [55, 112, 112]),
        ([50, 0, 0], [50, 60, 60]),
        ([50, 0, 0], [52, 10, 10]),
        ([38, 90, 1], [12, 15, 3]),
        ([50, 0, 0], [80, 150, 150]),
        ([50, 0, 0], [400, 900, 900]),
        ([50, 0, 0], [1e6, 1e6, 1e6]),
    ],
)
def test_the_answer_is_that_of_comparing_all(middle: list[float], half: list[float]) -> None:
    random = np.random.default_rng(1955)
    for _ in range(12):
        lab = middle + random.uniform(-1, 1, (500, 3)) * half
        for named, (long_name, delta_e, runner_up, other_delta_e) in zip(
            name_colours(lab), by_brute_force(lab), strict=True
        ):
            assert (named.long_name, named.runner_up) == (long_name, runner_up)
            assert named.delta_e == pytest.approx(delta_e, abs=1e-9)
            gap = other_delta_e - delta_e
            assert named.confidence == pytest.approx(1 / (1 + np.exp(-gap / 1.5)), abs=1e-9)


@settings(deadline=None, max_examples=300)
@given(st.tuples(st.floats(-50, 150), st.floats(-150, 150), st.floats(-150, 150)))
def test_one_colour_gets_the_answer_of_comparing_all(lab: tuple[float, float, float]) -> None:
    [named] = name_colours(np.array([lab]))
    [(long_name, delta_e, runner_up, other_delta_e)] = by_brute_force(np.array([lab]))
    assert named.delta_e == pytest.approx(delta_e, abs=1e-9)
    if other_delta_e - delta_e > 1e-9:  # else it lies on the border itself
        assert (named.long_name, named.runner_up) == (long_name, runner_up)


def test_near_a_border_both_words_are_said() -> None:
    blue, purple = xyz_to_lab(srgb_to_xyz([[0x00 / 255, 0x67 / 255, 0xA5 / 255], [0.45, 0.1, 0.5]]))
    way = name_colours(blue + np.linspace(0, 1, 2001)[:, None] * (purple - blue))
    assert not way[0].near_border
    assert way[0].words == way[0].word == "blue"
    assert way[-1].words == "purple"
    border = next(i for i in range(1, len(way)) if way[i].word != way[i - 1].word)
    assert way[border - 1].near_border
    assert way[border].near_border
    assert way[border - 1].words == "blue or purple"
    assert way[border].words == "purple or blue"


def test_it_is_a_border_when_the_confidence_is_below_three_in_four() -> None:
    for confidence, is_near in ((0.5, True), (0.749, True), (0.75, False), (0.99, False)):
        named = NamedColour("blue", "vivid blue", 1.0, "purple", confidence)
        assert named.near_border is is_near
        assert named == ("blue", "vivid blue", 1.0, "purple", confidence)


def test_no_colours_have_no_names() -> None:
    assert name_colours(np.empty((0, 3))) == []
