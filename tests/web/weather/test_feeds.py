"""Readings as they come: coarse, repeated until the next one, with outages; a storm stays one."""

from collections.abc import Callable, Iterator
from random import Random

import pytest

from tests.web.weather.conftest import HOUR, MINUTE, falling, made
from web.weather import Outlook, Sample, StormLevel, replay

QUARTER = 15 * MINUTE


def bomb(hour: float) -> float:
    """Level for a day, then ten hPa in three hours, for six hours."""
    return 1013.0 - 10 / 3 * min(max(hour - 24.0, 0.0), 6.0)


def outlooks(samples: Iterator[Sample]) -> list[tuple[float, Outlook]]:
    return [(at / HOUR, outlook) for at, outlook in replay(samples)]


def onset(found: list[tuple[float, Outlook]], level: StormLevel) -> float:
    return min((hour for hour, outlook in found if outlook.level >= level), default=99.0)


def steepest(found: list[tuple[float, Outlook]]) -> float:
    return min(o.tendency.change_hpa for _, o in found if o.tendency is not None)


def rounded(step_hpa: float) -> Callable[[float], float]:
    return lambda hour: round(bomb(hour) / step_hpa) * step_hpa


@pytest.mark.parametrize("step_s", [10.0, MINUTE, 600.0])
@pytest.mark.parametrize("resolution_hpa", [0.1, 0.5, 1.0])
def test_a_coarse_record_has_its_storm(resolution_hpa: float, step_s: float) -> None:
    found = outlooks(made(rounded(resolution_hpa), 34, step_s))
    assert steepest(found) == pytest.approx(-10.0, abs=0.3 + resolution_hpa)
    fine = outlooks(made(bomb, 34, step_s))
    late_h = onset(found, StormLevel.STORM) - onset(fine, StormLevel.STORM)
    assert abs(late_h) <= 0.6


