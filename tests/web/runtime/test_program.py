"""`python -m web` as a person runs it: a process, a port, signals and files."""

import json
import os
import pty
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from free_port import free_port

import sensors
from sensors import open_board
from sensors.simulated.record import PressureRecord, parse_time_utc
from tests.support.disks import fill, small_disk
from tests.support.program_process import PATIENCE_S, Program, modules_of_a_logger, run
from web.config.tables import HistoryConfig
from web.display.times import iso
from web.history.clock_trust import ClockReading, ClockTrust
from web.history.daily_csv import DailyCsv
from web.history.writer import History
from web.runtime.paths import history_path
from web.weather import Sample

STORM = Path(sensors.__file__).parent / "simulated" / "data" / "storm_2014_02_12.csv"
JFK = Path(__file__).parents[2] / "data" / "nyc_jfk_2013_01_31.csv"

Start = Callable[..., Program]


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def start(tmp_path: Path, port: int) -> Iterator[Start]:
    programs: list[Program] = []

    def start(*arguments: str) -> Program:
        programs.append(Program(tmp_path, port, *arguments))
        return programs[-1]

    yield start
    for program in programs:
        program.process.kill()
        program.process.communicate()


def test_the_storm_is_up_at_once_ends_cleanly_and_goes_on(start: Start) -> None:
    program = start("--simulate")
    program.until_up()
    assert program.now()["level"] != "calm"
    page = program.get("/")
    assert "imulated" in page
    assert "the storm of 12 February 2014" in page
    before = json.loads(program.get("/api/pressure?hours=500"))["samples"]
    assert len(before) >= 55  # the record up to 12 February 06:00
    status, output, seconds = program.terminate()
    assert (status, "Traceback" in output) == (0, False)
    assert seconds < 2.0

    again = start("--simulate")
    again.until_up()
    after = json.loads(again.get("/api/pressure?hours=500"))["samples"]
    moments = [row["taken_at"] for row in after]
    assert moments[: len(before)] == [row["taken_at"] for row in before]
    assert len(set(moments)) == len(moments)
    assert str(again.now()["taken_at"]) >= before[-1]["taken_at"]


def test_the_chip_says_what_the_record_says(tmp_path: Path) -> None:
    """Through registers, driver, recorder and store: 1 Pa, and half a step of 2.62 Pa."""
    result = run(tmp_path, "--no-page", "--simulate", "--speed", "1e7")
    assert result.returncode == 0, result.stderr
    from web.history.reader import HistoryReader

    (path,) = (tmp_path / "storm-petrel").glob("history-simulated-*.sqlite")
    rows = PressureRecord.read(STORM).rows
    with HistoryReader(path) as reader:
        stored = list(reader.samples(0.0, 2e9))
    assert [sample.taken_at for sample in stored] == [row.taken_at for row in rows]
    worst_pa = max(
        abs(sample.pressure_hpa - row.pressure_hpa) * 100
        for sample, row in zip(stored, rows, strict=True)
    )
    assert worst_pa <= 1.0 + 2.62 / 2


def test_a_measured_record_is_played_with_its_gaps(start: Start) -> None:
    program = start("--replay", str(JFK), "--speed", "1e7")
    rows = PressureRecord.read(JFK).rows
    program.until(lambda: program.now()["taken_at"] == iso(rows[-1].taken_at))
    lines = program.get("/export.csv").splitlines()[1:]
    assert [line.split(",")[0] for line in lines] == [iso(row.taken_at) for row in rows]
    assert float(str(program.now()["age_s"])) == 0.0
    assert "nyc_jfk_2013_01_31.csv" in program.get("/")


def test_what_happened_has_each_start_and_each_end(tmp_path: Path) -> None:
    from web.history.reader import HistoryReader

    for _ in range(2):
        run(tmp_path, "--no-page", "--replay", str(JFK), "--speed", "1e7")
    (path,) = (tmp_path / "storm-petrel").glob("history-simulated-*.sqlite")
    with HistoryReader(path) as reader:
        events = reader.events(100)[::-1]
    assert [event.kind for event in events if event.kind != "level"] == 2 * ["restart", "stop"]
    assert events[0].words == "The program was started for the first time"
    assert events[-2].words == "The program was started again"
    assert "level" in {event.kind for event in events}


