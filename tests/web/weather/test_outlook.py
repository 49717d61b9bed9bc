"""The outlook: what it says of made weather, in levels, chances and words."""

from itertools import pairwise

import pytest

from calibration.pressure.sea_level import station_from_qnh
from tests.web.weather.conftest import DAY, HOUR, MINUTE, falling, last, made, tide_hpa
from web.weather import Outlook, Sample, Station, StormLevel, StormWatch, replay
from web.weather.outlook import _standard_hpa

IRELAND = Station(53.5, -8.0)


@pytest.mark.parametrize("step_s", [MINUTE, 10 * MINUTE, HOUR])
@pytest.mark.parametrize(
    ("fall_hpa", "level"),
    [
        (0.0, StormLevel.CALM),
        (2.3, StormLevel.CALM),
        (4.3, StormLevel.WATCH),
        (5.5, StormLevel.WARNING),
        (6.4, StormLevel.STORM),
        (9.0, StormLevel.STORM),
    ],
)
def test_levels_by_the_fall_out_of_a_calm(
    fall_hpa: float, level: StormLevel, step_s: float
) -> None:
    """Where nothing else is known the fall decides, as sailors are taught."""
    assert last(falling(fall_hpa), 9.5 if step_s < HOUR else 9.0, step_s).level is level


def test_the_same_fall_says_more_after_restless_days_and_under_a_low() -> None:
    def restless(hour: float) -> float:
        """Two fronts in two days, each deeper; then the same fall of 3 hPa."""
        rise_and_fall = [(0, 1010), (12, 1000), (18, 1008), (30, 994), (36, 1002), (48, 990)]
        for (h1, p1), (h2, p2) in pairwise([*rise_and_fall, (51, 987), (99, 987)]):
            if h1 <= hour <= h2:
                return p1 + (p2 - p1) * (hour - h1) / (h2 - h1)
        raise AssertionError

    calm = last(lambda hour: 1010.0 - max(0.0, hour - 48), 51, HOUR)
    stormy = last(restless, 51, HOUR)
    assert calm.tendency == stormy.tendency
    assert calm.level is StormLevel.CALM
    assert stormy.level >= StormLevel.WATCH
    assert calm.chance_near_gale is not None
    assert stormy.chance_near_gale is not None
    assert stormy.chance_near_gale > 2 * calm.chance_near_gale


def test_a_rise_alone_is_no_storm_but_one_after_a_low_is_told() -> None:
    assert last(falling(-6.0), 9, MINUTE).level is StormLevel.CALM

    def low(hour: float) -> float:
        return 1010.0 - 25 * min(1.0, max(0.0, (hour - 24) / 24)) + 2.2 * max(0.0, hour - 48)

    outlook = last(low, 52, HOUR)
    assert any("a steep rise after a low" in reason for reason in outlook.reasons)


def test_levels_come_down_one_after_the_other() -> None:
    changes: list[tuple[StormLevel, float]] = []
    for taken_at, outlook in replay(made(falling(9.0), 40, 10 * MINUTE)):
        if not changes or changes[-1][0] is not outlook.level:
            changes.append((outlook.level, taken_at / HOUR))
            assert outlook.since == taken_at
    top = [level for level, _ in changes].index(StormLevel.STORM)
    assert [level for level, _ in changes[top:]] == sorted(
        {level for level, _ in changes[top:]}, reverse=True
    )
    assert changes[-1][0] is StormLevel.CALM
    assert changes[top + 1][1] - changes[top][1] >= 3.0


def test_reasons_have_the_numbers_and_what_is_not_seen() -> None:
    outlook = last(falling(6.4), 9, HOUR)
    assert "−6.4 hPa in 3 h: falling very rapidly (storm from −6.0)" in outlook.reasons
    assert any("up to −6.4 hPa in 3 h within 12 h" in reason for reason in outlook.reasons)
    blind = [reason for reason in outlook.reasons if reason.startswith("not seen: gales")]
    assert len(blind) == 1
    assert "your own course" in blind[0]


def test_the_wind_that_raised_a_level_is_said() -> None:
    outlook = last(falling(12.0), 9, HOUR)
    assert outlook.wind_ms is not None
    assert f"{outlook.wind_ms:.1f} m/s (force" in outlook.reasons[0]
    assert "storm from 14.4" in outlook.reasons[0]


