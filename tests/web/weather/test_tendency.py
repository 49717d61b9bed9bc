"""The tendency against the tables of the WMO and the Met Office, at their edges."""

from math import inf, radians, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.web.weather.conftest import MINUTE, made, standing_hpa
from web.weather import Sample, Station, replay, tendency
from web.weather.tendency import characteristic, explosive_hpa, signed, words

NOW = 1_392_220_800.0
HOUR = 3600.0


def line(first_hpa: float, last_hpa: float, step_s: float, hours: float = 3.5) -> list[Sample]:
    """A straight line over the last three hours, level before."""
    count = int(hours * HOUR / step_s)
    moments = [NOW - (count - n) * step_s for n in range(count + 1)]
    return [
        Sample(m, first_hpa + (last_hpa - first_hpa) * max(0.0, 1 - (NOW - m) / (3 * HOUR)))
        for m in moments
    ]


@pytest.mark.parametrize(
    ("change_hpa", "expected"),
    [
        (0.0, "steady"),
        (0.1, "rising slowly"),
        (-1.5, "falling slowly"),
        (-1.6, "falling"),
        (3.5, "rising"),
        (3.6, "rising quickly"),
        (-6.0, "falling quickly"),
        (-6.1, "falling very rapidly"),
    ],
)
def test_the_met_offices_words(change_hpa: float, expected: str) -> None:
    """Marine glossary: slowly 0.1-1.5, no adverb to 3.5, quickly to 6.0, very rapidly above."""
    assert words(change_hpa) == expected


@pytest.mark.parametrize(
    ("first_half_hpa", "second_half_hpa", "code"),
    [
        (2.0, -1.0, 0),  # rising, then falling; higher
        (2.0, 0.0, 1),  # rising, then steady
        (2.0, 1.0, 1),  # rising, then more slowly
        (1.0, 1.0, 2),  # rising steadily
        (0.0, 2.0, 3),  # steady, then rising
        (-1.0, 2.0, 3),  # falling, then rising; higher
        (1.0, 2.0, 3),  # rising, then faster
        (0.0, 0.0, 4),  # steady
        (1.0, -1.0, 0),  # rising, then falling; the same
        (-1.0, 1.0, 5),  # falling, then rising; the same
        (-2.0, 1.0, 5),  # falling, then rising; lower
        (-2.0, 0.0, 6),  # falling, then steady
        (-2.0, -1.0, 6),  # falling, then more slowly
        (-1.0, -1.0, 7),  # falling steadily
        (0.0, -2.0, 8),  # steady, then falling
        (1.0, -2.0, 8),  # rising, then falling; lower
        (-1.0, -2.0, 8),  # falling, then faster
    ],
)
def test_wmo_code_table_0200(first_half_hpa: float, second_half_hpa: float, code: int) -> None:
    assert characteristic(first_half_hpa + second_half_hpa, first_half_hpa, second_half_hpa) == code


@pytest.mark.parametrize(
    ("first_half_hpa", "second_half_hpa", "code"),
    [
        (0.1, -0.1, 0),  # a tenth is what a report can show, and so it is a rise
        (-0.1, 0.1, 5),
        (0.09, -0.09, 4),
        (0.08, -0.11, 0),  # what falls at last has risen, though by less
        (-0.11, 0.08, 5),
        (0.1, 0.1, 2),
        (-0.1, -0.1, 7),
        (0.5, -0.1, 0),
        (0.5, -0.09, 1),
        (0.5, 0.09, 1),
    ],
)
def test_steady_is_what_a_report_in_tenths_cannot_show(
    first_half_hpa: float, second_half_hpa: float, code: int
) -> None:
    """WMO-No. 306: the characteristic goes with a change in tenths of a hectopascal."""
    change_hpa = round(first_half_hpa + second_half_hpa, 2)
    assert characteristic(change_hpa, first_half_hpa, second_half_hpa) == code


