"""Notices over a restart: what was not sent is sent, once and in order, and what is old is not."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.fake_servers import Server, answering
from tests.support.waiting import eventually
from web.alarm.level_change import LevelChange
from web.alarm.notice import Notice
from web.alarm.notifications import Notifications, Notifier, PostTarget
from web.config.tables import AlarmConfig
from web.history.clock_trust import ClockReading, ClockTrust
from web.history.events import EventKind
from web.history.reader import HistoryReader
from web.history.writer import History
from web.runtime.notice_store import NoticeStore
from web.weather import Sample, StormLevel

CALM, WATCH, WARNING, STORM = StormLevel
BEGIN_MS = 1_767_225_600_000
BEGIN = BEGIN_MS / 1000
HOUR_S = 3600.0


class Boat:
    """A program that runs, is killed, and starts again. now: its clock, in seconds from BEGIN."""

    def __init__(self, path: Path) -> None:
        self.path, self.now = path, 60.0
        self.boot_id, self.trust = "b0070001", ClockTrust.SYNCHRONISED

    @contextmanager
    def running(self, config: AlarmConfig) -> Iterator[tuple[History, Notifications]]:
        """Run within the block; what is committed in it outlives it, and nothing else does."""
        with History(self.path, self.boot_id) as history:
            history.set_clock(ClockReading(BEGIN_MS, self.trust), round(self.now * 1000))
            with Notifications.of(config, NoticeStore(history, lambda: BEGIN + self.now)) as opened:
                yield history, opened

    def events(self, history: History | None = None) -> list[str]:
        """Return the notices that were not sent, the newest first. history: committed before."""
        if history is not None:
            history.commit()
        with HistoryReader(self.path) as reader:
            return [event.words for event in reader.events(30) if event.kind is EventKind.NOTICE]

    def unsent(self) -> int:
        with HistoryReader(self.path) as reader:
            return sum(map(len, reader.unsent().values()))


@pytest.fixture
def boat(path: Path) -> Boat:
    return Boat(path)


def rise(number: int = 0) -> Notice:
    """The notice of a rise that its pressure tells from others."""
    return Notice.of_level(
        LevelChange(CALM, STORM, BEGIN, BEGIN, 900.0 + number, -7.0, ("it falls",), False)
    )


def numbers(server: Server) -> list[int]:
    return [round(json.loads(body)["pressure_hpa"]) - 900 for body in server.bodies()]


def at(server: Server) -> AlarmConfig:
    return AlarmConfig(notify_url=server.url)


def leave_unsent(boat: Boat, *numbers: int) -> AlarmConfig:
    """Have a boat notify a server that does not answer, and be killed; return its settings."""
    with answering(503) as server, boat.running(at(server)) as (history, notifications):
        for number in numbers:
            notifications.notify(rise(number))
        assert server.is_asked(1)
        history.commit()
    return at(server)


def test_what_was_not_sent_is_sent_after_the_restart_once_and_in_order(boat: Boat) -> None:
    leave_unsent(boat, 1, 2, 3)
    assert boat.unsent() == 3
    boat.now += 12 * HOUR_S
    with answering(200) as server:
        with boat.running(at(server)) as (history, notifications):
            assert server.is_asked(3)
            assert eventually(history.pending.is_set)  # that it was sent is stored soon
            notifications.notify(rise(4))
            assert server.is_asked(4)
        with boat.running(at(server)) as (_, notifications):
            notifications.notify(rise(5))
            assert server.is_asked(5)
        assert numbers(server) == [1, 2, 3, 4, 5]
    assert boat.unsent() == 0


def test_what_was_given_up_is_tried_again_after_the_restart(boat: Boat) -> None:
    with answering(503) as server, boat.running(AlarmConfig()) as (history, _):
        store = NoticeStore(history, lambda: BEGIN + boat.now)
        with Notifications([Notifier(PostTarget(server.url), pauses_s=(), store=store)]) as one:
            for number in (1, 2):
                one.notify(rise(number))
            assert eventually(lambda: len(boat.events(history)) == 2)
    assert "every try failed" in boat.events()[0]
    with answering(200) as server, boat.running(at(server)):
        assert server.is_asked(1)
        assert numbers(server) == [2]  # the newest is the level that stands


def test_what_is_older_than_a_day_is_only_in_the_list(boat: Boat) -> None:
    leave_unsent(boat, 1)
    boat.now += 25 * HOUR_S
    with answering(200) as server:
        with boat.running(at(server)) as (_, notifications):
            notifications.notify(rise(2))
            assert server.is_asked(1)
        assert numbers(server) == [2]
    (words,) = boat.events()
    assert "a day old" in words and "STORM" in words
    assert boat.unsent() == 0


def test_a_clock_that_was_weeks_behind_makes_no_notice_old(boat: Boat) -> None:
    """It was queued by the wrong time, which the network corrected before the power failed."""
    boat.trust = ClockTrust.NONE
    with answering(503) as server, boat.running(at(server)) as (history, notifications):
        history.add(Sample(BEGIN + 60.0, 990.0))
        notifications.notify(rise(1))
        history.commit()
        weeks_later = ClockReading(BEGIN_MS + 40 * 86_400_000, ClockTrust.SYNCHRONISED)
        history.set_clock(weeks_later, 90_000)
        history.commit()
    boat.now += 40 * 24 * HOUR_S + HOUR_S
    boat.boot_id, boat.trust = "b0070002", ClockTrust.SYNCHRONISED
    with answering(200) as server, boat.running(at(server)):
        assert server.is_asked(1)


def test_what_waited_for_an_address_that_is_gone_is_dropped_and_logged(
    boat: Boat, caplog: pytest.LogCaptureFixture
) -> None:
    leave_unsent(boat, 1)
    with caplog.at_level(logging.WARNING), boat.running(AlarmConfig()):
        pass
    assert any("not configured" in record.getMessage() for record in caplog.records)
    assert "127.0.0.1" in boat.events()[0]
    assert boat.unsent() == 0


def test_a_notice_that_was_garbled_stops_no_other(boat: Boat, path: Path) -> None:
    import sqlite3
    from contextlib import closing

    leave_unsent(boat, 1, 2)
    with closing(sqlite3.connect(path)) as plain, plain:
        plain.execute("UPDATE unsent_notices SET notice = '{' WHERE rowid = 1")
    with answering(200) as server, boat.running(at(server)):
        assert server.is_asked(1)
        assert numbers(server) == [2]