def test_a_held_level_says_what_it_waits_for() -> None:
    outlook = last(falling(6.4), 11, HOUR)
    assert outlook.level is StormLevel.STORM
    assert "storm stays until it has been under 13.4" in outlook.reasons[0]
    assert "for 3 h" in outlook.reasons[0]


def test_a_calm_begins_with_its_tendency_in_words() -> None:
    outlook = last(falling(1.2), 9, HOUR)
    assert outlook.reasons[0] == "−1.2 hPa in 3 h: falling slowly"


def test_without_a_position_the_tide_is_told_to_be_there() -> None:
    reasons = last(falling(1.0), 9, HOUR).reasons
    assert any("no position:" in reason for reason in reasons)
    there = last(falling(1.0), 9, HOUR, IRELAND).reasons
    assert not any("position" in reason for reason in there)


@pytest.mark.parametrize(("latitude", "at_least"), [(60.0, 24.0), (45.0, 19.6), (25.0, 11.7)])
def test_an_explosive_fall_by_latitude(latitude: float, at_least: float) -> None:
    """Sanders and Gyakum 1980: 24 hPa in 24 h at 60 degrees, by the sine of the latitude."""
    for fall_hpa, is_explosive in ((at_least + 0.3, True), (at_least - 0.3, False)):

        def pressure(hour: float, fall_hpa: float = fall_hpa) -> float:
            return 1010.0 - fall_hpa * max(0.0, hour - 24) / 24

        outlook = last(pressure, 48, HOUR, Station(latitude, 0.0))
        assert any("explosive" in reason for reason in outlook.reasons) is is_explosive
        assert outlook.level >= StormLevel.WATCH or not is_explosive


def test_the_other_changes_are_told() -> None:
    outlook = last(lambda hour: 1010.0 - 0.1 * hour, 30, HOUR)
    assert outlook.changes is not None
    assert outlook.changes == pytest.approx((-0.1, -0.6, -1.2, -2.4), abs=0.011)
    young = last(lambda hour: 1010.0 - 0.1 * hour, 7, HOUR)
    assert young.changes is not None
    assert young.changes[:2] == pytest.approx((-0.1, -0.6), abs=0.011)
    assert young.changes[2:] == (None, None)


def test_with_too_little_data_it_says_how_much_there_is() -> None:
    outlook = last(lambda hour: 1010.0, 1 + 40 / 60, MINUTE)
    assert outlook.level is StormLevel.CALM
    assert outlook.reasons == ("not enough data: have 1 h 40 min of 3 h",)
    assert (outlook.tendency, outlook.chance_gale, outlook.wind_ms) == (None, None, None)


def stormy_watch() -> StormWatch:
    watch = StormWatch()
    for sample in made(falling(7.0), 9.5, MINUTE):
        watch.update(sample)
    return watch


def test_a_gap_changes_no_level_and_is_told() -> None:
    outlook = stormy_watch().update(Sample(11.5 * HOUR, 1003.1))
    assert outlook is not None
    assert outlook.level is StormLevel.STORM
    assert "not enough data" in outlook.reasons[0]
    assert "stays from before" in outlook.reasons[0]


def test_after_a_long_silence_nothing_is_kept() -> None:
    watch = stormy_watch()
    watch.update(Sample(40 * HOUR, 1003.0))  # not believed before another one follows it
    outlook = watch.update(Sample(40 * HOUR + MINUTE, 1003.0))
    assert outlook is not None
    assert outlook.level is StormLevel.CALM
    assert outlook.since == 40 * HOUR + MINUTE


def test_a_stamp_of_2098_makes_nothing_late_that_comes_after_it() -> None:
    watch = StormWatch()
    for n, sample in enumerate(made(falling(7.0), 9.5, MINUTE)):
        if n == 100:
            watch.update(Sample(4.07e9, 1010.0))
        outlook = watch.update(sample)
    assert outlook is not None
    assert outlook.level is StormLevel.STORM


def test_after_a_restart_a_level_that_stands_began_when_it_began() -> None:
    before = stormy_watch().update(Sample(9.6 * HOUR, 1003.0))
    assert before is not None
    again = StormWatch()
    for sample in made(falling(7.0), 9.6, MINUTE):
        again.update(sample)
    again.resume(before.level, 5 * HOUR)
    outlook = again.update(Sample(9.7 * HOUR, 1003.0))
    assert outlook is not None
    assert outlook.since == 5 * HOUR


