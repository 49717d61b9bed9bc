"""A damaged history: it is set aside, its rows are rescued, and recording goes on."""

import random
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.disks import fill, small_disk
from tests.support.numbered_history import (
    BEGIN_MS,
    READING,
    filled,
    is_rescuing,
    keep,
    opened,
    present,
    readable,
    sample,
)
from web.alarm.stored_alarm import StoredAlarm
from web.history.clock_trust import ClockReading, ClockTrust
from web.history.daily_csv import DailyCsv
from web.history.database import HistoryDamaged, HistoryError, check, connect
from web.history.maintenance import HistoryMaintainer
from web.history.reader import HistoryReader
from web.history.recovery.salvage import open_history
from web.history.writer import History
from web.weather import Sample

PAGE = 4096
COUNT = 6000  # some twenty-five pages


def go_on(history: History, maintainer: HistoryMaintainer, first: int, count: int = 200) -> None:
    """Record so many more, as the recorder does."""
    for n in range(first, first + count):
        assert keep(maintainer, sample(n)) == ""


def garble(path: Path, where: range, seed: int) -> None:
    with path.open("r+b") as file:
        file.seek(where.start)
        file.write(random.Random(seed).randbytes(len(where)))


@pytest.mark.parametrize("seed", range(10))
def test_zeroed_pages_cost_what_was_on_them_and_no_more(path: Path, seed: int) -> None:
    filled(path, COUNT)
    pages = path.stat().st_size // PAGE
    with path.open("r+b") as file:
        file.seek(PAGE * random.Random(seed).randrange(1, pages))
        file.write(bytes(PAGE))
    expected = readable(path, range(COUNT))
    history, salvages = open_history(path, "b0070001")
    with history:
        history.set_clock(READING, 60_000 * (COUNT + 1))
        if not salvages:
            pytest.fail("it was not noticed")
        go_on(history, HistoryMaintainer(history, salvages=salvages), COUNT)
    check(path)
    assert present(path) >= expected | set(range(COUNT, COUNT + 200))
    assert len(expected) >= COUNT - 400 or not expected


@pytest.mark.long("damages eight histories")
@pytest.mark.parametrize("seed", range(10))
def test_random_bytes_over_the_live_file_are_noticed_and_recording_goes_on(
    path: Path, seed: int
) -> None:
    filled(path, COUNT)
    chance = random.Random(seed)
    with opened(path) as history:
        maintainer = HistoryMaintainer(history)
        go_on(history, maintainer, COUNT, 20)
        length = chance.choice((100, PAGE, 20 * PAGE, path.stat().st_size))
        start = chance.randrange(max(1, path.stat().st_size - length + 1))
        garble(path, range(start, start + length), seed)
        maintainer.doubt()  # as a page does that cannot read it
        go_on(history, maintainer, COUNT + 20, 200)
    check(path)
    aside = list(path.parent.glob("history.sqlite.damaged-*[Z0-9]"))
    assert len(aside) <= 1
    if not aside:  # within a number, or where nothing is
        aside = [path]
    assert present(path) >= readable(aside[0], range(COUNT)) | set(range(COUNT, COUNT + 220))


def test_what_the_file_lost_comes_from_the_copies(path: Path) -> None:
    with History(path, "b0070001") as history:
        history.set_clock(READING, 0)
        copies = DailyCsv(history)
        for n in range(COUNT):
            history.queue(sample(n))
            if n % 500 == 499:
                history.commit()
                copies.look(sample(n).taken_at)
    garble(path, range(path.stat().st_size), 1)
    history, salvages = open_history(path, "b0070002")
    with history:
        history.set_clock(ClockReading(BEGIN_MS + 10**9, ClockTrust.SYNCHRONISED), 1000)
        maintainer = HistoryMaintainer(history, salvages=salvages)
        later = Sample((BEGIN_MS + 10**9 + 60_000) / 1000, 990.0)
        assert keep(maintainer, later) == ""
    whole_days = COUNT // 1440 * 1440 - 1
    assert present(path) >= set(range(whole_days))
    with closing(sqlite3.connect(path)) as plain:
        boots = plain.execute("SELECT ordinal, boot_id, offset_ms FROM boots").fetchall()
    assert boots[0] == (1, "b0070001", BEGIN_MS)
    assert boots[-1][1] == "b0070002"


def test_a_garbled_log_costs_what_it_held_at_the_most(path: Path) -> None:
    """The write-ahead log cut at 40 places, half of them with noise at the end."""
    base = path.parent / "base"
    base.mkdir()
    filled(base / path.name, 1000)
    writer = History(base / path.name, "b0070001")
    writer.set_clock(READING, 0)
    for n in range(1000, 1200):
        writer.add(sample(n))
    for seed in range(40):
        chance = random.Random(seed)
        work = path.parent / f"cut{seed}"
        work.mkdir()
        for ending in ("", "-wal"):
            data = (base / f"{path.name}{ending}").read_bytes()
            if ending:
                data = data[: chance.randrange(len(data))]
                if seed % 2:
                    data = data[:-PAGE] + chance.randbytes(min(PAGE, len(data)))
            (work / f"{path.name}{ending}").write_bytes(data)
        (work / f"{path.name}.lock").touch()
        history, salvages = open_history(work / path.name, "b0070001")
        with history:
            history.set_clock(READING, 60_000 * 2000)
            go_on(history, HistoryMaintainer(history, salvages=salvages), 2000, 3)
        have = present(work / path.name) - {2000, 2001, 2002}
        assert have == set(range(len(have)))  # a clean beginning
        assert len(have) >= 1000
    writer.close()


