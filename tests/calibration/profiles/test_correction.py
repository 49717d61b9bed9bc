"""The correction itself: its terms, its weights, and which matrices it refuses."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from calibration import CalibrationError
from calibration.colorimetry.spaces import D65_WHITE, xyz_to_lab
from calibration.profiles.correction import CONTRASTS, TERMS, Correction, card_weight, terms

PLAIN = np.outer(D65_WHITE, np.full(10, 0.1))


def test_the_terms_are_those_of_root_polynomials_of_the_second_degree() -> None:
    """Finlayson et al. 2015, with a fourth channel; these roots can be taken by hand."""
    found = terms(np.array([0.64, 0.16, 0.25, 0.36]))
    expected = [0.64, 0.16, 0.25, 0.36, 0.32, 0.40, 0.48, 0.20, 0.24, 0.30]
    assert found.tolist() == pytest.approx(expected, abs=1e-15)
    assert len(TERMS) == len(expected)


def test_a_reading_below_dark_keeps_its_own_term_and_has_no_root() -> None:
    found = terms(np.array([-0.04, 0.25, 0.36, 0.49]))
    assert found.tolist() == pytest.approx(
        [-0.04, 0.25, 0.36, 0.49, 0.0, 0.0, 0.0, 0.3, 0.35, 0.42], abs=1e-15
    )


@given(
    st.lists(st.floats(0, 1), min_size=4, max_size=4), st.sampled_from([0.25, 0.5, 2.0, 4.0, 1.7])
)
def test_twice_the_light_is_twice_each_term(reflectance: list[float], factor: float) -> None:
    """What plain squares would not do, and why distance shifts no hue."""
    once, more = terms(np.array(reflectance)), terms(factor * np.array(reflectance))
    np.testing.assert_allclose(more, factor * once, rtol=1e-12, atol=1e-150)


def test_contrasts_are_an_orthonormal_basis_of_what_no_grey_has() -> None:
    np.testing.assert_allclose(CONTRASTS @ CONTRASTS.T, np.eye(9), atol=1e-15)
    np.testing.assert_allclose(CONTRASTS.sum(axis=1), 0.0, atol=1e-15)
    # Helmert's: the first compares two, the second these two with the third, and so on.
    np.testing.assert_allclose(CONTRASTS[0, :3] * 2**0.5, [1, -1, 0])
    np.testing.assert_allclose(CONTRASTS[1, :4] * 6**0.5, [1, 1, -2, 0])


@given(
    st.lists(st.floats(-3, 3), min_size=27, max_size=27),
    st.floats(0.0, 1.0),
)
def test_along_the_contrasts_grey_stays_grey(along: list[float], reflectance: float) -> None:
    matrix = PLAIN + np.array(along).reshape(3, 9) @ CONTRASTS
    found = Correction(matrix).xyz(np.full(4, reflectance))
    np.testing.assert_allclose(found, reflectance * D65_WHITE, atol=1e-13)


def lightness(y: float) -> float:
    return float(xyz_to_lab(y * D65_WHITE)[0])


@pytest.mark.parametrize("y", [0.0, 0.002, 0.005, 0.02, 0.2, 0.9])
def test_a_card_counts_as_steeply_as_its_lightness_goes(y: float) -> None:
    """CIE 15: L* = 116 Y^(1/3) - 16, and a straight line below (6/29)^3."""

    def slope(at: float) -> float:
        return (lightness(at + 1e-7) - lightness(at)) / 1e-7

    share = card_weight(np.array([0.3, y, 0.4])) / card_weight(np.array([0.1, 0.5, 0.9]))
    assert share == pytest.approx(slope(y) / slope(0.5), rel=1e-4)


def test_a_correction_is_a_value() -> None:
    one = Correction(PLAIN)
    assert one == Correction(PLAIN.tolist())
    assert hash(one) == hash(Correction(PLAIN))
    with pytest.raises(FrozenInstanceError):
        one.matrix = ()  # type: ignore[misc]


def changed(by: float) -> NDArray[np.float64]:
    matrix = PLAIN.copy()
    matrix[1, 4] += by
    return matrix


def test_a_file_of_seven_digits_is_good_enough_and_a_changed_number_is_not() -> None:
    Correction(PLAIN.round(7))
    Correction(changed(9e-7))
    for by in (2e-6, -2e-6, 0.5):
        with pytest.raises(CalibrationError, match=r"^correction matrix: it takes white to XYZ"):
            Correction(changed(by))


def test_the_white_that_came_out_is_told_beside_the_one_that_should() -> None:
    with pytest.raises(CalibrationError) as error:
        Correction(changed(0.123456789))
    message = str(error.value)
    assert "[0.95047, 1.12346, 1.08883] instead of [0.95047, 1.0, 1.08883]" in message
    assert "fit it again" in message


@pytest.mark.parametrize(
    ("matrix", "why"),
    [
        (PLAIN[:2], r"expected 3 rows, got an array of shape \(2, 10\)"),
        (PLAIN[0], r"expected 3 rows, got an array of shape \(10,\)"),
        (PLAIN[:, :9], r"expected 10 numbers in each row, got an array of shape \(3, 9\)"),
        (PLAIN * [np.nan, *[1] * 9], r"not finite"),
        (PLAIN + np.outer([1, 1, 1], [1e4, -1e4, *[0] * 8]), "beyond ±1000"),
    ],
)
def test_what_is_no_correction_is_refused_by_name(matrix: NDArray[np.float64], why: str) -> None:
    with pytest.raises(CalibrationError, match=f"^correction matrix: .*{why}"):
        Correction(matrix)
