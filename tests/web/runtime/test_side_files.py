"""Whatever becomes of the files beside the history, the next sample is recorded, and it is said."""

import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from free_port import free_port

from calibration.errors import CalibrationError
from sensors.errors import ConfigError
from tests.support.disks import abort, fill, small_disk
from tests.support.program_process import Program, run
from tests.support.side_file_station import (
    FAULTS,
    FILES,
    OFFSET,
    Running,
    Station,
    signal_k_server,
)
from tests.support.waiting import eventually

ORDINARY = 65534


@contextmanager
def ordinary_user(folder: Path, fault: str) -> Iterator[None]:
    """Become one, to whom the folder belongs, for a fault that does not trouble root."""
    if os.geteuid() != 0 or fault != "not readable":
        yield
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, ORDINARY, ORDINARY, follow_symlinks=False)
    os.seteuid(ORDINARY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that another user can get at."""
    folder = Path(tempfile.mkdtemp(prefix="storm-petrel-"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Of a Signal K server. All is imported by then, which an ordinary user may not be able to."""
    with signal_k_server() as port:
        folder = tmp_path_factory.mktemp("first")
        with Station(folder, signal_k_port=port).running() as running:
            assert running.records()
            running.page()
        yield port


def damage(path: Path, fault: str) -> object:
    """Return what is there then, and has to be there still when it is set aside."""
    before = path.read_bytes()
    FAULTS[fault](path)
    return before if fault == "not readable" else content(path)


def content(path: Path) -> object:
    if path.is_symlink():
        return path.readlink()
    if path.is_dir():
        return [file.read_bytes() for file in path.iterdir()]
    return path.read_bytes()


@pytest.mark.long("starts thirty programs")
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_at_the_start(folder: Path, port: int, name: str, fault: str) -> None:
    """A file that cannot be used is set aside; all that is said of it can be acknowledged."""
    station = Station(folder, signal_k_port=port)
    station.prepare()
    path, before = station.path(name), station.present()
    left = damage(path, fault)
    with ordinary_user(folder, fault), station.running() as running:
        assert running.records()
        assert running.stores()
        assert running.names(path.name)
        (aside,) = station.aside(name)
        assert running.names(aside.name)
        assert ("offset is lost" in running.page()) is (name == "barometer-offset")
        token = station.path("page-token").read_text().strip()
        assert running.post("/api/side-files/acknowledge", token) == 204
        assert running.now()["side_files"] == []
    (aside,) = station.aside(name, "damaged" if name == "alarm state" else "acknowledged")
    assert content(aside) == left
    before.pop(path.name, None)
    assert before.items() <= station.present().items()


@pytest.mark.long("starts thirty programs")
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_damaged_meanwhile(folder: Path, port: int, name: str, fault: str) -> None:
    """What is in memory holds, and is written again."""
    station = Station(folder, signal_k_port=port)
    station.prepare()
    path, before = station.path(name), station.present()
    with ordinary_user(folder, fault), station.running() as running:
        assert running.records()
        assert eventually(
            lambda: (*running.plan.side_files.faults, *running.page_files.faults) == ()
        )
        left = damage(path, fault)
        running.check()
        assert running.records()
        if name != "alarm state":
            assert running.names(path.name)
            (aside,) = station.aside(name)
            assert running.names(aside.name)
            assert "offset is lost" not in running.page()
            assert running.plan.settings.current.offset == OFFSET
            assert eventually(lambda: before.items() <= station.present().items(), 5.0)
        else:
            assert running.stores()
    if name != "alarm state":
        assert content(aside) == left


def _fill(disk: Path) -> None:
    fill(disk / "photos")


def _read_only(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)


@pytest.mark.parametrize(("words", "spoil"), [("full", _fill), ("may not be written", _read_only)])
def test_a_disk_that_takes_nothing_at_the_first_start(
    tmp_path: Path, port: int, words: str, spoil: Callable[[Path], None]
) -> None:
    with small_disk(tmp_path / "disk", 4) as disk:
        spoil(disk)
        station = Station(disk, signal_k_port=port)
        with station.running() as running:
            assert running.records()
            _check_unwritten(station, running, words)
            assert running.names(f"{station.path('page-token').name} cannot be written")
            assert "only in memory" in running.page()
        assert not station.path("page-token").exists()


@pytest.mark.parametrize(("words", "spoil"), [("full", _fill), ("may not be written", abort)])
def test_a_disk_that_takes_nothing_any_more(
    tmp_path: Path, port: int, words: str, spoil: Callable[[Path], None]
) -> None:
    with small_disk(tmp_path / "disk", 4) as disk:
        station = Station(disk, signal_k_port=port)
        station.prepare()
        before, signal_k_token = station.present(), station.path("signal-k-token")
        with station.running() as running:
            assert running.records()
            damage(signal_k_token, "zeroed")
            spoil(disk)  # so that it cannot be written again
            running.check()
            assert running.records()
            _check_unwritten(station, running, words)
            assert running.plan.settings.current.offset == OFFSET
        del before[signal_k_token.name]
        assert before.items() <= station.present().items()


def _check_unwritten(station: Station, running: Running, words: str) -> None:
    """What somebody wants to be kept is refused or held in memory, and each file is named."""
    assert eventually(lambda: words in str(running.now()["outage"]), 5.0)
    assert words in running.page()
    token = running.token()
    assert running.post("/api/settings", token, unit="mmhg") == 409
    assert running.names(f"{station.path('page-settings').name} cannot be written")
    with pytest.raises(CalibrationError):
        running.plan.settings.save_offset(replace(OFFSET, offset_hpa=-2.0))
    assert running.names(f"{station.path('barometer-offset').name} cannot be written")
    assert running.names("signal-k-token")
    assert "Signal K holds until the next start" in running.page()
    assert running.post("/api/alarm/acknowledge", token) == 200
    assert running.records()


def test_what_lives_in_memory_is_written_when_the_disk_takes_it(tmp_path: Path, port: int) -> None:
    with small_disk(tmp_path / "disk", 4) as disk:
        _fill(disk)
        station = Station(disk, signal_k_port=port)
        with station.running() as running:
            assert running.names(f"{station.path('signal-k-token').name} cannot be written")
            (disk / "photos").unlink()
            running.check()
            assert eventually(lambda: running.now()["side_files"] == [])
            assert station.path("page-token").read_text().strip() == running.token()
            assert eventually(running.stores)


@pytest.mark.long("starts five programs")
@pytest.mark.parametrize("fault", ["zeroed", "a link to nowhere"])
def test_the_offset_that_the_settings_name(tmp_path: Path, fault: str) -> None:
    """Of a real board: the loss outlives restarts until it is acknowledged."""
    named = tmp_path / "mine.json"
    station = Station(tmp_path, simulated=False, station={"offset": str(named)})
    OFFSET.save(named)
    damage(named, fault)
    for _ in range(2):
        with station.running() as running:
            assert running.records()
            assert running.names(named.name)
            assert "offset is lost: this is as measured" in running.page()
            token = running.token()
    with station.running() as running:
        assert running.post("/api/side-files/acknowledge", token) == 204
        assert "offset is lost" not in running.page()
    with station.running() as running:
        assert running.now()["side_files"] == []
    mistyped = Station(tmp_path, simulated=False, station={"offset": str(tmp_path / "mein.json")})
    with pytest.raises(ConfigError, match=r"mein\.json"), mistyped.running():
        pass


def test_a_new_offset_ends_the_loss_of_the_old_one(tmp_path: Path, port: int) -> None:
    station = Station(tmp_path, signal_k_port=port)
    station.prepare()
    damage(station.path("barometer-offset"), "zeroed")
    with station.running() as running:
        assert "offset is lost" in running.page()
        running.plan.settings.save_offset(OFFSET)
        assert eventually(lambda: running.now()["side_files"] == [])
    with station.running() as running:
        running.plan.settings.save_offset(None)
    with station.running() as running:
        assert running.now()["side_files"] == []


def test_nothing_that_was_set_aside_before_is_overwritten(tmp_path: Path, port: int) -> None:
    station = Station(tmp_path, signal_k_port=port)
    for n in range(4):
        path = station.path("page-token")
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"\0" * n)
        with station.running():
            pass
    files = station.path("page-token").parent.glob("page-token.*")
    assert sorted(file.stat().st_size for file in files) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    "nonsense",
    [
        "acknowledged = -5",
        "acknowledged = 9000000000000000000",
        "silenced_until_ms = 9000000000000000000",
        "silenced_until_ms = -9000000000000000000",
        "alarm_boot_id = char(0)",
        "one = 1; DELETE FROM present",
    ],
)
def test_nonsense_of_the_alarm(tmp_path: Path, port: int, nonsense: str) -> None:
    station = Station(tmp_path, signal_k_port=port)
    station.prepare()
    with closing(sqlite3.connect(station.path("alarm state"))) as file:
        file.executescript(f"UPDATE present SET {nonsense}")
    with station.running() as running:
        assert running.records()
        assert running.stores()
        assert running.post("/api/alarm/acknowledge", running.token()) == 200


