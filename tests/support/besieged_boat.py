"""A boat at a port that strangers flood, and the phone of its crew.

The program is the real one over a twin of the chip, a reading a second, with limits of its own and
a folder of its own for temporary files. STORM begins at a moment that is chosen: a squall in the
history is its sign.
"""

import http.client
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import sin
from pathlib import Path
from typing import Any

from free_port import free_port

from sensors.simulated.record import PressureRecord
from sensors.simulated.weather import Weather
from tests.support.breakable_program import Machine
from tests.support.floods import AWAY
from tests.support.program_usage import Usage, usage_of
from tests.support.watched_boat import PROGRAM, command_lines
from web.display.times import iso
from web.history.clock_trust import ClockReading, ClockTrust
from web.history.reader import HistoryReader
from web.history.writer import History
from web.recorder.system_clock import SystemClock
from web.weather import Sample

FLOODS = Path(__file__).with_name("floods.py")
PHONE = "127.0.0.1"
# From a squall's beginning, of eight hPa in ten minutes, to STORM, which rises at a whole minute.
_SQUALL_BEFORE_S = 1645.0
_HOURS, _AT_ONCE = 30, 5000
_SETTINGS = """
[board]
simulated = false
[history]
path = "{folder}/history.sqlite"
interval_s = 1.0
[alarm]
sound = "{folder}/sound"
notify_command = "{folder}/notify"
"""
_WRITE = '#!/bin/sh\necho "$(date +%s.%N) {what}" >> "{folder}/{name}.log"\n'


@dataclass
class Phone:
    """A phone at an address, which asks again as a browser does. token: of its page."""

    port: int
    token: str = ""
    address: str = PHONE
    tries: int = 0

    def get(self, route: str, within_s: float = 5.0) -> bytes:
        return self._ask("GET", route, within_s)

    def post(self, route: str, within_s: float = 5.0) -> dict[str, Any]:
        fields: dict[str, Any] = json.loads(self._ask("POST", route, within_s) or b"{}")
        return fields

    def _ask(self, method: str, route: str, within_s: float) -> bytes:
        """Ask on a connection of its own; raise TimeoutError when there is no answer in time."""
        deadline, why = time.monotonic() + within_s, "no time"
        while (left_s := deadline - time.monotonic()) > 0:
            self.tries += 1
            connection = http.client.HTTPConnection(
                PHONE, self.port, timeout=min(2.0, left_s), source_address=(self.address, 0)
            )
            try:
                headers = {"Content-Type": "application/json"}
                if method == "POST":
                    headers["Authorization"] = f"Bearer {self.token}"
                connection.request(method, route, "{}" if method == "POST" else None, headers)
                answer = connection.getresponse()
                body = answer.read()
                if answer.status < 300:
                    return body
                why = f"{answer.status} {body[:100]!r}"
            except (OSError, http.client.HTTPException) as error:
                why = repr(error)
            finally:
                connection.close()
            time.sleep(min(0.1, max(0.0, deadline - time.monotonic())))
        raise TimeoutError(f"{method} {route}: {why}")


