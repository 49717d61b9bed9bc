"""The program with every publisher at once, each before its real server; and with none."""

import re
import socket
from contextlib import closing
from pathlib import Path

from free_port import free_port
from resident import whole_kb

from tests.support.every_publisher import every_publisher, ports_for_all
from tests.support.program_process import Program, modules_of_a_logger
from tests.support.real_servers import Influx, Mosquitto
from tests.support.signalk_server import Server
from tests.support.waiting import eventually

MOST_MB = 60.0


def test_all_of_them_are_told_the_same_within_the_memory_of_a_pi_zero(
    tmp_path: Path, open_server: Server, broker: Mosquitto, influx: Influx
) -> None:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as plotter:
        plotter.bind(("127.0.0.1", 0))
        plotter.settimeout(30.0)
        ports = {
            **ports_for_all(),
            "signal_k": open_server.ports.http,
            "nmea": plotter.getsockname()[1],
            "mqtt": broker.port,
            "influx": influx.port,
        }
        config = tmp_path / "boat.toml"
        config.write_text(every_publisher(tmp_path, ports))
        options = ("--config", str(config), "--simulate", "--speed", "1e7")
        program = Program(tmp_path, free_port(), *options)
        try:
            program.until(lambda: program.now()["taken_at"] == "2014-02-14T23:00:00Z")
            told_pa = round(float(str(program.now()["pressure_hpa"])) * 100)
            path = "environment.outside.pressure"
            assert eventually(lambda: open_server.value(path) == told_pa)
            assert eventually(lambda: told_pa in _bars_pa(plotter.recv(4096)))
            with socket.create_connection(("127.0.0.1", ports["tcp"]), 20.0) as guest:
                assert told_pa in _bars_pa(guest.recv(4096))
            state = "storm-petrel/petrel-simulated/state"
            assert eventually(lambda: f'"pressure_hpa": {told_pa / 100}' in broker.read(state)[0])
            newest = "SELECT last(pressure_hpa) FROM storm_petrel"
            assert eventually(lambda: influx.ask(newest).endswith(f",{told_pa / 100}"))
            for route in ("/", "/glance", "/metrics", "/chart.svg?hours=168"):
                program.get(route)
            resident_mb = whole_kb(program.process.pid) / 1024
        finally:
            status, output, _ = program.terminate()
    assert status == 0
    assert " fails: " not in output
    print(f"{resident_mb:.1f} MB with every publisher")
    assert resident_mb <= MOST_MB


def _bars_pa(sentences: bytes) -> list[int]:
    """The pressures of NMEA 0183 that are told in bar, in Pa."""
    return [round(float(bar) * 1e5) for bar in re.findall(rb",([0-9.]+),B", sentences)]


def test_with_none_of_them_none_is_loaded(tmp_path: Path) -> None:
    loaded = modules_of_a_logger(tmp_path)
    assert "web.runtime.program" in loaded
    publishers = ("paho", "websocket", "pynmea2", "astral", "web.publish")
    assert [name for name in loaded if name.startswith(publishers)] == []
