"""What a boat does to its barometer is no weather: glitches, jumps, stuck readings, hatches."""

from collections.abc import Iterator
from itertools import chain, cycle
from math import inf, nan
from random import Random

import pytest

from tests.web.weather.conftest import HOUR, MINUTE, falling, made
from web.weather import Outlook, Sample, StormLevel, StormWatch, replay, tendency

NONSENSE = (0.0, nan, inf, -5.0, 1e9, 900.0, 1100.0, 604.0, 820.0, 1120.0)


def with_glitches(samples: Iterator[Sample], every: int) -> Iterator[Sample]:
    nonsense = cycle(NONSENSE)
    for n, sample in enumerate(samples):
        yield sample if n % every else sample._replace(pressure_hpa=next(nonsense))


def outlooks(samples: Iterator[Sample]) -> list[Outlook]:
    watch = StormWatch()
    return [found for sample in samples if (found := watch.update(sample)) is not None]


@pytest.mark.parametrize("step_s", [1.0, 10.0, MINUTE, 10 * MINUTE, HOUR])
def test_a_glitch_now_and_then_changes_no_level(step_s: float) -> None:
    every = 7 if step_s >= 10 * MINUTE else 50
    hours = 12 if step_s < MINUTE else 60
    clean = outlooks(made(falling(5.0), hours, step_s))
    dirty = outlooks(with_glitches(made(falling(5.0), hours, step_s), every))
    assert max(outlook.level for outlook in dirty) == max(outlook.level for outlook in clean)
    changes = [o.tendency.change_hpa for o in dirty if o.tendency is not None]
    assert min(changes) >= -5.1
    assert max(changes) <= 0.1


def test_a_glitch_repeated_dozens_of_times_is_one_all_the_same() -> None:
    """As a real buoy sent them: the same number again and again, one at a time."""
    samples = list(made(lambda hour: 1010.0, 48, HOUR))
    samples[10::4] = [sample._replace(pressure_hpa=900.0) for sample in samples[10::4]]
    tendencies = [
        outlook.tendency for outlook in outlooks(iter(samples)) if outlook.tendency is not None
    ]
    assert len(tendencies) > 30
    assert {trend.change_hpa for trend in tendencies} == {0.0}


def test_a_glitch_at_the_very_beginning_is_forgotten() -> None:
    first = [Sample(-MINUTE, 900.0)]
    found = outlooks(chain(first, made(lambda hour: 1010.0, 6, MINUTE)))
    assert found[-1].level is StormLevel.CALM
    assert found[-1].tendency is not None
    assert found[-1].tendency.change_hpa == 0.0
    assert found[-1].wind_ms is not None
    assert found[-1].wind_ms < 10


@pytest.mark.parametrize("step_hpa", [35.0, -35.0, 12.0])
def test_a_barometer_that_was_moved_begins_anew(step_hpa: float) -> None:
    """Carried up 300 m, or exchanged: no change is told across it, and no storm."""

    def pressure(hour: float) -> float:
        return 1010.0 + (step_hpa if hour >= 6 else 0.0)

    found = outlooks(made(pressure, 12, MINUTE))
    assert {outlook.level for outlook in found} == {StormLevel.CALM}
    assert all(abs(o.tendency.change_hpa) < 0.1 for o in found if o.tendency is not None)
    assert any("not enough data" in outlook.reasons[0] for outlook in found[6 * 60 + 10 : -60])
    assert found[-1].tendency is not None


@pytest.mark.parametrize("step_s", [1.0, MINUTE])
@pytest.mark.parametrize("step_hpa", [1.3, -0.8, 3.0, -6.5])
def test_another_sensor_or_a_hatch_is_no_change(step_hpa: float, step_s: float) -> None:
    random = Random(1)

    def pressure(hour: float) -> float:
        return 1010.0 + (step_hpa if hour >= 5 else 0.0) + random.gauss(0, 0.013)

    found = outlooks(made(pressure, 9, step_s))
    assert {outlook.level for outlook in found} == {StormLevel.CALM}
    settled = found[round((5 * HOUR + 15 * MINUTE) / step_s) :]
    assert all(abs(o.tendency.change_hpa) < 0.1 for o in settled if o.tendency is not None)


