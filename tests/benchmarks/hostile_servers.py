"""What becomes of the running program while every server that it speaks to means harm.

.venv/bin/python tests/benchmarks/hostile_servers.py            every manner, a quarter of an hour
.venv/bin/python tests/benchmarks/hostile_servers.py --quick    three of them

In each run a Signal K server, an MQTT broker, InfluxDB and the address of the notifications do harm
in one manner each, all at once, for twenty seconds of a STORM with a sample a second. The first run
has no server at their ports, and is what the others are compared with. Then a name server does (it
needs `unshare`, for a network of its own), and at its end is honest again. Asked are: how much
memory the recorder has taken at most, how late samples came, whether the alarm still sounds, what
the log says, and whether a server elsewhere, to which some redirect, has got anything. A process of
its own looks on, as the hostile servers keep this one busy.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

# Neighbours of the repository's own, as pytest finds them.
sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from free_port import free_port
from support.command import run

from tests.support import hostile_peers, name_server
from tests.support.fake_servers import Server, answering, hang, speaking
from tests.support.hostile_peers import ACCEPTED, Speak, acknowledging, saying, upgrading

RUN_S, QUICK_S = 20.0, 12.0
MOST_MB, MOST_LINES, MOST_LETTERS = 10.0, 30, 700
SPEED = 60.0
_BEGIN = 1_700_000_000 // 3600 * 3600
_CALM_H, _FALL_H = 30, 8
_START = _BEGIN + 3600 * (_CALM_H + 5)
_INSIDE, _OBSERVE = "--in-own-network", "--observe"

_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None

# The manners of four peers in one run: Signal K, MQTT, InfluxDB, notify_url.
Manners = tuple[Speak, Speak, Speak, Speak]


class Seen(NamedTuple):
    """What was seen of a run. late_s: how late the latest sample came behind its beat."""

    peak_mb: float
    late_s: float
    is_sounding: bool
    log: list[str]
    leaked: int

    def faults(self, beside: "Seen") -> list[str]:
        """What is not as it should be."""
        told = {
            f"{self.peak_mb - beside.peak_mb:+.1f} MB": self.peak_mb > beside.peak_mb + MOST_MB,
            f"{self.late_s:.1f} s late": self.late_s > 1.0,
            "silenced": not self.is_sounding,
            f"{len(self.log)} lines": len(self.log) > MOST_LINES,
            "long or odd lines": any(
                not line.isprintable() or len(line) > MOST_LETTERS for line in self.log
            ),
            f"{self.leaked} requests elsewhere": bool(self.leaked),
        }
        return [words for words, is_so in told.items() if is_so]

    def row(self, what: str, beside: "Seen") -> str:
        return (
            f"| {what} | {self.peak_mb - beside.peak_mb:+.1f} | {self.late_s:.2f} |"
            f" {'yes' if self.is_sounding else 'NO'} | {len(self.log)} | {self.leaked} |"
        )


def record(folder: Path) -> Path:
    """A record of a STORM: hours of calm and of a fall; a sample a minute, at first each ten."""
    rows = []
    for minute in range((_CALM_H + _FALL_H) * 60):
        if minute < (_CALM_H + _FALL_H - 4) * 60 and minute % 10:
            continue
        fallen_h = max(0.0, minute / 60 - _CALM_H)
        moment = datetime.fromtimestamp(_BEGIN + 60 * minute, UTC)
        rows.append(f"{moment:%Y-%m-%dT%H:%M:%SZ},{1010 - 3 * fallen_h:.2f}")
    file = folder / "storm.csv"
    file.write_text("\n".join(["time_utc,pressure_hpa", *rows, ""]))
    return file


def settings(folder: Path, hosts: Sequence[str], ports: Sequence[int]) -> str:
    start = datetime.fromtimestamp(_START, UTC)
    signal_k, mqtt, influx, notify = (f"{h}:{p}" for h, p in zip(hosts, ports, strict=True))
    (folder / "token").write_text("a.b.c\n")
    (folder / "token").chmod(0o600)
    return f"""
