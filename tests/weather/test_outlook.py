"""The outlook: thresholds, slow release, words with numbers, and silence where nothing is known."""

from collections.abc import Callable
from itertools import pairwise
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.weather import Outlook, Sample, StormLevel, StormWatch, replay

HOUR = 3600.0
MINUTE = 60.0


def last(pressure_at_hour: Callable[[float], float], hours: float, step_s: float) -> Outlook:
    samples = (
        Sample(n * step_s, pressure_at_hour(n * step_s / HOUR))
        for n in range(round(hours * HOUR / step_s) + 1)
    )
    *_, (_, outlook) = replay(samples)
    return outlook


def falling(hpa_in_3_h: float) -> Callable[[float], float]:
    """Level for six hours, then this fall in three, then level."""
    return lambda hour: 1010.0 - hpa_in_3_h * min(1.0, max(0.0, (hour - 6) / 3))


@pytest.mark.parametrize("step_s", [MINUTE, 10 * MINUTE, HOUR])
@pytest.mark.parametrize(
    ("fall_hpa", "level"),
    [
        (0.0, StormLevel.CALM),
        (2.3, StormLevel.CALM),
        (2.7, StormLevel.WATCH),
        (3.4, StormLevel.WATCH),
        (3.8, StormLevel.WARNING),
        (5.7, StormLevel.WARNING),
        (6.4, StormLevel.STORM),
    ],
)
def test_levels_by_the_fall_in_three_hours(
    fall_hpa: float, level: StormLevel, step_s: float
) -> None:
    assert last(falling(fall_hpa), 9.0, step_s).level is level


def test_a_slow_long_fall_is_watched() -> None:
    def slow(hour: float) -> float:
        """2.6 hPa in the first three hours, 2.4 in the next."""
        return 1010.0 - 2.6 * min(1, max(0, hour - 6) / 3) - 2.4 * max(0, hour - 9) / 3

    outlook = last(slow, 12.0, HOUR)
    assert outlook.level is StormLevel.WATCH
    assert any("in 6 h" in reason for reason in outlook.reasons)


def test_a_rise_is_no_storm() -> None:
    assert last(falling(-9.0), 9.0, MINUTE).level is StormLevel.CALM


def test_a_level_comes_down_one_step_in_three_hours() -> None:
    rule = falling(7.0)
    samples = [Sample(n * 600.0, rule(n / 6)) for n in range(6 * 24)]
    changes: list[tuple[StormLevel, float]] = []
    for taken_at, outlook in replay(samples):
        if not changes or changes[-1][0] is not outlook.level:
            changes.append((outlook.level, taken_at / HOUR))
            assert outlook.since == taken_at
    levels = [level for level, _ in changes]
    top = levels.index(StormLevel.STORM)
    assert levels[top:] == [
        StormLevel.STORM,
        StormLevel.WARNING,
        StormLevel.WATCH,
        StormLevel.CALM,
    ]
    hours = [hour for _, hour in changes[top:]]
    assert all(after - before >= 3.0 for before, after in pairwise(hours))


def test_reasons_have_the_numbers() -> None:
    outlook = last(falling(6.4), 9.0, HOUR)
    assert outlook.reasons[0] == "−6.4 hPa in 3 h (storm from −6.0)"
    assert outlook.chance_near_gale == pytest.approx(0.56)
    assert outlook.chance_gale == pytest.approx(0.23)


def test_a_held_level_says_what_it_waits_for() -> None:
    outlook = last(lambda hour: falling(6.4)(hour) - 1.65 * max(0.0, hour - 9), 12.0, HOUR)
    assert outlook.level is StormLevel.STORM
    assert outlook.reasons == (
        "−5.0 hPa in 3 h: storm stays until the fall has been under 4.5 in 3 h and under 3.0 in"
        " 2 h for 3 h",
    )


def test_with_too_little_data_it_says_how_much_there_is() -> None:
    outlook = last(lambda hour: 1010.0, 1 + 40 / 60, MINUTE)
    assert outlook.level is StormLevel.CALM
    assert outlook.reasons == ("not enough data: have 1 h 40 min of 3 h",)
    assert outlook.tendency is None
    assert outlook.chance_gale is None


def test_a_gap_changes_no_level_and_is_told() -> None:
    watch = StormWatch()
    rule = falling(7.0)
    for n in range(9 * 60 + 1):
        watch.update(Sample(n * MINUTE, rule(n / 60)))
    outlook = watch.update(Sample(11 * HOUR, 1003.0))
    assert outlook is not None
    assert outlook.level is StormLevel.STORM
    assert "not enough data" in outlook.reasons[0]
    assert "stays from before" in outlook.reasons[0]


def test_after_a_long_silence_nothing_is_kept() -> None:
    watch = StormWatch()
    rule = falling(7.0)
    for n in range(9 * 60 + 1):
        watch.update(Sample(n * MINUTE, rule(n / 60)))
    outlook = watch.update(Sample(40 * HOUR, 1003.0))
    assert outlook is not None
    assert outlook.level is StormLevel.CALM


@pytest.mark.parametrize("nonsense", [0.0, nan, inf, -5.0, 1e9])
def test_what_no_air_can_have_changes_nothing(nonsense: float) -> None:
    watch = StormWatch()
    assert watch.update(Sample(0.0, nonsense)) is None
    before = watch.update(Sample(60.0, 1010.0))
    assert watch.update(Sample(120.0, nonsense)) == before
    assert watch.update(Sample(30.0, 1000.0)) == before  # late


@given(
    st.lists(
        st.tuples(
            st.floats(0, 4e9) | st.sampled_from([0.0, 4.1e9, inf, nan]),
            st.floats(allow_nan=True, allow_infinity=True) | st.floats(940, 1050),
        ),
        max_size=40,
    )
)
def test_any_sequence_gives_outlooks_in_order(rows: list[tuple[float, float]]) -> None:
    moments = []
    for taken_at, outlook in replay(Sample(*row) for row in rows):
        moments.append(taken_at)
        assert outlook.reasons
        assert outlook.since <= taken_at
    assert moments == sorted(set(moments))


@given(st.lists(st.floats(-1.5, 1.5), min_size=10, max_size=60))
def test_the_live_rule_and_the_replay_agree(steps_hpa: list[float]) -> None:
    pressure_hpa, samples = 1010.0, []
    for n, step_hpa in enumerate(steps_hpa):
        pressure_hpa += step_hpa
        samples.append(Sample(n * 1800.0, pressure_hpa))
    watch = StormWatch()
    live = [watch.update(sample) for sample in samples]
    assert live == [outlook for _, outlook in replay(samples)]


def test_the_arithmetic_needs_the_standard_library_alone() -> None:
    import subprocess
    import sys

    code = (
        "import sys, web.weather;"
        "print([m for m in ('flask', 'numpy', 'sqlite3', 'sensors') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
