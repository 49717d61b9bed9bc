"""An outage that lasts is told at its beginning and at its end, in the list of what happened."""

from pathlib import Path

import pytest

from tests.support.machine_clock import SeaClock
from tests.web.recorder.test_recorder import MINUTES, Barometer, record
from web.history.clock_trust import ClockReading, ClockTrust
from web.history.events import Event, EventKind
from web.history.maintenance import HistoryMaintainer
from web.history.reader import HistoryReader
from web.history.writer import History
from web.recorder.outage_events import OutageEvents
from web.recorder.pacing import WallPace
from web.recorder.recorder import Instruments, Recorder
from web.weather import Sample, Station

NOON_MS = 1_781_697_600_000  # 17 June 2026
NOON = NOON_MS / 1000


def events(history: History) -> list[tuple[float, str]]:
    """Return when they happened, in seconds from noon, and their words; the oldest first."""
    history.commit()
    with HistoryReader(history.path) as reader:
        return [(event.happened_at - NOON, event.words) for event in reader.events(30)[::-1]]


class Sensor:
    """Something that fails and works, a second at a time."""

    def __init__(self, history: History) -> None:
        self.clock = SeaClock(NOON_MS, trust=ClockTrust.SYNCHRONISED)
        history.set_clock(self.clock.reading(), 0)
        self._outage = OutageEvents(
            "No reading", "Readings again", history, WallPace(1.0, self.clock)
        )

    def does(self, what: str) -> None:
        """Each letter is a second: x fails, . works."""
        for letter in what:
            self._outage.update("no chip answers" if letter == "x" else "")
            self.clock.true_ms += 1000


@pytest.fixture
def sensor(path: Path, history: History) -> Sensor:
    return Sensor(history)


@pytest.mark.parametrize("what", ["." * 100, "..x" * 50, ".xxxxxxxxxx." * 10])
def test_what_is_not_even_late_is_no_event(history: History, sensor: Sensor, what: str) -> None:
    sensor.does(what)
    assert events(history) == []


def test_it_is_told_once_with_its_time_and_once_how_long_it_was(
    history: History, sensor: Sensor
) -> None:
    sensor.does("." * 60 + "x" * 7800 + "." * 60)
    assert events(history) == [
        (60.0, "No reading: no chip answers"),
        (7860.0, "Readings again, after 2 h: no chip answers"),
    ]


def test_a_loose_plug_that_comes_and_goes_is_one_outage(history: History, sensor: Sensor) -> None:
    sensor.does("x" * 20 + "..x" * 50 + "." * 20)
    assert [moment for moment, _ in events(history)] == [0.0, 170.0]


def test_two_outages_are_two(history: History, sensor: Sensor) -> None:
    sensor.does(("x" * 20 + "." * 20) * 2)
    assert [moment for moment, _ in events(history)] == [0.0, 20.0, 40.0, 60.0]


def test_the_recorder_tells_of_its_gaps(history: History, path: Path) -> None:
    barometer = Barometer()

    def read(moment: float) -> Sample:
        barometer.bus.chips = {} if 120.0 <= moment < 360.0 else {0x77: barometer.chip}
        return barometer.read(moment)

    record(history, read, [*MINUTES, *(600.0 + minute for minute in MINUTES[:-1])])
    with HistoryReader(path) as reader:
        again, gap = [event for event in reader.events(30) if event.kind is EventKind.OUTAGE]
    assert "no chip answers" in gap.words and "No reading" in gap.words
    assert "Readings again, after 4 min" in again.words


def test_a_corrected_clock_is_told_with_how_far_and_by_what(history: History, path: Path) -> None:
    clock = SeaClock(NOON_MS, wrong_ms=-7_200_000)
    pace = WallPace(60.0, clock)
    instruments = Instruments(lambda moment: Sample(moment, 1010.0))
    with Recorder(HistoryMaintainer(history), Station(), pace, instruments) as recorder:
        recorder.set_clock(ClockReading(NOON_MS, ClockTrust.PHONE))
    with HistoryReader(path) as reader:
        (event,) = reader.events(30)
    assert event == Event(
        NOON, EventKind.CLOCK, "The clock was moved by +2 h, to that of another device"
    )
