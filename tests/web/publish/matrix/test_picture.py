"""The matrix as it is seen: graph, number, alarm and marks; and the guide's picture of it."""

from pathlib import Path

import pytest

import sensors
from sensors.simulated.record import PressureRecord
from tests.support.matrix_leds import brightnesses, drawn
from tests.support.matrix_station import DARK, FALL, FALLEN, HOUR, LATER, NOON, Station
from web.alarm.state import AlarmSignal, AlarmState
from web.config.publishers import MatrixConfig
from web.config.tables import StationConfig
from web.weather import StormLevel

GUIDE = Path(__file__).parents[4] / "docs" / "matrix.svg"


def test_a_fall_is_seen_from_left_to_right() -> None:
    station = Station()
    station.tell_hourly(*FALL)
    assert station.seen() == FALLEN


def test_a_gap_is_a_dark_column() -> None:
    station = Station()
    station.tell(1010.0)
    station.now += 2 * HOUR
    station.tell(1008.0)
    assert station.seen()[4] == DARK[:14] + "-.#"


def test_a_first_sample_stands_in_the_middle_of_the_newest_column() -> None:
    station = Station()
    station.tell(950.0)
    assert station.seen() == [*[DARK] * 3, DARK[:16] + "#", *[DARK[:16] + "-"] * 3]


def test_hours_are_those_of_the_whole_width() -> None:
    station = Station(MatrixConfig(hours=34.0))
    for hpa in (1010.0, 1010.0, 1010.0):
        station.now += 2 * HOUR
        station.tell(hpa)
    assert station.seen()[3] == DARK[:14] + "###"


@pytest.mark.parametrize("level", [StormLevel.CALM, StormLevel.WATCH])
def test_below_a_warning_nothing_blinks(level: StormLevel) -> None:
    station = Station()
    station.tell_hourly(*FALL, level=level)
    assert station.seen_at(0.0, 0.3, 0.6, 0.9) == [FALLEN] * 4


def test_at_warning_the_graph_blinks_once_a_second() -> None:
    station = Station()
    station.tell_hourly(*FALL, level=StormLevel.WARNING)
    assert station.seen_at(0.1, 0.6, 1.1, 1.7) == [FALLEN, [DARK] * 7, FALLEN, [DARK] * 7]


def test_at_storm_all_the_rest_blinks_twice_as_fast() -> None:
    station = Station()
    station.tell_hourly(*FALL, level=StormLevel.STORM)
    reverse = [row.translate(str.maketrans(".#-", "#..")) for row in FALLEN]
    assert station.seen_at(0.1, 0.3, 0.6, 0.9) == [reverse, [DARK] * 7] * 2


def test_when_the_level_falls_the_graph_stands_again() -> None:
    station = Station()
    station.tell_hourly(*FALL, level=StormLevel.STORM)
    station.publisher.poll()
    station.tell(FALL[-1], StormLevel.WATCH)
    assert station.seen_at(0.1, 0.3, 0.6) == [FALLEN] * 3


@pytest.mark.parametrize("drill", AlarmSignal)
def test_in_a_drill_a_d_stands_in_the_middle_and_the_drill_blinks_around(
    drill: AlarmSignal,
) -> None:
    real, station = Station(), Station()
    for shown in (real, station):
        shown.tell_hourly(*FALL)
    if drill is AlarmSignal.NO_DATA:
        real.alarm = AlarmState(no_data=True)
    else:
        real.tell(FALL[-1], StormLevel[drill.name])
    station.alarm = AlarmState(drill=drill)
    letter = [".....", ".##..", ".#.#.", ".#.#.", ".#.#.", ".##..", "....."]
    moments = 0.1, 0.3, 0.6, 0.9
    for as_drill, as_real in zip(station.seen_at(*moments), real.seen_at(*moments), strict=True):
        assert [row[6:11] for row in as_drill] == letter
        assert around(as_drill) == around(as_real)
    assert drill in station.publisher.drilled
    station.alarm = AlarmState()
    assert station.seen() == FALLEN


def around(rows: list[str]) -> list[str]:
    """What is lit beside the letter, however brightly."""
    return [(row[:6] + row[11:]).replace("-", "#") for row in rows]


def corners(rows: list[str]) -> str:
    """The upper left and the lower right."""
    return rows[0][0] + rows[6][16]


def test_a_record_that_is_played_blinks_in_the_upper_left_corner() -> None:
    station = Station(simulated="a storm")
    station.tell(1010.0)
    assert [rows[0][0] for rows in station.seen_at(0.1, 0.6)] == ["#", "."]


def test_an_old_sample_blinks_in_the_lower_right_corner() -> None:
    station = Station()
    station.tell(1010.0)
    station.now += 3 * 60
    assert [rows[6][16] for rows in station.seen_at(0.1, 0.6)] == ["-", "-"]
    station.now += 1
    assert [rows[6][16] for rows in station.seen_at(0.1, 0.6)] == ["#", "."]
    station.tell(1010.0)
    assert [rows[6][16] for rows in station.seen_at(0.1, 0.6)] == ["-", "-"]


