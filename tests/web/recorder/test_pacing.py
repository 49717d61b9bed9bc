"""When samples are taken: the record's own moments, and the wall's, without drift."""

import threading
import time
from itertools import pairwise

import pytest

from web.history.clock_trust import ClockReading, ClockTrust
from web.recorder.pacing import RecordPace, WallPace

MOMENTS = [0.0, 3600.0, 7200.0, 10800.0]


class World(threading.Event):
    """A stop signal that is never given, and clocks that go only when somebody waits for it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        self.seconds = 1000.0
        self.wall = 1.7e9
        monkeypatch.setattr(time, "monotonic", lambda: self.seconds)
        monkeypatch.setattr(time, "time", lambda: self.wall)

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self.pass_by(timeout)
        return False

    def pass_by(self, seconds: float) -> None:
        self.seconds += seconds
        self.wall += seconds

    boot_id = "b007"

    def monotonic_ms(self) -> int:
        return round(self.seconds * 1000)

    def reading(self) -> ClockReading:
        return ClockReading(round(self.wall * 1000) - self.monotonic_ms(), ClockTrust.NONE)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def drain(pace: RecordPace, stop: threading.Event) -> list[float]:
    moments = []
    while (moment := pace.next_moment(stop)) is not None:
        moments.append(moment)
    return moments


def test_a_record_comes_with_its_own_moments() -> None:
    assert drain(RecordPace(MOMENTS, 0.0, 1e6), threading.Event()) == MOMENTS


def test_what_is_stored_already_does_not_come_again() -> None:
    pace = RecordPace(MOMENTS, 0.0, 1e6, recorded=3600.0)
    assert pace.now() >= 3600.0
    assert drain(pace, threading.Event()) == [7200.0, 10800.0]


def test_what_lies_before_the_beginning_comes_at_once(world: World) -> None:
    pace = RecordPace(MOMENTS, 7200.0, 1.0)
    assert [pace.next_moment(world) for _ in range(3)] == [0.0, 3600.0, 7200.0]
    assert world.seconds == 1000.0
    assert pace.next_moment(world) == 10800.0
    assert world.seconds == pytest.approx(4600.0)


def test_the_clock_of_a_record_goes_on_to_its_end_and_no_further() -> None:
    pace = RecordPace(MOMENTS, 10800.0, 1e9)
    drain(pace, threading.Event())
    assert pace.now() == 10800.0


@pytest.mark.parametrize("speed", [0.0, 1.0])
def test_waiting_ends_when_told(speed: float) -> None:
    pace = RecordPace(MOMENTS, 0.0, speed)
    stop = threading.Event()
    assert pace.next_moment(stop) == 0.0
    threading.Timer(0.1, stop.set).start()
    assert pace.next_moment(stop) is None
    assert drain(pace, stop) == []


def test_the_wall_paces_without_drift(world: World) -> None:
    pace = WallPace(60.0, world)
    for n in range(10):
        assert pace.next_moment(world) == pytest.approx(1000.0 + 60.0 * n)
        assert pace.now() == pytest.approx(1.7e9 + 60.0 * n)
        world.pass_by(7.0)  # a reading takes its time


def test_intervals_slept_through_are_left_out(world: World) -> None:
    pace = WallPace(60.0, world)
    pace.next_moment(world)
    world.pass_by(200.0)
    assert pace.next_moment(world) == pytest.approx(1200.0)
    assert pace.next_moment(world) == pytest.approx(1240.0)


def test_a_clock_that_is_set_neither_stops_the_pace_nor_changes_its_time(world: World) -> None:
    pace = WallPace(60.0, world)
    pace.next_moment(world)
    world.wall -= 40 * 86400.0
    assert pace.next_moment(world) == pytest.approx(1060.0)
    assert pace.now() == pytest.approx(1.7e9 + 60.0)  # until it is believed
    pace.set_offset(pace.reading().offset_ms)
    assert pace.now() == pytest.approx(world.wall)


def test_while_it_waits_it_says_that_it_is_alive(world: World) -> None:
    alive: list[float] = []
    pace = WallPace(3600.0, world, lambda: alive.append(world.seconds))
    pace.next_moment(world)
    pace.next_moment(world)
    gaps = [after - before for before, after in pairwise(alive)]
    assert max(gaps) <= 10.0
    assert alive[-1] == pytest.approx(4600.0)
