"""The tide tells a clock that is wrong, and says nothing where it cannot."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from storm_records.warning_hours import read_rows

from tests.web.weather.conftest import DAY, HOUR, tide_hpa
from web.weather import Sample, Station, StormWatch
from web.weather.tide import Tide
from web.weather.tide_clock import TideClock


def clock_after(
    days: int, late_h: float, latitude: float = 13.0, noise_hpa: float = 0.1
) -> TideClock:
    """Fed with a tide whose clock is fast by late_h: what is there at ten is labelled later."""
    station, random = Station(latitude, -60.0), Random(1)
    clock = TideClock(Tide.at(station))
    for hour in range(days * 24 + 1):
        moment = 1.7e9 // DAY * DAY + hour * HOUR
        true = tide_hpa(moment - late_h * HOUR, latitude, -60.0)
        clock.add(moment, 1012 + true + random.gauss(0, noise_hpa))
    return clock


@pytest.mark.parametrize("late_h", [-3.0, -2.0, 0.0, 1.0, 2.0, 5.0])
def test_it_measures_by_how_much_a_clock_is_wrong(late_h: float) -> None:
    assert clock_after(15, late_h).late_h == pytest.approx(late_h, abs=0.3)


def test_a_wrong_one_is_told_and_a_right_one_is_not() -> None:
    assert clock_after(15, 0.5).remark() == ""
    assert "3 h too late" in clock_after(15, 3.0).remark()
    assert "2 h too early" in clock_after(15, -2.0).remark()


def test_before_ten_calm_days_and_without_a_position_nothing_is_said() -> None:
    assert clock_after(9, 3.0).late_h is None
    assert TideClock(None).late_h is None


def test_where_the_tide_drowns_in_weather_nothing_is_said() -> None:
    assert clock_after(20, 3.0, latitude=60.0, noise_hpa=1.0).late_h is None


def test_a_hole_in_the_record_spoils_its_day_alone() -> None:
    clock = TideClock(Tide.at(Station(0.0, 0.0)))
    begins = 1.7e9 // DAY * DAY
    for hour in range(25 * 24):
        moment = begins + hour * HOUR
        if hour % 240 != 100:
            clock.add(moment, 1012 + tide_hpa(moment, 0.0, 0.0))
    assert clock.late_h == pytest.approx(0.0, abs=0.3)


@pytest.mark.long("a year of minutes")
def test_a_real_clock_in_florida(record: Callable[[str], Path]) -> None:
    """Whole hectopascals, two summers: the tide agrees with the sun within an hour."""
    rows = read_rows(record("apalachicola_2012_2013.csv"))
    here = Station(29.79, -84.88)
    clock, wrong = TideClock(Tide.at(here)), StormWatch(here)
    late, reasons, hour = [], set[str](), -1.0
    for sample in rows.samples:
        if sample.taken_at // HOUR != hour:
            hour = sample.taken_at // HOUR
            clock.add(sample.taken_at, sample.pressure_hpa)
        if clock.late_h is not None:
            late.append(clock.late_h)
        outlook = wrong.update(Sample(sample.taken_at + 4 * HOUR, sample.pressure_hpa))
        reasons.update(outlook.reasons if outlook else ())
    assert len(late) > 1000
    assert sorted(late)[len(late) // 2] == pytest.approx(0.0, abs=0.5)
    assert max(map(abs, late)) < 1.5
    assert any("too late" in reason for reason in reasons)
