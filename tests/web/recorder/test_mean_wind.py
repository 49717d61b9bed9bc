"""The mean wind of an instrument: ten minutes of it, and none where it has fallen silent."""

from math import inf, nan

import pytest

from web.recorder.mean_wind import MeanWind


class Watch:
    """A clock that a test moves on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def blow(wind: MeanWind, watch: Watch, speeds_ms: list[float], every_s: float = 1.0) -> None:
    for speed_ms in speeds_ms:
        watch.now += every_s
        wind.add(speed_ms)


def test_it_is_the_mean_of_the_last_ten_minutes() -> None:
    watch = Watch()
    wind = MeanWind(watch)
    blow(wind, watch, [30.0] * 900)
    blow(wind, watch, [4.0, 6.0] * 300)
    assert wind.mean_ms() == pytest.approx(5.0, abs=0.5)  # a step of the time before is in it
    blow(wind, watch, [4.0, 6.0] * 10)
    assert wind.mean_ms() == 5.0


@pytest.mark.parametrize("every_s", [0.1, 1.0, 5.0])
def test_however_often_it_is_told(every_s: float) -> None:
    watch = Watch()
    wind = MeanWind(watch)
    blow(wind, watch, [12.0] * round(700 / every_s), every_s)
    assert wind.mean_ms() == pytest.approx(12.0)


def test_a_gust_that_an_instrument_begins_with_is_no_mean() -> None:
    watch = Watch()
    wind = MeanWind(watch)
    assert wind.mean_ms() is None
    blow(wind, watch, [25.0] * 299)
    assert wind.mean_ms() is None
    blow(wind, watch, [25.0] * 10)
    assert wind.mean_ms() == 25.0


def test_one_value_that_a_server_kept_is_no_mean() -> None:
    watch = Watch()
    wind = MeanWind(watch)
    blow(wind, watch, [25.0] * 20, every_s=25.0)
    assert wind.mean_ms() is None


def test_an_instrument_that_has_fallen_silent_says_nothing_of_now() -> None:
    watch = Watch()
    wind = MeanWind(watch)
    blow(wind, watch, [9.0] * 600)
    watch.now += 59.0
    assert wind.mean_ms() == 9.0
    watch.now += 2.0
    assert wind.mean_ms() is None


@pytest.mark.parametrize("speed_ms", [-0.1, 100.1, nan, inf])
def test_what_no_wind_can_be_is_not_counted(speed_ms: float) -> None:
    watch = Watch()
    wind = MeanWind(watch)
    blow(wind, watch, [9.0, speed_ms] * 300)
    assert wind.mean_ms() == 9.0
