"""The daily copies, and the history made of them anew: the same rows."""

import csv
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from web.history.clock_trust import ClockReading, ClockTrust
from web.history.daily_csv import DailyCsv, folder_of
from web.history.database import HistoryError
from web.history.reader import HistoryReader
from web.history.recovery.rebuild import rebuild
from web.history.recovery.salvage import open_history
from web.history.writer import History
from web.weather import Sample

DAY_S = 86400
NOON = 1_767_268_800  # 1 January 2026, 12:00 UTC
SYNCHRONISED, NONE = ClockTrust.SYNCHRONISED, ClockTrust.NONE


@pytest.fixture
def history(path: Path) -> Iterator[History]:
    with History(path, "b0070001") as history:
        history.set_clock(ClockReading((NOON - 10) * 1000, SYNCHRONISED), 10_000)
        yield history


def record(history: History, begin: float, hours: float, hpa: float = 1010.0) -> float:
    """A sample each ten minutes; return when the last was taken."""
    for n in range(round(hours * 6)):
        history.queue(Sample(begin + 600 * n + 0.031, hpa - n / 100, 17.2 if n % 5 else None))
    history.commit()
    return begin + 600 * (round(hours * 6) - 1) + 0.031


def copy(history: History, now: float) -> dict[str, list[dict[str, str]]]:
    """Have all copies made that are due; return their rows."""
    copies = DailyCsv(history)
    for _ in range(20):
        copies.look(now)
    return read(history.path)


def read(path: Path) -> dict[str, list[dict[str, str]]]:
    found = {}
    for file in sorted(folder_of(path).iterdir()):
        with file.open(newline="") as lines:
            found[file.name] = list(csv.DictReader(lines))
    return found


def rows_of(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as plain:
        return plain.execute(
            "SELECT id, pressure_pa, temperature_centi_c, boot_id, offset_ms, trust"
            " FROM samples JOIN boots ON ordinal = id >> 40 ORDER BY id"
        ).fetchall()


def test_each_day_that_is_over_is_a_file(history: History) -> None:
    last = record(history, NOON, 60.0)
    assert list(copy(history, last)) == ["2026-01-01.csv", "2026-01-02.csv"]
    days = copy(history, last + DAY_S)
    assert list(days) == ["2026-01-01.csv", "2026-01-02.csv", "2026-01-03.csv"]
    assert [len(rows) for rows in days.values()] == [72, 144, 144]
    assert days["2026-01-02.csv"][0] == {
        "time_utc": "2026-01-02T00:00:00.031Z",
        "pressure_hpa": "1009.28",
        "temperature_c": "17.20",
        "boot": "1",
        "boot_id": "b0070001",
        "monotonic_s": "43210.031",
        "clock": "synchronised",
    }


def test_a_day_is_written_again_when_its_samples_are_moved(path: Path) -> None:
    """A boot that began at a guess turns out to have begun three days later."""
    with History(path, "b0070001") as history:
        history.set_clock(ClockReading((NOON - 10) * 1000, NONE), 10_000)
        last = record(history, NOON, 36.0)
        assert list(copy(history, last + DAY_S)) == ["2026-01-01.csv", "2026-01-02.csv"]
        moved_ms = 3 * DAY_S * 1000
        copies = DailyCsv(history)
        assert history.set_clock(
            ClockReading((NOON - 10) * 1000 + moved_ms, SYNCHRONISED), 130_000_000
        )
        history.commit()
        for _ in range(20):
            copies.look(last + 4 * DAY_S)
    days = read(path)
    assert list(days) == ["2026-01-04.csv", "2026-01-05.csv"]
    assert sum(map(len, days.values())) == 216
    assert {row["clock"] for rows in days.values() for row in rows} == {"synchronised"}


def test_the_history_made_of_the_copies_has_the_same_rows(path: Path) -> None:
    with History(path, "b0070001") as history:
        history.set_clock(ClockReading((NOON - 10) * 1000, SYNCHRONISED), 10_000)
        last = record(history, NOON, 30.0)
    with History(path, "b0070002") as history:
        history.set_clock(ClockReading(0, NONE), 5_000)
        assert history.boot is not None
        last = record(history, (history.boot.offset_ms + 5_000) / 1000, 30.0, 990.0)
    with History(path, "b0070003") as history:
        history.set_clock(ClockReading((NOON + 20 * DAY_S) * 1000, ClockTrust.PHONE), 5_000)
        last = record(history, NOON + 20 * DAY_S + 5, 30.0, 1000.0)
        copy(history, last + 2 * DAY_S)
    before = rows_of(path)
    assert rebuild(path) == len(before) == 540
    assert rows_of(path) == before
    (replaced,) = path.parent.glob("history.sqlite.replaced-*")
    assert rows_of(replaced) == before
    with HistoryReader(path) as reader, HistoryReader(replaced) as old:
        begin, end = NOON - DAY_S, last + DAY_S
        assert reader.spans(begin, end, 20) == old.spans(begin, end, 20)
    with History(path, "b0070003") as history:
        history.set_clock(ClockReading((NOON + 20 * DAY_S) * 1000, ClockTrust.PHONE), 200_000_000)
        history.add(Sample(last + 600.0, 1011.0))  # the boot goes on


def test_lines_that_are_none_are_told_and_left_out(
    history: History, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy(history, record(history, NOON, 36.0) + DAY_S)
    history.close()
    copied = folder_of(path) / "2026-01-02.csv"
    lines = copied.read_text().splitlines(keepends=True)
    lines[3] = lines[3][:30] + "\n"
    lines[5] = lines[5].replace("b0070001", "b0070001,more")
    lines[7] = "\0\xff garbage\n"
    copied.write_text("".join(lines))
    assert rebuild(path) == 216 - 3
    errors = capsys.readouterr().err
    assert "2026-01-02.csv, line 4: " in errors
    assert "3 lines were left out" in errors


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("2026-01-02T12:00:00Z,1010.00,17.20,1,b0070001,-1,synchronised", "monotonic_s is -1,"),
        ("2026-01-02T12:00:00Z,1010.00,17.20,1,b0070001,1e10,synchronised", "monotonic_s is 1e10,"),
        ("2026-01-02T12:00:00Z,1010.00,17.20,1,b0070001,inf,synchronised", "monotonic_s is inf,"),
        ("2026-01-02T12:00:00Z,-1e300,17.20,1,b0070001,600,synchronised", "pressure_hpa is -1e300"),
        ("2026-01-02T12:00:00Z,nan,17.20,1,b0070001,600,synchronised", "pressure_hpa is nan"),
        ("2026-01-02T12:00:00Z,1010.00,1e18,1,b0070001,600,synchronised", "temperature_c is 1e18"),
        ("0001-01-02T12:00:00Z,1010.00,17.20,1,b0070001,600,synchronised", "no time of a sample"),
        ("9999-12-31T23:59:59Z,1010.00,17.20,1,b0070001,600,rtc", "no time of a sample"),
        (f"2026-01-02T12:00:00Z,1010.00,17.20,1,{'b' * 140_000},600,rtc", "larger than field lim"),
    ],
)
def test_numbers_that_no_sample_has_are_left_out(
    history: History, path: Path, capsys: pytest.CaptureFixture[str], line: str, words: str
) -> None:
    """And what stands behind them in the same file is taken all the same."""
    copy(history, record(history, NOON, 36.0) + DAY_S)
    history.close()
    copied = folder_of(path) / "2026-01-02.csv"
    head, *lines = copied.read_text().splitlines(keepends=True)
    copied.write_text("".join([head, f"{line}\n", *lines]))
    assert rebuild(path) == 216
    errors = capsys.readouterr().err
    assert "2026-01-02.csv, line 2: " in errors and words in errors


