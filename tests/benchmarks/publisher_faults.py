"""What becomes of the recorder while all publishers are on and whatever they meet is broken.

.venv/bin/python tests/benchmarks/publisher_faults.py           every fault, some seven minutes
.venv/bin/python tests/benchmarks/publisher_faults.py --quick   a tenth of it

A boat in a process of its own reads and commits twenty times a second, so that an hour of readings
a second is three minutes here; its history is kept in memory, for how long a disk takes is another
matter. Told are how late its readings began and how many were left out, against a boat without
publishers beside it, how its memory grew, and how often the log spoke of each publisher. The Signal
K server, Mosquitto and InfluxDB that are gone and come back are the real ones. The matrix is set on
a bus that is not there.
"""

import argparse
import json
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

# Neighbours of the repository's own, as pytest finds them.
sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from support.command import run

from tests.support.every_publisher import every_publisher, ports_for_all
from tests.support.fake_servers import babble, hang, hang_up
from tests.support.real_servers import influxd, mosquitto
from tests.support.signalk_server import signal_k
from tests.support.waiting import eventually

BOAT = Path(__file__).with_name("publisher_boat.py")
_MEMORY = Path("/dev/shm")
PERIOD_S = 0.05
HOUR, SHORT = 3600, 400
PUBLISHERS = ("Signal K", "NMEA 0183", "MQTT", "InfluxDB", "LED matrix")

Ports = dict[str, int]
Speak = Callable[[socket.socket, threading.Event], None]


class Run(NamedTuple):
    """What a boat said at its end, and its log."""

    late_ms: list[float]
    left_out: int
    grown_mb: float
    log: list[str]

    def row(self, what: str, beside: "Run") -> str:
        logs = ", ".join(f"{words} {count}" for words, count in self._log_lines())
        return (
            f"| {what} | {len(self.late_ms)} | {_late(self)} | {_late(beside)} |"
            f" {self.grown_mb:+.1f} | {logs or 'nothing'} |"
        )

    def _log_lines(self) -> Iterator[tuple[str, int]]:
        for publisher in PUBLISHERS:
            lines = [line for line in self.log if publisher in line]
            fails = sum("fails" in line for line in lines)
            if lines:
                yield publisher, len(lines) if fails != 1 else 1 + sum("works" in x for x in lines)


def _late(run: Run) -> str:
    late_ms = sorted(run.late_ms)
    return f"{late_ms[len(late_ms) * 99 // 100]:.1f} / {late_ms[-1]:.1f} / {run.left_out}"


@contextmanager
def boat(settings: str, readings: int) -> Iterator[Callable[[], Run]]:
    """A boat at sea; what is given waits for its end."""
    with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as name:
        file = Path(name) / "boat.toml"
        file.write_text(settings)
        command = [sys.executable, str(BOAT), str(file), str(PERIOD_S), str(readings)]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:

            def end() -> Run:
                output, log = process.communicate(timeout=readings * PERIOD_S * 3 + 60)
                if process.returncode:
                    sys.exit(log)
                figures = json.loads(output)
                before_kb, after_kb = figures["resident_kb"]
                return Run(
                    figures["late_ms"],
                    figures["left_out"],
                    (after_kb - before_kb) / 1024,
                    log.splitlines(),
                )

            yield end


@contextmanager
def everywhere(speak: Speak) -> Iterator[Ports]:
    """Strangers at all ports, who speak like this to whoever comes; NMEA has a silent guest."""
    is_over, doors, ports = threading.Event(), list[socket.socket](), ports_for_all()

    def serve(door: socket.socket) -> None:
        while True:
            with suppress(OSError):
                connected, _ = door.accept()
                if is_over.is_set():
                    return
                threading.Thread(target=answer, args=(connected,), daemon=True).start()

    def answer(connected: socket.socket) -> None:
        with suppress(OSError), connected:
            speak(connected, is_over)

    for name in ("signal_k", "mqtt", "influx"):
        doors.append(socket.create_server(("127.0.0.1", ports[name])))
        threading.Thread(target=serve, args=(doors[-1],), daemon=True).start()
    guest = threading.Thread(target=_silent_guest, args=(ports["tcp"], is_over), daemon=True)
    guest.start()
    yield ports
    is_over.set()
    for door in doors:
        with suppress(OSError), socket.create_connection(door.getsockname()):
            pass
        door.close()