@given(first=st.floats(-20, 20), second=st.floats(-20, 20))
def test_a_record_turned_over_has_the_falling_code(first: float, second: float) -> None:
    """Table 0200 has each shape twice, rising and falling; 4 is its own."""
    change_hpa = round(first + second, 2)
    code = characteristic(change_hpa, first, second)
    turned = characteristic(-change_hpa, -first, -second)
    assert turned == {0: 5, 1: 6, 2: 7, 3: 8, 4: 4, 5: 0, 6: 1, 7: 2, 8: 3}[code]


@pytest.mark.parametrize(
    ("latitude", "fall_hpa"), [(90.0, 28), (-90.0, 28), (60.0, 24), (25.0, 12), (45.0, 20)]
)
def test_a_bergeron_is_as_published(latitude: float, fall_hpa: int) -> None:
    """Sanders and Gyakum 1980: 24 mb at 60 degrees; from 28 mb at the pole to 12 mb at 25 N."""
    assert round(explosive_hpa(Station(latitude, 0.0))) == fall_hpa


def test_near_the_equator_an_explosive_fall_is_eight_and_without_a_position_there_is_none() -> None:
    """A third of 24 hPa, for by the sine of the latitude every night would be explosive there."""
    assert explosive_hpa(Station(0.0, 0.0)) == explosive_hpa(Station(-10.0, 0.0)) == 8.0
    assert explosive_hpa(None) == explosive_hpa(Station()) == inf


@given(first=st.floats(-20, 20), second=st.floats(-20, 20))
def test_the_code_never_contradicts_the_change(first: float, second: float) -> None:
    """Codes 0 to 3 need a change of 0 or more, 5 to 8 one of 0 or less (WMO-No. 306)."""
    change_hpa = round(first + second, 2)
    code = characteristic(change_hpa, first, second)
    assert code == 4 or (code < 4) == (change_hpa > 0) or abs(change_hpa) < 0.05


@pytest.mark.parametrize("step_s", [1.0, 10.0, 60.0, 600.0, 900.0, 1800.0, 3600.0])
def test_a_fall_is_measured_at_any_cadence(step_s: float) -> None:
    trend = tendency(line(1000.0, 994.0, step_s, hours=4), NOW)
    assert trend is not None
    # The median of the first ten minutes leans on the level before by half a window.
    assert trend.change_hpa == pytest.approx(-6.0, abs=0.18)
    assert trend.characteristic == 7


@pytest.mark.parametrize("step_s", [1.0, 10.0, 60.0, 300.0, 600.0, 900.0, 1800.0, 3600.0])
def test_the_span_is_three_hours_at_any_cadence(step_s: float) -> None:
    """A fall that has gone on for longer is measured over exactly three hours."""
    samples = [Sample(NOW - n * step_s, 1000.0 + n * step_s / HOUR * 2) for n in range(14400)]
    trend = tendency(sorted(samples[: int(8 * HOUR / step_s)]), NOW)
    assert trend is not None
    assert trend.change_hpa == pytest.approx(-6.0, abs=0.01)


@pytest.mark.parametrize("fast_s", [60.0, 300.0])
def test_a_record_may_change_its_cadence(fast_s: float) -> None:
    """Hourly at first, then fast: the hourly part is no gap because of that."""
    slow = [Sample(NOW - hour * HOUR, 1000.0 + 2 * hour) for hour in range(8, 1, -1)]
    steps = int(2 * HOUR / fast_s)
    fast = [
        Sample(NOW - n * fast_s, 1000.0 + 2 * n * fast_s / HOUR) for n in range(steps - 1, -1, -1)
    ]
    for newest in (1, 5, 20, steps):
        samples = slow + fast[:newest]
        trend = tendency(samples, samples[-1].taken_at)
        assert trend is not None
        assert trend.change_hpa == pytest.approx(-6.0, abs=0.2)


def test_a_glitch_or_a_wave_does_not_count() -> None:
    samples = line(1000.0, 997.0, 60.0)
    clean = tendency(samples, NOW)
    for spoiled in (-1, -3, -8, 30):
        samples[spoiled] = samples[spoiled]._replace(pressure_hpa=900.0)
    assert clean is not None
    spoiled_trend = tendency(samples, NOW)
    assert spoiled_trend is not None
    assert spoiled_trend.change_hpa == pytest.approx(clean.change_hpa, abs=0.1)