def test_a_wind_that_is_known_sharpens_it() -> None:
    def outlook(wind_ms: float | None) -> Outlook:
        watch = StormWatch()
        for sample in made(falling(4.4), 9.5, MINUTE):
            found = watch.update(sample, wind_ms)
        assert found is not None
        assert found.chance_near_gale is not None
        return found

    alone, calm, blowing = outlook(None), outlook(2.0), outlook(13.0)
    assert calm.chance_near_gale < alone.chance_near_gale < blowing.chance_near_gale  # type: ignore[operator]
    assert "the wind of now, 13.0 m/s (force 6), is counted in" in blowing.reasons
    assert not any("the wind of now" in reason for reason in alone.reasons)


@pytest.mark.parametrize("wind_ms", [float("nan"), float("inf"), -5.0, 100.5, 1e6])
def test_a_wind_that_cannot_be_is_not_used(wind_ms: float) -> None:
    samples = list(made(falling(4.4), 9.5, MINUTE))
    alone, lied_to = StormWatch(), StormWatch()
    assert [alone.update(s) for s in samples] == [lied_to.update(s, wind_ms) for s in samples]


def test_winter_is_on_the_other_side_in_the_south() -> None:
    january, july = 1_704_067_200.0, 1_719_792_000.0

    def wind(station: Station, begins: float) -> float:
        samples = made(falling(3.0), 9, HOUR, begins)
        *_, (_, outlook) = replay(samples, station)
        assert outlook.wind_ms is not None
        return outlook.wind_ms

    north, south = Station(50.0, 0.0), Station(-50.0, 0.0)
    assert wind(north, january) > wind(north, july) + 0.5
    assert wind(south, july) > wind(south, january) + 0.5
    assert wind(Station(5.0, 0.0), january) == pytest.approx(
        wind(Station(5.0, 0.0), july), abs=0.05
    )


def test_a_record_may_change_its_cadence() -> None:
    """As after a restart: hours first, then minutes."""
    watch = StormWatch()
    for sample in made(lambda hour: 1010.0, 24 * 30, HOUR):
        watch.update(sample)
    for n in range(5 * 60):
        outlook = watch.update(Sample(30 * DAY + (n + 1) * MINUTE, 1010.0))
    assert outlook is not None
    assert outlook.tendency is not None
    assert outlook.tendency.words == "steady"


