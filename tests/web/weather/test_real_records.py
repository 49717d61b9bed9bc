"""The rule on real weather: the storm that ships with the toolkit, and a record with gaps.

The wind of the reanalysis is at 50 m, where a gale of 17.2 m/s at 10 m is 20.5 m/s (power law).
"""

from pathlib import Path

import pytest

import sensors
from sensors.simulated.record import PressureRecord, parse_time_utc
from web.weather import Outlook, Sample, StormLevel, replay

STORM = Path(sensors.__file__).parent / "simulated" / "data" / "storm_2014_02_12.csv"
JFK = Path(__file__).parents[2] / "data" / "nyc_jfk_2013_01_31.csv"
GALE_AT_50_M_MS = 20.5
HOUR = 3600.0


def outlooks(path: Path) -> dict[float, Outlook]:
    rows = PressureRecord.read(path).rows
    return dict(replay(Sample(*row) for row in rows))


def onset(path: Path, limit_ms: float) -> float:
    """The first hour of the record with wind at or above the limit."""
    lines = [line.split(",") for line in path.read_text().splitlines()[1:]]
    return next(parse_time_utc(t) for t, _, wind in lines if wind and float(wind) >= limit_ms)


@pytest.mark.parametrize(
    ("level", "hours_before"),
    [(StormLevel.WATCH, 6), (StormLevel.WARNING, 5), (StormLevel.STORM, 4)],
)
def test_the_storm_of_2014_is_warned_of_before_its_gale(
    level: StormLevel, hours_before: int
) -> None:
    """The onset that counts is that of 12 February: the fall of the 11th brought no gale, and
    the rule had come back to calm in between."""
    gale = onset(STORM, GALE_AT_50_M_MS)
    assert gale == parse_time_utc("2014-02-12T12:00:00Z")
    rising = {taken_at: outlook.level for taken_at, outlook in outlooks(STORM).items()}
    assert rising[parse_time_utc("2014-02-12T05:00:00Z")] is StormLevel.CALM
    reached = min(
        taken_at
        for taken_at, reached_level in rising.items()
        if taken_at > parse_time_utc("2014-02-12T00:00:00Z") and reached_level >= level
    )
    assert (gale - reached) / HOUR == hours_before


@pytest.mark.parametrize("offset_hpa", [0.0, 0.004, 0.011, 0.017])
def test_the_rule_goes_by_the_number_that_is_shown(offset_hpa: float) -> None:
    """At 16:00 the fall is 5.95 hPa: whoever reads "−6.0" must find the 6.0 rule at work."""
    rows = PressureRecord.read(STORM).rows
    for _, outlook in replay(Sample(at, hpa + offset_hpa) for at, hpa in rows):
        if outlook.tendency is None or outlook.level is StormLevel.CALM:
            continue
        shown = f"{outlook.tendency.change_hpa:+.1f}".replace("-", "−")
        words = f"{shown} hPa in 3 h: {outlook.tendency.words}"
        assert any(reason.startswith(words) for reason in outlook.reasons)
        passes = float(f"{outlook.tendency.change_hpa:.1f}") <= -6.0
        assert (f"{words} (storm from −6.0)" in outlook.reasons) is passes


def test_while_the_gale_blows_the_level_stays_raised() -> None:
    levels = outlooks(STORM)
    blowing = [parse_time_utc(f"2014-02-12T{hour:02}:00:00Z") for hour in range(12, 24)]
    assert all(levels[moment].level >= StormLevel.WARNING for moment in blowing)


def test_a_measured_record_with_gaps() -> None:
    """JFK, 31 January 2013: the reports are missing by turns through the fall of 26 hPa."""
    judged = outlooks(JFK)
    rows = PressureRecord.read(JFK).rows
    assert len(judged) == len(rows)
    storm = onset(JFK, 17.2)
    assert storm == parse_time_utc("2013-01-31T09:51:00Z")
    raised = [at for at, outlook in judged.items() if outlook.level >= StormLevel.WARNING]
    assert (storm - min(raised)) / HOUR >= 4
    # Across the gaps no tendency is made up.
    unknown = [at for at, outlook in judged.items() if outlook.tendency is None]
    assert parse_time_utc("2013-01-30T15:51:00Z") in unknown
    assert all(judged[at].chance_gale is None for at in unknown)