def test_a_sample_of_each_second_is_not_old_before_ten_seconds() -> None:
    station = Station(period_s=1.0)
    station.tell(1010.0)
    station.now += 10
    assert [rows[6][16] for rows in station.seen_at(0.1, 0.6)] == ["-", "-"]
    station.now += 1
    assert [rows[6][16] for rows in station.seen_at(0.1, 0.6)] == ["#", "."]


def test_so_does_an_outage_and_having_heard_nothing_yet() -> None:
    station = Station()
    assert [corners(rows) for rows in station.seen_at(0.1, 0.6)] == [".#", ".."]
    station.tell(1010.0, outage="nobody answers at address 0x77")
    assert [corners(rows) for rows in station.seen_at(0.1, 0.6)] == [".#", ".."]


@pytest.mark.parametrize("level", [StormLevel.WARNING, StormLevel.STORM])
def test_the_marks_stand_still_while_the_graph_blinks(level: StormLevel) -> None:
    station = Station(simulated="a storm")
    station.tell_hourly(*FALL, level=level)
    station.now += 300.0  # late, and not lost yet
    on, off = station.seen_at(0.1, 0.8 if level is StormLevel.WARNING else 0.4)
    assert corners(on) == corners(off) == "##"
    assert "".join(off).count("#") == 2


def test_the_number_for_five_seconds_of_each_quarter_of_an_hour() -> None:
    station = Station()
    station.tell_hourly(*FALL)
    station.now = NOON + 15 * 60
    station.tell(1006.7)
    number = [
        DARK,
        "..#..###.###.###.",
        ".##..#.#.#.#...#.",
        "..#..#.#.#.#...#.",
        "..#..#.#.#.#...#.",
        ".###.###.###...#.",
        DARK,
    ]
    assert station.seen() == number
    station.now += 4.9
    assert station.seen() == number
    station.now += 0.1
    assert station.seen()[0] == FALLEN[0]


def test_three_digits_stand_in_the_middle() -> None:
    station = Station()
    station.now = NOON
    station.tell(985.2)
    assert station.seen()[1:6] == [
        "...###.###.###...",
        "...#.#.#.#.#.....",
        "...###.###.###...",
        ".....#.#.#...#...",
        "...###.###.###...",
    ]


@pytest.mark.parametrize(
    ("every_min", "at_s", "is_number"),
    [(15, 0, True), (60, 900, False), (60, 0, True), (1, 60, True), (0, 0, False)],
)
def test_how_often_the_number_is_shown(every_min: int, at_s: float, is_number: bool) -> None:
    station = Station(MatrixConfig(number_every_min=every_min))
    station.now = NOON + at_s
    station.tell(1013.0)
    assert (station.seen()[1] != DARK) == is_number


def test_no_number_hides_an_alarm_or_stands_for_what_is_not_known() -> None:
    station = Station()
    station.now = NOON
    station.tell(1013.0, StormLevel.WARNING)
    assert station.seen()[1] == DARK
    station.tell(1013.0, outage="the disk is full")
    assert station.seen()[1] == DARK


def test_it_is_dim_when_the_sun_is_down_at_the_station() -> None:
    config = MatrixConfig(brightness=0.4, night_brightness=0.1)
    for place, expected in [(StationConfig(53.5, -10.0), [102, 26]), (StationConfig(), [102, 102])]:
        station = Station(config, place)
        brightest = []
        for moment in (LATER, LATER + 12 * HOUR):
            station.now = moment
            station.tell(1010.0)
            station.publisher.poll()
            brightest.append(max(map(max, brightnesses(station.chip))))
        assert brightest == expected


def pictures() -> str:
    """The storm of 2014 as the guide shows it."""
    storm = Path(sensors.__file__).parent / "simulated" / "data" / "storm_2014_02_12.csv"
    rows = [row for row in PressureRecord.read(storm).rows if row.taken_at <= NOON + 6 * HOUR]
    panels = []
    for words, level, after_s in [
        ("12 February 2014 from 2:00 to 18:00", StormLevel.CALM, 60),
        ("each quarter of an hour", StormLevel.CALM, 0),
        ("STORM: this blinks", StormLevel.STORM, 60),
    ]:
        station = Station()
        for row in rows:
            station.now = row.taken_at
            station.tell(row.pressure_hpa, level)
        station.now += after_s
        station.publisher.poll()
        panels.append((words, brightnesses(station.chip)))
    return drawn(panels)


def test_the_picture_in_the_guide_is_current() -> None:
    """Written anew by: python -m tests.web.publish.matrix.test_picture."""
    assert GUIDE.read_text() == pictures()


if __name__ == "__main__":
    GUIDE.write_text(pictures())
