"""ColourProfile: from four frequencies to a colour and a word."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray

from calibration import CalibrationError, ColourProfile, NamedColour, References, delta_e_2000
from calibration.colorimetry.spaces import xyz_to_lab, xyz_to_srgb

if TYPE_CHECKING:
    from tests.calibration.conftest import ColorChecker


@pytest.fixture(scope="session")
def profile(colorchecker: "ColorChecker") -> ColourProfile:
    return ColourProfile.fit(colorchecker.references, colorchecker.raw, colorchecker.xyz)


any_floats = arrays(
    np.float64,
    array_shapes(min_dims=0, max_dims=3, max_side=5)
    | st.tuples(st.integers(0, 3), st.just(4))
    | st.just((4,)),
    elements=st.floats(allow_nan=True, allow_infinity=True) | st.floats(0, 500_000),
)
# Below 1 Hz above dark the roots magnify what the sum with dark rounds away.
readings = arrays(np.float64, (4,), elements=st.just(0.0) | st.floats(1, 500_000))


@settings(deadline=None)
@given(raw=any_floats)
@example(raw=np.array([1e308, -1e308, 1e308, -1e308]))
def test_any_array_gives_an_error_or_finite_answers(
    profile: ColourProfile, raw: NDArray[np.float64]
) -> None:
    try:
        answers = [profile.xyz(raw), profile.lab(raw), profile.srgb(raw)]
        named = profile.name(raw)
    except CalibrationError:
        return
    assert raw.shape[-1] == 4
    assert all(np.isfinite(answer).all() for answer in answers)
    for colour in named if isinstance(named, list) else [named]:
        assert np.isfinite([colour.delta_e, colour.confidence]).all()


@settings(deadline=None)
@given(raw=readings, factor=st.floats(0.05, 20))
def test_more_light_scales_xyz_and_nothing_else(
    profile: ColourProfile, raw: NDArray[np.float64], factor: float
) -> None:
    dark = np.array(profile.references.dark)
    once, scaled = profile.xyz(dark + raw), profile.xyz(dark + factor * raw)
    # What rounding leaves is measured against the reading, for a colour may cancel in XYZ.
    slack = 1e-12 * (1 + factor * np.abs(profile.references.reflectance(raw)).max())
    np.testing.assert_allclose(scaled, factor * once, rtol=0, atol=10 * slack)


@pytest.mark.parametrize("bad", [None, "red", 5, [1, 2, 3], [1, 2, 3, np.nan], [[1, 2, 3, 4], [5]]])
def test_what_is_not_a_reading_is_refused_everywhere(profile: ColourProfile, bad: Any) -> None:
    for method in (profile.xyz, profile.lab, profile.srgb, profile.name, profile.with_white):
        with pytest.raises(CalibrationError):
            method(bad)


def test_the_error_says_which_reading_is_not_finite(
    profile: ColourProfile, colorchecker: "ColorChecker"
) -> None:
    raw = colorchecker.raw.copy()
    raw[17, 2] = np.inf
    with pytest.raises(CalibrationError, match="row 17"):
        profile.lab(raw)


def test_shapes_follow_the_readings(profile: ColourProfile, colorchecker: "ColorChecker") -> None:
    grid = colorchecker.raw.reshape(5, 24, 4)
    assert profile.xyz(grid).shape == profile.lab(grid).shape == profile.srgb(grid).shape
    assert profile.srgb(grid).shape == (5, 24, 3)
    assert profile.lab(colorchecker.raw[0]).shape == (3,)
    assert isinstance(profile.name(tuple(colorchecker.raw[0])), NamedColour)
    named = profile.name(colorchecker.raw)
    assert isinstance(named, list)
    alone = profile.name(colorchecker.raw[7])
    assert isinstance(alone, NamedColour)
    assert alone.long_name == named[7].long_name
    assert alone.delta_e == pytest.approx(named[7].delta_e, rel=1e-9)
    with pytest.raises(CalibrationError, match="reshape"):
        profile.name(grid)


def test_the_three_spaces_tell_of_one_colour(
    profile: ColourProfile, colorchecker: "ColorChecker"
) -> None:
    xyz = profile.xyz(colorchecker.raw)
    np.testing.assert_array_equal(profile.lab(colorchecker.raw), xyz_to_lab(xyz))
    np.testing.assert_array_equal(profile.srgb(colorchecker.raw), xyz_to_srgb(xyz).clip(0, 1))


def test_colours_beyond_the_screen_are_clipped_in_srgb_alone(profile: ColourProfile) -> None:
    (red, _, blue, _), (_, green, _, clear) = profile.references.dark, profile.references.white
    only_green = (red, 1.5 * green, blue, 0.5 * clear)
    seen = xyz_to_srgb(profile.xyz(only_green))
    assert seen.min() < 0
    np.testing.assert_array_equal(profile.srgb(only_green), seen.clip(0, 1))


@pytest.mark.parametrize("word", ["orange", "red", "yellow", "green", "blue", "purple"])
def test_readings_of_plain_cards_get_their_word(
    profile: ColourProfile, colorchecker: "ColorChecker", word: str
) -> None:
    repeats = colorchecker.raw[np.array(colorchecker.names) == word]
    assert len(repeats) == 5
    assert {profile.name(reading).word for reading in repeats.tolist()} == {word}


def test_white_grey_and_black_get_their_word(
    profile: ColourProfile, colorchecker: "ColorChecker"
) -> None:
    assert profile.name(profile.references.white).word == "white"
    assert profile.name(profile.references.dark).word == "black"
    grey = colorchecker.raw[colorchecker.names.index("neutral 5 (.70 D)")].tolist()
    assert profile.name(grey).word == "grey"


def test_the_default_needs_no_cards(colorchecker: "ColorChecker") -> None:
    default = ColourProfile.default(colorchecker.references)
    error = delta_e_2000(default.lab(colorchecker.raw), colorchecker.lab)
    assert error.mean() <= 3.0
    assert default.residuals.shape == (0,)


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_another_distance_shifts_no_hue(
    profile: ColourProfile, colorchecker: "ColorChecker", factor: float
) -> None:
    """Half and twice the light without a new white; lightness, which must change, set aside."""
    dark = np.array(profile.references.dark)
    xyz = profile.xyz(dark + factor * (colorchecker.raw - dark))
    brought_back = xyz_to_lab(xyz * (colorchecker.xyz[:, 1:2] / xyz[:, 1:2]))
    assert delta_e_2000(brought_back, colorchecker.lab).mean() <= 1.5


@pytest.mark.parametrize("power", [0.85, 0.9, 1.1])
def test_an_aged_lamp_changes_nothing_once_white_is_read_again(
    profile: ColourProfile, colorchecker: "ColorChecker", power: float
) -> None:
    dark, white = np.array(profile.references.dark), np.array(profile.references.white)
    aged = dark + power * (colorchecker.raw - dark)
    again = profile.with_white(dark + power * (white - dark))
    np.testing.assert_allclose(again.xyz(aged), profile.xyz(colorchecker.raw), atol=1e-12)
    words = [
        [colour.word for colour in p.name(raw.tolist())]
        for p, raw in ((again, aged), (profile, colorchecker.raw))
    ]
    assert words[0] == words[1]


def test_a_new_white_leaves_the_old_profile_and_its_cards_alone(profile: ColourProfile) -> None:
    before = profile.references
    again = profile.with_white(2 * np.array(before.white))
    assert profile.references == before
    assert again.references.dark == before.dark
    assert again.references.white_reflectance == before.white_reflectance
    assert again.correction == profile.correction
    np.testing.assert_array_equal(again.residuals, profile.residuals)


def test_a_white_darker_than_dark_is_refused(profile: ColourProfile) -> None:
    with pytest.raises(CalibrationError, match="not brighter"):
        profile.with_white((1, 1, 1, 1))


def test_profiles_are_values(profile: ColourProfile, colorchecker: "ColorChecker") -> None:
    same = ColourProfile.fit(colorchecker.references, colorchecker.raw, colorchecker.xyz)
    assert same == profile
    assert hash(same) == hash(profile)
    other = References(profile.references.dark, profile.references.white, 0.8)
    assert ColourProfile.default(other) != ColourProfile.default(profile.references)
