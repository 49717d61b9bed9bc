"""The level that stands is told to who comes later, and a restart tells nothing twice."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from free_port import free_port
from websocket import create_connection

from tests.support.program_process import Program
from tests.support.real_servers import Mosquitto
from tests.support.signalk_server import Server
from tests.support.waiting import eventually
from web.history.reader import HistoryReader

AT_ONCE_S = 10.0  # on a machine that is busy; it takes a tenth of a second


@pytest.fixture
def start(
    tmp_path: Path, broker: Mosquitto, open_server: Server
) -> Iterator[Callable[[], Program]]:
    """Start the program in the STORM of 2014, whose record stands still."""
    config, port, programs = tmp_path / "boat.toml", free_port(), list[Program]()
    config.write_text(
        "[simulated]\nspeed = 0\nstart = '2014-02-12T08:30:00Z'\n"
        f"""[alarm]\nnotify_command = "sh -c 'cat >> {tmp_path / "told"}'"\n"""
        f"[mqtt]\nhost = '127.0.0.1'\nport = {broker.port}\nnode = 'restart'\n"
        f"[signalk]\ntransport = 'udp'\nhost = '127.0.0.1'\nport = {open_server.ports.deltas}\n"
    )

    def start() -> Program:
        programs.append(Program(tmp_path, port, "--simulate", "--config", str(config)))
        programs[-1].until(lambda: programs[-1].now()["level"] == "storm")
        return programs[-1]

    yield start
    for program in programs:
        if program.process.returncode is None:
            program.process.kill()
            program.process.communicate()


def storms(server: Server) -> set[str]:
    """Return the ends of the paths on which a plotter shows a STORM now."""
    return {end for end, alarm in server.alarms().items() if alarm["state"] == "alarm"}


def told(tmp_path: Path) -> list[str]:
    """Return the messages that the command was given."""
    file = tmp_path / "told"
    lines = file.read_text().splitlines() if file.exists() else []
    return [json.loads(line)["message"] for line in lines]


def unsent(tmp_path: Path) -> bool:
    """Return whether a notice is stored that waits to be sent."""
    (path,) = (tmp_path / "storm-petrel").glob("history-simulated-*.sqlite")
    with HistoryReader(path) as reader:
        return any(reader.unsent().values())


def plotter(server: Server) -> str:
    """Connect a plotter; return the state of the first STORM that the server tells it of."""
    address = f"ws://127.0.0.1:{server.ports.http}/signalk/v1/stream?subscribe=all"
    ends = time.monotonic() + AT_ONCE_S
    with closing(create_connection(address, timeout=AT_ONCE_S)) as connection:
        while time.monotonic() < ends:
            delta = json.loads(connection.recv())
            for update in delta.get("updates", ()):
                for value in update.get("values", ()):
                    if value["path"].endswith(".storm") and value["value"]["state"] != "normal":
                        return str(value["value"]["state"])
    return "nothing"


def test_who_connects_during_the_storm_learns_of_it_at_once(
    start: Callable[[], Program], broker: Mosquitto, open_server: Server
) -> None:
    program = start()
    (line,) = broker.read("storm-petrel/+/state")
    assert json.loads(line.partition(" ")[2])["level"] == "storm"
    assert eventually(lambda: storms(open_server))
    assert plotter(open_server) == "alarm"
    assert 'data-sounding="storm"' in program.get("/")


def test_a_restart_in_the_storm_tells_nothing_twice(
    start: Callable[[], Program], tmp_path: Path, open_server: Server
) -> None:
    program = start()
    program.until(lambda: any("STORM" in message for message in told(tmp_path)))
    assert eventually(lambda: storms(open_server))
    program.until(lambda: "STORM" in program.get("/api/events") and not unsent(tmp_path))
    shown, messages = storms(open_server), told(tmp_path)
    levels = [event for event in happened(program) if event["kind"] == "level"]
    program.process.kill()
    program.process.communicate()
    again = start()
    assert storms(open_server) == shown
    assert [event for event in happened(again) if event["kind"] == "level"] == levels
    newest = happened(again)[0]
    assert newest["kind"] == "restart" and "power cut" in newest["words"]
    assert newest["since"] == levels[0]["happened_at"]
    assert again.terminate()[0] == 0
    assert told(tmp_path) == messages
    assert len(set(messages)) == len(messages)


def happened(program: Program) -> list[dict[str, str]]:
    events: list[dict[str, str]] = json.loads(program.get("/api/events"))["events"]
    return events
