"""Codes as CSS writes them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration import CalibrationError
from calibration.colorimetry.css import css_hex


def test_one_colour_is_one_code() -> None:
    assert css_hex([1, 0, 0.5]) == "#ff0080"
    assert css_hex(np.array([0, 0, 0])) == "#000000"


def test_many_colours_are_a_list() -> None:
    assert css_hex([[1, 1, 1], [0.2, 0.4, 0.6]]) == ["#ffffff", "#336699"]
    assert css_hex(np.empty((0, 3))) == []


def test_beyond_the_screen_is_clipped() -> None:
    assert css_hex([-0.4, 1.7, 0]) == "#00ff00"


@given(st.binary(min_size=3, max_size=3))
def test_every_code_comes_back(code: bytes) -> None:
    assert css_hex(np.array(list(code)) / 255) == f"#{code.hex()}"


@pytest.mark.parametrize("bad", [[1, 1], 0.5, [0, 0, np.nan], np.zeros((2, 2, 3)), "red"])
def test_what_is_no_colour_is_refused(bad: object) -> None:
    with pytest.raises(CalibrationError):
        css_hex(bad)  # type: ignore[call-overload]
