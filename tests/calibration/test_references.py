"""Dark and white."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration import CalibrationError, References

DARK = (10.0, 20.0, 30.0, 60.0)
WHITE = (1010.0, 1220.0, 1430.0, 4060.0)


def test_dark_is_zero_and_white_is_the_reflectance_of_the_card() -> None:
    references = References(DARK, WHITE, white_reflectance=0.95)
    np.testing.assert_array_equal(references.reflectance(DARK), [0, 0, 0, 0])
    np.testing.assert_array_equal(references.reflectance(WHITE), [0.95] * 4)


def test_halfway_between_them_is_half() -> None:
    halfway = (np.array(DARK) + WHITE) / 2
    np.testing.assert_allclose(References(DARK, WHITE, 0.9).reflectance(halfway), [0.45] * 4)


def test_leading_axes_are_kept() -> None:
    readings = np.full((3, 2, 4), 500)
    assert References(DARK, WHITE).reflectance(readings).shape == (3, 2, 4)


def test_equal_numbers_make_equal_references() -> None:
    from_arrays = References(np.array(DARK), np.array(WHITE))
    assert from_arrays == References(DARK, WHITE)
    assert hash(from_arrays) == hash(References(DARK, WHITE))
    assert from_arrays != References(DARK, WHITE, 0.8)


@pytest.mark.parametrize("channel", [0, 1, 2, 3])
def test_a_white_that_is_not_brighter_names_the_channel_and_both_numbers(channel: int) -> None:
    white = list(WHITE)
    white[channel] = DARK[channel]
    name = ("red", "green", "blue", "clear")[channel]
    number = f"{DARK[channel]:g} Hz"
    with pytest.raises(CalibrationError, match=f"in {name}: white {number}, dark {number}"):
        References(DARK, white)


@pytest.mark.parametrize(
    "reading",
    [
        (1, 2, 3),
        (1, 2, 3, 4, 5),
        7.0,
        None,
        "dark",
        (1, 2, 3, np.nan),
        (1, 2, 3, np.inf),
        (1, 2, 3, 4j),
        np.ones((5, 4)),
    ],
)
def test_what_is_not_one_reading_is_refused(reading: Any) -> None:
    with pytest.raises(CalibrationError, match="dark reference"):
        References(reading, WHITE)
    with pytest.raises(CalibrationError, match="white reference"):
        References(DARK, reading)


@pytest.mark.parametrize("share", [0, -0.1, 1.01, 90, np.nan, np.inf, 10**400, True, "0.9", None])
def test_a_white_reflectance_outside_0_to_1_is_refused(share: Any) -> None:
    with pytest.raises(CalibrationError, match="white_reflectance"):
        References(DARK, WHITE, share)


@pytest.mark.parametrize("reading", [(1, 2, 3), (1, 2, 3, np.nan), (1, 2, 3, 1e300), "grey", []])
def test_what_is_not_a_reading_has_no_reflectance(reading: Any) -> None:
    with pytest.raises(CalibrationError, match="raw reading"):
        References(DARK, WHITE).reflectance(reading)


@given(st.lists(st.floats(0, 600_000), min_size=4, max_size=4), st.floats(0.01, 50))
def test_light_and_reflectance_grow_together(above_dark: list[float], factor: float) -> None:
    references = References((0, 0, 0, 0), WHITE)
    light = np.array(above_dark)
    np.testing.assert_allclose(
        references.reflectance(factor * light),
        factor * references.reflectance(light),
        rtol=1e-12,
        atol=1e-12,
    )