def test_a_fall_that_goes_on_behind_a_step_is_seen() -> None:
    def pressure(hour: float) -> float:
        return falling(7.0)(hour) + (1.3 if hour >= 7.5 else 0.0)

    assert outlooks(made(pressure, 10, MINUTE))[-1].level is StormLevel.STORM


def test_a_sensor_that_is_stuck_is_no_steady_weather() -> None:
    random = Random(2)
    moving = [Sample(n * MINUTE, 1010 + random.gauss(0, 0.02)) for n in range(300)]
    stuck = [Sample((300 + n) * MINUTE, moving[-1].pressure_hpa) for n in range(120)]
    found = outlooks(iter(moving + stuck))
    assert "is the sensor stuck?" in found[-1].reasons[0]
    assert not any("stuck" in reason for reason in found[300 + 40].reasons)
    again = outlooks(iter([*moving, *stuck, Sample(421 * MINUTE, 1010.01)]))
    assert not any("stuck" in reason for reason in again[-1].reasons)


@pytest.mark.parametrize("resolution_hpa", [1.0, 0.1])
def test_a_coarse_record_that_stands_still_is_steady(resolution_hpa: float) -> None:
    samples = [Sample(n * 900.0, 1010.0 + (resolution_hpa if n < 20 else 0.0)) for n in range(120)]
    trend = tendency(samples, samples[-1].taken_at)
    assert trend is not None
    assert trend.words == "steady"
    *_, (_, outlook) = replay(samples)
    assert "stuck" not in outlook.reasons[0]


def test_what_was_begun_anew_knows_nothing_of_before() -> None:
    watch = StormWatch()
    for sample in made(falling(7.0), 9.5, MINUTE):
        before = watch.update(sample)
    assert before is not None
    assert before.level is StormLevel.STORM
    watch.reset()
    outlook = watch.update(Sample(9.6 * HOUR, 1003.0))
    assert outlook is not None
    assert outlook.tendency is None
    assert outlook.level is StormLevel.STORM
    assert "stays from before" in outlook.reasons[0]


def test_a_sensor_that_sticks_in_a_storm_ends_none() -> None:
    """What is stuck says nothing: the level stays, and is let go after 12 h of that."""
    random = Random(4)

    def pressure(hour: float) -> float:
        return 1013.0 - 10 / 3 * min(6.0, max(0.0, hour - 6)) + random.gauss(0, 0.02)

    moving = list(made(pressure, 10, MINUTE))
    stuck = [
        Sample(moving[-1].taken_at + n * MINUTE, moving[-1].pressure_hpa) for n in range(1, 20 * 60)
    ]
    found = outlooks(iter(moving + stuck))
    assert found[(10 + 11) * 60].level is StormLevel.STORM
    assert found[(10 + 11) * 60].tendency is None
    assert "stays from before" in found[(10 + 11) * 60].reasons[0]
    assert found[-1].level is StormLevel.CALM
    assert "storm was let go after 12 h" in found[-1].reasons[0]


def test_what_is_not_believed_is_said_when_it_lasts() -> None:
    watch = StormWatch()
    for sample in made(falling(7.0), 9.5, MINUTE):
        watch.update(sample)
    for n in range(30):
        outlook = watch.update(Sample(9.5 * HOUR + (n + 1) * MINUTE, 900.0 + n % 3))
        assert outlook is not None
        assert outlook.level is StormLevel.STORM
        assert (outlook.tendency is None) is (n >= 15)
        reason = outlook.reasons[0]
    assert "the newest readings are not believed, for they jumped: 902.0" in reason
    outlook = watch.update(Sample(10.1 * HOUR, 1003.0))
    assert outlook is not None
    assert "not believed" not in outlook.reasons[0]
