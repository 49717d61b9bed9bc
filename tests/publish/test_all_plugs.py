"""The program with every plug at once, each before its real server; and with none."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.publish.brokers import Influx, Mosquitto, free_port, influxd, mosquitto
from tests.publish.every_plug import every_plug, free_ports
from tests.publish.signal_k_server import Server
from tests.web.running import Program
from tests.web.waiting import eventually

MOST_MB = 60.0


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path_factory.mktemp("broker")) as broker:
        yield broker


@pytest.fixture(scope="module")
def influx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Influx]:
    with influxd(tmp_path_factory.mktemp("influx")) as server:
        server.ask("CREATE DATABASE boat")
        yield server


def test_all_of_them_are_told_the_same_within_the_memory_of_a_pi_zero(
    tmp_path: Path, open_server: Server, broker: Mosquitto, influx: Influx
) -> None:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as plotter:
        plotter.bind(("127.0.0.1", 0))
        plotter.settimeout(30.0)
        ports = {
            **free_ports(),
            "signal_k": open_server.ports.http,
            "nmea": plotter.getsockname()[1],
            "mqtt": broker.port,
            "influx": influx.port,
        }
        config = tmp_path / "boat.toml"
        config.write_text(every_plug(tmp_path, ports))
        options = ("--config", str(config), "--simulate", "--speed", "1e7")
        program = Program(tmp_path, free_port(), *options)
        try:
            program.until(lambda: program.now()["taken_at"] == "2014-02-14T23:00:00Z")
            told_pa = round(float(str(program.now()["pressure_hpa"])) * 100)
            path = "environment.outside.pressure"
            assert eventually(lambda: open_server.value(path) == told_pa)
            assert eventually(lambda: told_pa in _bars_pa(plotter.recv(4096)))
            with socket.create_connection(("127.0.0.1", ports["guests"]), 20.0) as guest:
                assert told_pa in _bars_pa(guest.recv(4096))
            state = "storm-petrel/petrel-simulated/state"
            assert eventually(lambda: f'"pressure_hpa": {told_pa / 100}' in broker.read(state)[0])
            newest = "SELECT last(pressure_hpa) FROM storm_petrel"
            assert eventually(lambda: influx.ask(newest).endswith(f",{told_pa / 100}"))
            for route in ("/", "/glance", "/metrics", "/chart.svg?hours=168"):
                program.get(route)
            resident_mb = _resident_mb(program.process.pid)
        finally:
            status, output, _ = program.terminate()
    assert status == 0
    assert " fails: " not in output
    print(f"{resident_mb:.1f} MB with every plug")
    assert resident_mb <= MOST_MB


def _bars_pa(sentences: bytes) -> list[int]:
    """The pressures of NMEA 0183 that are told in bar, in Pa."""
    return [round(float(bar) * 1e5) for bar in re.findall(rb",([0-9.]+),B", sentences)]


def _resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+) kB", status)[0]) / 1024


def test_with_none_of_them_none_is_loaded(tmp_path: Path) -> None:
    code = (
        "import sys; from web.__main__ import main;"
        "main(['--no-page', '--simulate', '--speed', '1e7']);"
        "print([m for m in sys.modules if m.split('.')[0] in ('paho', 'websocket')"
        " or m.startswith('web.publish')])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "XDG_DATA_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.strip() == "[]"
