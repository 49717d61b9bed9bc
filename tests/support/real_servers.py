"""Real servers for the publishers: Mosquitto and InfluxDB, each on a free port of this machine.

They are ended and started anew as a test likes; what they are told to keep is kept in a folder.
"""

import os
import shutil
import socket
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlencode

import pytest
from free_port import free_port

from tests.support.waiting import eventually

_PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


class Mosquitto:
    """A broker. settings: lines of its configuration besides the listener's."""

    def __init__(self, folder: Path, *settings: str) -> None:
        self._folder = folder
        self.port = free_port()
        own = [f"listener {self.port} 127.0.0.1"]
        if os.geteuid() == 0:  # else it becomes a user who may not read the test's folder
            own.append("user root")
        if not any("persistence" in line for line in settings):
            own.append("persistence false")
        if not any("allow_anonymous" in line for line in settings):
            own.append("allow_anonymous true")
        (folder / "mosquitto.conf").write_text("\n".join([*own, *settings, ""]))
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [program("mosquitto", "mosquitto"), "-c", str(self._folder / "mosquitto.conf")]
        with (self._folder / "mosquitto.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        assert eventually(lambda: is_listening(self.port)), self.log()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def end(self, *, suddenly: bool = False) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill() if suddenly else process.terminate()
            process.wait()

    def log(self) -> str:
        return (self._folder / "mosquitto.log").read_text()

    def read(self, topic: str, count: int = 1, *options: str) -> list[str]:
        """The first so many messages, as Mosquitto's own client reads them: "topic payload"."""
        return self.listening(topic, count, *options).messages()

    def publish(self, topic: str, payload: str, *options: str) -> None:
        """Publish as another client."""
        command = [program("mosquitto_pub", "mosquitto-clients"), "-h", "127.0.0.1"]
        where = ["-p", str(self.port), "-q", "1", "-t", topic]
        subprocess.run([*command, *where, "-m", payload, *options], check=True, timeout=20.0)

    def listening(self, topic: str, count: int, *options: str) -> "Listening":
        """The same, from now on."""
        return Listening(self.port, topic, count, *options)


class Listening:
    """mosquitto_sub, listening; it has subscribed when this is made."""

    def __init__(self, port: int, topic: str, count: int, *options: str) -> None:
        # Into a pipe it would write when it has a block full.
        command = ["stdbuf", "-oL", program("mosquitto_sub", "mosquitto-clients")]
        command += ["-h", "127.0.0.1"]
        command += ["-p", str(port), "-q", "1", "-v", "-d", "-t", topic, "-W", "30", *options]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self._count, self._lines, self._is_subscribed = count, list[str](), threading.Event()
        # Read as it comes: for whoever does not read, the broker drops messages after a while.
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        assert self._is_subscribed.wait(20.0)

    def messages(self) -> list[str]:
        came = eventually(lambda: len(self._lines) >= self._count, 30.0)
        self._process.kill()
        self._reader.join()
        self._process.communicate()
        assert came, f"{len(self._lines)} of {self._count}: {self._lines[-3:]}"
        return self._lines[: self._count]

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if "SUBACK" in line:
                self._is_subscribed.set()
            elif not line.startswith(("Client ", "Subscribed ")):
                self._lines.append(line.rstrip("\n"))


@contextmanager
def mosquitto(folder: Path, *settings: str) -> Iterator[Mosquitto]:
    program("mosquitto", "mosquitto")
    program("mosquitto_sub", "mosquitto-clients")
    broker = Mosquitto(folder, *settings)
    broker.start()
    try:
        yield broker
    finally:
        broker.end()


class Influx:
    """InfluxDB 1.x with one database, called boat."""

    def __init__(self, folder: Path, *, auth: bool = False) -> None:
        self.port, self.url = free_port(), ""
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        kept = folder / "influx"
        (folder / "influxdb.conf").write_text(
            f'reporting-disabled = true\nbind-address = "127.0.0.1:{free_port()}"\n'
            f'[meta]\ndir = "{kept}/meta"\n'
            f'[data]\ndir = "{kept}/data"\nwal-dir = "{kept}/wal"\n'
            f'[http]\nbind-address = "127.0.0.1:{self.port}"\n'
            f"auth-enabled = {str(auth).lower()}\n"
            "[monitor]\nstore-enabled = false\n"
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [program("influxd", "influxdb"), "-config", str(self._folder / "influxdb.conf")]
        with (self._folder / "influxd.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        assert eventually(lambda: is_listening(self.port))

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def end(self, *, suddenly: bool = False) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill() if suddenly else process.terminate()
            process.wait()

    def ask(self, query: str, user: str = "") -> str:
        """What it answers to a query, as CSV without its head."""
        name, _, password = user.partition(":")
        who = urlencode({"u": name, "p": password} if user else {})
        wanted = urllib.request.Request(
            f"{self.url}/query?{who}",
            urlencode({"db": "boat", "q": query, "epoch": "s"}).encode(),
            {"Accept": "application/csv"},
        )
        with urllib.request.urlopen(wanted, timeout=20) as answer:
            lines = answer.read().decode().splitlines()
        return "\n".join(lines[1:])


@contextmanager
def influxd(folder: Path, *, auth: bool = False) -> Iterator[Influx]:
    server = Influx(folder, auth=auth)
    server.start()
    try:
        yield server
    finally:
        server.end()


def program(name: str, package: str) -> str:
    """Where a program is; without it the test is skipped, and says why. CI must have it."""
    found = shutil.which(name, path=_PATH)
    return found or missing(f"{name} is not installed (sudo apt install {package})")


def missing(reason: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def is_listening(port: int) -> bool:
    with socket.socket() as asked:
        asked.settimeout(1.0)
        return asked.connect_ex(("127.0.0.1", port)) == 0
