"""The history: what is acknowledged is there, one writes, many read, and faults are named."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.disks import abort, fill, mount_again, small_disk
from tests.support.requirements import lacking
from web.history.connection import is_being_written
from web.history.database import HistoryError, OutOfOrder
from web.history.reader import HistoryReader
from web.history.writer import History
from web.weather import Sample, StormLevel, StormWatch


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
    """Integer pascals, WAL; the number of a row is its boot and the time in it."""
    history.add(Sample(1_392_220_800.0, 949.67, 16.04), None)
    history.add(Sample(1_392_220_860.25, 949.6, None), None)
    with closing(sqlite3.connect(path)) as plain:
        assert plain.execute("SELECT * FROM samples").fetchall() == [
            (1 << 40, 94967, 1604),
            ((1 << 40) + 60_250, 94960, None),
        ]
        assert plain.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_each_commit_is_one_sync(path: Path) -> None:
    """As the kernel saw it."""
    code = (
        "from pathlib import Path; from web.weather import Sample"
        "\nfrom web.history.writer import History"
        f"\nwith History(Path({str(path)!r})) as history:"
        "\n    for n in range(50): history.add(Sample(60.0 * n, 1010.0), None)"
        "\n    import os; os.kill(os.getpid(), 9)"
    )
    command = ["strace", "-f", "-e", "trace=fsync,fdatasync", sys.executable, "-c", code]
    if shutil.which("strace") is None:
        lacking("strace is not installed (sudo apt install strace)")
    traced = subprocess.run(command, capture_output=True, text=True)
    syncs = traced.stderr.count("sync(")
    assert 50 <= syncs <= 60  # some for the file being made


def test_levels_are_kept_as_they_change(history: History, path: Path, storm: list[Sample]) -> None:
    watch = StormWatch()
    for sample in storm[:65]:
        outlook = watch.update(sample)
        history.queue(sample, outlook and outlook.level)
    history.commit()
    assert outlook is not None
    with HistoryReader(path) as reader:
        assert reader.level() == (outlook.since, outlook.level)
        raised = reader.raised(storm[0].taken_at, storm[64].taken_at)
    assert [level.name for _, level in raised] == 2 * ["WATCH", "WARNING", "STORM"]


@pytest.mark.parametrize("taken_at", [1000.0, 999.0, -5.0])
def test_what_is_not_later_is_refused_and_nothing_is_overwritten(
    history: History, path: Path, taken_at: float
) -> None:
    history.add(Sample(1000.0, 1010.0), None)
    with pytest.raises(OutOfOrder, match="before the newest one"):
        history.add(Sample(taken_at, 990.0), None)
    with HistoryReader(path) as reader:
        assert list(reader.samples(-1e9, 1e9)) == [(1000.0, 1010.0, None)]


def test_spans_keep_the_extremes(history: History, path: Path) -> None:
    for n in range(1000):
        history.queue(Sample(60.0 * n, 1000.0 + (n % 10) / 10), None)
    history.commit()
    with HistoryReader(path) as reader:
        spans = reader.spans(0.0, 59_999.0, 100)
    assert len(spans) == 100
    assert {(span.low_hpa, span.high_hpa) for span in spans} == {(1000.0, 1000.9)}


def test_others_can_see_whether_a_history_is_being_written(path: Path) -> None:
    assert not is_being_written(path)
    with History(path):
        assert is_being_written(path)
    assert not is_being_written(path)


def test_spans_of_months_are_made_of_hours_and_of_the_samples_since(
    history: History, path: Path
) -> None:
    """60 days of minutes: against the same, worked out from the samples."""
    samples = [
        Sample(60.0 * n, 1000.0 + (n % 977) / 100 - (n == 43210) * 9.0) for n in range(86_400)
    ]
    for number, sample in enumerate(samples, 1):
        history.queue(sample)
        if number % 5000 == 0:
            history.commit()
    history.commit()
    with HistoryReader(path) as reader:
        spans = reader.spans(0.0, 5_184_000.0, 720)
    assert len(spans) == 720
    assert sum(span.mean_hpa for span in spans) / 720 == pytest.approx(
        sum(sample.pressure_hpa for sample in samples) / len(samples), abs=1e-6
    )
    assert min(span.low_hpa for span in spans) == min(sample.pressure_hpa for sample in samples)
    for number, span in enumerate(spans):
        own = [sample.pressure_hpa for sample in samples[number * 120 : number * 120 + 120]]
        assert (span.low_hpa, span.high_hpa) == (min(own), max(own))
        assert span.mean_hpa == pytest.approx(sum(own) / 120)


def test_a_remark_is_kept_for_other_programs(history: History, path: Path) -> None:
    history.add(Sample(60.0, 1010.0), None, "always the same")
    with HistoryReader(path) as reader:
        assert reader.remark() == "always the same"
    history.add(Sample(120.0, 1010.0), None)
    with HistoryReader(path) as reader:
        assert reader.remark() == ""


def test_a_history_of_release_1_0_0_is_read_and_written(path: Path) -> None:
    """It has one table more, of what the machine's clock did, which was never read."""
    with History(path):
        pass
    with closing(sqlite3.connect(path)) as old, old:
        old.execute(
            "CREATE TABLE clock_steps (id INTEGER PRIMARY KEY, step_ms INTEGER NOT NULL,"
            " offset_ms INTEGER NOT NULL, trust INTEGER NOT NULL) STRICT"
        )
        old.execute("INSERT INTO clock_steps VALUES (1, 60000, 0, 3)")
    with History(path) as history:
        history.add(Sample(60.0, 1010.0), StormLevel.CALM)
    with HistoryReader(path) as reader:
        assert [sample.taken_at for sample in reader.samples()] == [60.0]


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