def test_the_arithmetic_needs_the_standard_library_alone() -> None:
    import subprocess
    import sys

    code = (
        "import sys, web.weather;"
        "print([m for m in ('flask', 'numpy', 'sqlite3', 'sensors') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize("pressure_hpa", [835.0, 925.0, 940.0, 1080.0])
@pytest.mark.parametrize("station", [None, IRELAND, Station(0.0, 0.0)])
def test_an_altitude_that_was_not_told_is_no_storm(
    pressure_hpa: float, station: Station | None
) -> None:
    found = [o for _, o in replay(made(lambda _: pressure_hpa, 24 * 12, 600.0), station)]
    assert {outlook.level for outlook in found} == {StormLevel.CALM}
    doubts = ["is the altitude right?" in outlook.reasons[-1] for outlook in found]
    assert doubts[-1]
    assert not any(doubts[: 6 * 24 * 10])
    off_hpa = f"{abs(pressure_hpa - 1013.25):.0f} hPa {'und' if pressure_hpa < 1013 else 'ov'}er"
    assert off_hpa in found[-1].reasons[-1]


def test_a_deep_low_is_no_wrong_altitude() -> None:
    """Of a month one day under 960 hPa."""

    def pressure(hour: float) -> float:
        return 1010.0 - 53 * max(0.0, 1 - abs(hour - 24 * 20) / 24)

    found = [o for _, o in replay(made(pressure, 24 * 25, HOUR), IRELAND)]
    assert max(outlook.level for outlook in found) is StormLevel.STORM
    assert not any("altitude" in reason for outlook in found for reason in outlook.reasons)


def test_a_steep_rise_is_no_sign_of_calm() -> None:
    """Gales blow behind a low as well (reference: of rises over 6 hPa in 3 h one in five)."""

    def pressure(hour: float) -> float:
        return 1000.0 + 10 / 3 * min(12.0, max(0.0, hour - 48))

    found = dict(replay(made(pressure, 72, HOUR), IRELAND))
    before, rising = found[47 * HOUR], found[57 * HOUR]
    assert before.chance_near_gale is not None
    assert rising.chance_near_gale is not None
    assert rising.chance_near_gale > 3 * before.chance_near_gale


@pytest.mark.parametrize(
    ("height_m", "usual_hpa"), [(0.0, 1013.25), (500.0, 954.6), (1500.0, 845.6), (3000.0, 701.1)]
)
def test_what_is_usual_at_a_height_is_the_standard_atmosphere(
    height_m: float, usual_hpa: float
) -> None:
    """ICAO Doc 7488, the table of heights."""
    station = Station(53.5, -8.0, height_m)
    assert not any("altitude" in r for r in last(lambda _: usual_hpa, 280, HOUR, station).reasons)
    off = last(lambda _: usual_hpa + 50.4, 280, HOUR, station).reasons
    assert f"50 hPa over what is usual at {height_m:.0f} m: is the altitude right?" in off[-1]


@pytest.mark.parametrize(
    ("latitude", "share"),
    [(None, 0.0), (0.0, 0.0), (20.0, 0.0), (30.0, 0.5), (40.0, 1.0), (70.0, 1.0), (-50.0, -1.0)],
)
def test_winter_is_deepest_in_mid_january_beyond_forty_degrees(
    latitude: float | None, share: float
) -> None:
    """And there is none in the tropics; in July everything is the other way round."""
    for midwinter, side in ((1_705_276_800.0, 1), (1_721_088_000.0, -1)):  # 15 January, 16 July
        watch = StormWatch(Station(latitude, 0.0))
        for sample in made(lambda _: 1010.0, 9, HOUR, midwinter - 9 * HOUR):
            watch.update(sample)
        assert watch.signs is not None
        assert watch.signs.winter == pytest.approx(side * share, abs=0.01)


def test_a_clock_that_is_fast_is_told_by_the_tide() -> None:
    for late_h in (0.0, 3.0):
        watch = StormWatch(Station(13.0, -60.0))
        for n in range(16 * 24):
            moment = 1.7e9 // DAY * DAY + n * HOUR
            pressure_hpa = 1012 + tide_hpa(moment - late_h * HOUR, 13.0, -60.0)
            outlook = watch.update(Sample(moment, pressure_hpa))
        assert outlook is not None
        assert any("3 h too late" in reason for reason in outlook.reasons) is (late_h == 3.0)


def test_what_is_resumed_is_seen_at_once_and_only_where_there_is_an_outlook() -> None:
    watch = stormy_watch()
    watch.resume(StormLevel.STORM, 5 * HOUR)
    assert watch.outlook is not None
    assert watch.outlook.since == 5 * HOUR
    young = StormWatch()
    young.resume(StormLevel.CALM, 5 * HOUR)
    assert young.outlook is None


def test_a_level_whose_past_is_lost_stays_until_there_is_enough_data() -> None:
    watch = StormWatch()
    watch.resume(StormLevel.STORM, 0.0)
    levels = []
    for minute in range(8 * 60):
        outlook = watch.update(Sample(1.7e9 + 60.0 * minute, 1010.0 + 0.01 * (minute % 7)))
        assert outlook is not None
        levels.append(outlook.level)
    assert set(levels[:180]) == {StormLevel.STORM}
    assert levels[-1] is StormLevel.CALM


def test_force_8_is_less_likely_than_force_7_and_a_calm_is_a_wind() -> None:
    alone, calm = StormWatch(), StormWatch()
    for sample in made(falling(4.4), 9.5, MINUTE):
        by_itself, becalmed = alone.update(sample), calm.update(sample, 0.0)
    assert by_itself is not None
    assert becalmed is not None
    assert by_itself.chance_gale is not None
    assert by_itself.chance_near_gale is not None
    assert 0 < by_itself.chance_gale < by_itself.chance_near_gale
    assert becalmed.chance_near_gale is not None
    assert becalmed.chance_near_gale < by_itself.chance_near_gale


@pytest.mark.parametrize("height_m", [-300.0, 0.0, 2.0, 800.0, 3000.0, 8000.0])
def test_the_standard_atmosphere_is_that_of_qnh(height_m: float) -> None:
    """web.weather stands alone, so that its formula is written twice."""
    ours = _standard_hpa(Station(altitude_m=height_m))
    assert ours == pytest.approx(station_from_qnh(1013.25, height_m), abs=0.02)
