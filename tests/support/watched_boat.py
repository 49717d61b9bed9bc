"""A boat whose every output is watched from outside, as its crew and their other programs do."""

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.request import urlopen

from free_port import free_port
from prometheus_client.parser import text_string_to_metric_families

from sensors.simulated.record import PressureRecord, parse_time_utc
from sensors.simulated.weather import STORM, Weather
from tests.support.breakable_program import Machine
from tests.support.real_servers import Mosquitto, program
from web.history.clock_trust import ClockReading, ClockTrust
from web.history.writer import History
from web.recorder.system_clock import SystemClock
from web.weather import Sample, StormWatch

PROGRAM = Path(__file__).with_name("breakable_program.py")
# Of the record of the storm of 2014: nothing yet, and the worst of it.
MOMENTS = {"calm": "2014-02-12T00:00:00Z", "storm": "2014-02-12T16:00:00Z"}
_SETTINGS = """
[board]
simulated = false
[history]
path = "{disk}/history.sqlite"
interval_s = 1.0
[alarm]
sound = "{folder}/sound"
notify_command = "{folder}/notify"
no_data_after_s = {no_data_after_s}
[mqtt]
host = "127.0.0.1"
port = {mqtt}
node = "{node}"
[signalk]
host = "127.0.0.1"
port = {signal_k}
transport = "udp"
"""
_WRITE = '#!/bin/sh\nline="$(date +%s.%N) {what}"\necho "$line" >> "{file}"\n'


class Line(NamedTuple):
    """What a command of the alarm was given. at: Unix seconds of this machine."""

    at: float
    text: str

    @property
    def json(self) -> dict[str, Any]:
        fields: dict[str, Any] = json.loads(self.text)
        return fields


@dataclass
class View:
    """What every output says at one moment. at: Unix seconds; page: None where nothing answers."""

    at: float
    sounds: list[Line]
    notices: list[Line]
    page: dict[str, Any] | None
    glance: str
    line: str
    metrics: dict[str, float] | None
    availability: str
    state: dict[str, Any]
    signal_k: dict[str, Any]
    signal_k_at: float

    def alarms(self, end: str) -> list[dict[str, Any]]:
        """The notifications of Signal K that are not normal, whose path has this in it."""
        return [
            value
            for path, value in self.signal_k.items()
            if path.startswith("notifications.") and end in path and value["state"] != "normal"
        ]