def test_the_storm_begins_again_once_it_is_over(tmp_path: Path) -> None:
    for words in ("recording without a page", "the record is played from its beginning"):
        result = run(tmp_path, "--no-page", "--simulate", "--speed", "1e7")
        assert result.returncode == 0, result.stderr
        assert words in result.stderr


def test_what_cannot_be_shown_touches_no_history(start: Start, tmp_path: Path) -> None:
    run(tmp_path, "--no-page", "--replay", str(JFK), "--speed", "1e7")
    (path,) = (tmp_path / "storm-petrel").glob("history-simulated-*.sqlite")
    before = path.read_bytes()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = run(tmp_path, "--replay", str(JFK), "--again", "--port", port)
    assert result.returncode == 1
    assert path.read_bytes() == before


def test_a_record_of_ones_own_stays_and_says_that_it_is_over(start: Start, tmp_path: Path) -> None:
    played = run(tmp_path, "--no-page", "--replay", str(JFK), "--speed", "1e7")
    assert played.returncode == 0, played.stderr
    program = start("--replay", str(JFK))
    program.until_up()
    assert "the record has ended: start with --again" in program.get("/")
    assert len(program.get("/export.csv").splitlines()) == 1 + len(PressureRecord.read(JFK).rows)


def test_a_real_board_without_a_bus_says_so_on_the_page(start: Start, tmp_path: Path) -> None:
    config = tmp_path / "boat.toml"
    config.write_text("[board]\nsimulated = false\n[barometer]\nbus = 77\n")
    program = start("--config", str(config))
    program.until(lambda: bool(program.now()["outage"]))
    assert "there is no /dev/i2c-77" in program.get("/")
    assert program.now()["simulated"] is False
    status, output, _ = program.terminate()
    assert status == 0
    assert output.count("there is no /dev/i2c-77") == 1


