"""Several readings in a row, made into one or refused with the reason."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from calibration.errors import CalibrationError
from calibration.profiles.repeated_readings import MedianReading, combine

WHITE = np.array([11_000.0, 9_000.0, 8_800.0, 25_000.0])


def scattered(count: int, share: float, centre: Any = WHITE) -> np.typing.NDArray[np.float64]:
    noise = np.random.default_rng(count).standard_normal((count, 4))
    return np.asarray(centre * (1 + share * noise))


def test_the_medians_are_kept_with_the_count_and_the_scaling() -> None:
    readings = [WHITE, WHITE * 1.004, WHITE * 0.998]
    taken = combine(readings, "white", scaling="20%")
    assert taken.raw == tuple(WHITE)
    assert (taken.count, taken.scaling) == (3, "20%")
    assert isinstance(taken, MedianReading)


@pytest.mark.parametrize("count", [3, 4, 5, 6, 7, 10, 25])
def test_the_spread_is_the_standard_deviation_of_normal_noise(count: int) -> None:
    rng = np.random.default_rng(count)
    spreads = [
        combine(WHITE * (1 + 0.003 * rng.standard_normal((count, 4))), "white").spread
        for _ in range(1000)
    ]
    np.testing.assert_allclose(np.mean(spreads, axis=0), 0.003 * WHITE, rtol=0.1)


def test_one_of_five_readings_may_be_spoilt() -> None:
    readings = scattered(5, 0.001)
    readings[2] *= 0.3
    taken = combine(readings, "white")
    np.testing.assert_allclose(taken.raw, WHITE, rtol=0.004)
    assert max(np.array(taken.spread) / WHITE) < 0.01


@pytest.mark.parametrize("count", [3, 5, 9])
@pytest.mark.parametrize("channel", ["red", "green", "blue", "clear"])
def test_a_channel_that_scatters_is_named(count: int, channel: str) -> None:
    readings = scattered(count, 0.001)
    column = ["red", "green", "blue", "clear"].index(channel)
    readings[: count // 2, column] *= 1.15  # the card was moved while it was read
    with pytest.raises(CalibrationError, match=f"the red card: {channel} is not steady") as caught:
        combine(readings, "the red card")
    assert "still" in str(caught.value)


def test_the_ordinary_noise_of_a_sensor_is_steady() -> None:
    for seed in range(200):
        noise = np.random.default_rng(seed).standard_normal((3, 4))
        combine(WHITE * (1 + 0.003 * noise), "white")


def test_a_dark_of_a_few_hz_may_flicker_by_single_edges() -> None:
    dark = combine([[1, 2, 3, 2], [2, 3, 1, 3], [3, 1, 2, 1]], "dark")
    assert dark.raw == (2, 2, 2, 2)
    # At 2 %, 45 Hz are less than one edge a second: there, or not there.
    combine([[0, 0, 0, 90], [46, 0, 47, 91], [46, 0, 0, 89]], "dark", scaling="2%")
    with pytest.raises(CalibrationError, match="not steady"):
        combine([[0, 0, 0, 90], [46, 0, 47, 91], [46, 0, 0, 89]], "dark", scaling="100%")


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_readings_are_refused(count: int) -> None:
    with pytest.raises(CalibrationError, match=f"white: 3 or more readings.* {count};"):
        combine(np.tile(WHITE, (count, 1)), "white")


def test_one_flat_reading_counts_as_one() -> None:
    with pytest.raises(CalibrationError, match="there are 1;"):
        combine(WHITE, "white")


@pytest.mark.parametrize("channel", [0, 1, 2, 3])
def test_saturation_is_told_with_its_remedy(channel: int) -> None:
    readings = np.tile(WHITE, (3, 1))
    readings[1, channel] = 470_000  # one is enough: its neighbours are near the edge
    name = ("red", "green", "blue", "clear")[channel]
    with pytest.raises(CalibrationError, match=f"{name} is saturated: 470000 Hz.*farther"):
        combine(readings, "white")
    readings[1, channel] = WHITE[channel]
    combine(readings, "white")


def test_a_negative_frequency_is_refused() -> None:
    with pytest.raises(CalibrationError, match="blue is -1 Hz"):
        combine([[0, 0, 0, 0], [0, 0, -1, 0], [0, 0, 0, 0]], "dark")


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_refused_with_its_row(bad: float) -> None:
    readings = np.tile(WHITE, (3, 1))
    readings[2, 1] = bad
    with pytest.raises(CalibrationError, match=r"white: .*not finite \(row 2\)"):
        combine(readings, "white")


@pytest.mark.parametrize("scaling", ["2", "20 %", "TWO_PERCENT", 0.02, None, "automatic"])
def test_a_word_that_is_no_scaling_is_refused(scaling: Any) -> None:
    with pytest.raises(CalibrationError, match="no output scaling; there are auto, 2%"):
        combine(np.tile(WHITE, (3, 1)), "white", scaling=scaling)


@given(
    arrays(
        np.float64,
        array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=6) | st.just((4, 4)),
        elements=st.floats(allow_nan=True) | st.floats(0, 500_000),
    )
)
def test_any_array_is_refused_or_taken_finitely(readings: np.typing.NDArray[np.float64]) -> None:
    try:
        taken = combine(readings, "anything")
    except CalibrationError:
        return
    assert np.isfinite([taken.raw, taken.spread]).all()
    assert min(taken.spread) >= 0
    assert taken.count == len(readings) >= 3
