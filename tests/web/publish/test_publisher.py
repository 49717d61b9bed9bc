"""The thread of a publisher: a publisher that speaks to a real socket, and bad ones.

Whatever happens at the other end: put() returns, memory is bounded, the log has one line.
"""

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import pytest

from tests.support.fixed_station import conditions
from tests.support.signalk_server import free_ports
from tests.support.waiting import eventually
from web.publish.publisher import PublisherThread
from web.publish.registry import publisher_threads
from web.recorder.conditions import Conditions, ConditionsFeed

SOON = (0.01,)
LONG = 20.0


class Caller:
    """A publisher that tells each pressure as a line, and hears when the other end hangs up."""

    name = "the caller"

    def __init__(self, port: int, backlog: int = 3) -> None:
        self._port, self.backlog = port, backlog
        self._socket: socket.socket | None = None
        self.let_go = threading.Event()

    def connect(self) -> None:
        self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=10.0)
        self._socket.setblocking(False)
        self.let_go.clear()

    def publish(self, conditions: Conditions) -> None:
        assert self._socket is not None and conditions.sample is not None
        if conditions.sample.pressure_hpa < 0:
            raise ValueError("a pressure below nothing")
        self._socket.sendall(f"{conditions.sample.pressure_hpa:g}\n".encode())

    def poll(self) -> None:
        assert self._socket is not None
        with suppress(BlockingIOError):
            if not self._socket.recv(100):
                raise ConnectionError("it hung up")

    def disconnect(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket = None
        self.let_go.set()


class Stuck:
    """A publisher that never comes back: from connect(), or from publish(); until it is freed."""

    name, backlog = "the stuck one", 5

    def __init__(self, where: str) -> None:
        self._where = where
        self.is_in, self.free = threading.Event(), threading.Event()

    def connect(self) -> None:
        self._hang("connect")

    def publish(self, conditions: Conditions) -> None:
        self._hang("publish")

    def poll(self) -> None:
        self._hang("poll")

    def disconnect(self) -> None:
        """Nothing."""

    def _hang(self, where: str) -> None:
        if where == self._where:
            self.is_in.set()
            self.free.wait(LONG)


class Answerer:
    """Somebody who listens, for one caller; what it was told, line by line."""

    def __init__(self, port: int) -> None:
        self._door = socket.create_server(("127.0.0.1", port))
        self._door.settimeout(LONG)
        self._caller, _ = self._door.accept()
        self._caller.settimeout(LONG)
        self._lines = self._caller.makefile()

    def line(self) -> str:
        return self._lines.readline().rstrip()

    def hang_up(self) -> None:
        self._lines.close()
        self._caller.close()
        self._door.close()


def test_all_is_told_in_order_and_corrected() -> None:
    port = free_ports(1)[0]
    with PublisherThread(Caller(port, 100), correct=_a_hundred_more, pauses_s=SOON) as thread:
        for n in range(100):
            thread.put(conditions(float(n)))
        with _answering(port) as answerer:
            assert [answerer.line() for _ in range(100)] == [str(100 + n) for n in range(100)]


def test_of_what_nobody_is_there_for_the_newest_is_kept() -> None:
    port = free_ports(1)[0]
    with PublisherThread(Caller(port, backlog=3), pauses_s=SOON) as thread:
        for n in range(1000):
            thread.put(conditions(float(n)))
        with _answering(port) as answerer:
            assert [answerer.line() for _ in range(3)] == ["997", "998", "999"]
            thread.put(conditions(1000.0))
            assert answerer.line() == "1000"


def test_who_lets_nobody_in_is_told_although_it_was_absent_before(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Doorkeeper(Caller):
        def connect(self) -> None:
            super().connect()
            raise PermissionError("see the password")

    port = free_ports(1)[0]
    with PublisherThread(Doorkeeper(port), pauses_s=SOON) as thread:
        thread.put(conditions(1.0))
        assert eventually(lambda: len(caplog.records) == 1)
        with _answering(port):
            assert eventually(lambda: len(caplog.records) == 2)
    assert "see the password" in caplog.records[1].getMessage()


@pytest.mark.long("waits for a second")
def test_who_is_absent_goes_and_comes_back_is_two_lines_an_outage(
    caplog: pytest.LogCaptureFixture,
) -> None:
    port = free_ports(1)[0]
    with PublisherThread(Caller(port), pauses_s=SOON) as thread:
        thread.put(conditions(1.0))
        assert eventually(lambda: len(caplog.records) == 1)
        with _answering(port) as answerer:
            assert answerer.line() == "1"
            assert eventually(lambda: len(caplog.records) == 2)
        assert eventually(lambda: len(caplog.records) == 3)  # it hung up
        thread.put(conditions(2.0))
        with _answering(port) as answerer:
            assert answerer.line() == "2"
            assert eventually(lambda: len(caplog.records) == 4)
            told = [record.getMessage() for record in caplog.records]
    assert told[0].startswith("the caller fails: ") and "tried again" in told[0]
    assert told[1] == told[3] == "the caller works again"
    assert told[2] == "the caller fails: it hung up; it is tried again and again"
    assert not any(record.exc_info for record in caplog.records)


def test_a_mistake_of_ours_is_logged_whole_and_stands_in_the_way_of_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    port = free_ports(1)[0]
    with PublisherThread(Caller(port), pauses_s=SOON) as thread:
        thread.put(conditions(1.0))
        assert eventually(lambda: len(caplog.records) == 1)  # absent at first
        with _answering(port) as answerer:
            assert answerer.line() == "1"
            assert eventually(lambda: len(caplog.records) == 2)
            thread.put(conditions(-1.0))
            assert answerer.line() == ""  # let go of, with the mistake
        thread.put(conditions(2.0))
        with _answering(port) as answerer:
            assert answerer.line() == "2"
    mistake = caplog.records[2]
    assert "a pressure below nothing" in mistake.getMessage()
    assert mistake.exc_info and mistake.exc_info[0] is ValueError


@pytest.mark.long("waits for a second")
@pytest.mark.parametrize("where", ["connect", "publish", "poll"])
def test_a_publisher_that_never_comes_back_holds_up_nobody(where: str) -> None:
    stuck = Stuck(where)
    try:
        thread = PublisherThread(stuck, pauses_s=SOON)
        with thread:
            thread.put(conditions())
            assert stuck.is_in.wait(LONG)
            for n in range(1000):  # would never end if any of them waited
                thread.put(conditions(float(n)))
        # And leaving came back as well, with the publisher still stuck.
        assert not stuck.free.is_set()
        assert any(thread.name == stuck.name for thread in threading.enumerate())
    finally:
        stuck.free.set()
    assert eventually(lambda: stuck.name not in [thread.name for thread in threading.enumerate()])


def test_leaving_lets_go_of_the_connection() -> None:
    port = free_ports(1)[0]
    caller = Caller(port)
    thread = PublisherThread(caller, pauses_s=SOON)
    with thread:
        thread.put(conditions(1.0))
        with _answering(port) as answerer:
            assert answerer.line() == "1"
            thread.close()
            assert answerer.line() == ""
    assert caller.let_go.is_set()


def test_leaving_in_the_middle_of_a_pause_ends_the_thread() -> None:
    caller = Caller(free_ports(1)[0])
    with PublisherThread(caller, pauses_s=(3600.0,)):
        assert eventually(caller.let_go.is_set)  # it has failed, and pauses
    assert eventually(lambda: caller.name not in [one.name for one in threading.enumerate()])


@pytest.mark.long("waits for seconds")
def test_one_publisher_that_is_stuck_keeps_no_other_from_being_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.CRITICAL)
    port, feed, stuck = free_ports(1)[0], ConditionsFeed(), Stuck("publish")
    try:
        with publisher_threads({"stuck": stuck, "caller": Caller(port)}, feed, lambda told: told):
            feed.publish(conditions(1.0))
            assert stuck.is_in.wait(LONG)
            feed.publish(conditions(2.0))
            with _answering(port) as answerer:
                assert [answerer.line(), answerer.line()] == ["1", "2"]
    finally:
        stuck.free.set()


def _a_hundred_more(told: Conditions) -> Conditions:
    assert told.sample is not None
    return replace(told, sample=told.sample._replace(pressure_hpa=told.sample.pressure_hpa + 100))


@contextmanager
def _answering(port: int) -> Iterator[Answerer]:
    answerer = Answerer(port)
    try:
        yield answerer
    finally:
        answerer.hang_up()