def test_the_token_is_shown_to_a_person_once_and_to_no_log(tmp_path: Path, port: int) -> None:
    ours, theirs = pty.openpty()
    program = subprocess.Popen(
        [sys.executable, "-m", "web", "--simulate", "--port", str(port)],
        env={**os.environ, "XDG_DATA_HOME": str(tmp_path), "PYTHONIOENCODING": "utf-8"},
        stdout=theirs,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(theirs)
    shown = b""
    while b"token revoke first" not in shown:
        shown += os.read(ours, 65536)
    program.terminate()
    logged = program.communicate(timeout=PATIENCE_S)[1]
    os.close(ours)
    text = (tmp_path / "storm-petrel" / "page-token").read_text().strip()
    assert f"http://127.0.0.1:{port}/colour#token={text}" in shown.decode()
    assert text not in logged


def test_the_token_is_asked_for_on_this_machine_too_and_is_in_no_log(
    start: Start, tmp_path: Path
) -> None:
    program = start("--simulate")
    program.until_up()
    asked = run(tmp_path, "--token", "--host", "0.0.0.0", "--port", str(program.port))
    text = (tmp_path / "storm-petrel" / "page-token").read_text().strip()
    assert f":{program.port}/colour#token={text}" in asked.stdout
    assert asked.stderr == ""
    route = f"http://127.0.0.1:{program.port}/api/token"
    with pytest.raises(HTTPError, match="401"):
        urlopen(Request(route, method="POST"), timeout=10)
    headers = {"Authorization": f"Bearer {text}"}
    with urlopen(Request(route, method="POST", headers=headers), timeout=10) as answer:
        assert answer.status == 204
    status, output, _ = program.terminate()
    assert (status, text in output) == (0, False)
    assert "scripts/dashboard --token shows it" in output


def test_the_colour_page_of_the_running_program(start: Start) -> None:
    program = start("--simulate")
    program.until_up()
    assert ">Simulated<" in program.get("/colour")
    program.until(lambda: json.loads(program.get("/api/colour"))["seen"] is not None)
    seen = json.loads(program.get("/api/colour"))["seen"]
    assert seen["hz"]["clear"] == pytest.approx(550.0, rel=0.05)  # dark comes first
    status, output, seconds = program.terminate()
    assert (status, "Traceback" in output) == (0, False)
    assert seconds < 3.0


def test_names_that_the_page_goes_by(start: Start, tmp_path: Path) -> None:
    config = tmp_path / "boat.toml"
    config.write_text("[page]\nnames = 'boat.lan'\n")
    program = start("--simulate", "--config", str(config))
    program.until_up()
    route = f"http://127.0.0.1:{program.port}/now.txt"
    with urlopen(Request(route, headers={"Host": "boat.lan"}), timeout=10) as answer:
        assert answer.status == 200
    with pytest.raises(HTTPError, match="403"):
        urlopen(Request(route, headers={"Host": "evil.example"}), timeout=10)


def test_a_second_instance_on_the_same_history_is_refused(start: Start, tmp_path: Path) -> None:
    start("--simulate").until_up()
    second = run(tmp_path, "--simulate", "--port", "1024")
    assert second.returncode == 1
    assert "written by another Storm Petrel" in second.stderr


def test_a_port_that_is_taken_is_named_with_the_next_one(tmp_path: Path, port: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        result = run(tmp_path, "--port", str(port))
    assert result.returncode == 1
    assert f"port {port} of 127.0.0.1 is taken" in result.stderr
    assert f"--port {port + 1}" in result.stderr


def test_the_alarm_sounds_is_acknowledged_and_stays_so_over_a_restart(
    start: Start, tmp_path: Path
) -> None:
    """The storm of 2014: WARNING is reached while it plays; a command is the bell."""
    heard, told = tmp_path / "heard", tmp_path / "told"
    config = tmp_path / "boat.toml"
    config.write_text(
        "[simulated]\nspeed = 0\nstart = '2014-02-12T08:30:00Z'\n"
        f"""[alarm]\nsound = "sh -c 'echo $STORM_PETREL_LEVEL >> {heard}'"\n"""
        f"""notify_command = "sh -c 'cat >> {told}'"\n"""
    )
    program = start("--simulate", "--config", str(config))
    program.until(lambda: heard.exists() and heard.read_text().split() != [])
    assert set(heard.read_text().split()) <= {"warning", "storm"}
    program.until_up()  # it sounds before there is a page
    token = (tmp_path / "storm-petrel" / "page-token").read_text().strip()
    route = f"http://127.0.0.1:{program.port}/api/alarm/acknowledge"
    headers = {"Authorization": f"Bearer {token}"}
    with urlopen(Request(route, method="POST", headers=headers), timeout=10) as answer:
        assert json.load(answer)["sounding"] is False
    level = program.now()["level"]
    assert level in ("warning", "storm")
    status, output, seconds = program.terminate()
    assert (status, "Traceback" in output) == (0, False)
    assert seconds < 2.0
    heard.unlink()
    again = start("--simulate", "--config", str(config))
    again.until_up()
    alarm = again.now()["alarm"]
    assert isinstance(alarm, dict)
    assert (alarm["sounding"], alarm["acknowledged"]) == (False, level)
    again.terminate()
    assert not heard.exists()


def test_without_a_disk_that_can_be_written_the_page_is_there_all_the_same(
    start: Start, tmp_path: Path
) -> None:
    """Full from the start: what is measured is shown, and why it is not kept."""
    with small_disk(tmp_path / "disk", 2) as disk:
        program = start("--simulate", "--config", str(_on(tmp_path, disk)))
        program.until_up()
        program.terminate()
        photos = disk / "photos"
        fill(photos)
        program = start("--simulate", "--again", "--config", str(_on(tmp_path, disk)))
        status = program.process.wait(timeout=PATIENCE_S)
        assert status == 1  # --again wants to empty it, and says why it cannot
        program = start("--simulate", "--config", str(_on(tmp_path, disk)))
        program.until(lambda: "the disk is full" in str(program.now()["outage"]))
        assert program.now()["pressure_hpa"] is not None
        assert "the disk is full" in program.get("/")
        photos.unlink()
        program.until(lambda: program.now()["outage"] == "")


def _on(tmp_path: Path, disk: Path) -> Path:
    config = tmp_path / "disk.toml"
    config.write_text(f"[history]\npath = '{disk / 'history.sqlite'}'\n")
    return config


def test_the_history_is_made_anew_of_its_copies(tmp_path: Path) -> None:
    path = tmp_path / "storm-petrel" / "history.sqlite"
    with History(path, "b0070001") as history:
        history.set_clock(ClockReading(1_767_225_600_000, ClockTrust.PHONE), 0)
        copies = DailyCsv(history)
        for n in range(200):
            history.add(Sample(1_767_225_600 + 600.0 * (n + 1), 1000.0 + n / 100))
            copies.look(1_767_225_600 + 600.0 * (n + 1))
    path.write_bytes(b"")
    config = tmp_path / "boat.toml"
    config.write_text("[board]\nsimulated = false\n")
    result = run(tmp_path, "--config", str(config), "--rebuild")
    assert result.returncode == 0, result.stderr
    assert "143 samples of 1 boots" in result.stderr
    nothing = run(tmp_path / "elsewhere", "--config", str(config), "--rebuild")
    assert nothing.returncode == 1
    assert "there are no daily copies" in nothing.stderr


def test_the_logger_needs_neither_flask_nor_numpy(tmp_path: Path) -> None:
    loaded = modules_of_a_logger(tmp_path)
    assert "web.recorder.recorder" in loaded
    assert [name for name in ("flask", "numpy", "waitress") if name in loaded] == []


def set_on_the_page(program: Program, folder: Path, **values: object) -> dict[str, Any]:
    """folder: of the token."""
    token = (folder / "page-token").read_text().strip()
    request = Request(
        f"http://127.0.0.1:{program.port}/api/settings",
        json.dumps(values).encode(),
        {"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
    )
    with urlopen(request, timeout=10) as answer:
        fields: dict[str, Any] = json.load(answer)
    return fields


def test_settings_hold_with_the_next_request(start: Start, tmp_path: Path) -> None:
    program = start("--simulate", "--speed", "0")
    program.until_up()
    page = f"http://127.0.0.1:{program.port}/"
    with urlopen(page, timeout=10) as answer:
        tag = answer.headers["ETag"]
    assert program.now()["qnh_hpa"] is None
    set_here = set_on_the_page(
        program, tmp_path / "storm-petrel", altitude_m=120.0, unit="inhg", sounds_from="storm"
    )
    assert set_here["altitude_m"] == 120.0
    now = program.now()
    assert now["qnh_hpa"] is not None
    assert isinstance(now["alarm"], dict) and now["alarm"]["sounds_from"] == "storm"
    assert "inHg" in program.get("/now.txt")
    with urlopen(Request(page, headers={"If-None-Match": tag}), timeout=10) as answer:
        assert "inHg" in answer.read().decode()
    assert program.terminate()[0] == 0


def test_a_preference_loses_no_queued_notification_and_no_sample_that_waits(
    start: Start, tmp_path: Path
) -> None:
    """In the storm of 2014 the disk is full and the command fails; then a unit is chosen."""
    tried, mended, told = (tmp_path / name for name in ("tried", "mended", "told"))
    with open_board(simulated=True) as board:
        link = history_path(board, HistoryConfig(str(tmp_path / "history.sqlite")))
    with small_disk(tmp_path / "disk", 2) as disk:
        link.symlink_to(disk / link.name)  # what is set on the page is kept on another disk
        config = _on(tmp_path, tmp_path)
        command = f"echo $STORM_PETREL_TAKEN_AT >> {tried}; test -e {mended} && cat >> {told}"
        with config.open("a") as file:
            file.write("[simulated]\nspeed = 3600\nstart = '2014-02-12T08:30:00Z'\n")
            file.write(f"""[alarm]\nnotify_command = "sh -c '{command}'"\n""")
        program = start("--simulate", "--config", str(config))
        program.until_up()
        photos = disk / "photos"
        fill(photos)
        program.until(lambda: "wait in memory" in str(program.now()["outage"]))
        program.until(tried.exists)
        set_on_the_page(program, tmp_path, unit="inhg")
        assert "inHg" in program.get("/now.txt")
        assert not told.exists()
        photos.unlink()
        mended.touch()
        queued = tried.read_text().split()[0]
        program.until(lambda: told.exists() and queued in told.read_text())
        program.until(lambda: program.now()["outage"] == "")
        rows = program.get("/export.csv").splitlines()[1:]
        hours = [parse_time_utc(row.split(",")[0]) for row in rows]
        assert hours == [hours[0] + 3600.0 * n for n in range(len(hours))]
        program.terminate()
