"""Ten minutes against a reference: what they give, and what they are refused for."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from math import pi, sin
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration import CalibrationError
from calibration.pressure.comparison import Reference, compare
from calibration.pressure.offset import ReferenceKind
from calibration.pressure.sea_level import qff, qnh

ROOT = Path(__file__).parents[3]
NINE_TEN = datetime(2026, 10, 3, 9, 10, tzinfo=UTC)
NOISE_HPA = 0.033  # BMP280 data sheet, table 8, at x1


def samples(
    hpa: float = 1012.0,
    *,
    noise_hpa: float = NOISE_HPA,
    slope_hpa: float = 0.0,
    for_s: int = 600,
    every_s: int = 1,
    swell_hpa: float = 0.0,
    seed: int = 3,
) -> list[tuple[float, float]]:
    """Readings up to ten past nine; the slope in 3 h, the mean is hpa; a swell of 11 s."""
    random, end = Random(seed), NINE_TEN.timestamp()
    return [
        (
            end - for_s + t,
            hpa
            + slope_hpa * (t - for_s / 2) / 10800
            + swell_hpa * sin(2 * pi * t / 11)
            + random.gauss(0, noise_hpa),
        )
        for t in range(0, for_s + 1, every_s)
    ]


def station(hpa: float, height_m: float = 2.0) -> Reference:
    return Reference(hpa, ReferenceKind.STATION, "the ship's aneroid", height_m)


def horta(hpa: float, height_m: float = 2.0) -> Reference:
    return Reference(hpa, ReferenceKind.QNH, "Horta harbour office", height_m)


def test_the_offset_is_what_brings_the_sensor_to_the_reference() -> None:
    found = compare(samples(1012.0), horta(qnh(1011.2, 2.0)))
    assert found.offset.offset_hpa == pytest.approx(-0.8, abs=0.01)
    assert found.measured_hpa == pytest.approx(1012.0, abs=0.01)
    assert found.reference_hpa == pytest.approx(1011.2, abs=1e-9)
    assert found.scatter_hpa == pytest.approx(NOISE_HPA, rel=0.1)
    assert found.known_to_hpa < 0.01
    assert abs(found.slope_hpa) < 0.5
    assert found.offset.taken_at == NINE_TEN
    assert found.offset.who == "Horta harbour office"
    assert found.offset.kind is ReferenceKind.QNH
    assert found.offset.height_m == 2.0


@settings(deadline=None)
@given(st.floats(-2.9, 2.9), st.floats(940, 1050), st.floats(0, 60), st.floats(-20, 40))
def test_all_kinds_give_the_same_offset(
    offset_hpa: float, hpa: float, height_m: float, outdoor_c: float
) -> None:
    taken = samples(hpa)
    true_hpa = hpa + offset_hpa
    by_kind = [
        station(true_hpa, height_m),
        horta(qnh(true_hpa, height_m), height_m),
        Reference(
            qff(true_hpa, height_m, outdoor_c), ReferenceKind.QFF, "a map", height_m, outdoor_c
        ),
    ]
    for reference in by_kind:
        found = compare(taken, reference).offset
        assert found.offset_hpa == pytest.approx(offset_hpa, abs=0.02)


def test_a_boat_that_heaves_by_two_metres_has_a_mean_all_the_same() -> None:
    found = compare(samples(1012.0, swell_hpa=0.24), station(1012.5))
    assert found.offset.offset_hpa == pytest.approx(0.5, abs=0.02)


def test_a_sample_a_minute_is_enough_for_a_quiet_sensor() -> None:
    found = compare(samples(1012.0, every_s=60), station(1012.5))
    assert found.offset.offset_hpa == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("slope_hpa", [-1.3, 1.3])
def test_slowly_is_steady_enough(slope_hpa: float) -> None:
    found = compare(samples(slope_hpa=slope_hpa), station(1012.0))
    assert found.slope_hpa == pytest.approx(slope_hpa, abs=0.3)
    assert found.offset.offset_hpa == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize("slope_hpa", [-6.0, -1.9, 1.9, 3.5])
def test_moving_weather_is_refused(slope_hpa: float) -> None:
    with pytest.raises(CalibrationError, match=r"the pressure moves by [+-]\d.\d hPa in 3 h.*wait"):
        compare(samples(slope_hpa=slope_hpa), station(1012.0))


def without_the_middle(taken: list[tuple[float, float]]) -> list[tuple[float, float]]:
    return [*taken[:200], *taken[400:]]


@pytest.mark.parametrize(
    ("taken", "words"),
    [
        (samples(for_s=599), r"span 10.0 minutes: take at least 10"),
        (samples(for_s=300), r"span 5.0 minutes: take at least 10"),
        (samples(every_s=100), r"too few samples for a mean \(7\)"),
        ([], r"too few samples for a mean \(0\)"),
        (without_the_middle(samples()), r"a hole of 3.4 minutes"),
        (samples()[::-1], r"go back in time"),
        ([*samples(), samples()[-1]], r"go back in time"),
        ([*samples(), (NINE_TEN.timestamp() + 1, float("nan"))], r"a sample of nan hPa"),
        ([*samples(), (float("nan"), 1012.0)], r"at nan s"),
        ([*samples(), (NINE_TEN.timestamp() + 1, 101200.0)], r"a sample of 101200 hPa"),
        (samples(noise_hpa=5.0), r"scatter by [45]\.\d\d hPa, so that their mean"),
        (samples(noise_hpa=0.3, for_s=3600, every_s=360), r"scatter by 0\.\d\d hPa, so that"),
        (samples(noise_hpa=0.1, every_s=60), r"too much to tell in this time"),
    ],
)
def test_samples_that_cannot_be_used(taken: list[tuple[float, float]], words: str) -> None:
    with pytest.raises(CalibrationError, match=words):
        compare(taken, station(1012.0))


def test_gusts_of_minutes_are_not_taken_for_noise() -> None:
    """Six hundred readings of a few slow waves are no six hundred witnesses."""
    swing = [(t, hpa + 0.4 * sin(2 * pi * i / 240)) for i, (t, hpa) in enumerate(samples())]
    with pytest.raises(CalibrationError, match="so that their mean is known to"):
        compare(swing, station(1012.0))


@pytest.mark.parametrize(
    ("value", "kind", "words"),
    [
        (101340.0, "qnh", r"these are pascals, as it seems; give 1013\.4 hPa"),
        (101.34, "qnh", r"these are kilopascals, as it seems; give 1013\.4 hPa"),
        (29.92, "qnh", r"these are inches of mercury, as it seems; give 1013\.2 hPa"),
        (760.0, "qnh", r"these are millimetres of mercury, as it seems; give 1013\.3 hPa"),
        (101340.0, "station", r"these are pascals"),
        (29.92, "station", r"these are inches of mercury"),
        (0.0, "qnh", r"no barometer at such a place"),
        (-1013.0, "station", r"no barometer at such a place"),
        (1200.0, "qnh", r"no barometer at such a place"),
        (float("nan"), "qnh", r"no barometer at such a place"),
    ],
)
def test_a_mistaken_unit_is_named_before_a_sample_is_taken(
    value: float, kind: str, words: str
) -> None:
    with pytest.raises(CalibrationError, match=words):
        Reference(value, ReferenceKind(kind), "me", 2.0)


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        (lambda: station(1013.3, 100.0), "it is a pressure at sea level"),
        (lambda: station(1007.3, 50.0), "it is a pressure at sea level"),
        (lambda: horta(1001.9, 100.0), "it is a station pressure"),
        (lambda: station(751.0), "it is in millimetres of mercury, as it seems: give 1001.3 hPa"),
        (lambda: station(1020.0), "no sensor worth correcting is off by more than 10"),
        (lambda: horta(1030.0), "no sensor worth correcting"),
    ],
)
def test_an_offset_that_is_a_mistake_says_which(
    reference: Callable[[], Reference], words: str
) -> None:
    """The sensor says 1001.3 hPa."""
    with pytest.raises(CalibrationError, match=words):
        compare(samples(1001.3), reference())
    with pytest.raises(CalibrationError, match=words):
        reference().check_against(1001.3)  # one reading shows it


def test_a_poor_chip_may_be_corrected() -> None:
    assert compare(samples(1003.0), horta(1012.5)).offset.offset_hpa == pytest.approx(9.3, abs=0.1)


@pytest.mark.parametrize(
    ("kind", "outdoor_c", "words"),
    [
        (ReferenceKind.QFF, None, "give it too"),
        (ReferenceKind.QNH, 15.0, "is for a QFF"),
        (ReferenceKind.STATION, 15.0, "is for a QFF"),
        (ReferenceKind.QFF, 288.0, "degrees Celsius"),
    ],
)
def test_the_temperature_belongs_to_a_qff(
    kind: ReferenceKind, outdoor_c: float | None, words: str
) -> None:
    with pytest.raises(CalibrationError, match=words):
        Reference(1013.0, kind, "a map", 2.0, outdoor_c)


def test_a_reference_needs_a_name_and_a_height() -> None:
    with pytest.raises(CalibrationError, match="name of the reference"):
        Reference(1013.0, ReferenceKind.QNH, "", 2.0)
    with pytest.raises(CalibrationError, match="metres above the sea"):
        Reference(1013.0, ReferenceKind.QNH, "me", float("nan"))


def test_the_logger_gets_it_without_numpy() -> None:
    program = "import calibration.pressure.comparison, sys; print('numpy' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
