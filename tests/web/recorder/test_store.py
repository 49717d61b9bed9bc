"""Whatever the disk does, the alarm sounds, the page shows the reading, the next one is taken."""

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.machine_clock import SeaClock
from web.alarm.state import Alarm, AlarmState
from web.alarm.stored_alarm import StoredAlarm
from web.history.backlog import Backlog, Row
from web.history.maintenance import HistoryMaintainer
from web.history.reader import HistoryReader
from web.history.writer import History
from web.recorder.conditions import ConditionsFeed
from web.recorder.pacing import RecordPace, WallPace
from web.recorder.recorder import Instruments, Recorder
from web.weather import Outlook, Sample, Station, StormLevel, replay

BEGIN_MS, MINUTE_MS = 1_767_225_600_000, 60_000
MINUTES, FAILS_FROM = 9 * 60, 60
CALM, WATCH, WARNING, STORM = StormLevel


def air_hpa(minute: int) -> float:
    """Steady until hour 5; then 2 hPa an hour."""
    return 1010.0 + 0.01 * (minute * 7919 % 7 - 3) - max(0, minute - 300) / 30


class Card(History):
    """A history on a card that hangs, or fails, from one moment to another."""

    fault: Exception | None = None
    hangs = False
    answers = threading.Event()

    def commit(self) -> None:
        if self.hangs:
            assert self.answers.wait(120.0)
        if self.fault is not None:
            raise self.fault
        super().commit()


@pytest.fixture
def card(path: Path) -> Iterator[Card]:
    with Card(path, "b0070001") as card:
        card.answers = threading.Event()
        yield card


class Boat(WallPace):
    """A live sensor, a minute after the other without waiting; what is seen after each turn."""

    def __init__(self, card: Card, fault: Exception | None) -> None:
        self.sea = SeaClock(BEGIN_MS)
        super().__init__(60.0, self.sea)
        self.card, self.fault = card, fault
        self.feed, self.alarm = ConditionsFeed(), Alarm(AlarmState(), storing(card))
        self.shown: dict[float, tuple[StormLevel, bool]] = {}
        self.minute = 0

    def next_moment(self, stop: threading.Event) -> float | None:
        if self.minute:
            newest, state = self.feed.newest, self.alarm.state
            assert newest.sample is not None
            self.shown[newest.sample.taken_at] = state.level, state.is_sounding(0.0)
        if self.minute >= MINUTES or stop.is_set():
            return None
        if self.minute == FAILS_FROM:
            self.recorder.wait_until_stored()
            self.card.fault, self.card.hangs = self.fault, self.fault is None
        if self.minute == MINUTES - 1 and self.fault is not None:
            self.recorder.wait_until_stored()  # what the store says is shown with the last one
        self.minute += 1
        self.sea.true_ms += MINUTE_MS
        return self.begins()

    def read(self, moment: float) -> Sample:
        return Sample(moment, air_hpa(self.minute), 20.0)

    def ring(self, sample: Sample, outlook: Outlook) -> None:
        self.alarm.update(outlook.level, 0.0)

    def sail(self) -> None:
        self.recorder = Recorder(
            HistoryMaintainer(self.card),
            Station(),
            self,
            Instruments(self.read),
            feed=self.feed,
            ring=self.ring,
        )
        with self.recorder:
            self.recorder.join()
            self.outage = self.feed.newest.outage
            self.card.fault, self.card.hangs = None, False
            self.card.pending.set()
            self.card.answers.set()


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        (None, ""),
        (OSError("the card is gone"), "gone"),
        (sqlite3.ProgrammingError("a mistake"), "mistake"),
        (AssertionError("a mistake"), "mistake"),
    ],
)
def test_the_alarm_sounds_in_the_turn_of_its_sample(
    card: Card, fault: Exception | None, word: str
) -> None:
    """None: from the first hour on the card hangs and does not come back; the rest is raised."""
    boat = Boat(card, fault)
    boat.sail()
    taken = [(BEGIN_MS + MINUTE_MS * n) / 1000 for n in range(1, MINUTES + 1)]
    samples = [Sample(at, air_hpa(n), 20.0) for n, at in enumerate(taken, 1)]
    levels = {at: outlook.level for at, outlook in replay(samples, Station())}
    assert max(levels.values()) >= WARNING
    assert boat.shown == {at: (level, level >= WARNING) for at, level in levels.items()}
    assert word in boat.outage
    card.close()
    with HistoryReader(card.path) as reader:  # what waited was stored once it could be
        assert [sample.taken_at for sample in reader.samples()] == taken


def storing(history: History) -> Callable[[AlarmState], None]:
    """What keeps the state of an alarm in this history."""
    return lambda state: history.store_alarm(StoredAlarm.of(state, "b"))


def test_a_person_who_acknowledges_does_not_wait_for_the_disk(card: Card, path: Path) -> None:
    alarm = Alarm(AlarmState(WARNING), storing(card), card.pending.set)
    pace = WallPace(3600.0, SeaClock(BEGIN_MS))
    with Recorder(
        HistoryMaintainer(card), Station(), pace, Instruments(lambda t: Sample(t, 1010.0))
    ) as it:
        it.wait_until_stored()
        card.hangs = True
        assert alarm.acknowledge(0.0, "page").acknowledged is WARNING
        card.hangs = False
        card.answers.set()
        it.wait_until_stored()
        with HistoryReader(path) as reader:
            assert reader.alarm() == StoredAlarm(WARNING, None, "b")


def test_a_level_is_stored_with_its_sample_and_a_person_s_answer_at_once(
    history: History, path: Path
) -> None:
    alarm = Alarm(AlarmState(STORM, STORM), storing(history), history.pending.set)
    alarm.update(WATCH, 0.0)
    assert not history.pending.is_set()
    history.add(Sample(0.0, 1010.0), WATCH)
    with HistoryReader(path) as reader:
        assert reader.alarm().acknowledged == WATCH
    history.pending.clear()
    alarm.silence(0.0, "page")
    assert history.pending.is_set()


@pytest.mark.long("waits for five seconds")
def test_the_end_waits_for_a_hanging_disk_for_seconds_at_the_most(
    card: Card, caplog: pytest.LogCaptureFixture
) -> None:
    pace = WallPace(3600.0, SeaClock(BEGIN_MS))
    began = threading.Event()

    def read(moment: float) -> Sample:
        card.hangs = True
        began.set()
        return Sample(moment, 1010.0)

    with Recorder(HistoryMaintainer(card), Station(), pace, Instruments(read)):
        assert began.wait(20.0)
    assert not card.answers.is_set()
    assert "does not answer" in caplog.text
    card.answers.set()


def test_a_played_record_does_not_overtake_the_store(history: History) -> None:
    moments, most = [60.0 * n for n in range(300)], []

    def read(moment: float) -> Sample:
        most.append(history.waiting)
        return Sample(moment, 1010.0)

    pace = RecordPace(moments, moments[-1], 1.0)
    with Recorder(HistoryMaintainer(history), Station(), pace, Instruments(read)) as recorder:
        recorder.join()
    assert len(most) == 300
    assert set(most) == {0}


def test_when_too_many_wait_the_oldest_are_dropped_and_counted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    backlog = Backlog()
    with caplog.at_level(logging.WARNING):
        for n in range(10_003):
            backlog.put(Row(n, 101_325, None, None))
    assert backlog.dropped == 3
    assert [row.monotonic_ms for row in backlog.waiting] == list(range(3, 10_003))
    assert len(caplog.records) == 1
