"""The history: what is acknowledged is there, one writes, many read, and faults are named."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from web.history import ClockBehind, History, HistoryError, is_being_written
from web.history_reader import HistoryReader
from web.weather import Sample, StormLevel, StormWatch, Tendency


def test_what_goes_in_comes_out(history: History, path: Path) -> None:
    history.add(Sample(1_392_220_800.25, 949.67, 16.04), None)
    history.add(Sample(1_392_224_400.0, 948.834, None), None)
    with HistoryReader(path) as reader:
        assert list(reader.samples(0, 2e9)) == [
            (1_392_220_800.25, 949.67, 16.04),
            (1_392_224_400.0, 948.83, None),
        ]
        assert reader.newest() == (1_392_224_400.0, 948.83, None)


def test_an_offset_is_added_where_it_is_read_and_nowhere_else(history: History, path: Path) -> None:
    """To the nearest pascal, so that no digits appear that nobody measured."""
    history.add(Sample(1_392_220_800.0, 949.67, 16.04), None)
    history.add(Sample(1_392_224_400.0, 948.83, None), None)
    with HistoryReader(path, -0.834) as reader:
        assert list(reader.samples()) == [
            (1_392_220_800.0, 948.84, 16.04),
            (1_392_224_400.0, 948.0, None),
        ]
        assert reader.newest() == (1_392_224_400.0, 948.0, None)
        assert [(s.low_hpa, s.high_hpa) for s in reader.spans(0, 2e9, 1)] == [(948.0, 948.84)]
    with HistoryReader(path) as reader:
        assert [sample.pressure_hpa for sample in reader.samples()] == [949.67, 948.83]


def test_the_file_is_as_it_should_be(history: History, path: Path) -> None:
    """Integer pascals, WAL, and a full sync at each commit."""
    history.add(Sample(1_392_220_800.0, 949.67, 16.04), None)
    with sqlite3.connect(path) as plain:
        assert plain.execute("SELECT * FROM samples").fetchall() == [(1392220800000, 94967, 1604)]
        assert plain.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    plain.close()
    assert history._connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_the_outlook_comes_back_as_it_was(
    history: History, path: Path, storm: list[Sample]
) -> None:
    watch = StormWatch()
    for sample in storm[:65]:
        outlook = watch.update(sample)
        history.add(sample, outlook)
    with HistoryReader(path) as reader:
        assert reader.outlook() == outlook
        stored = reader.outlook()
        assert stored is not None
        assert isinstance(stored.level, StormLevel)
        assert isinstance(stored.tendency, Tendency)
        raised = reader.raised(storm[0].taken_at, storm[64].taken_at)
    assert [level.name for _, level in raised] == 2 * ["WATCH", "WARNING", "STORM"]


@pytest.mark.parametrize("taken_at", [1000.0, 999.0, -5.0])
def test_a_clock_that_went_back_is_refused_and_nothing_is_overwritten(
    history: History, path: Path, taken_at: float
) -> None:
    history.add(Sample(1000.0, 1010.0), None)
    with pytest.raises(ClockBehind, match="behind the newest sample, of 1970-01-01 00:16:40 UTC"):
        history.add(Sample(taken_at, 990.0), None)
    with HistoryReader(path) as reader:
        assert list(reader.samples(-1e9, 1e9)) == [(1000.0, 1010.0, None)]


def test_spans_keep_the_extremes(history: History, path: Path) -> None:
    for n in range(1000):
        history.add(Sample(60.0 * n, 1000.0 + (n % 10) / 10), None)
    with HistoryReader(path) as reader:
        spans = reader.spans(0.0, 59_999.0, 100)
    assert len(spans) == 100
    assert {(span.low_hpa, span.high_hpa) for span in spans} == {(1000.0, 1000.9)}


def test_others_can_see_whether_a_history_is_being_written(path: Path) -> None:
    assert not is_being_written(path)
    with History(path):
        assert is_being_written(path)
    assert not is_being_written(path)


def test_a_remark_is_told_with_the_sample_it_came_with(history: History, path: Path) -> None:
    history.add(Sample(60.0, 1010.0), None, "always the same")
    with HistoryReader(path) as reader:
        assert (reader.remark(), reader.outage()) == ("always the same", "")
    history.note_outage("nobody answers")
    with HistoryReader(path) as reader:
        assert (reader.remark(), reader.outage()) == ("always the same", "nobody answers")
    history.add(Sample(120.0, 1010.0), None)
    with HistoryReader(path) as reader:
        assert (reader.remark(), reader.outage()) == ("", "")


def test_a_history_of_the_first_version_goes_on(path: Path) -> None:
    """As 0.1.0 wrote it: the table of the present had no remark."""
    with History(path) as history:
        history.add(Sample(60.0, 1010.0), None)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("ALTER TABLE present DROP COLUMN remark; PRAGMA user_version = 1;")
    with pytest.raises(HistoryError, match="start scripts/dashboard once"):
        HistoryReader(path)
    with History(path) as history:
        history.add(Sample(120.0, 1011.0), None, "a remark")
    with HistoryReader(path) as reader:
        assert [sample.pressure_hpa for sample in reader.samples()] == [1010.0, 1011.0]
        assert reader.remark() == "a remark"


def test_an_outage_is_told_until_the_next_sample(history: History, path: Path) -> None:
    history.note_outage("nobody answers at 0x77")
    with HistoryReader(path) as reader:
        assert reader.outage() == "nobody answers at 0x77"
    history.add(Sample(1000.0, 1010.0), None)
    with HistoryReader(path) as reader:
        assert reader.outage() == ""


def test_a_second_writer_is_refused_and_the_first_is_not_hurt(history: History, path: Path) -> None:
    with pytest.raises(HistoryError, match="another Storm Petrel"):
        History(path)
    history.add(Sample(1000.0, 1010.0), None)


def test_after_closing_the_next_may_write(history: History, path: Path) -> None:
    history.close()
    history.close()
    with History(path) as second:
        second.add(Sample(1000.0, 1010.0), None)


def test_a_file_that_is_something_else_is_refused_and_left_alone(path: Path) -> None:
    path.write_bytes(b"my diary, " * 200)
    with pytest.raises(HistoryError, match="no history of Storm Petrel"):
        History(path)
    assert path.read_bytes() == b"my diary, " * 200


def test_another_programs_database_is_refused_and_left_alone(path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE diary (day TEXT)")
        other.execute("PRAGMA user_version = 1")
    other.close()
    before = path.read_bytes()
    with pytest.raises(HistoryError, match="no history of Storm Petrel"):
        History(path)
    assert path.read_bytes() == before


def test_a_history_of_a_newer_program_is_refused(history: History, path: Path) -> None:
    history.close()
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA user_version = 3")
    other.close()
    with pytest.raises(HistoryError, match="version 3, this program knows 2"):
        History(path)


def test_a_history_that_is_deleted_while_it_is_written_is_told(
    history: History, path: Path
) -> None:
    history.add(Sample(1000.0, 1010.0), None)
    path.unlink()
    with pytest.raises(HistoryError, match="moved or deleted"):
        history.add(Sample(1060.0, 1010.0), None)


def test_a_full_disk_is_called_so(history: History, path: Path) -> None:
    """A limit on the size of files stands for the disk's end."""
    ((pages,),) = history._connection.execute("PRAGMA page_count")
    history._connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(HistoryError, match="the disk is full: free some space"):
        for n in range(10_000):
            history.add(Sample(float(n), 1010.0), None)


