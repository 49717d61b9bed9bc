"""The colour spaces against published numbers."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from calibration import CalibrationError
from calibration.colorimetry.spaces import (
    D65_WHITE,
    linear_srgb_to_srgb,
    linear_srgb_to_xyz,
    srgb_to_linear_srgb,
    srgb_to_xyz,
    xyz_to_lab,
    xyz_to_linear_srgb,
    xyz_to_srgb,
)

colours = arrays(np.float64, (5, 3), elements=st.floats(-0.2, 1.2))


@pytest.mark.parametrize(
    ("srgb", "lab"),
    [
        ([1, 1, 1], [100, 0, 0]),
        ([0, 0, 0], [0, 0, 0]),
        ([1, 0, 0], [53.24, 80.09, 67.20]),
        ([0, 1, 0], [87.73, -86.18, 83.18]),
        ([0, 0, 1], [32.30, 79.19, -107.86]),
    ],
)
def test_srgb_primaries_have_their_published_lab(srgb: list[float], lab: list[float]) -> None:
    np.testing.assert_allclose(xyz_to_lab(srgb_to_xyz(srgb)), lab, atol=0.01)


def test_white_is_the_d65_white() -> None:
    np.testing.assert_allclose(linear_srgb_to_xyz([1, 1, 1]), D65_WHITE, rtol=0, atol=1e-15)
    np.testing.assert_allclose(xyz_to_lab(D65_WHITE), [100, 0, 0], rtol=0, atol=1e-12)


def test_matrix_is_that_of_the_standard() -> None:
    # IEC 61966-2-1 prints four digits, for a white whose Z is 1.0890.
    standard = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    np.testing.assert_allclose(linear_srgb_to_xyz(np.eye(3)).T, standard, rtol=0, atol=2e-4)


def test_transfer_curve_has_no_step_at_its_break_point() -> None:
    just_below, just_above = linear_srgb_to_srgb([[0.0031308] * 3, [0.0031309] * 3])
    assert (just_above - just_below > 0).all()
    assert (just_above - just_below < 2e-6).all()


def test_colorchecker_lab_and_srgb_agree_with_the_reference() -> None:
    file = Path(__file__).parents[1] / "colorchecker24_reference.csv"
    with file.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    lab = np.array([[float(row[n]) for n in ("L_D65_babel", "a_D65", "b_D65")] for row in rows])
    codes = np.array([[int(row[n]) for n in ("sR_D65_babel", "sG_D65", "sB_D65")] for row in rows])
    shown = (codes > 0).all(axis=1)  # cyan lies outside sRGB and was clipped
    assert shown.sum() == 23
    of_codes = xyz_to_lab(srgb_to_xyz(codes / 255))
    np.testing.assert_allclose(of_codes[shown], lab[shown], atol=0.6)


@given(colours)
def test_each_conversion_is_undone_by_its_opposite(xyz: np.typing.NDArray[np.float64]) -> None:
    np.testing.assert_allclose(linear_srgb_to_xyz(xyz_to_linear_srgb(xyz)), xyz, atol=1e-12)
    np.testing.assert_allclose(srgb_to_linear_srgb(linear_srgb_to_srgb(xyz)), xyz, atol=1e-7)


def test_leading_axes_are_kept() -> None:
    grid = np.full((2, 4, 3), 0.5)
    assert xyz_to_lab(grid).shape == xyz_to_srgb(grid).shape == (2, 4, 3)
    assert xyz_to_lab(grid[0, 0]).shape == (3,)


@pytest.mark.parametrize("bad", [[1, 2], 3.0, [[1, 2, 3], [1, 2]], [1, 2, np.nan], ["a", "b", "c"]])
def test_what_is_not_a_colour_is_refused(bad: object) -> None:
    with pytest.raises(CalibrationError):
        xyz_to_lab(bad)  # type: ignore[arg-type]