@pytest.mark.parametrize("version", [2, 4])
def test_a_history_of_another_version_is_refused(
    history: History, path: Path, version: int
) -> None:
    history.close()
    with sqlite3.connect(path) as other:
        other.execute(f"PRAGMA user_version = {version}")
    other.close()
    with pytest.raises(HistoryError, match=f"version {version}, this program knows 3"):
        History(path)


def test_a_history_that_is_moved_while_it_is_written_goes_on_in_its_place(
    history: History, path: Path
) -> None:
    history.add(Sample(1000.0, 1010.0), None)
    path.rename(path.with_name("moved.sqlite"))
    history.add(Sample(1060.0, 1010.0), None)
    with HistoryReader(path) as reader:
        assert [sample.taken_at for sample in reader.samples()] == [1060.0]


def test_a_full_disk_is_called_so_and_what_it_does_not_take_waits(tmp_path: Path) -> None:
    """A small file system that somebody else fills, and clears."""
    with small_disk(tmp_path / "disk", megabytes=2) as disk:
        path, other = disk / "history.sqlite", disk / "photos"
        with History(path) as history:
            history.add(Sample(0.0, 1010.0), None)
            fill(other)
            refused = 0
            for n in range(1, 1000):
                try:
                    history.add(Sample(float(n), 1010.0), None)
                except HistoryError as error:
                    assert "full" in str(error)
                    refused += 1
            assert refused > 500
            assert history.waiting == refused
            other.unlink()
            history.add(Sample(1000.0, 1010.0), None)
            assert history.waiting == 0
        with HistoryReader(path) as reader:
            assert [sample.taken_at for sample in reader.samples()] == [
                float(n) for n in range(1001)
            ]


def test_a_disk_that_is_read_only_after_an_error_and_comes_back(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", megabytes=16) as disk:
        path = disk / "history.sqlite"
        with History(path) as history:
            history.add(Sample(0.0, 1010.0), None)
            abort(disk)
            for n in range(1, 20):
                with pytest.raises(HistoryError, match="may not be written"):
                    history.add(Sample(float(n), 1010.0), None)
            assert history.waiting == 19
            with HistoryReader(path) as reader:
                assert reader.newest() == (0.0, 1010.0, None)
            mount_again(disk)
            history.add(Sample(20.0, 1010.0), None)
            with pytest.raises(HistoryError, match="another Storm Petrel"):
                History(path)
        with HistoryReader(path) as reader:
            assert [sample.taken_at for sample in reader.samples()] == [float(n) for n in range(21)]


def test_a_disk_that_is_read_only_from_the_start(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", megabytes=16) as disk:
        path = disk / "history.sqlite"
        with History(path) as history:
            history.add(Sample(0.0, 1010.0), None)
        abort(disk)
        with History(path) as history:
            with pytest.raises(HistoryError, match="may not be written"):
                history.add(Sample(60.0, 1010.0), None)
            mount_again(disk)
            history.add(Sample(120.0, 1010.0), None)
        with HistoryReader(path) as reader:
            assert [sample.taken_at for sample in reader.samples()] == [0.0, 60.0, 120.0]


def test_a_file_that_another_program_holds_is_waited_for_without_losing_anything(
    history: History, path: Path
) -> None:
    history.add(Sample(0.0, 1010.0), None)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(HistoryError, match="another program holds it"):
            history.add(Sample(60.0, 1010.0), None)
        other.execute("ROLLBACK")
    history.add(Sample(120.0, 1010.0), None)
    with HistoryReader(path) as reader:
        assert [sample.taken_at for sample in reader.samples()] == [0.0, 60.0, 120.0]


def test_times_before_1970_come_back(history: History, path: Path) -> None:
    history.add(Sample(-3.5e9, 1010.0), None)
    history.add(Sample(-2.5e9, 1010.0), None)
    with HistoryReader(path) as reader:
        assert [sample.taken_at for sample in reader.samples()] == [-3.5e9, -2.5e9]


def test_a_record_of_more_than_34_years_is_refused_with_a_sentence(history: History) -> None:
    history.add(Sample(0.0, 1010.0), None)
    with pytest.raises(HistoryError, match="more than 34 years after it"):
        history.add(Sample(1.2e9, 1010.0), None)


def test_a_folder_that_is_not_there_yet_is_made(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "history.sqlite"
    with History(path) as history:
        history.add(Sample(0.0, 1010.0))
    assert path.exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(HistoryError, match=r"choose a folder"):
        History(tmp_path / "file" / "history.sqlite")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can reach: the parents of tmp_path are closed to all but one."""
    folder = Path(tempfile.mkdtemp(prefix="storm-petrel-"))
    yield folder
    shutil.rmtree(folder)


def test_a_read_only_folder_is_named(open_folder: Path) -> None:
    """Root may write everywhere, so a child process tries it as an ordinary user."""
    open_folder.chmod(0o555)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setuid(65534)
            History(open_folder / "history.sqlite")
            os.write(writing, b"it was written")
        except BaseException as error:  # a child that goes on would run the other tests
            os.write(writing, repr(error).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        message = pipe.read()
    assert "Permission denied: choose a folder that may be written" in message


def test_a_killed_writer_loses_nothing_acknowledged(path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from web.history.writer import History;"
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