def test_a_power_cut_that_zeroed_them_all(tmp_path: Path) -> None:
    """The program as a person runs it: at the start, and each second while it runs."""
    station = Station(tmp_path)
    station.prepare()
    config = tmp_path / "boat.toml"
    history = tmp_path / "data" / "history.sqlite"
    config.write_text(f"[history]\npath = '{history}'\ninterval_s = 1\n[simulated]\nspeed = 3600\n")
    for name in FILES[:3]:
        damage(station.path(name), "zeroed")
    damage(station.path("alarm state"), "cut")
    names = [str(station.path(name)) for name in FILES if name != "signal-k-token"]
    program = Program(tmp_path, free_port(), "--simulate", "--config", str(config))
    try:
        program.until_up()
        faults = json.dumps(program.now()["side_files"])
        assert [name for name in names if name not in faults] == []
        assert "offset is lost" in program.get("/")
        assert "offset is lost" in program.get("/now.txt")
        token = station.path("page-token")
        text = token.read_text()
        damage(token, "zeroed")
        program.until(lambda: token.exists() and token.read_text() == text)
        before = program.now()["taken_at"]
        program.until(lambda: program.now()["taken_at"] != before)
        status, output, _ = program.terminate()
    finally:
        program.process.kill()
        program.process.communicate()
    assert (status, "Traceback" in output) == (0, False)
    assert [name for name in names if name not in output] == []


def test_a_person_who_only_looks_moves_nothing(tmp_path: Path) -> None:
    station = Station(tmp_path)
    station.prepare()
    damage(station.path("page-settings"), "cut")
    before = station.present()
    config = tmp_path / "boat.toml"
    config.write_text(f"[history]\npath = '{tmp_path / 'data' / 'history.sqlite'}'\n")
    result = run(tmp_path, "--simulate", "--config", str(config), "--check")
    assert (result.returncode, "page-settings" in result.stdout) == (0, True)
    assert station.present() == before