def test_times_before_1970_come_back(history: History, path: Path) -> None:
    history.add(Sample(-3.5e9, 1010.0), None)
    history.add(Sample(5e9, 1010.0), None)
    with HistoryReader(path) as reader:
        assert len(list(reader.samples())) == 2


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(HistoryError, match=r"choose a folder"):
        History(tmp_path / "file" / "history.sqlite")


def test_a_read_only_folder_is_named(tmp_path: Path) -> None:
    """Root may write everywhere, so a child process tries it as nobody in particular."""
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(0o555 if folder == tmp_path else 0o755)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        if os.geteuid() == 0:
            os.setuid(65534)
        try:
            History(tmp_path / "history.sqlite")
            os.write(writing, b"it was written")
        except HistoryError as error:
            os.write(writing, str(error).encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        message = pipe.read()
    assert "Permission denied: choose a folder that may be written" in message


def test_a_killed_writer_loses_nothing_acknowledged(path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from web.history import History;"
        "from web.weather import Sample\n"
        f"history = History(Path({str(path)!r}))\n"
        "for n in range(10**6):\n"
        "    history.add(Sample(n * 60.0, 1000 + n / 1000), None)\n"
        "    print(n, flush=True)\n"
    )
    writer = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    for _ in range(40):
        acknowledged = int(writer.stdout.readline())
    writer.send_signal(signal.SIGKILL)
    rest = writer.communicate()[0].split()
    acknowledged = max([acknowledged, *map(int, rest)])
    with History(path), HistoryReader(path) as reader:
        assert len(list(reader.samples(0.0, 1e9))) >= acknowledged + 1


def test_json_in_the_file_is_plain(history: History, path: Path, storm: list[Sample]) -> None:
    watch = StormWatch()
    history.add(storm[0], watch.update(storm[0]))
    with sqlite3.connect(path) as plain:
        ((text,),) = plain.execute("SELECT outlook_json FROM present").fetchall()
    plain.close()
    assert json.loads(text)["level"] == 0