def _silent_guest(port: int, is_over: threading.Event) -> None:
    """Somebody who connects and never reads."""
    with suppress(OSError), socket.socket() as guest:
        guest.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        while guest.connect_ex(("127.0.0.1", port)):
            if is_over.wait(0.2):
                return
        is_over.wait()


def refuse(connected: socket.socket, is_over: threading.Event) -> None:
    """Whoever comes has the wrong token: HTTP 401, or MQTT's "not authorised" (3.1.1, 3.2.2.3)."""
    request = connected.recv(65536)
    is_mqtt = request.startswith(b"\x10")
    unauthorised = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    connected.sendall(b"\x20\x02\x00\x05" if is_mqtt else unauthorised)


@contextmanager
def nobody() -> Iterator[Ports]:
    yield ports_for_all()


def settings(ports: Ports, folder: Path) -> str:
    (folder / "token").write_text("a.b.c\n")
    (folder / "token").chmod(0o600)
    return f"{every_publisher(folder, ports)}bus = 77\n"


def broken(what: str, strangers: AbstractContextManager[Ports], readings: int) -> None:
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        ports = opened.enter_context(strangers)
        with boat(settings(ports, folder), readings) as publishing, boat("", readings) as alone:
            print(publishing().row(what, alone()), flush=True)


def gone_for_an_hour(readings: int) -> None:
    """Real servers, told of the first quarter minute, gone for the hour, and back."""
    first, last = 300, 900  # at the end it takes half a minute until the next try
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        for name in ("mqtt", "influx", "signal_k", "boat"):
            (folder / name).mkdir()
        broker = opened.enter_context(mosquitto(folder / "mqtt"))
        influx = opened.enter_context(influxd(folder / "influx"))
        influx.ask("CREATE DATABASE boat")
        server = opened.enter_context(signal_k(folder / "signal_k"))
        own: dict[str, int] = {
            **ports_for_all(),
            "signal_k": server.ports.http,
            "nmea": server.ports.nmea,
            "mqtt": broker.port,
            "influx": influx.port,
        }
        total = first + readings + last
        with (
            boat(settings(own, folder / "boat"), total) as publishing,
            boat("", total) as alone,
        ):
            time.sleep(first * PERIOD_S)
            for gone in (broker.end, influx.end, server.stop):
                gone()
            time.sleep(readings * PERIOD_S)
            for back in (broker.start, influx.start, server.start):
                back()
            what = f"gone for an hour ({readings} readings), queues full, and back"
            print(publishing().row(what, alone()), flush=True)
        _tell_what_came(influx, server)


def _tell_what_came(influx: Any, server: Any) -> None:
    count = influx.ask("SELECT count(pressure_hpa) FROM storm_petrel").rpartition(",")[2]
    is_back = eventually(lambda: server.value("environment.outside.pressure") != "absent", 1.0)
    print(f"\nInfluxDB has {count} rows; Signal K has the pressure again: {is_back}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="a tenth of it")
    share = 10 if parser.parse_args().quick else 1
    print("| fault | readings | late, ms: p99 / most / left out | without | MB | log lines |")
    print("|---|---|---|---|---|---|", flush=True)
    short = SHORT // min(share, 4)
    broken("absent from the start", nobody(), short)
    broken("half-open: accepts and says nothing", everywhere(hang), short)
    broken("garbage", everywhere(babble), short)
    broken("hangs up", everywhere(hang_up), short)
    broken("wrong token: 401, not authorised", everywhere(refuse), short)
    gone_for_an_hour(HOUR // share)


if __name__ == "__main__":
    run(main)
