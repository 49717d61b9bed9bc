"""Sea level by both names: the identity at 0 m, published figures, and there and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration import CalibrationError
from calibration.pressure.sea_level import qff, qnh, station_from_qff, station_from_qnh

PRESSURES = st.floats(850, 1090)
HEIGHTS = st.floats(-400, 1500)
OUTDOORS = st.floats(-40, 45)


@given(PRESSURES, OUTDOORS)
def test_at_the_waterline_nothing_changes_to_the_last_bit(hpa: float, outdoor_c: float) -> None:
    assert qnh(hpa, 0.0) == hpa
    assert station_from_qnh(hpa, 0.0) == hpa
    assert qff(hpa, 0.0, outdoor_c) == hpa
    assert station_from_qff(hpa, 0.0, outdoor_c) == hpa


@pytest.mark.parametrize(
    ("height_m", "outdoor_c", "expected_hpa", "to_hpa"),
    [
        (2, 0, 1000.250, 0.0005),
        (2, 15, 1000.237, 0.0005),
        (2, 30, 1000.225, 0.0006),
        (10, 15, 1001.19, 0.005),
        (100, 30, 1011.34, 0.005),
        (100, 0, 1012.59, 0.005),
    ],
)
def test_qff_of_1000_hpa(
    height_m: float, outdoor_c: float, expected_hpa: float, to_hpa: float
) -> None:
    assert qff(1000.0, height_m, outdoor_c) == pytest.approx(expected_hpa, abs=to_hpa)


@pytest.mark.parametrize(
    ("height_m", "station_hpa"),
    [(0, 1013.25), (100, 1001.294), (500, 954.608), (1000, 898.746), (5000, 540.199)],
)
def test_in_the_standard_atmosphere_the_qnh_is_1013_25_at_all_heights(
    height_m: float, station_hpa: float
) -> None:
    """The table of ICAO Doc 7488 (and of the US Standard Atmosphere 1976, the same there)."""
    assert qnh(station_hpa, height_m) == pytest.approx(1013.25, abs=0.002)
    assert station_from_qnh(1013.25, height_m) == pytest.approx(station_hpa, abs=0.002)


def test_on_a_boat_both_names_are_the_same_to_a_tenth() -> None:
    for outdoor_c in (0.0, 15.0, 30.0):
        assert qnh(1000.0, 5.0) == pytest.approx(qff(1000.0, 5.0, outdoor_c), abs=0.05)


@given(PRESSURES, HEIGHTS, OUTDOORS)
def test_there_and_back(hpa: float, height_m: float, outdoor_c: float) -> None:
    assert station_from_qnh(qnh(hpa, height_m), height_m) == pytest.approx(hpa, abs=1e-9)
    there = qff(hpa, height_m, outdoor_c)
    assert station_from_qff(there, height_m, outdoor_c) == pytest.approx(hpa, abs=1e-9)


@given(PRESSURES, st.floats(0.1, 1500), OUTDOORS)
def test_below_the_station_is_more(hpa: float, height_m: float, outdoor_c: float) -> None:
    assert qnh(hpa, height_m) > hpa < qff(hpa, height_m, outdoor_c)
    assert qff(hpa, height_m, outdoor_c) > qff(hpa, height_m, outdoor_c + 5)  # cold air is heavy


@pytest.mark.parametrize("height_m", [-501.0, 9001.0, float("nan"), float("inf")])
def test_heights_that_no_station_has(height_m: float) -> None:
    with pytest.raises(CalibrationError, match="metres above the sea"):
        qnh(1000.0, height_m)
    with pytest.raises(CalibrationError, match="metres above the sea"):
        station_from_qff(1000.0, height_m, 15.0)


@pytest.mark.parametrize("outdoor_c", [288.15, -100.0, float("nan")])
def test_kelvin_is_not_celsius(outdoor_c: float) -> None:
    with pytest.raises(CalibrationError, match="degrees Celsius"):
        qff(1000.0, 2.0, outdoor_c)


@pytest.mark.parametrize("hpa", [0.0, -1.0, 101325.0, float("nan"), float("inf")])
def test_pressures_that_no_air_has(hpa: float) -> None:
    for reduce in (qnh, station_from_qnh):
        with pytest.raises(CalibrationError, match="no air"):
            reduce(hpa, 2.0)
