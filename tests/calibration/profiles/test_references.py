"""Dark and white."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration import CalibrationError, References
from calibration.profiles.repeated_readings import MedianReading

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


def taken(raw: Any, share: float = 0.003, count: int = 5, scaling: str = "auto") -> MedianReading:
    hz = np.array(raw, dtype=float)
    return MedianReading(tuple(hz.tolist()), tuple((share * hz).tolist()), count, scaling)


def test_references_of_taken_readings_keep_how_they_were_taken() -> None:
    dark, white = taken(DARK, count=3), taken(WHITE)
    references = References.of(dark, white, white_reflectance=0.95)
    assert references == References(DARK, WHITE, 0.95)
    assert hash(references) == hash(References(DARK, WHITE, 0.95))
    assert references.dark_spread == dark.spread
    assert references.white_spread == white.spread
    assert (references.dark_count, references.white_count) == (3, 5)
    assert references.scaling == "auto"


def test_plain_references_know_nothing_of_their_taking() -> None:
    plain = References(DARK, WHITE)
    assert plain.dark_spread is plain.white_spread is None
    assert (plain.dark_count, plain.white_count, plain.scaling) == (0, 0, "")


def test_dark_and_white_of_different_scalings_are_refused() -> None:
    with pytest.raises(CalibrationError, match="different output scalings, 2% and 20%"):
        References.of(taken(DARK, scaling="2%"), taken(WHITE, scaling="20%"))
    assert References.of(taken(DARK, scaling=""), taken(WHITE, scaling="20%")).scaling == "20%"


def test_a_taken_white_that_is_not_brighter_is_refused() -> None:
    with pytest.raises(CalibrationError, match="not brighter than the dark one in red"):
        References.of(taken(WHITE), taken(WHITE))


def test_a_white_too_dim_for_its_scaling_is_refused() -> None:
    dark, white = (0, 0, 0, 0), (150, 120, 110, 330)
    References.of(taken(dark, scaling="20%"), taken(white, scaling="20%"))
    with pytest.raises(CalibrationError, match=r"too dim in red, noise would rule: .* nearer"):
        References.of(taken(dark, scaling="2%"), taken(white, scaling="2%"))


def test_a_white_that_drowns_in_the_scatter_of_dark_is_refused() -> None:
    # Daylight on the sensor: white is brighter than dark by less than its own unrest.
    dark, white = np.array([20_000.0] * 4), np.array([20_500.0, 20_600, 20_700, 21_000])
    References.of(taken(dark, 0.0001), taken(white, 0.0001))
    with pytest.raises(CalibrationError, match="too dim in red"):
        References.of(taken(dark, 0.01), taken(white, 0.01))


@pytest.mark.parametrize(
    "spread", [(1, 1, 1), (1, 1, 1, np.nan), (1, 1, 1, -1), None, ("a", 1, 1, 1)]
)
def test_a_spread_that_cannot_be_is_refused(spread: Any) -> None:
    with pytest.raises(CalibrationError, match="spread"):
        References.of(taken(DARK), MedianReading(WHITE, spread, 3))


REFERENCES = References.of(taken(DARK), taken(WHITE))


def light(factor: Any) -> MedianReading:
    """White read again, with the light above dark multiplied."""
    return taken(np.array(DARK) + np.array(factor) * (np.array(WHITE) - DARK))


@pytest.mark.parametrize("factor", [0.26, 0.5, 0.85, 1.0, 1.1, 2.0, 3.9])
def test_white_is_read_again_at_another_level(factor: float) -> None:
    again = REFERENCES.with_white(light(factor))
    assert again == References(DARK, light(factor).raw)
    assert (again.dark_spread, again.dark_count) == (REFERENCES.dark_spread, 5)
    assert again.white_spread == light(factor).spread
    level, tint = again.change_from(REFERENCES)
    assert level == pytest.approx(factor)
    np.testing.assert_allclose(tint, 0, atol=1e-12)


def test_a_lamp_that_droops_and_tilts_a_little_is_no_cause_for_alarm() -> None:
    again = REFERENCES.with_white(light([0.85 * 1.03, 0.85, 0.85 * 0.97, 0.85]))
    level, tint = again.change_from(REFERENCES)
    assert level == pytest.approx(0.85, rel=1e-3)
    np.testing.assert_allclose(tint, [0.03, 0, -0.03, 0], atol=1e-3)


@pytest.mark.parametrize("factor", [0.1, 0.2, 5.0, 10.0, 50.0])
def test_a_white_brighter_or_dimmer_than_a_lamp_can_explain_is_refused(factor: float) -> None:
    with pytest.raises(CalibrationError, match=r"times as bright as .* scaling"):
        REFERENCES.with_white(light(factor))


def test_a_tinted_card_is_refused_with_the_channel() -> None:
    with pytest.raises(CalibrationError, match=r"another tint.*blue is off by -39%"):
        REFERENCES.with_white(light([1, 0.98, 0.5, 0.9]))


def test_a_white_of_another_scaling_is_refused() -> None:
    with pytest.raises(CalibrationError, match="different output scalings, auto and 2%"):
        REFERENCES.with_white(taken(WHITE, scaling="2%"))


def test_four_plain_numbers_are_taken_at_their_word() -> None:
    white = np.array([5000.0, 900, 700, 5200])
    assert REFERENCES.with_white(white) == References(DARK, white)
    with pytest.raises(CalibrationError, match="not brighter"):
        REFERENCES.with_white(DARK)