@dataclass
class BesiegedBoat:
    """A boat in this folder.

    storm_after_s: from its start to STORM. descriptors: its limit. past: a history that its own
    goes on from. open_files: that it has besides its own. back_s: how far its clock is back.
    storm_at: when STORM is due, Unix seconds.
    """

    folder: Path
    storm_after_s: float
    descriptors: int = 1024
    past: Path | None = None
    open_files: int = 0
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self.temporary = self.folder / "tmp"
        self.back_s = self.storm_at = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.temporary.mkdir(parents=True)
        for name, what in (("sound", "$STORM_PETREL_LEVEL"), ("notify", "$(cat)")):
            file = self.folder / name
            file.write_text(_WRITE.format(what=what, folder=self.folder, name=name))
            file.chmod(0o755)
        (self.folder / "boat.toml").write_text(_SETTINGS.format(folder=self.folder))
        machine = self._fill()
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    str(PROGRAM),
                    str(self.folder / "boat.toml"),
                    str(self.port),
                    json.dumps(machine._asdict()),
                ],
                env={**os.environ, "TMPDIR": str(self.temporary)},
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                preexec_fn=self._limit,
            )
        self.phone().get("/api/now", 30.0)

    @property
    def path(self) -> Path:
        """Its history."""
        return self.folder / "history.sqlite"

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def phone(self) -> Phone:
        file = self.folder / "page-token"
        return Phone(self.port, file.read_text().strip() if file.exists() else "")

    @contextmanager
    def flooded(
        self, kind: str, lasts_s: float, addresses: tuple[str, ...] = AWAY
    ) -> Iterator[subprocess.Popen[str]]:
        """Have strangers flood it within the block."""
        command = [sys.executable, str(FLOODS), kind, str(self.port), str(lasts_s), *addresses]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as flood:
            try:
                yield flood
            finally:
                flood.kill()

    def sound_at(self) -> float | None:
        """When STORM sounded first, Unix seconds."""
        lines = command_lines(self.folder / "sound.log")
        return next((line.at for line in lines if line.text == "storm"), None)

    def notice_at(self) -> float | None:
        """When STORM was notified."""
        lines = command_lines(self.folder / "notify.log")
        return next((line.at for line in lines if line.json["level"] == "storm"), None)

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def usage(self) -> Usage:
        """What its processes use now."""
        assert self._process is not None
        return usage_of(self._process.pid, self.temporary)

    def missed(self, begin: float, end: float) -> int:
        """How many readings of the seconds between two moments the history does not have."""
        with HistoryReader(self.path) as reader:
            samples = reader.samples(begin - self.back_s, end - self.back_s)
            moments = [sample.taken_at for sample in samples]
        return max(0, int(end - begin) - len(moments))

    def end(self) -> None:
        """End it as systemd does. Ending twice is fine."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.communicate(timeout=20.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()

    def _fill(self) -> Machine:
        """Write the air and the last hours; return the machine, switched on."""
        air = self.folder / "air.csv"
        if self.past is not None:
            shutil.copy(self.past, self.path)
        now = time.time()
        self.storm_at = now + self.storm_after_s
        # A level rises at whole minutes of the machine's clock, which is set for that.
        self.back_s = self.storm_at % 60.0
        _write_air(air, self.storm_at - self.back_s)
        weather = Weather(PressureRecord.read(air))
        begin = weather.record.start // 60 * 60.0
        with History(self.path, "b0070001") as history:
            history.set_clock(ClockReading(round(begin * 1000), ClockTrust.SYNCHRONISED), 0)
            for n in range(1, round(now - self.back_s - 30.0 - begin) // 60):
                weather.move_to(begin + 60.0 * n)
                history.queue(Sample(weather.now, round(weather.pressure_pa / 100, 2), 15.0))
            history.commit()
        booted_s = SystemClock().uptime() - (time.time() - now)
        return Machine(
            now - self.back_s,
            booted_s,
            "b0070002",
            self.back_s,
            record=str(air),
            open_files=self.open_files,
        )

    def _limit(self) -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (self.descriptors, self.descriptors))


def _write_air(path: Path, storm_at: float) -> None:
    """A squall after fair weather, whose fall makes STORM at this minute."""
    squall_at = storm_at - _SQUALL_BEFORE_S
    moments = [squall_at - 3600.0 * hour for hour in range(_HOURS, -1, -1)]
    rows = [(at, 1012.0 + 0.4 * sin(at / 20_000)) for at in moments]
    rows += [(squall_at + 600.0, rows[-1][1] - 8.0), (storm_at + 86_400.0, rows[-1][1] - 8.5)]
    lines = (f"{iso(at)},{hpa:.3f}\n" for at, hpa in rows)
    path.write_text("time_utc,pressure_hpa\n" + "".join(lines))


def fair_weather(path: Path, days: int) -> Path:
    """Write a history of days that are over, a sample a minute."""
    begin = time.time() - 86_400.0 * (days + 3)
    with History(path, "b0070000") as history:
        history.set_clock(ClockReading(round(begin * 1000), ClockTrust.SYNCHRONISED), 0)
        for n in range(1, days * 1440):
            history.queue(Sample(begin + 60.0 * n, 1012.0 + n % 50 / 100, 15.0))
            if history.waiting >= _AT_ONCE:
                history.commit()
        history.commit()
    return path
