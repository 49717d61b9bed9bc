"""The ladder of levels: a sign must last, then it goes up at once, and comes down slowly."""

import pytest

from tests.web.weather.conftest import HOUR, MINUTE
from web.weather import StormLevel
from web.weather.levels import THRESHOLDS, Levels

CALM, WATCH, WARNING, STORM = StormLevel
WINDS = {each.level: each.on_ms for each in THRESHOLDS}


def run(winds: list[tuple[float, float]], step_s: float = MINUTE) -> list[StormLevel]:
    """Levels through stretches of (hours, expected wind)."""
    levels, found, now = Levels(), [], 0.0
    for hours, wind_ms in winds:
        for _ in range(round(hours * HOUR / step_s)):
            levels.update(now, step_s, wind_ms, 0.0)
            found.append(levels.level)
            now += step_s
    return found


def test_a_threshold_is_ordered_and_lets_go_below_where_it_takes_hold() -> None:
    assert [each.level for each in THRESHOLDS] == [WATCH, WARNING, STORM]
    assert list(WINDS.values()) == sorted(WINDS.values())
    for each in THRESHOLDS:
        assert each.off_ms < each.on_ms
        assert each.off_fall_hpa < each.on_fall_hpa


@pytest.mark.parametrize("level", [WATCH, WARNING, STORM])
def test_what_lasts_a_quarter_of_an_hour_raises_it(level: StormLevel) -> None:
    found = run([(1, 5.0), (1, WINDS[level] + 0.01)])
    assert found[60 + 14] is CALM
    assert found[60 + 15] is level


def test_what_does_not_last_raises_nothing() -> None:
    assert set(run([(1, 5.0), (0.2, 20.0), (1, 5.0), (0.2, 20.0), (1, 5.0)])) == {CALM}


def test_of_a_slow_record_each_sample_stands_for_its_time() -> None:
    assert run([(3, 5.0), (1, 20.0)], HOUR)[-1] is STORM
    found = run([(3, 5.0), (1, 20.0)], 10 * MINUTE)
    assert found[18:21] == [CALM, CALM, STORM]


def test_it_goes_up_as_far_as_need_be_at_once() -> None:
    found = run([(1, 5.0), (1, 20.0)])
    assert set(found) == {CALM, STORM}


def test_it_is_let_down_when_the_lower_threshold_was_not_reached_for_three_hours() -> None:
    off = {each.level: each.off_ms for each in THRESHOLDS}
    levels_of_run = run([(1, 20.0), (5, off[STORM])])
    assert levels_of_run[-1] is STORM
    found = run([(1, 20.0), (5, off[STORM] - 0.01)])
    assert found[60 + 179] is STORM
    assert found[60 + 181] is WARNING
    assert found[-1] is WARNING
    flickering = run([(1, 20.0)] + [(2.9, 5.0), (0.1, off[WATCH])] * 4)
    assert flickering[-1] is WATCH


def test_a_fall_alone_raises_it_as_sailors_are_taught() -> None:
    levels = Levels()
    for minute in range(60):
        levels.update(minute * MINUTE, MINUTE, 5.0, 6.0)
    assert levels.level is STORM
    assert levels.since == 15 * MINUTE


def test_the_tropical_rule_raises_the_level_too() -> None:
    levels = Levels()
    levels.update(0.0, MINUTE, 5.0, 0.0, tropical=WARNING)
    assert levels.level is WARNING
    levels.update(60.0, MINUTE, 5.0, 0.0, tropical=CALM)
    assert levels.level is CALM
