"""Events and unsent notices: in the file with the samples, in their order, and not for ever."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import web.history
from tests.support.disks import fill, small_disk
from tests.support.numbered_history import BEGIN_MS, READING, keep, opened, sample
from web.alarm.stored_alarm import StoredAlarm
from web.history.clock_trust import ClockReading, ClockTrust
from web.history.database import HistoryError
from web.history.events import MOST_EVENTS, Event, EventKind
from web.history.maintenance import HistoryMaintainer
from web.history.reader import HistoryReader
from web.history.unsent import UnsentNotice
from web.history.writer import History
from web.weather import Sample

BEGIN = BEGIN_MS / 1000
STORM = Event(BEGIN + 60.0, EventKind.LEVEL, "STORM (was WARNING)")
SEEN = Event(BEGIN + 75.5, EventKind.ACKNOWLEDGED, "STORM acknowledged: 4 °C")
NOTICES = (UnsentNotice((1 << 40) + 7, '{"level": "storm"}'), UnsentNotice((1 << 40) + 9, "{}"))


def events(path: Path, count: int = 30) -> list[Event]:
    with HistoryReader(path) as reader:
        return reader.events(count)


def test_events_come_back_the_newest_first(path: Path) -> None:
    with opened(path) as history:
        history.queue_event(STORM)
        history.queue_event(SEEN)
        assert events(path) == []  # in memory, until a commit
        history.commit()
        assert events(path) == [SEEN, STORM]
        assert events(path, 1) == [SEEN]


def test_a_level_goes_with_its_sample_and_other_events_go_soon(path: Path) -> None:
    """So that no power cut leaves a level in the list that the rule then finds again."""
    with opened(path) as history:
        history.queue_event(STORM)
        assert not history.pending.is_set()
        history.queue_event(SEEN)
        assert history.pending.is_set()


def test_some_at_one_moment_are_all_there(path: Path) -> None:
    with opened(path) as history:
        history.queue_event(STORM)
        history.queue_event(STORM._replace(words="and another"))
        history.queue_event(STORM)
        history.commit()
    assert [event.words for event in events(path)] == [STORM.words, "and another", STORM.words]


def test_a_better_clock_moves_the_events_of_its_boot_and_no_others(path: Path) -> None:
    with opened(path) as history:
        history.queue_event(STORM)
        history.commit()
    with History(path, "b0070002") as history:
        history.set_clock(ClockReading(BEGIN_MS + 10**8, ClockTrust.NONE), 1000)
        history.queue_event(Event(BEGIN + 10**5 + 2.0, EventKind.OUTAGE, "no reading"))
        history.commit()
        history.set_clock(ClockReading(BEGIN_MS + 10**9, ClockTrust.SYNCHRONISED), 3000)
        history.commit()
    assert [event.happened_at for event in events(path)] == [BEGIN + 10**6 + 2.0, STORM.happened_at]


def test_what_happened_before_the_first_clock_reading_has_the_time_of_that(path: Path) -> None:
    with History(path, "b0070001") as history:
        history.queue_event(Event(12.0, EventKind.SET_ASIDE, "the offset is lost"))
        history.set_clock(READING, 5000)
        history.commit()
    assert events(path) == [Event(BEGIN + 5.0, EventKind.SET_ASIDE, "the offset is lost")]


def test_the_clock_of_a_restart_counts_from_its_first_reading_on(path: Path) -> None:
    """The file has this boot's time by a phone; the machine's own clock is days behind."""
    with History(path, "b0070001") as history:
        history.set_clock(ClockReading(BEGIN_MS, ClockTrust.PHONE), 0)
        history.add(sample(0))
    with History(path, "b0070001") as history:
        history.queue_event(Event(BEGIN - 10**6, EventKind.SET_ASIDE, "the offset is lost"))
        history.set_clock(ClockReading(BEGIN_MS - 10**9, ClockTrust.NONE), 90_000)
        history.commit()
    assert [event.happened_at for event in events(path)] == [BEGIN + 90.0]


def test_a_time_that_cannot_be_costs_no_history(path: Path) -> None:
    with opened(path) as history:
        for moment in (-4e11, 4e11):
            history.queue_event(Event(moment, EventKind.CLOCK, f"{moment}"))
        history.add(sample(0))
    assert len(events(path)) == 2


@pytest.mark.parametrize("words", ["half a letter \udcff", "\0", "", "no end " * 10_000])
def test_words_that_no_database_takes_cost_no_history(path: Path, words: str) -> None:
    with opened(path) as history:
        history.queue_event(Event(BEGIN + 60.0, EventKind.OUTAGE, words))
        history.add(sample(0))
    (event,) = events(path)
    assert len(event.words) <= 400
    assert event.words[:13] == words[:13]


def test_the_file_has_the_newest_thousand(path: Path) -> None:
    with opened(path) as history:
        for n in range(MOST_EVENTS + 50):
            history.queue_event(Event(BEGIN + n, EventKind.OUTAGE, str(n)))
            if n % 100 == 99:
                history.commit()
    newest = events(path, 2 * MOST_EVENTS)
    assert [event.words for event in newest] == [str(n) for n in range(MOST_EVENTS + 49, 49, -1)]


def test_events_wait_for_a_disk_that_is_full_the_newest_hundreds_of_them(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", megabytes=2) as disk:
        path, photos = disk / "history.sqlite", disk / "photos"
        with opened(path) as history:
            history.add(sample(0))
            fill(photos)
            for n in range(1000):
                history.queue_event(Event(BEGIN + 60 + n, EventKind.OUTAGE, str(n)))
            with pytest.raises(HistoryError, match="full"):
                history.commit()
            photos.unlink()
            history.commit()
        waited = [int(event.words) for event in events(path, 1000)]
    assert waited == [*range(999, 999 - len(waited), -1)]
    assert len(waited) >= 200


@pytest.mark.parametrize("damage", ["all of the file", "its head"])
def test_events_and_notices_outlive_a_file_that_is_damaged_while_it_is_written(
    path: Path, damage: str
) -> None:
    with opened(path) as history:
        maintainer = HistoryMaintainer(history)
        history.queue_event(STORM)
        history.store_unsent("notify_url (boat)", NOTICES)
        for n in range(100):
            assert keep(maintainer, sample(n)) == ""
        history.queue_event(SEEN)
        length = path.stat().st_size if damage == "all of the file" else 4096
        with path.open("r+b") as file:
            file.write(b"\x5a" * length)
        maintainer.doubt()
        for n in range(100, 120):
            assert keep(maintainer, sample(n)) == ""
    assert sorted(events(path)) == [STORM, SEEN]
    with HistoryReader(path) as reader:
        assert reader.unsent() == {"notify_url (boat)": NOTICES}


def test_events_and_notices_are_brought_over_from_a_file_that_was_damaged_before(
    path: Path,
) -> None:
    with opened(path) as history:
        history.queue_event(STORM)
        history.store_unsent("notify_url (boat)", NOTICES)
        history.store_alarm(StoredAlarm(3, None, "b0070001", 1))
        for n in range(2000):
            history.queue(sample(n))
        history.commit()
    with path.open("r+b") as file:  # the last of many pages of samples
        file.seek(-4096, 2)
        file.write(bytes(4096))
    with opened(path) as history:
        history.add(sample(3000))
    assert list(path.parent.glob("*.rescuing-*"))
    assert events(path) == [STORM]
    with HistoryReader(path) as reader:
        assert reader.unsent() == {"notify_url (boat)": NOTICES}
        assert reader.alarm().no_data == 1


def test_the_notices_of_a_target_are_those_that_wait_now(path: Path) -> None:
    with opened(path) as history:
        history.store_unsent("command", NOTICES)
        history.store_unsent("address", NOTICES[1:])
        history.commit()
        history.store_unsent("command", NOTICES[1:])
        history.commit()
    with opened(path) as history:
        with HistoryReader(path) as reader:
            assert reader.unsent() == {"command": NOTICES[1:], "address": NOTICES[1:]}
        history.store_unsent("address", ())
        history.commit()
    with HistoryReader(path) as reader:
        assert reader.unsent() == {"command": NOTICES[1:]}


def test_the_time_of_a_notice_moves_with_its_boot(path: Path) -> None:
    with History(path, "b0070001") as history:
        history.set_clock(ClockReading(BEGIN_MS, ClockTrust.NONE), 0)
        history.add(Sample(BEGIN + 60.0, 1010.0))
        number = history.number_at(BEGIN + 90.0)
        history.set_clock(ClockReading(BEGIN_MS + 10**9, ClockTrust.SYNCHRONISED), 100_000)
        history.commit()
    with HistoryReader(path) as reader:
        assert reader.time_of(number) == BEGIN + 10**6 + 90.0
        assert reader.time_of(number + (7 << 40)) is None


def of_1_0_0(path: Path) -> None:
    """Make a history as release 1.0.0 wrote it, but for a table that was never read."""
    schema = (Path(web.history.__file__).parent / "schema.sql").read_text(encoding="utf-8")
    with closing(sqlite3.connect(path)) as old:
        old.executescript(f"PRAGMA journal_mode = WAL; {schema}")
        with old:
            old.execute("INSERT INTO boots VALUES (1, 'b0070001', 0, ?, 3)", (BEGIN_MS,))
            old.execute("INSERT INTO samples VALUES (?, 99000, NULL)", ((1 << 40) + 1000,))
            old.execute("UPDATE present SET acknowledged = 2")


def test_a_history_of_release_1_0_0_reads_as_one_without_events(path: Path) -> None:
    of_1_0_0(path)
    with HistoryReader(path) as reader:
        assert reader.events(30) == []
        assert reader.unsent() == {}
        assert reader.alarm() == StoredAlarm(2)


def test_a_history_of_release_1_0_0_gets_them_when_it_is_written(path: Path) -> None:
    of_1_0_0(path)
    with opened(path) as history:
        history.queue_event(STORM)
        history.store_alarm(StoredAlarm(2, None, "b0070001", 1))
        history.add(sample(2))
    assert events(path) == [STORM]
    with HistoryReader(path) as reader:
        assert reader.alarm() == StoredAlarm(2, None, "b0070001", 1)
        assert len(list(reader.samples())) == 2
    with closing(sqlite3.connect(path)) as plain:  # which 1.0.0 asks for
        assert plain.execute("PRAGMA user_version").fetchone() == (3,)
        assert plain.execute("SELECT * FROM samples").fetchall()


def test_the_hour_of_an_acknowledgement_is_stored_also_in_a_file_from_before(path: Path) -> None:
    of_1_0_0(path)
    with closing(sqlite3.connect(path)) as old, old:  # between the releases
        old.execute("ALTER TABLE present ADD COLUMN no_data INTEGER NOT NULL DEFAULT 0")
    kept = StoredAlarm(3, None, "b0070001", 2, 3_600_000, 3_600_001)
    with opened(path) as history:
        history.store_alarm(kept)
        history.add(sample(2))
    with HistoryReader(path) as reader:
        assert reader.alarm() == kept


def test_a_record_that_begins_again_has_no_events(path: Path) -> None:
    with History(path) as history:
        history.set_clock(ClockReading(0, ClockTrust.SYNCHRONISED), 1_000_000)
        history.add(Sample(1000.0, 990.0))
        history.queue_event(Event(1000.0, EventKind.LEVEL, "WATCH"))
        history.store_unsent("command", NOTICES)
        history.commit()
        assert len(events(path)) == 1
        history.forget()
        history.add(Sample(1000.0, 990.0))
    with HistoryReader(path) as reader:
        assert (reader.events(30), reader.unsent()) == ([], {})
