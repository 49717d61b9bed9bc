"""`--drill` as a person runs it, through every way: in a program that runs and in its own."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from free_port import free_port
from playwright.sync_api import Page

from tests.support.fake_servers import answering
from tests.support.program_process import Program, run
from tests.support.real_servers import Mosquitto
from web.alarm.drill import SIGNALS, WAYS
from web.history.reader import HistoryReader

WORDS = [signal.value for signal in SIGNALS]
LATEST_S = 60.0
# Has a page note what it shows in large letters.
NOTE = """() => {
  window.shown = [];
  new MutationObserver(() => {
    const shown = document.querySelector('.armed .drill');
    if (shown) { window.shown.push(shown.textContent); }
  }).observe(document.querySelector('.armed'), {childList: true, subtree: true});
}"""


@pytest.fixture
def calm(tmp_path: Path) -> Path:
    """A record of steady pressure, a sample a second."""
    begin, file = datetime(2014, 6, 1), tmp_path / "calm.csv"
    rows = (f"{begin + timedelta(seconds=n):%Y-%m-%dT%H:%M:%SZ},1015.00" for n in range(3600))
    file.write_text("\n".join(["time_utc,pressure_hpa", *rows, ""]))
    return file


@pytest.fixture
def plotter() -> Iterator[socket.socket]:
    """A Signal K server, as far as UDP is concerned: it only listens."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.settimeout(0.0)
        yield listening


class ArmedPage(threading.Thread):
    """A page that is armed: it asks every second, and remembers what it was to sound."""

    def __init__(self, program: Program, name: str) -> None:
        super().__init__(daemon=True)
        self._program, self._name, self._stop_asking = program, name, threading.Event()
        self.drills: list[str] = []
        self.signals: set[object] = set()

    def run(self) -> None:
        while not self._stop_asking.wait(1.0):
            fields = json.loads(self._program.get(f"/api/alarm?armed={self._name}"))
            self.signals.add(fields["signal"])
            if fields["drill"] and self.drills[-1:] != [fields["drill"]]:
                self.drills.append(fields["drill"])

    def close(self) -> None:
        self._stop_asking.set()
        self.join(LATEST_S)


def settings(folder: Path, lines: str) -> Path:
    file = folder / "boat.toml"
    sound = f"sh -c 'echo $STORM_PETREL_LEVEL $STORM_PETREL_DRILL >> {folder}/sound'"
    notify = f"sh -c 'cat >> {folder}/notices'"
    alarm = f'[alarm]\nbuzzer = 17\nsound = "{sound}"\nnotify_command = "{notify}"\n'
    file.write_text(alarm + lines)
    return file


def listed(output: str) -> dict[str, str]:
    """What the list says of each way."""
    return {
        way: line[2:].removeprefix(way).strip()
        for line in output.splitlines()
        for way in WAYS
        if line.startswith(f"  {way} ")
    }


@pytest.mark.long("each signal is played for eight seconds")
def test_the_program_that_runs_reaches_every_way(
    tmp_path: Path, calm: Path, broker: Mosquitto, plotter: socket.socket, page: Page
) -> None:
    with answering(204) as server:
        config = settings(
            tmp_path,
            f'notify_url = "{server.url}"\n'
            f"[mqtt]\nhost = '127.0.0.1'\nport = {broker.port}\nnode = 'drill'\n"
            f"[signalk]\ntransport = 'udp'\nhost = '127.0.0.1'\nport = {plotter.getsockname()[1]}\n"
            "[matrix]\n",
        )
        where = ("--replay", str(calm), "--speed", "1", "--config", str(config))
        port = free_port()
        program = Program(tmp_path, port, *where)
        asking = ArmedPage(program, "a1")
        try:
            program.until_up()
            asking.start()
            program.until(lambda: asking.signals == {None})
            page.goto(f"http://127.0.0.1:{port}/")
            page.evaluate(NOTE)
            page.click("#sound")
            heard = broker.listening("storm-petrel/drill-simulated/state", 45, "-W", "90")
            done = run(tmp_path, *where, "--drill", "--port", str(port))
            asking.close()
            on_page = page.evaluate("window.shown")
            states = [json.loads(line.partition(" ")[2]) for line in heard.messages()]
            happened = json.loads(program.get("/api/events"))["events"]
        finally:
            program.terminate()
        posted = [json.loads(body) for body in server.bodies()]
    assert done.returncode == 0, done.stdout + done.stderr
    assert listed(done.stdout) == dict.fromkeys(WAYS, "ok")
    assert sound(tmp_path) == [f"{word} true" for word in WORDS]
    for notices in (posted, written(tmp_path)):
        assert [notice["level"] for notice in notices] == [*WORDS, "calm"]
        assert all(notice["message"].startswith("DRILL: ") for notice in notices)
    assert steps([state["drill"] for state in states if state["drill"]]) == WORDS
    assert {state["level"] for state in states} <= {"calm", None}
    assert {state["no_data"] for state in states} == {False}
    assert steps(on_page) == [f"DRILL: {signal.name.replace('_', ' ')}" for signal in SIGNALS]
    assert asking.drills == WORDS
    assert asking.signals == {None}, "a drill is no signal of the weather"
    shown = shown_at(plotter)
    assert [message for message, state in shown if state != "normal"] == [
        f"DRILL: SIMULATED (calm.csv): {signal.name.replace('_', ' ')}" for signal in SIGNALS
    ]
    assert len([state for _, state in shown if state == "normal"]) >= len(SIGNALS)
    drills = [event["words"] for event in happened if event["kind"] == "drill"]
    assert len(drills) == 2
    assert "every way answered" in drills[0]
    assert not [event for event in happened if event["kind"] in ("level", "no_data")]


