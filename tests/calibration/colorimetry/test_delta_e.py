"""CIEDE2000 against the pairs that its authors of the check data published."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from calibration import CalibrationError, delta_e_2000

SHARMA = np.loadtxt(Path(__file__).parents[1] / "ciede2000_sharma.csv", delimiter=",", skiprows=1)

labs = arrays(np.float64, (4, 3), elements=st.floats(-130, 130))


def test_all_34_published_pairs() -> None:
    assert SHARMA.shape == (34, 8)
    difference = delta_e_2000(SHARMA[:, 1:4], SHARMA[:, 4:7])
    np.testing.assert_allclose(difference, SHARMA[:, 7], rtol=0, atol=1e-4)


def test_all_34_published_pairs_the_other_way_round() -> None:
    difference = delta_e_2000(SHARMA[:, 4:7], SHARMA[:, 1:4])
    np.testing.assert_allclose(difference, SHARMA[:, 7], rtol=0, atol=1e-4)


def test_greys_differ_in_lightness_alone() -> None:
    # By hand: mean lightness 50, where a step of one counts as one.
    assert delta_e_2000([49.5, 0, 0], [50.5, 0, 0]) == pytest.approx(1.0, abs=1e-12)


@given(labs, labs)
def test_it_is_a_finite_symmetric_difference(
    lab_1: np.typing.NDArray[np.float64], lab_2: np.typing.NDArray[np.float64]
) -> None:
    difference = delta_e_2000(lab_1, lab_2)
    assert np.isfinite(difference).all()
    assert (difference >= 0).all()
    np.testing.assert_allclose(delta_e_2000(lab_2, lab_1), difference, atol=1e-9)
    np.testing.assert_array_equal(delta_e_2000(lab_1, lab_1), 0)


def test_it_broadcasts() -> None:
    table = SHARMA[:, 1:4]
    every_pair = delta_e_2000(table[:, np.newaxis], table)
    assert every_pair.shape == (34, 34)
    assert every_pair[3, 20] == delta_e_2000(table[3], table[20])


@pytest.mark.parametrize(
    ("lab_1", "lab_2"),
    [
        ([50, 0], [50, 0]),
        ([50, 0, np.inf], [50, 0, 0]),
        ([50, 0, 1e300], [50, 0, 0]),
        (np.zeros((2, 3)), np.zeros((5, 3))),
    ],
)
def test_what_does_not_fit_is_refused(lab_1: list[float], lab_2: list[float]) -> None:
    with pytest.raises(CalibrationError):
        delta_e_2000(lab_1, lab_2)
