"""Any samples give an outlook or nothing; and one by one is the same as all at once."""

from math import inf, isfinite, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.web.weather.conftest import HOUR
from web.weather import Outlook, Sample, Station, StormLevel, StormWatch, replay, tendency

moments = st.floats(0, 4e9) | st.sampled_from([0.0, 1.0, 4.07e9, 4.1e9, -1.0, inf, nan])
pressures = st.floats(940, 1050) | st.floats(allow_nan=True, allow_infinity=True)
stations = st.none() | st.builds(
    Station, st.floats(-90, 90), st.floats(-180, 180), st.floats(-100, 3000)
)


def is_sound(outlook: Outlook) -> bool:
    chances = [c for c in (outlook.chance_near_gale, outlook.chance_gale) if c is not None]
    return (
        bool(outlook.reasons)
        and isinstance(outlook.level, StormLevel)
        and all(0 <= chance <= 1 for chance in chances)
        and (outlook.tendency is None or isfinite(outlook.tendency.change_hpa))
        and (outlook.wind_ms is None or isfinite(outlook.wind_ms))
    )


@given(st.lists(st.tuples(moments, pressures), max_size=60), stations)
def test_any_samples_give_outlooks_in_order(
    rows: list[tuple[float, float]], station: Station | None
) -> None:
    found = list(replay((Sample(*row) for row in rows), station))
    times = [taken_at for taken_at, _ in found]
    assert times == sorted(set(times))
    assert all(is_sound(outlook) and outlook.since <= at for at, outlook in found)


@given(st.lists(st.tuples(moments, pressures), max_size=40), moments, stations)
def test_any_samples_give_a_tendency_or_none(
    rows: list[tuple[float, float]], now: float, station: Station | None
) -> None:
    samples = sorted((Sample(*row) for row in rows if isfinite(row[0])), key=lambda s: s.taken_at)
    if isfinite(now):
        trend = tendency(samples, now, station)
        assert trend is None or 0 <= trend.characteristic <= 8


# A record with a cadence, gaps and a walk of the pressure.
walks = st.tuples(
    st.sampled_from([60.0, 300.0, 600.0, 900.0, 3600.0]),
    st.lists(st.floats(-0.8, 0.8), min_size=30, max_size=200),
    st.sets(st.integers(0, 199), max_size=15),
    st.integers(0, 3599),
)


def walk(made: tuple[float, list[float], set[int], int]) -> list[Sample]:
    step_s, changes, missing, begins = made
    pressure_hpa, samples = 1010.0, []
    for n, change in enumerate(changes):
        pressure_hpa += change * (1.0 if step_s >= 900 else 0.1)
        if n not in missing:
            samples.append(Sample(1.6e9 + begins + n * step_s, pressure_hpa))
    return samples


@settings(deadline=None)
@given(walks, stations)
def test_the_tendency_of_the_live_rule_is_that_of_the_record(
    made: tuple[float, list[float], set[int], int], station: Station | None
) -> None:
    """Incremental and at once: to the last digit."""
    samples = walk(made)
    found = list(replay(samples, station))
    for taken_at, outlook in found[-5:]:
        at_once = tendency(samples, taken_at, station)
        live = outlook.tendency
        assert (at_once is None) == (live is None)
        if at_once is not None and live is not None:
            assert live.change_hpa == pytest.approx(at_once.change_hpa, abs=0.0101)
            assert live.tide_hpa == at_once.tide_hpa


@settings(deadline=None)
@given(walks, st.integers(1, 50))
def test_one_by_one_and_in_blocks_is_the_same(
    made: tuple[float, list[float], set[int], int], size: int
) -> None:
    samples = walk(made)
    one, blocks = StormWatch(), StormWatch()
    singly = [one.update(sample) for sample in samples]
    in_blocks = []
    for begin in range(0, len(samples), size):
        in_blocks += [blocks.update(sample) for sample in samples[begin : begin + size]]
    assert singly == in_blocks
    assert [outlook for _, outlook in replay(samples)] == singly


@settings(deadline=None)
@given(walks, st.integers(1, 199), st.sampled_from([nan, inf, 0.0, 1e9]))
def test_nonsense_between_changes_nothing(
    made: tuple[float, list[float], set[int], int], place: int, nonsense: float
) -> None:
    samples = walk(made)
    clean, dirty = StormWatch(), StormWatch()
    expected = [clean.update(sample) for sample in samples]
    found = []
    for n, sample in enumerate(samples):
        if n == place:
            dirty.update(sample._replace(taken_at=sample.taken_at - 1, pressure_hpa=nonsense))
            dirty.update(sample._replace(taken_at=samples[0].taken_at - HOUR))
        found.append(dirty.update(sample))
    assert found == expected