@pytest.mark.slow("each signal is played for eight seconds")
def test_without_a_program_it_plays_by_itself_and_names_what_fails(
    tmp_path: Path, calm: Path
) -> None:
    config = settings(
        tmp_path, f"[mqtt]\nhost = '127.0.0.1'\nport = {free_port()}\nnode = 'drill'\n"
    )
    done = run(tmp_path, "--replay", str(calm), "--speed", "1", "--config", str(config), "--drill")
    assert done.returncode == 1
    ways = listed(done.stdout)
    assert ways.pop("mqtt").startswith("FAILED: NO DATA, WATCH, WARNING, STORM: ")
    assert ways == {
        "buzzer": "ok",
        "sound": "ok",
        "notify_command": "ok",
        "notify_url": "not configured",
        "signalk": "not configured",
        "matrix": "not configured",
        "armed pages": "none is armed",
    }
    assert "mqtt" in done.stderr.splitlines()[-1]
    assert sound(tmp_path) == [f"{word} true" for word in WORDS]
    (path,) = (tmp_path / "storm-petrel").glob("history-simulated-*.sqlite")
    with HistoryReader(path) as reader:
        samples = list(reader.samples(0.0, 2e9))
        change = reader.level()
    assert {round(sample.pressure_hpa) for sample in samples} == {1015}
    assert change is None or change.level == 0


@pytest.mark.slow("a storm is awaited for half a minute")
def test_a_real_storm_in_the_middle_goes_before(tmp_path: Path) -> None:
    """The STORM of 2014 begins at 08:00, 24 s after the program."""
    config = settings(
        tmp_path,
        'sounds_from = "storm"\n[simulated]\nspeed = 100\nstart = "2014-02-12T07:20:00Z"\n',
    )
    where, port = ("--simulate", "--config", str(config)), free_port()
    program = Program(tmp_path, port, *where)
    try:
        program.until(lambda: program.now()["level"] == "warning")
        done = run(tmp_path, *where, "--drill", "--port", str(port))
        alarm = json.loads(program.get("/api/alarm"))
        program.until(lambda: sound(tmp_path)[-1] == "storm false")
        again = run(tmp_path, *where, "--drill", "--port", str(port))
    finally:
        program.terminate()
    assert done.returncode == 1
    assert "ended by the alarm itself" in done.stderr
    assert (alarm["signal"], alarm["drill"]) == ("storm", "")
    assert [line for line in sound(tmp_path) if line.endswith("false")][-1] == "storm false"
    real = [notice for notice in written(tmp_path) if notice["event"] == "level"]
    assert real[-1]["level"] == "storm"
    assert "DRILL" not in real[-1]["message"]
    assert again.returncode == 1, "no drill while the alarm sounds"
    assert "acknowledge" in again.stderr


def sound(folder: Path) -> list[str]:
    return steps((folder / "sound").read_text().splitlines())


def written(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "notices").read_text().splitlines()]


def steps(words: list[str]) -> list[str]:
    """The words without those that are as the one before."""
    return [word for n, word in enumerate(words) if not n or words[n - 1] != word]


def shown_at(plotter: socket.socket) -> list[tuple[str, str]]:
    """The notifications of a drill, each as its message and its state, in their order."""
    shown: list[tuple[str, str]] = []
    while True:
        try:
            delta = json.loads(plotter.recv(65536))
        except BlockingIOError:
            return shown
        rows = [row for update in delta["updates"] for row in update.get("values", [])]
        shown += [
            (row["value"]["message"], row["value"]["state"])
            for row in rows
            if "pressure.drill." in row["path"]
        ]
