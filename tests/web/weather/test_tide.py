"""The tide of the air against its published formula, and what it does to a tendency."""

from collections.abc import Callable
from math import cos, hypot, pi, radians, sin
from pathlib import Path

import pytest
from storm_records.warning_hours import hours_of, read_rows

from tests.web.weather.conftest import DAY, HOUR, made, standing_hpa, tide_hpa
from web.weather import Sample, Station, StormLevel, replay, tendency
from web.weather.tide import Tide

# Amplitudes of the wave of twelve hours, fitted to real series (storms reference, section 4: at
# Apalachicola, JFK and 44005), and by the formula.
MEASURED = {
    "apalachicola_2012_2013.csv": (29.79, -84.88, 0.81, 156.0),
    "nyc_jfk_2013.csv": (40.64, -73.78, 0.60, 168.0),
    "gulf_of_maine_44005_2012.csv": (43.20, -69.13, 0.43, 162.0),
}


def published_12_h(moment: float, latitude: float, longitude: float) -> float:
    angle = radians(15 * ((moment / HOUR + longitude / 15) % 24))
    travelling = 1.16 * cos(radians(latitude)) ** 3 * sin(2 * angle + radians(158))
    return travelling + standing_hpa(moment, latitude)


@pytest.mark.parametrize("latitude", [-60.0, -13.0, 0.0, 29.79, 53.5, 90.0])
@pytest.mark.parametrize("longitude", [-180.0, -84.88, 0.0, 151.2])
def test_it_is_the_published_formula_at_every_hour(latitude: float, longitude: float) -> None:
    tide = Tide.at(Station(latitude, longitude))
    assert tide is not None
    for hour in range(48):
        moment = 1.7e9 + hour * HOUR
        assert tide.hpa(moment) == pytest.approx(
            published_12_h(moment, latitude, longitude), abs=1e-9
        )


def test_at_the_equator_it_is_highest_at_a_quarter_to_ten() -> None:
    tide = Tide.at(Station(0.0, 0.0))
    assert tide is not None
    quarters = [tide.hpa(1.7e9 // DAY * DAY + n * 900) for n in range(48)]
    assert quarters.index(max(quarters)) * 0.25 == pytest.approx(9.75, abs=0.25)
    assert quarters.index(min(quarters)) * 0.25 == pytest.approx(3.75, abs=0.25)


@pytest.mark.long("years of real records")
@pytest.mark.parametrize("name", MEASURED)
def test_real_series_have_that_wave(name: str, record: Callable[[str], Path]) -> None:
    latitude, longitude, amplitude, phase = MEASURED[name]
    hours = hours_of(read_rows(record(name)))
    waves = []
    moments, values = hours.moments, hours.pressures_hpa
    for n in range(12, len(values) - 12):
        window = values[n - 12 : n + 13]
        if all(value == value for value in window):
            mean = (sum(window) - window[0] / 2 - window[-1] / 2) / 24
            waves.append((moments[n], values[n] - mean))
    angles = [(2 * pi * (moment % 43_200) / 43_200, off) for moment, off in waves]
    cosine = sum(off * cos(angle) for angle, off in angles) * 2 / len(angles)
    sine = sum(off * sin(angle) for angle, off in angles) * 2 / len(angles)
    assert hypot(cosine, sine) == pytest.approx(amplitude, abs=0.07)
    tide = Tide.at(Station(latitude, longitude))
    assert tide is not None
    # What is left when the formula is taken off is less than half of what was there.
    left = hypot(cosine - tide.cosine_hpa, sine - tide.sine_hpa)
    assert left < 0.5 * amplitude
    assert 100 < phase < 200


def test_without_a_position_there_is_none() -> None:
    for station in (None, Station(), Station(10.0, None), Station(None, 10.0)):
        assert Tide.at(station) is None


@pytest.mark.parametrize("latitude", [0.0, 13.0, 30.0])
@pytest.mark.long("a year, hour by hour")
def test_a_year_of_tide_gives_no_alarm(latitude: float) -> None:
    longitude, begins = -60.0, 1.6e9
    station = Station(latitude, longitude)

    def pressure(hour: float) -> float:
        return 1012.0 + tide_hpa(begins + hour * HOUR, latitude, longitude)

    record = made(pressure, 365 * 24, HOUR, begins)
    assert {outlook.level for _, outlook in replay(record, station)} == {StormLevel.CALM}


def test_a_tendency_is_without_the_tide_where_the_position_is_known() -> None:
    station, begins = Station(0.0, 0.0), 1.7e9 // DAY * DAY
    samples = [
        Sample(begins + n * 600, 1012 + published_12_h(begins + n * 600, 0, 0)) for n in range(80)
    ]
    raw = tendency(samples, samples[-1].taken_at)
    flat = tendency(samples, samples[-1].taken_at, station)
    assert raw is not None
    assert flat is not None
    assert abs(raw.change_hpa) > 1.0
    assert raw.tide_hpa == 0.0
    assert flat.change_hpa == pytest.approx(0.0, abs=0.02)
    assert flat.words == "steady"
    assert flat.tide_hpa == pytest.approx(raw.change_hpa, abs=0.02)