def test_copies_of_two_histories_are_not_mixed(history: History, path: Path) -> None:
    copy(history, record(history, NOON, 36.0) + DAY_S)
    history.close()
    other = folder_of(path) / "2026-01-09.csv"
    other.write_text(
        "time_utc,pressure_hpa,temperature_c,boot,boot_id,monotonic_s,clock\n"
        "2026-01-09T00:00:00Z,1010.00,,1,0e110000,5.000,rtc\n"
    )
    before = path.read_bytes()
    with pytest.raises(HistoryError, match="boot 1 is b0070001 here and 0e110000 there"):
        rebuild(path)
    assert path.read_bytes() == before


def test_without_copies_nothing_is_rebuilt(history: History, path: Path) -> None:
    history.close()
    with pytest.raises(HistoryError, match="no daily copies"):
        rebuild(path)


def test_a_history_that_is_being_written_is_not_rebuilt(history: History, path: Path) -> None:
    copy(history, record(history, NOON, 36.0) + DAY_S)
    with pytest.raises(HistoryError, match="another Storm Petrel"):
        rebuild(path)


def test_a_boot_that_makes_way_takes_its_copies_along(path: Path) -> None:
    """Nobody knew when the second boot was; the third one knows that it was before."""
    boots = (("b0070001", NOON, SYNCHRONISED), ("b0070002", NOON + 9 * DAY_S, NONE))
    for boot_id, begin, trust in boots:
        with History(path, boot_id) as history:
            history.set_clock(ClockReading(begin * 1000, trust), 1000)
            copy(history, record(history, begin + 10, 48.0) + DAY_S)
    with History(path, "b0070003") as history:
        begin = NOON + 5 * DAY_S
        history.set_clock(ClockReading(begin * 1000, SYNCHRONISED), 1000)
        last = record(history, begin + 10, 36.0)
        days = copy(history, last + DAY_S)
    assert max(days) == "2026-01-07.csv"
    rows = [row for name in sorted(days) for row in days[name]]
    assert [row["time_utc"] for row in rows] == sorted(row["time_utc"] for row in rows)
    before = rows_of(path)
    assert len(rows) == len(before) == 792
    assert rebuild(path) == 792
    assert rows_of(path) == before


def test_after_the_file_was_lost_the_copies_stay_and_the_numbers_go_on(path: Path) -> None:
    with History(path, "b0070001") as history:
        history.set_clock(ClockReading(NOON * 1000, SYNCHRONISED), 0)
        old = copy(history, record(history, NOON + 10, 60.0) + DAY_S)
    path.unlink()
    history, rescues = open_history(path, "b0070002")
    with history:
        assert rescues == []
        history.set_clock(
            ClockReading((NOON + DAY_S) * 1000, NONE), 0
        )  # within the time of the copies
        last = record(history, NOON + DAY_S + 10, 60.0)
        new = copy(history, last + DAY_S)
    for name, rows in old.items():
        keys = {(row["boot"], row["monotonic_s"]) for row in new[name]}
        assert keys >= {(row["boot"], row["monotonic_s"]) for row in rows}
    assert {row["boot"] for rows in new.values() for row in rows} == {"1", "2"}
    assert rebuild(path) == 720


def test_what_is_no_copy_in_the_folder_is_told_and_left_out(
    history: History, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy(history, record(history, NOON, 36.0) + DAY_S)
    history.close()
    (folder_of(path) / "2026-01-02b.csv").mkdir()
    garbled = path.read_bytes()
    path.write_bytes(garbled[:8192] + bytes(4096) + garbled[12288:])
    again, _ = open_history(path, "b0070002")
    again.close()
    assert rebuild(path) == 216
    assert "2026-01-02b.csv: Is a directory" in capsys.readouterr().err
