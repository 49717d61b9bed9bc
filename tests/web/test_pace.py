"""When samples are taken: the record's own moments, and the wall's, without drift."""

import threading
import time

import pytest

from web.pace import RecordPace, WallPace

MOMENTS = [0.0, 3600.0, 7200.0, 10800.0]


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


def test_what_lies_before_the_beginning_comes_at_once() -> None:
    pace = RecordPace(MOMENTS, 7200.0, 1.0)
    began = time.monotonic()
    stop = threading.Event()
    assert [pace.next_moment(stop) for _ in range(3)] == [0.0, 3600.0, 7200.0]
    assert time.monotonic() - began < 0.5


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


def test_the_wall_paces_without_drift() -> None:
    pace = WallPace(0.05)
    stop = threading.Event()
    began = time.monotonic()
    for _ in range(10):
        pace.next_moment(stop)
        time.sleep(0.02)  # a reading takes its time
    assert time.monotonic() - began == pytest.approx(0.47, abs=0.1)


def test_the_wall_stamps_with_the_wall() -> None:
    moment = WallPace(60.0).next_moment(threading.Event())
    assert moment == pytest.approx(time.time(), abs=1.0)


def test_a_clock_set_back_does_not_stop_the_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    pace = WallPace(0.05)
    pace.next_moment(threading.Event())
    forty_days = 40 * 86400.0
    true_time = time.time
    monkeypatch.setattr(time, "time", lambda: true_time() - forty_days)
    began = time.monotonic()
    moment = pace.next_moment(threading.Event())
    assert time.monotonic() - began < 1.0
    assert moment == pytest.approx(true_time() - forty_days, abs=1.0)
