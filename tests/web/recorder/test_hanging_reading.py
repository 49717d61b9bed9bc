"""A reading that hangs: nobody else hangs with it, and what it gives at last is not dated back."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.machine_clock import SeaClock
from tests.support.waiting import eventually
from web.history.clock_trust import ClockReading, ClockTrust
from web.history.maintenance import HistoryMaintainer
from web.history.reader import HistoryReader
from web.history.writer import History
from web.recorder import recorder as recorder_module
from web.recorder.conditions import ConditionsFeed
from web.recorder.freshness import Freshness, FreshnessRule
from web.recorder.pacing import WallPace
from web.recorder.recorder import Instruments, Recorder
from web.weather import Sample, Station

BEGIN_MS, HOUR_MS = 1_767_225_600_000, 3_600_000


class Boat:
    """A recorder whose reading hangs until the test lets it go; two hours pass meanwhile."""

    def __init__(self, history: History) -> None:
        self.sea, self.feed = SeaClock(BEGIN_MS), ConditionsFeed()
        self.pace = WallPace(60.0, self.sea)
        self.hangs, self.goes_on = threading.Event(), threading.Event()
        instruments = Instruments(self.read)
        maintainer = HistoryMaintainer(history)
        self.recorder = Recorder(maintainer, Station(), self.pace, instruments, feed=self.feed)

    def read(self, moment: float) -> Sample:
        self.hangs.set()
        assert self.goes_on.wait(60.0)
        self.sea.true_ms += 2 * HOUR_MS
        return Sample(moment, 990.0)


@pytest.fixture
def boat(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Boat]:
    monkeypatch.setattr(recorder_module, "_PATIENCE_S", 0.2)
    with History(path, "b0070001") as history:
        boat = Boat(history)
        with boat.recorder:
            assert boat.hangs.wait(20.0)
            yield boat
            boat.goes_on.set()


def test_who_sets_the_clock_meanwhile_gets_an_answer(boat: Boat) -> None:
    with pytest.raises(TimeoutError, match="does not answer"):
        boat.recorder.set_clock(ClockReading(BEGIN_MS, ClockTrust.PHONE))
    boat.goes_on.set()
    assert eventually(lambda: boat.feed.newest.outage)
    assert boat.recorder.set_clock(ClockReading(BEGIN_MS, ClockTrust.PHONE)) is ClockTrust.PHONE


def test_the_end_does_not_wait_for_it(boat: Boat, caplog: pytest.LogCaptureFixture) -> None:
    boat.recorder.close()
    assert not boat.goes_on.is_set()
    assert "does not end" in caplog.text


def test_what_it_gives_at_last_is_left_out(boat: Boat, path: Path) -> None:
    """It is of now, and its moment was two hours ago: a fall that there never was."""
    boat.goes_on.set()
    assert eventually(lambda: "left out" in boat.feed.newest.outage)
    boat.recorder.close()
    with HistoryReader(path) as reader:
        assert list(reader.samples()) == []


@pytest.mark.parametrize("trust", [ClockTrust.NONE, ClockTrust.RTC])
def test_what_was_before_a_restart_is_not_given_as_fresh(path: Path, trust: ClockTrust) -> None:
    """A Pi without a clock wakes where it fell asleep: how old the newest sample is, is unknown."""
    with History(path, "b0070000") as before:
        before.set_clock(ClockReading(BEGIN_MS - 60_000, ClockTrust.SYNCHRONISED), 0)
        before.add(Sample(BEGIN_MS / 1000 - 1.0, 990.0))
    with History(path, "b0070001") as history:
        boat = Boat(history)
        boat.sea.trust = trust
        with boat.recorder:
            rule = FreshnessRule(60.0)
            age = rule.freshness(boat.feed.newest, boat.pace.now())
            assert age is (Freshness.NONE if trust is ClockTrust.NONE else Freshness.LATE)
            boat.goes_on.set()
