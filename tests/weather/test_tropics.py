"""Low latitudes: how far the pressure stands under its month, and only there."""

from collections.abc import Callable
from random import Random

import pytest

from tests.weather.conftest import HOUR, tide_hpa
from web.weather import Outlook, Sample, Station, StormLevel, replay

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