[simulated]
record = "{record(folder)}"
start = "{start:%Y-%m-%dT%H:%M:%SZ}"
speed = {SPEED}
[alarm]
notify_url = "http://{notify}/boat?key=secret"
[signalk]
host = "{signal_k.partition(":")[0]}"
port = {signal_k.partition(":")[2]}
transport = "websocket"
token_file = "{folder}/token"
[mqtt]
host = "{mqtt.partition(":")[0]}"
port = {mqtt.partition(":")[2]}
node = "petrel"
[influx]
url = "http://{influx}"
org = "boat"
bucket = "boat"
token_file = "{folder}/token"
"""


@contextmanager
def program(folder: Path, toml: str) -> Iterator[tuple[int, int, list[str]]]:
    """The program itself; gives its process, its port, and its log as it grows."""
    file, port, log = folder / "boat.toml", free_port(), list[str]()
    file.write_text(toml)
    command = [
        sys.executable,
        "-m",
        "web",
        "--simulate",
        "--port",
        str(port),
        "--config",
        str(file),
    ]
    environment = {**os.environ, "XDG_DATA_HOME": str(folder)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment, text=True
    ) as process:
        assert process.stdout is not None
        reader = threading.Thread(target=lambda: log.extend(map(str.rstrip, process.stdout or ())))
        reader.start()
        try:
            yield process.pid, port, log
        finally:
            process.terminate()
            process.wait(30)
            reader.join(10)


def watched(folder: Path, toml: str, seconds: float, elsewhere: Server) -> Seen:
    """Run the program for so long, and look on."""
    before = len(elsewhere.asked)
    with program(folder, toml) as (pid, port, log):
        observer = [sys.executable, __file__, _OBSERVE, str(port), str(seconds)]
        seen = subprocess.run(observer, stdout=subprocess.PIPE, check=True).stdout
        peak_mb = _peak_kb(pid) / 1024
    late_s, is_sounding = json.loads(seen)
    return Seen(peak_mb, late_s, is_sounding, log, len(elsewhere.asked) - before)


def observe(port: int, seconds: float) -> None:
    """Print how late samples came behind their beat, and whether the alarm sounds at the end."""
    came: list[tuple[float, float]] = []
    end, is_sounding = time.monotonic() + 60 + seconds, False
    while time.monotonic() < end:
        with suppress(OSError, HTTPException, KeyError, TypeError, ValueError):
            now = _ask(port, "/api/now")
            taken = datetime.fromisoformat(str(now["taken_at"])).timestamp()
            is_sounding = bool(now["alarm"]["sounding"])  # type: ignore[index]
            if taken > _START and not came:
                end = time.monotonic() + seconds
            if taken > _START and (not came or came[-1][1] != taken):
                came.append((time.monotonic(), taken))
        time.sleep(0.02)
    # The first comes with the past, which is played at once.
    offsets = [at - taken / SPEED for at, taken in came[1:]]
    late_s = max(offsets) - min(offsets) if len(offsets) > seconds / 2 else seconds
    print(json.dumps([late_s, is_sounding]))


def _ask(port: int, route: str) -> dict[str, object]:
    with urlopen(f"http://127.0.0.1:{port}{route}", timeout=5) as answer:
        fields: dict[str, object] = json.loads(answer.read())
    return fields


def _peak_kb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


def manners(elsewhere: Server, *, quick: bool) -> dict[str, Manners]:
    """The manners of each run, by their names."""
    moved = [
        saying(f"HTTP/1.1 302 Go\r\nLocation: {scheme}:{rest}\r\n\r\n".encode())
        for scheme in ("ws", "http")
        for rest in [elsewhere.url.partition(":")[2]]
    ]
    press = hostile_peers.publish_packet("storm-petrel/petrel-simulated/acknowledge", b"PRESS")
    retained = hostile_peers.publish_packet(
        "storm-petrel/petrel-simulated/acknowledge", b"PRESS", retain=True
    )
    runs: dict[str, Manners] = {
        "acknowledges all": (
            upgrading(acknowledging),
            saying(ACCEPTED, retained + press, every_s=0.1),
            saying(b"HTTP/1.1 204 No\r\n\r\n"),
            saying(b"HTTP/1.1 200 OK\r\n\r\n"),
        ),
        "redirects": (moved[0], saying(b"\x20\x02\x00\x05"), moved[1], moved[1]),
        "says nothing": (hang, hang, hang, hang),
    }
    signal_k, mqtt, http = ([*kind.items()] for kind in _KINDS)
    for number, (name, speak) in enumerate(signal_k):
        brokers, servers = mqtt[number % len(mqtt)], http[number % len(http)]
        others = http[(number + 1) % len(http)]
        words = f"{name}; {brokers[0]}; {servers[0]}; {others[0]}"
        runs[words] = (speak, brokers[1], servers[1], others[1])
    return dict([*runs.items()][:4:1] if quick else runs)


_KINDS = (hostile_peers.SIGNAL_K, hostile_peers.MQTT, hostile_peers.HTTP)


def run_servers(elsewhere: Server, *, quick: bool) -> tuple[Seen, list[str]]:
    """Run all; return what is without any server, and the faults."""
    seconds, faults = QUICK_S if quick else RUN_S, list[str]()
    with tempfile.TemporaryDirectory(dir=_MEMORY) as name:
        ports = [free_port() for _ in range(4)]
        toml = settings(Path(name), ["127.0.0.1"] * 4, ports)
        unharmed = watched(Path(name), toml, seconds, elsewhere)
    print(unharmed.row(f"no server ({unharmed.peak_mb:.1f} MB)", unharmed), flush=True)
    for what, speaks in manners(elsewhere, quick=quick).items():
        with ExitStack() as opened:
            folder = Path(opened.enter_context(tempfile.TemporaryDirectory(dir=_MEMORY)))
            urls = [opened.enter_context(speaking(speak)) for speak in speaks]
            ports = [int(url.rstrip("/").rpartition(":")[2]) for url in urls]
            seen = watched(folder, settings(folder, ["127.0.0.1"] * 4, ports), seconds, elsewhere)
        print(seen.row(what, unharmed), flush=True)
        faults += tell(what, seen, unharmed)
    return unharmed, faults


def tell(what: str, seen: Seen, unharmed: Seen) -> list[str]:
    """Return the faults of a run, and print its log if there are any."""
    faults = [f"{what}: {fault}" for fault in seen.faults(unharmed)]
    if faults:
        print("\n".join(seen.log), file=sys.stderr)
    return faults


def run_names(elsewhere: Server, unharmed: Seen, *, quick: bool) -> list[str]:
    """Run with a hostile name server, in a network of its own; return the faults."""
    faults, seconds = list[str](), QUICK_S if quick else RUN_S
    hosts = ["signalk.example", "mqtt.example", "influx.example", "notify.example"]
    with tempfile.TemporaryDirectory(dir=_MEMORY) as name:
        manner = Path(name) / "manner"
        manner.write_text("honest")
        server = [sys.executable, name_server.__file__, str(manner)]
        with subprocess.Popen(server) as names:
            for what in name_server.MANNERS[1:]:
                manner.write_text(what)
                with tempfile.TemporaryDirectory(dir=_MEMORY) as folder, answering(200) as notified:
                    port = int(notified.url.split(":")[2].partition("/")[0])
                    toml = settings(Path(folder), hosts, [port] * 4)
                    honest = threading.Timer(seconds, manner.write_text, ("honest",))
                    honest.start()
                    seen = watched(Path(folder), toml, seconds + 60.0 * (not quick), elsewhere)
                    honest.join()
                print(seen.row(f"names: {what}", unharmed), flush=True)
                faults += tell(f"names: {what}", seen, unharmed)
                if not quick and not notified.bodies():
                    faults.append(f"names: {what}: nothing is notified after its end")
            names.terminate()
    return faults


def in_own_network(arguments: Sequence[str]) -> None:
    """Begin again in a network whose name server is this machine, if that is allowed."""
    if shutil.which("unshare") is None or _INSIDE in arguments:
        return
    with tempfile.NamedTemporaryFile("w", suffix=".conf", delete=False) as conf:
        conf.write("nameserver 127.0.0.1\n")
    steps = f"ip link set lo up && mount --bind {conf.name} /etc/resolv.conf"
    command = ["unshare", "-rnm", "sh", "-c"]
    if subprocess.run([*command, steps], capture_output=True).returncode:
        return
    again = [*command, f'{steps} && exec "$@"', "sh", sys.executable, __file__, *arguments, _INSIDE]
    os.execvp(again[0], again)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="three manners, and the names")
    parser.add_argument(_INSIDE, action="store_true", help=argparse.SUPPRESS)
    parser.add_argument(_OBSERVE, nargs=2, type=float, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.observe:
        observe(int(options.observe[0]), options.observe[1])
        return
    in_own_network(sys.argv[1:])
    print(
        "| manner of Signal K; MQTT; InfluxDB; notify_url | MB | late, s | sounds | log | leaks |"
    )
    print("|---|---|---|---|---|---|", flush=True)
    with answering(200) as elsewhere:
        unharmed, faults = run_servers(elsewhere, quick=options.quick)
        if options.in_own_network:
            faults += run_names(elsewhere, unharmed, quick=options.quick)
        else:
            print("no name server: it needs unshare -rnm")
    sys.exit("\n".join(faults) or 0)


if __name__ == "__main__":
    run(main)
