"""Readings that do not fit the references or the sensor are told, and the others are left alone."""

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray

import sensors
from calibration import CalibrationError, References
from calibration.profiles.doubts import doubtful, doubts

if TYPE_CHECKING:
    from tests.calibration.conftest import ColorChecker

HALF_CLEAR = np.array([1, 1, 1, 0.5])
SPECTRA = Path(sensors.__file__).parent / "simulated" / "data" / "spectra.csv"

Floats = NDArray[np.float64]


def test_every_halved_clear_of_the_colorchecker_is_found(colorchecker: "ColorChecker") -> None:
    assert not doubtful(colorchecker.references, colorchecker.raw).any()
    assert doubtful(colorchecker.references, colorchecker.raw * HALF_CLEAR).all()


def test_the_dark_and_the_white_themselves_too(colorchecker: "ColorChecker") -> None:
    references = colorchecker.references
    both = np.array([references.dark, references.white])
    assert not doubtful(references, both).any()
    assert doubtful(references, both * HALF_CLEAR).all()


def spectra() -> tuple[Floats, Floats, Floats]:
    """Wavelengths (w,) in nm, responsivities (w, 4) and the shipped lamp (w,)."""
    with SPECTRA.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))

    def columns(*names: str) -> Floats:
        return np.array([[float(row[name]) for name in names] for row in rows])

    channels = columns("red", "green", "blue", "clear")
    return columns("wavelength_nm")[:, 0], channels, columns("lamp")[:, 0]


def phosphor_led(nm: Floats, blue: float, hump_nm: float) -> Floats:
    """A blue chip and the broad hump of its phosphor."""
    chip = blue * np.exp(-0.5 * ((nm - 452) / 10) ** 2)
    return np.asarray(chip + np.exp(-0.5 * ((nm - hump_nm) / 55) ** 2))


def glowing(nm: Floats, kelvin: float) -> Floats:
    return np.asarray(1 / (nm**5 * np.expm1(1.4388e7 / (nm * kelvin))))


def surfaces(nm: Floats, count: int) -> Floats:
    """Reflectances (n, w): steps, bands and gaps, from pale to strong and down to near black."""
    rng = np.random.default_rng(7)

    def uniform(low: float, high: float) -> Floats:
        return rng.uniform(low, high, (count, 1))

    centre, width = uniform(380, 770), uniform(5, 40)
    step = 1 / (1 + np.exp(-(nm - centre) / width))
    band = np.exp(-0.5 * ((nm - centre) / (width + 15)) ** 2)
    shape = np.choose(rng.integers(0, 4, (count, 1)), [step, 1 - step, band, 1 - band])
    low, high = uniform(0.003, 0.05), uniform(0.03, 0.9)
    return np.asarray(low + (high - low) * shape)


@pytest.mark.parametrize("lamp", ["shipped", "cool", "warm", "daylight", "bulb", "flat"])
@pytest.mark.parametrize("white_clear_hz", [3e3, 55e3, 300e3])
def test_lost_edges_are_found_under_any_lamp(lamp: str, white_clear_hz: float) -> None:
    nm, channels, shipped = spectra()
    lamps = {
        "shipped": shipped,
        "cool": phosphor_led(nm, 1.3, 560),
        "warm": phosphor_led(nm, 0.35, 600),
        "daylight": glowing(nm, 5800),
        "bulb": glowing(nm, 2700),
        "flat": np.ones_like(nm),
    }
    seen = lamps[lamp][:, None] * channels
    gain = white_clear_hz / (0.9 * seen[:, 3].sum())
    dark = 2 + 0.005 * gain * seen.sum(axis=0)
    light = gain * surfaces(nm, 5000) @ seen
    references = References(dark, dark + 0.9 * gain * seen.sum(axis=0))
    noise = 1 + 0.003 * np.random.default_rng(8).standard_normal(light.shape)
    raw = (light + dark) * noise
    assert doubtful(references, raw).mean() < 0.001
    assert doubtful(references, raw * HALF_CLEAR).mean() > 0.999


def test_a_white_that_lost_its_edges_does_not_hide_the_others(colorchecker: "ColorChecker") -> None:
    good = colorchecker.references
    spoilt = References(good.dark, np.array(good.white) * HALF_CLEAR)
    assert not doubtful(spoilt, colorchecker.raw).any()
    assert doubtful(spoilt, colorchecker.raw * HALF_CLEAR).all()
    assert any("white reference" in doubt for doubt in doubts(spoilt, colorchecker.raw[0]))


