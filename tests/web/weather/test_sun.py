"""The sun against worked examples and almanacs."""

from datetime import datetime

import pytest

from web.weather.sun import elevation, is_down


def at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def test_declination_of_a_worked_example() -> None:
    """Meeus, Astronomical Algorithms, example 25.a: about the pole the mean height is the
    declination.
    """
    moment = at("1992-10-13T00:00:00+00:00")
    heights = [elevation(moment, 89.7, longitude) for longitude in (0.0, 180.0)]
    assert sum(heights) / 2 == pytest.approx(-7.785, abs=0.01)


def test_height_of_a_worked_example() -> None:
    """Reda and Andreas (NREL/TP-560-34302), table A5.1: 39.872 degrees without refraction."""
    height = elevation(at("2003-10-17T12:30:30-07:00"), 39.742476, -105.1786)
    assert height == pytest.approx(39.872, abs=0.02)


@pytest.mark.parametrize(
    ("rises", "sets", "latitude", "longitude"),
    [  # almanac times of cities, to the minute
        ("2024-03-20T06:03+00:00", "2024-03-20T18:14+00:00", 51.507, -0.128),  # London
        ("2024-06-21T04:43+01:00", "2024-06-21T21:21+01:00", 51.507, -0.128),
        ("2024-12-21T05:41+11:00", "2024-12-21T20:05+11:00", -33.869, 151.209),  # Sydney
    ],
)
def test_it_is_day_between_rising_and_setting(
    rises: str, sets: str, latitude: float, longitude: float
) -> None:
    for turn, sign in ((at(rises), 1), (at(sets), -1)):
        before, after = (is_down(turn + s * sign * 180, latitude, longitude) for s in (-1, 1))
        assert (before, after) == (True, False)


def test_in_summer_the_far_north_has_no_night() -> None:
    midnights = [at(f"2024-06-{day:02}T23:00:00+00:00") for day in range(15, 28)]
    assert not any(is_down(moment, 69.65, 18.96) for moment in midnights)  # Tromsø
