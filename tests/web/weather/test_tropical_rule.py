"""Low latitudes: how far the pressure stands under its month, and only there."""

from collections.abc import Callable, Iterator
from random import Random

import pytest

from tests.web.weather.conftest import HOUR, tide_hpa
from web.weather import Outlook, Sample, Station, StormLevel, StormWatch, replay

BEGINS = 1.6e9


def outlooks(
    station: Station | None, off_hpa: Callable[[float], float], spread_hpa: float = 0.4
) -> list[Outlook]:
    """Forty days of a pressure that wanders a little, with its tide, and what is taken off it."""
    random, wander, samples = Random(1), 0.0, []
    latitude = station.latitude if station and station.latitude is not None else 0.0
    for hour in range(40 * 24):
        wander += random.gauss(0, 0.25 * spread_hpa) - wander / 24
        moment = BEGINS + hour * HOUR
        tide = tide_hpa(moment, latitude, -60.0)
        samples.append(Sample(moment, 1013 + wander + tide - off_hpa(hour / 24)))
    return [outlook for _, outlook in replay(samples, station)]


def cyclone(depth_hpa: float) -> Callable[[float], float]:
    """It comes within two days, from the thirtieth on, and leaves on the thirty-sixth."""
    return lambda day: depth_hpa * max(0.0, min(1.0, (day - 30) / 2, (38 - day) / 2))


AT_13_S = Station(-13.0, -60.0)


def test_a_storm_that_comes_slowly_is_seen_by_its_level() -> None:
    found = outlooks(AT_13_S, cyclone(7.0))
    assert max(outlook.level for outlook in found) is StormLevel.WARNING
    assert max(outlook.level for outlook in found[: 30 * 24]) is StormLevel.CALM
    assert found[-1].level is StormLevel.CALM
    reasons = {reason for outlook in found for reason in outlook.reasons}
    assert any("in low latitudes" in reason for reason in reasons)


def test_a_suspicion_is_watched() -> None:
    levels = {outlook.level for outlook in outlooks(AT_13_S, cyclone(3.6))}
    assert levels == {StormLevel.CALM, StormLevel.WATCH}


@pytest.mark.parametrize("station", [Station(40.0, -60.0), Station(-30.0, -60.0), None])
def test_elsewhere_the_rule_is_not_used(station: Station | None) -> None:
    reasons = {reason for o in outlooks(station, cyclone(3.6)) for reason in o.reasons}
    assert not any("in low latitudes" in reason for reason in reasons)


def test_where_the_pressure_goes_up_and_down_by_itself_three_hpa_are_nothing() -> None:
    found = outlooks(AT_13_S, cyclone(3.6), spread_hpa=3.0)
    assert not any("in low latitudes" in reason for o in found for reason in o.reasons)


def test_before_ten_days_it_knows_no_month() -> None:
    found = outlooks(AT_13_S, lambda day: 6.0 if day > 8 else 0.0)
    early = [outlook for outlook in found[: 9 * 24] for r in outlook.reasons if "in low" in r]
    assert early == []


def minutes(off_hpa: Callable[[float], float], days: float, step_s: float) -> Iterator[Sample]:
    random = Random(3)
    for n in range(round(days * 24 * HOUR / step_s)):
        moment = BEGINS + n * step_s
        tide = tide_hpa(moment, -13.0, -60.0)
        noise = random.gauss(0, 0.02)
        yield Sample(moment, 1011 + tide + noise - off_hpa(n * step_s / HOUR))


@pytest.mark.long("weeks of a record")
def test_a_fan_twice_a_day_is_no_cyclone() -> None:
    """It takes 0.7 hPa off within a quarter of an hour and gives them back at once: of each such
    day 1.4 hPa are taken out of the curve, and none of the level."""

    def fan(hour: float) -> float:
        hour %= 12
        return 0.7 * min(1.0, max(0.0, 4 * (hour - 2))) if hour < 6 else 0.0

    samples = minutes(lambda hour: fan(hour) if hour > 12 * 24 else 0.0, 24, 60.0)
    found = [outlook for _, outlook in replay(samples, AT_13_S)]
    assert {outlook.level for outlook in found} == {StormLevel.CALM}


@pytest.mark.parametrize("stuck_at_hpa", [900.0, 1020.0])
def test_a_number_that_is_stuck_for_a_quarter_of_an_hour_ends_no_warning(
    stuck_at_hpa: float,
) -> None:
    """A cyclone that stays for three days, at one sample in five minutes."""
    samples = list(minutes(lambda hour: 7.0 * min(1.0, max(0.0, hour / 24 - 12)), 15, 300.0))
    clean = [outlook.level for _, outlook in replay(samples, AT_13_S)]
    assert clean[-1] is StormLevel.WARNING
    place = 12 * 20 * 14 + 12 * 12
    for n in range(place, place + 4):
        samples[n] = samples[n]._replace(pressure_hpa=stuck_at_hpa)
    found = dict(replay(samples, AT_13_S))
    assert [outlook.level for outlook in found.values()][-500:] == clean[-500:]


def test_a_barometer_exchanged_in_a_cyclone_ends_no_warning() -> None:
    """The month is joined across the jump; only the change in hours is not known for a while."""
    samples = list(minutes(lambda hour: 7.0 * min(1.0, max(0.0, hour / 24 - 12)), 15, 300.0))
    place = 12 * 24 * 14
    exchanged = [sample._replace(pressure_hpa=sample.pressure_hpa + 17) for sample in samples]
    found = list(replay([*samples[:place], *exchanged[place:]], AT_13_S))
    assert {outlook.level for _, outlook in found[place:]} == {StormLevel.WARNING}
    assert found[-1][1].tendency is not None


def test_a_tropical_level_says_what_raised_it_and_nothing_else() -> None:
    found = outlooks(AT_13_S, cyclone(7.0))
    raised = [o for o in found if o.level is not StormLevel.CALM and "in low" in o.reasons[0]]
    assert raised
    assert not any("stays until" in reason for outlook in raised for reason in outlook.reasons)


def test_begun_anew_a_tropical_level_holds_until_a_day_is_known() -> None:
    watch, found = StormWatch(AT_13_S), []
    samples = list(minutes(lambda hour: 7.0 * min(1.0, max(0.0, hour / 24 - 12)), 17, 300.0))
    for n, sample in enumerate(samples):
        if n == 12 * 24 * 14:
            watch.reset()
        if (outlook := watch.update(sample)) is not None:
            found.append((n / 12 - 24 * 14, outlook.level))
    assert {level for hour, level in found if 0 <= hour < 23} == {StormLevel.WARNING}
    assert found[-1][1] is StormLevel.CALM