def test_a_dark_channel_that_misses_an_edge_has_lost_none() -> None:
    references = References((2, 2, 2, 4), (10_000, 8_000, 8_000, 23_000))
    assert not doubtful(references, (2, 2, 2, 0))
    assert not doubtful(references, (2, 2, 2, 1))


def test_the_shape_is_that_of_the_readings() -> None:
    references = References((0, 0, 0, 0), (10, 10, 10, 25))
    assert doubtful(references, np.ones((2, 3, 4))).shape == (2, 3)
    assert doubtful(references, np.ones((0, 4))).shape == (0,)
    assert doubtful(references, (1, 1, 1, 1)).shape == ()


REFERENCES = References((30, 30, 30, 80), (11_000, 9_000, 8_800, 25_000))


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ((5_500, 4_500, 4_400, 6_250), "the clear channel lost edges: 6250 Hz"),
        ((5_500, 4_500, 4_400, 25_000), "clear is too bright beside the colours"),
        ((180_000, 150_000, 150_000, 460_000), "saturated: clear is at 460000 Hz"),
        ((22_000, 18_000, 17_600, 50_000), r"brighter than white: \w+ is at 180%"),
        ((40, 40, 40, 100), "too dark: 0.1% of white"),
        ((30, 30, 30, 80), "too dark: 0.0% of white"),
        ((5_500, 4_500, -100, 10_000), "negative: blue is at -100.0 Hz"),
    ],
)
def test_each_doubt_is_told_in_words(raw: Any, words: str) -> None:
    assert any(re.match(words, doubt) for doubt in doubts(REFERENCES, raw))


def test_a_lamp_that_is_off_is_darker_than_dark() -> None:
    bright = References((1_000, 1_000, 1_000, 3_000), (11_000, 9_000, 8_800, 25_000))
    answers = doubts(bright, (2, 2, 2, 4))
    assert any("darker than dark" in doubt and "lamp is off" in doubt for doubt in answers)
    assert not any("lost edges" in doubt for doubt in answers)
    assert not doubtful(bright, (2, 2, 2, 4))


@pytest.mark.parametrize("share", [0.03, 0.2, 1.0, 1.1])
def test_an_ordinary_reading_raises_no_doubt(share: float) -> None:
    dark, white = np.array(REFERENCES.dark), np.array(REFERENCES.white)
    assert doubts(REFERENCES, dark + share * (white - dark)) == ()


def test_the_patches_raise_no_doubt(colorchecker: "ColorChecker") -> None:
    for raw in colorchecker.raw:
        assert doubts(colorchecker.references, raw) == ()


@pytest.mark.parametrize("raw", [(1, 2, 3), (1, 2, 3, np.nan), (1, 2, 3, 1e300), "grey", []])
def test_what_is_not_a_reading_is_refused(raw: Any) -> None:
    with pytest.raises(CalibrationError, match="raw reading"):
        doubtful(REFERENCES, raw)
    with pytest.raises(CalibrationError, match="raw reading"):
        doubts(REFERENCES, raw)


def test_doubts_are_told_of_one_reading() -> None:
    with pytest.raises(CalibrationError, match=r"\(2, 4\).*doubtful"):
        doubts(REFERENCES, np.ones((2, 4)))


awkward = arrays(np.float64, 4, elements=st.floats(0, 1e6) | st.just(5e-324) | st.just(1e308))


@given(
    awkward,
    awkward,
    arrays(np.float64, array_shapes(max_dims=3, max_side=5), elements=st.floats(allow_nan=True))
    | arrays(np.float64, 4, elements=st.floats(-1e9, 1e9)),
)
def test_anything_is_refused_or_judged(dark: Floats, span: Floats, raw: Floats) -> None:
    try:
        references = References(dark / 2, dark / 2 + span / 2)
        judged = doubtful(references, raw)
        answers = [doubts(references, reading) for reading in raw.reshape(-1, 4)]
    except CalibrationError:
        return
    assert judged.dtype == np.bool_
    assert judged.shape == raw.shape[:-1]
    assert "nan" not in str(answers)
