"""Every conversion against colour-science, on 5,000 random colours."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from calibration.colorimetry import spaces
from calibration.colorimetry.css import css_hex

Colours = NDArray[np.float64]

TOLERANCE = 1e-3


@pytest.fixture(scope="session")
def white(colour: Any) -> Any:
    """Our white as chromaticities, which is how colour-science takes one."""
    return colour.XYZ_to_xy(spaces.D65_WHITE)


def agree(ours: Colours, theirs: Any, tolerance: float = TOLERANCE) -> None:
    assert ours.shape == (5000, 3)
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=tolerance)


def test_white(colour: Any, white: Any) -> None:
    d65 = colour.CCS_ILLUMINANTS["CIE 1931 2 Degree Standard Observer"]["D65"]
    np.testing.assert_allclose(white, d65, rtol=0, atol=1e-4)


@pytest.fixture(scope="session")
def space(colour: Any, white: Any) -> Any:
    """The library's sRGB with our white and its own matrix for it.

    Its ready-made one has the matrix that the standard prints, with four digits and a white whose
    Z is 1.089: the darkest codes differ by 0.0013 between the two.
    """
    primaries = colour.RGB_COLOURSPACES["sRGB"].primaries
    curve = colour.models.eotf_inverse_sRGB, colour.models.eotf_sRGB
    return colour.RGB_Colourspace("sRGB", primaries, white, "D65", None, None, *curve)


def test_srgb_to_xyz(colour: Any, space: Any, srgb: Colours) -> None:
    theirs = colour.RGB_to_XYZ(srgb, space, apply_cctf_decoding=True)
    agree(spaces.srgb_to_xyz(srgb), theirs, 1e-9)
    agree(spaces.srgb_to_xyz(srgb), colour.sRGB_to_XYZ(srgb))


def test_xyz_to_srgb(colour: Any, space: Any, xyz: Colours) -> None:
    theirs = colour.XYZ_to_RGB(xyz, space, apply_cctf_encoding=True)
    agree(spaces.xyz_to_srgb(xyz), theirs, 1e-9)


def test_linear_srgb_to_xyz(colour: Any, space: Any, srgb: Colours) -> None:
    agree(spaces.linear_srgb_to_xyz(srgb), colour.RGB_to_XYZ(srgb, space), 1e-9)
    printed = colour.RGB_COLOURSPACES["sRGB"]
    agree(spaces.linear_srgb_to_xyz(srgb), colour.RGB_to_XYZ(srgb, printed))


def test_xyz_to_linear_srgb(colour: Any, space: Any, xyz: Colours) -> None:
    agree(spaces.xyz_to_linear_srgb(xyz), colour.XYZ_to_RGB(xyz, space), 1e-9)


def test_srgb_to_lab(colour: Any, srgb: Colours) -> None:
    # Each with its own matrix and its own white.
    theirs = colour.XYZ_to_Lab(colour.sRGB_to_XYZ(srgb))
    ours = spaces.xyz_to_lab(spaces.srgb_to_xyz(srgb))
    agree(ours, theirs, 0.05)


def test_transfer_curve_and_back(colour: Any, xyz: Colours) -> None:
    agree(spaces.linear_srgb_to_srgb(xyz), colour.models.eotf_inverse_sRGB(xyz), 1e-12)
    agree(spaces.srgb_to_linear_srgb(xyz), colour.models.eotf_sRGB(xyz), 1e-12)


def test_xyz_to_lab(colour: Any, white: Any, xyz: Colours) -> None:
    agree(spaces.xyz_to_lab(xyz), colour.XYZ_to_Lab(xyz, white), 1e-9)


def test_css_codes(colour: Any, srgb: Colours) -> None:
    agree(srgb, colour.notation.HEX_to_RGB(css_hex(srgb)), 0.5 / 255 + 1e-12)