def test_a_diary_is_no_damaged_history(path: Path) -> None:
    path.write_bytes(b"my diary, " * 2000)
    with pytest.raises(HistoryError, match="no history of Storm Petrel"):
        open_history(path, "b0070001")
    with pytest.raises(HistoryError, match="no history of Storm Petrel"):
        open_history(path, "b0070001")
    assert path.read_bytes() == b"my diary, " * 2000


def test_a_history_whose_head_was_overwritten_is_set_aside_as_it_is(path: Path) -> None:
    filled(path, COUNT)
    path.write_bytes(b"my diary, " * 20_000)
    history, salvages = open_history(path, "b0070001")
    with history:
        assert len(salvages) == 1
        history.set_clock(READING, 0)
        go_on(history, HistoryMaintainer(history, salvages=salvages), 0, 3)
    assert salvages[0].aside.read_bytes() == b"my diary, " * 20_000


@pytest.mark.parametrize(
    "garbled",
    [
        "UPDATE boots SET trust = 77",
        "UPDATE boots SET boot_id = CAST(x'8787878787878787' AS TEXT)",
        "UPDATE levels SET level = 12",
        f"UPDATE boots SET base_ms = {1 << 62}",
    ],
)
def test_values_that_cannot_be_are_damage_too(path: Path, garbled: str) -> None:
    filled(path, 100)
    with closing(sqlite3.connect(path)) as plain, plain:
        plain.execute("PRAGMA ignore_check_constraints = ON")
        plain.execute("INSERT INTO levels VALUES (?, 1)", (1 << 40,))
        plain.execute(garbled)
    history, salvages = open_history(path, "b0070001")
    with history:
        history.set_clock(READING, 60_000 * 101)
        maintainer = HistoryMaintainer(history, salvages=salvages)
        go_on(history, maintainer, 100, 5)
    assert present(path) == set(range(105))


def test_a_check_names_what_is_wrong(path: Path) -> None:
    filled(path, COUNT)
    check(path)
    garble(path, range(2 * PAGE, 5 * PAGE), 1)
    with pytest.raises(HistoryDamaged, match="it is damaged"):
        check(path)


@pytest.mark.parametrize(
    ("garbled", "words"),
    [
        (f"UPDATE boots SET offset_ms = offset_ms - {1 << 47}", "boot 1 is of no time"),
        ("UPDATE samples SET pressure_pa = 8488608 WHERE id % 17 = 0", "has 8488608 Pa"),
        ("UPDATE hours SET count = 0", "is not that of its samples"),
        ("UPDATE hours SET sum_pa = sum_pa / 2", "is not that of its samples"),
    ],
)
def test_what_has_its_form_and_cannot_be_is_seen(path: Path, garbled: str, words: str) -> None:
    """One bit does that: the pages would be drawn for ever, or not at all."""
    filled(path, COUNT)
    with closing(sqlite3.connect(path)) as plain, plain:
        plain.execute(garbled)
    with pytest.raises(HistoryDamaged, match=words):
        check(path)


def test_a_signal_ends_a_check_that_takes_long(path: Path) -> None:
    def end(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    with closing(connect(path)) as plain:
        rows = ((1 << 40) + n for n in range(500_000))
        plain.execute("BEGIN")
        plain.executemany("INSERT INTO samples VALUES (?, 101325, 2000)", ((n,) for n in rows))
        plain.execute("COMMIT")
    before = signal.signal(signal.SIGALRM, end)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.002)
        with pytest.raises(KeyboardInterrupt) as raised:
            check(path)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert isinstance(raised.value.__cause__, sqlite3.OperationalError)  # in the midst of it


def test_a_rescue_that_a_restart_cuts_short_is_taken_up_again(path: Path) -> None:
    filled(path, COUNT)
    garble(path, range(PAGE, 3 * PAGE), 1)
    expected = readable(path, range(COUNT))
    history, salvages = open_history(path, "b0070001")
    with history:
        history.set_clock(READING, 60_000 * (COUNT + 1))
        maintainer = HistoryMaintainer(history, salvages=salvages)
        maintainer.hurry()  # told to end at once: one bit is brought over, and no more
        go_on(history, maintainer, COUNT, 1)
        assert is_rescuing(path)
    assert len(present(path)) < COUNT / 2
    history, salvages = open_history(path, "b0070001")
    with history:
        history.set_clock(READING, 60_000 * (COUNT + 1))
        maintainer = HistoryMaintainer(history, salvages=salvages)
        go_on(history, maintainer, COUNT + 1, 20)
        assert not is_rescuing(path)
    assert present(path) >= expected | set(range(COUNT, COUNT + 21))


