"""The watch for missing data: when it begins, that it ends, and that it needs no other thread."""

import threading
import time

import pytest

from web.alarm.no_data import NoDataWatch
from web.alarm.state import Alarm, AlarmState
from web.weather import StormLevel

SOON_S = 20.0


class Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_it_begins_once_after_its_time_and_ends_with_the_next_sample() -> None:
    clock, alarm, begun = Clock(), Alarm(AlarmState(StormLevel.STORM)), list[float]()
    watch = NoDataWatch(alarm, 600.0, clock, lambda: begun.append(clock.now_s))
    clock.now_s += 599.0
    assert watch.check() == pytest.approx(1.0)
    assert not watch.judged()
    clock.now_s += 599.0
    watch.check()
    assert not alarm.state.no_data
    clock.now_s += 1.0
    watch.check()
    watch.check()
    assert begun == [1299.0]
    assert alarm.state.no_data
    assert watch.judged()
    assert not watch.judged()
    assert not alarm.state.no_data
    clock.now_s += 600.0
    watch.check()
    assert begun == [1299.0, 1899.0]


def test_after_a_restart_in_it_nothing_begins_again() -> None:
    clock, begun = Clock(), list[float]()
    alarm = Alarm(AlarmState(no_data=True, no_data_acknowledged=True))
    watch = NoDataWatch(alarm, 60.0, clock, lambda: begun.append(clock.now_s))
    clock.now_s += 61.0
    watch.check()
    assert begun == []
    assert alarm.state.no_data_acknowledged
    assert watch.judged()


def test_a_program_that_is_started_again_and_again_does_not_wait_again_and_again() -> None:
    """A read that hangs: systemd's watchdog starts the program anew every 100 s."""
    clock, alarm, begun = Clock(), Alarm(AlarmState()), list[float]()
    for _ in range(9):
        watch = NoDataWatch(alarm, 600.0, clock, lambda: begun.append(clock.now_s), 100.0)
        watch.check()
        clock.now_s += 90.0
        watch.check()
        clock.now_s += 10.0
    assert begun == [730.0 + 60.0]
    assert alarm.state.no_data


def test_a_start_after_a_long_stop_has_time_for_a_reading() -> None:
    clock, alarm = Clock(), Alarm(AlarmState())
    clock.now_s = 100_000.0
    watch = NoDataWatch(alarm, 600.0, clock, lambda: None, 100.0)
    assert watch.check() == pytest.approx(30.0)
    clock.now_s += 1.0
    assert not watch.judged()
    assert watch.check() == pytest.approx(600.0)


def test_its_own_thread_finds_a_recorder_that_hangs() -> None:
    alarm, begun = Alarm(AlarmState()), threading.Event()
    with NoDataWatch(alarm, 0.2, time.monotonic, begun.set) as watch:
        assert begun.wait(SOON_S)
        assert alarm.state.no_data
        watch.close()


def test_it_can_be_off() -> None:
    begun = threading.Event()
    with NoDataWatch(Alarm(AlarmState()), float("inf"), time.monotonic, begun.set) as watch:
        assert watch.check() == float("inf")
    assert not begun.is_set()