@pytest.mark.parametrize("every_min", [10, 15, 20, 30, 60])
@pytest.mark.parametrize("resolution_hpa", [0.01, 0.1, 1.0])
def test_a_reading_that_is_repeated_until_the_next_has_its_storm(
    every_min: int, resolution_hpa: float
) -> None:
    pressure = rounded(resolution_hpa)
    every_h = every_min / 60
    found = outlooks(made(lambda hour: pressure(hour // every_h * every_h), 34, MINUTE))
    assert onset(found, StormLevel.STORM) <= onset(
        outlooks(made(bomb, 34, MINUTE)), StormLevel.STORM
    ) + every_h + max(0.5, resolution_hpa)
    assert steepest(found) <= -10.0 * (1 - every_min / 180) + 1.7 * resolution_hpa


@pytest.mark.parametrize("missing_min", [5, 10, 14, 17])
def test_outages_are_no_steps(missing_min: int) -> None:
    """A part of each hour is missing: the fall across it is the air's all the same."""
    samples = made(bomb, 34, MINUTE)
    found = outlooks(s for s in samples if s.taken_at % HOUR >= missing_min * MINUTE)
    assert steepest(found) == pytest.approx(-10.0, abs=0.35)
    assert onset(found, StormLevel.STORM) <= 24 + 2.6


def test_one_outage_takes_nothing_off_the_fall() -> None:
    samples = (s for s in made(bomb, 34, MINUTE) if not 26 <= s.taken_at / HOUR < 26 + 1 / 3)
    found = outlooks(samples)
    changes_hpa = [
        o.tendency.change_hpa for hour, o in found if o.tendency and 27.2 <= hour <= 29.8
    ]
    assert changes_hpa
    assert max(changes_hpa) <= -9.7


@pytest.mark.parametrize("step_s", [QUARTER, 2 * QUARTER, HOUR])
@pytest.mark.parametrize("glitch_hpa", [-10.0, -39.0, 10.0])
def test_one_wrong_reading_of_a_slow_record_leaves_no_storm_behind(
    step_s: float, glitch_hpa: float
) -> None:
    """An hour's sample of -10 hPa cannot be told from weather before the next one comes."""
    samples = list(made(lambda hour: 1013.0, 80, step_s))
    place = round(48 * HOUR / step_s)
    samples[place] = samples[place]._replace(pressure_hpa=1013.0 + glitch_hpa)
    found = outlooks(iter(samples))
    raised = [hour for hour, outlook in found if outlook.level is not StormLevel.CALM]
    could_be_weather = step_s == HOUR and abs(glitch_hpa) < 12.2
    assert raised == [] or could_be_weather
    assert all(48 <= hour <= 55 for hour in raised)


@pytest.mark.parametrize(
    ("step_s", "step_hpa"),
    [
        (120.0, -5.0),
        (300.0, -5.0),
        (300.0, -7.5),
        (300.0, 17.0),
        (600.0, -7.5),
        (600.0, -10.0),
        (900.0, -7.5),
        (900.0, -10.0),
        (1800.0, -10.0),
        (HOUR, -17.0),
    ],
)
def test_an_exchange_is_no_weather_at_any_cadence(step_s: float, step_hpa: float) -> None:
    """What exceeds 12.2 hPa by the root of the hours (NDBC) and is flat before and after."""
    random = Random(1)

    def pressure(hour: float) -> float:
        return 1013.0 + (step_hpa if hour >= 48 else 0.0) + random.gauss(0, 0.02)

    found = outlooks(made(pressure, 80, step_s))
    assert {outlook.level for _, outlook in found} == {StormLevel.CALM}
    assert all(abs(o.tendency.change_hpa) < 0.2 for _, o in found if o.tendency is not None)
    assert found[-1][1].tendency is not None


def test_a_fall_faster_than_is_believed_at_first_is_weather_when_it_goes_on() -> None:
    """The inner part of a hurricane passes over a station that reports each hour."""
    hourly = (1000.0, 999.0, 994.0, 980.0, 964.0, 949.0, 948.0, 962.0, 978.0, 990.0)
    found = outlooks(
        made(lambda hour: 1005.0 if hour < 24 else hourly[min(9, int(hour - 24))], 33, HOUR)
    )
    assert max(outlook.level for _, outlook in found) is StormLevel.STORM
    assert steepest(found) <= -30.0


@pytest.mark.parametrize(
    ("on_min", "every_min"), [(5, 180), (15, 360), (20, 180), (1, 150)], ids=str
)
def test_a_level_does_not_outlive_what_is_known(on_min: int, every_min: int) -> None:
    """A storm, and then the logger runs for some minutes now and then: nothing is known."""

    def pressure(hour: float) -> float:
        return bomb(hour) if hour < 30 else min(1043.0, 993.0 + 2 * (hour - 30))

    samples = (
        sample
        for sample in made(pressure, 24 * 8, MINUTE)
        if sample.taken_at < 30 * HOUR or sample.taken_at % (every_min * 60) < on_min * 60
    )
    found = outlooks(samples)
    assert onset(found, StormLevel.STORM) < 30
    assert found[-1][1].level is StormLevel.CALM
    forgotten = [o for hour, o in found if hour > 43 and o.level is not StormLevel.CALM]
    assert forgotten == []


def test_what_is_missing_is_named() -> None:
    """Not "have 3 h 00 min of 3 h"."""

    def first_reason(samples: Iterator[Sample]) -> str:
        return outlooks(samples)[-1][1].reasons[0]

    assert first_reason(made(falling(1), 2, MINUTE)) == "not enough data: have 2 h 00 min of 3 h"
    rests = [
        reason
        for seed in range(40)
        for _, o in outlooks(with_losses(seed))
        for reason in o.reasons
        if reason.startswith("not enough data")
    ]
    assert not any("have 3 h 00 min" in reason for reason in rests)


def with_losses(seed: int) -> Iterator[Sample]:
    """A tenth of the samples is lost, at five minutes."""
    random = Random(seed)
    return (s for s in made(falling(1), 12, 300.0) if random.random() > 0.1)