def hours_of(path: Path) -> list[tuple[int, ...]]:
    with closing(sqlite3.connect(path)) as plain:
        return plain.execute("SELECT * FROM hours ORDER BY id").fetchall()


@pytest.mark.parametrize("seed", range(6))
def test_the_hours_are_those_of_the_samples_after_a_rescue(path: Path, seed: int) -> None:
    filled(path, COUNT)
    garble(path, range(PAGE * (8 + seed), PAGE * (9 + seed)), seed)
    history, salvages = open_history(path, "b0070001")
    with history:
        history.set_clock(READING, 60_000 * (COUNT + 1))
        go_on(history, HistoryMaintainer(history, salvages=salvages), COUNT, 130)
    with closing(sqlite3.connect(path)) as plain:
        worked_out = plain.execute(
            "SELECT id - (id & ((1 << 40) - 1)) % 3600000, min(pressure_pa), sum(pressure_pa),"
            " max(pressure_pa), count(*) FROM samples GROUP BY 1 ORDER BY 1"
        ).fetchall()
    assert hours_of(path) == worked_out[: len(hours_of(path))]
    assert len(hours_of(path)) >= len(worked_out) - 1


def test_a_file_that_is_damaged_when_the_disk_is_full_loses_nothing(tmp_path: Path) -> None:
    """Three boots; then both at once, a start, and room again."""
    with small_disk(tmp_path / "disk", 4) as disk:
        path, photos = disk / "history.sqlite", disk / "photos"
        for boot in range(3):
            with History(path, f"b007000{boot}") as history:
                history.set_clock(ClockReading(BEGIN_MS + boot * 10**8, ClockTrust.SYNCHRONISED), 0)
                for n in range(boot * 1000, boot * 1000 + 300):
                    at = BEGIN_MS + boot * 10**8 + 60_000 * (n % 1000 + 1)
                    history.queue(sample(n)._replace(taken_at=at / 1000))
                history.commit()
        garble(path, range(2 * PAGE, 3 * PAGE), 1)
        fill(photos)
        history, salvages = open_history(path, "b0070003")
        with history:
            history.set_clock(ClockReading(BEGIN_MS + 3 * 10**8, ClockTrust.SYNCHRONISED), 0)
            maintainer = HistoryMaintainer(history, salvages=salvages)
            for n in range(3000, 3060):
                if n == 3010:
                    photos.unlink()
                at = BEGIN_MS + 3 * 10**8 + 60_000 * (n % 1000 + 1)
                keep(maintainer, sample(n)._replace(taken_at=at / 1000))
        check(path)
        with closing(sqlite3.connect(path)) as plain:
            boots = plain.execute(
                "SELECT ordinal, boot_id, count(*) FROM samples JOIN boots ON ordinal = id >> 40"
                " GROUP BY 1 ORDER BY 1"
            ).fetchall()
        assert len(list(disk.glob("*.damaged-*[!l]"))) == 1
    assert [(ordinal, boot_id) for ordinal, boot_id, _ in boots] == [
        (n + 1, f"b007000{n}") for n in range(4)
    ]
    assert boots[3][2] == 60
    assert sum(count for *_, count in boots[:3]) >= 900 - 230  # a page may have been of samples


def test_the_boot_that_goes_on_keeps_its_number_when_the_file_forgets_it(path: Path) -> None:
    with opened(path) as history:
        maintainer = HistoryMaintainer(history)
        go_on(history, maintainer, 0, 100)
        garble(path, range(path.stat().st_size), 1)
        maintainer.doubt()
        go_on(history, maintainer, 100, 20)
    with closing(sqlite3.connect(path)) as plain:
        boots = plain.execute("SELECT ordinal, boot_id, offset_ms FROM boots").fetchall()
        (count,) = plain.execute("SELECT count(*) FROM samples").fetchone()
    assert boots == [(1, "b0070001", BEGIN_MS)]
    assert count == 120


def test_what_was_acknowledged_of_the_alarm_outlives_the_file(path: Path) -> None:
    with opened(path) as history:
        maintainer = HistoryMaintainer(history)
        go_on(history, maintainer, 0, 10)
        history.store_alarm(StoredAlarm(3, None, "b0070001", 2))
        garble(path, range(path.stat().st_size), 1)
        maintainer.doubt()
        go_on(history, maintainer, 10, 5)
    with HistoryReader(path) as reader:
        assert reader.alarm() == StoredAlarm(3, None, "b0070001", 2)


@pytest.mark.long("a queue of thousands")
def test_of_those_that_wait_the_newest_stay_when_the_file_is_damaged_too(path: Path) -> None:
    with History(path, "b0070001") as history:
        history.set_clock(READING, 0)
        go_on(history, HistoryMaintainer(history), 0, 1000)
        for n in range(1000, 11_000):
            history.queue(sample(n))
        history.store_again()
    assert max(present(path)) == 10_999