@pytest.mark.parametrize(
    ("missing", "why"),
    [
        ((0.0, 2.9), "started just now"),
        ((2.0, 3.5), "nothing three hours ago"),
        ((0.5, 2.5), "a gap over most of the time"),
        ((0.0, 0.6), "nothing recent"),
    ],
)
def test_not_enough_data_is_not_called_steady(missing: tuple[float, float], why: str) -> None:
    samples = [
        sample
        for sample in line(1000.0, 1000.0, 60.0)
        if not missing[0] <= (NOW - sample.taken_at) / HOUR <= missing[1]
    ]
    if why == "started just now":
        samples = [sample for sample in samples if NOW - sample.taken_at <= 3 * HOUR]
    assert tendency(samples, NOW) is None, why


def test_a_short_gap_in_the_middle_is_bridged() -> None:
    samples = [
        sample
        for sample in line(1000.0, 997.0, 60.0)
        if not 1.0 <= (NOW - sample.taken_at) / HOUR <= 1.4
    ]
    assert tendency(samples, NOW) is not None


def test_what_comes_later_is_not_looked_at() -> None:
    samples = line(1000.0, 997.0, 60.0)
    before = tendency(samples, NOW)
    samples += [Sample(NOW + 60.0 * n, 900.0) for n in range(1, 60)]
    assert tendency(samples, NOW) == before


def test_no_samples_at_all() -> None:
    assert tendency([], NOW) is None


@pytest.mark.parametrize("hundredths", range(-900, 901))
def test_the_words_are_those_of_the_number_that_is_shown(hundredths: int) -> None:
    """Whoever reads "−3.6" finds "quickly" beside it in the glossary."""
    change_hpa = hundredths / 100
    shown = abs(float(signed(change_hpa).replace("−", "-")))
    table = ((0.05, ""), (1.55, "slowly"), (3.55, "ing"), (6.05, "ing quickly"), (99, "rapidly"))
    ending = next(end for limit, end in table if shown < limit)
    assert words(change_hpa).endswith(ending or "steady")


@pytest.mark.parametrize("step_s", [MINUTE, 300.0])
def test_after_a_silence_the_record_and_the_live_rule_say_the_same(step_s: float) -> None:
    before = made(lambda hour: 1010.0 - hour / 5, 3, step_s, 0.0)
    after = made(lambda hour: 1009.0 - hour / 2, 4, step_s, 20 * HOUR)
    samples = [*before, *after]
    for taken_at, outlook in replay(samples):
        assert tendency(samples, taken_at) == outlook.tendency


def test_where_the_place_is_known_the_tide_of_the_air_is_no_tendency() -> None:
    """At the equator its half-daily wave alone is "falling" (Chapman and Lindzen 1970)."""

    def pressure_hpa(hour: float) -> float:
        half_daily_hpa = 1.16 * sin(radians(30 * hour + 158))
        return 1010.0 + half_daily_hpa + standing_hpa(hour * HOUR, 0.0)

    day = list(made(pressure_hpa, 24.0, 10 * MINUTE))
    at_all_hours = [day[: n + 1] for n in range(36, len(day), 6)]
    alone = [tendency(part, part[-1].taken_at) for part in at_all_hours]
    placed = [tendency(part, part[-1].taken_at, Station(0.0, 0.0)) for part in at_all_hours]
    changes_hpa = [
        (a.change_hpa, p.change_hpa, p.tide_hpa)
        for a, p in zip(alone, placed, strict=True)
        if a and p
    ]
    assert max(abs(change) for change, _, _ in changes_hpa) > 1.5
    assert max(abs(change) for _, change, _ in changes_hpa) < 0.05
    for change, without_hpa, tide in changes_hpa:
        assert change - without_hpa == pytest.approx(tide, abs=0.011)


def test_of_a_barometer_that_has_fallen_silent_there_is_no_tendency() -> None:
    samples = line(1010.0, 1005.0, MINUTE)
    assert tendency(samples, NOW + 2 * MINUTE) is not None
    assert tendency(samples, NOW + HOUR) is None