@dataclass
class WatchedBoat:
    """A boat in this folder, with a broker of its own. disk: where its history lies."""

    folder: Path
    level: str
    broker: Mosquitto
    no_data_after_s: float = 10.0
    disk: Path = field(init=False)

    def __post_init__(self) -> None:
        self.disk, self.port = self.folder, free_port()
        self.node = self.folder.name
        self.machine = Machine(0.0, 0.0, "")
        self._process: subprocess.Popen[str] | None = None
        self._deltas = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._deltas.bind(("127.0.0.1", 0))
        self._signal_k: dict[str, Any] = {}
        self._signal_k_at = 0.0
        threading.Thread(target=self._receive, daemon=True).start()

    def prepare(self) -> None:
        """Write its settings, and the history of the days before."""
        for name, what in (("sound", "$STORM_PETREL_LEVEL"), ("notify", "$(cat)")):
            file = self.folder / name
            file.write_text(_WRITE.format(what=what, file=f"{file}.log"))
            file.chmod(0o755)
        settings = _SETTINGS.format(
            disk=self.disk,
            folder=self.folder,
            no_data_after_s=self.no_data_after_s,
            mqtt=self.broker.port,
            node=self.node,
            signal_k=self._deltas.getsockname()[1],
        )
        (self.folder / "boat.toml").write_text(settings)
        _fill(self.disk / "history.sqlite", parse_time_utc(MOMENTS[self.level]), time.time())
        self.boot("b0070002")

    def boot(self, boot_id: str, back_s: float = 0.0) -> None:
        """Switch the machine on; before, it must be off for a moment."""
        booted_s, moment = SystemClock().uptime(), parse_time_utc(MOMENTS[self.level])
        self.machine = Machine(moment, booted_s, boot_id, back_s)

    def start(self) -> None:
        settings, machine = str(self.folder / "boat.toml"), json.dumps(self.machine._asdict())
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, str(PROGRAM), settings, str(self.port), machine],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                text=True,
            )

    def until(self, is_so: Callable[[View], bool], within_s: float = 60.0) -> View:
        """Look until something is so; raise AssertionError if it never is."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            view = self.look()
            if is_so(view):
                return view
            time.sleep(0.2)
        raise AssertionError(f"it never came to be so:\n{view}\n{self.log()[-3000:]}")

    def tell(self, word: str) -> None:
        """Break it, or mend it, by a word of breakable_program.py."""
        assert self._process is not None and self._process.stdin is not None
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()

    def post(self, route: str, within_s: float = 10.0, body: object = None) -> dict[str, Any]:
        """What it answers to somebody with the token."""
        from urllib.request import Request

        token = (self.disk / "page-token").read_text().strip()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        request = Request(
            f"http://127.0.0.1:{self.port}{route}",
            data=json.dumps(body or {}).encode(),
            headers=headers,
            method="POST",
        )
        with urlopen(request, timeout=within_s) as answer:
            fields: dict[str, Any] = json.loads(answer.read() or b"{}")
            return fields

    def kill(self) -> None:
        """End it as a power cut does."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def close(self) -> None:
        self.kill()
        self._deltas.close()

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def get(self, route: str) -> str:
        with urlopen(f"http://127.0.0.1:{self.port}{route}", timeout=2.0) as answer:
            return str(answer.read().decode())

    def look(self) -> View:
        at = time.time()
        page, metrics, glance, line = None, None, "", ""
        with suppress(OSError):
            page = json.loads(self.get("/api/now"))
        with suppress(OSError):
            families = text_string_to_metric_families(self.get("/metrics"))
            metrics = {
                s.name.removeprefix("storm_petrel_"): s.value for f in families for s in f.samples
            }
        with suppress(OSError):
            glance, line = self.get("/glance"), self.get("/now.txt")
        availability, state = self._retained()
        return View(
            at,
            command_lines(self.folder / "sound.log"),
            command_lines(self.folder / "notify.log"),
            page,
            glance,
            line,
            metrics,
            availability,
            state,
            dict(self._signal_k),
            self._signal_k_at,
        )

    def _retained(self) -> tuple[str, dict[str, Any]]:
        """What a client that comes now is given of the availability and the state."""
        base = f"storm-petrel/{self.node}"
        command = [program("mosquitto_sub", "mosquitto-clients"), "-p", str(self.broker.port)]
        command += ["-t", f"{base}/availability", "-t", f"{base}/state", "-C", "2", "-W", "2", "-v"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        said = dict(line.split(" ", 1) for line in done.stdout.splitlines())
        state: dict[str, Any] = json.loads(said.get(f"{base}/state", "{}"))
        return said.get(f"{base}/availability", ""), state

    def _receive(self) -> None:
        with suppress(OSError):
            while True:
                delta = json.loads(self._deltas.recv(65536))
                for update in delta["updates"]:
                    for value in update.get("values", ()):
                        self._signal_k[value["path"]] = value["value"]
                        self._signal_k_at = time.time()


@contextmanager
def watched_boat(folder: Path, level: str, broker: Mosquitto) -> Iterator[WatchedBoat]:
    """A boat; what is on its disk is written by prepare()."""
    folder.mkdir(exist_ok=True)
    boat = WatchedBoat(folder, level, broker)
    try:
        yield boat
    finally:
        boat.close()


def command_lines(file: Path) -> list[Line]:
    text = file.read_text() if file.exists() else ""
    words = (line.partition(" ") for line in text.splitlines())
    return [Line(float(at), rest) for at, _, rest in words]


def _fill(path: Path, moment: float, now: float) -> None:
    """Store the record up to a moment of it as the past up to now, in another boot."""
    weather, watch = Weather(PressureRecord.read(STORM)), StormWatch()
    shift_s = now - moment
    begin = weather.record.start + shift_s
    with History(path, "b0070001") as history:
        history.set_clock(ClockReading(round(begin * 1000), ClockTrust.SYNCHRONISED), 0)
        at = begin + 60.0
        while at < now - 30.0:
            weather.move_to(at - shift_s)
            sample = Sample(at, round(weather.pressure_pa / 100, 2), 15.0)
            outlook = watch.update(sample)
            history.queue(sample, outlook.level if outlook else None)
            at += 60.0
        history.commit()
