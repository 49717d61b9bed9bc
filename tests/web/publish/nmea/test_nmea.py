"""NMEA 0183, read by pynmea2, by Signal K's own parser and by the real server."""

import logging
import os
import re
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pynmea2
import pytest

from sensors import ConfigError
from tests.support.fixed_station import Boat, conditions
from tests.support.real_servers import missing
from tests.support.signalk_server import free_ports, parsed, signal_k
from tests.support.storm_conditions import one_publisher
from tests.support.waiting import eventually
from web.config.publishers import NmeaConfig
from web.publish.nmea.publisher import Nmea
from web.publish.nmea.sentences import sentences
from web.publish.nmea.tcp_server import MAX_CLIENTS
from web.publish.publisher import PublisherThread
from web.recorder.conditions import Conditions
from web.weather import Sample

ROOT = Path(__file__).parents[4]
GUIDE = ROOT / "docs" / "opencpn.md"


@pytest.mark.parametrize("pressure_hpa", [870.0, 985.43, 1013.27, 1085.01])
def test_an_independent_parser_reads_each_pascal(pressure_hpa: float) -> None:
    mda, xdr = _read(sentences(Sample(0.0, pressure_hpa, -3.25), with_air=True))
    assert (mda.talker, mda.sentence_type) == ("WI", "MDA")
    assert float(mda.b_pressure_bar) * 1000 == pytest.approx(pressure_hpa, abs=1e-9)
    assert (mda.inches, mda.bars, mda.a_celsius) == ("I", "B", "C")
    assert float(mda.b_pressure_inch) == pytest.approx(pressure_hpa / 33.8639, abs=1e-4)
    assert float(mda.air_temp) == pytest.approx(-3.25, abs=0.051)
    assert xdr.sentence_type == "XDR"
    pressure, air = (xdr.get_transducer(n) for n in range(xdr.num_transducers))
    # OpenCPN takes a pressure in bar whose name contains BARO, and degrees of a name with AIR.
    assert (pressure.type, pressure.units) == ("P", "B") and "BARO" in pressure.id.upper()
    assert float(pressure.value) * 1000 == pytest.approx(pressure_hpa, abs=1e-9)
    assert (air.type, air.units) == ("C", "C") and "AIR" in air.id.upper()


def test_the_board_s_temperature_is_not_told_as_the_air_s() -> None:
    mda, xdr = _read(sentences(Sample(0.0, 1013.27, 41.0), with_air=False))
    assert mda.air_temp is None
    assert xdr.num_transducers == 1


def test_without_pynmea2_the_settings_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynmea2", None)
    monkeypatch.delitem(sys.modules, "web.publish.nmea.sentences", raising=False)
    with pytest.raises(ConfigError, match="storm-petrel\\[nmea\\]"):
        one_publisher({"nmea": {"tcp_port": 10110}}, "boat.toml", Boat().context)


def test_signal_k_s_parser_reads_the_pascal_and_nothing_else() -> None:
    values = parsed(sentences(Sample(0.0, 1013.27, 41.0), with_air=False))
    assert {value["path"] for value in values} == {"environment.outside.pressure"}
    assert values[-1]["value"] == pytest.approx(101_327, abs=1e-6)  # the last one wins
    values = parsed(sentences(Sample(0.0, 1013.27, 12.5), with_air=True))
    assert values[-1] == {"path": "environment.outside.temperature", "value": 285.65}


def test_signal_k_s_parser_minds_the_checksum() -> None:
    told = sentences(Sample(0.0, 1013.27), with_air=False)
    assert parsed(told.replace(b"1.01327", b"1.01326")) == []


def test_the_real_server_shows_it(tmp_path: Path) -> None:
    boat = Boat()
    with signal_k(tmp_path / "server") as server:
        publisher = Nmea(NmeaConfig(host="127.0.0.1", port=server.ports.nmea), boat.context)
        with PublisherThread(publisher) as thread:
            thread.put(conditions(985.43))
            assert eventually(lambda: server.value("environment.outside.pressure") != "absent")
        assert server.value("environment.outside.pressure") == pytest.approx(98_543, abs=1e-6)


def test_all_who_connect_are_told_all() -> None:
    with _serving(Boat()) as (thread, port), ExitStack() as clients:
        readers = [clients.enter_context(_client(port)) for _ in range(MAX_CLIENTS)]
        for pressure_hpa in (1001.0, 1000.9):
            thread.put(conditions(pressure_hpa))
            for reader in readers:
                mda, xdr = (pynmea2.parse(_line(reader), check=True) for _ in range(2))
                assert float(mda.b_pressure_bar) * 1000 == pytest.approx(pressure_hpa)
                assert xdr.sentence_type == "XDR"


def test_one_too_many_is_sent_away_and_a_place_is_free_again() -> None:
    with _serving(Boat()) as (thread, port), ExitStack() as clients:
        readers = [clients.enter_context(_client(port)) for _ in range(MAX_CLIENTS)]
        thread.put(conditions())
        assert all(_line(reader) for reader in readers)
        with _client(port) as late:
            assert late.recv(100) == b""
        readers[0].close()
        assert eventually(lambda: _is_told(thread, port))


def test_who_does_not_read_is_dropped_and_holds_up_nobody() -> None:
    boat = Boat()
    port = free_ports(1)[0]
    publisher = Nmea(NmeaConfig(tcp_host="127.0.0.1", tcp_port=port), boat.context)
    with _connected(publisher), _client(port) as sleeper, _client(port) as reader:
        told = conditions()
        for _ in range(30_000):  # 3 MB, told from one thread: it would hang if it waited
            publisher.publish(told)
            assert reader.recv(65536)
        assert _ends(sleeper)
        publisher.publish(told)
        assert reader.recv(65536)


def test_nothing_is_told_of_a_sensor_that_is_lost_nor_of_an_old_sample() -> None:
    boat = Boat()
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as heard:
        heard.bind(("127.0.0.1", 0))
        heard.setblocking(False)
        port = heard.getsockname()[1]
        publisher = Nmea(NmeaConfig(host="127.0.0.1", port=port), boat.context)
        with _connected(publisher):
            good = conditions()
            publisher.publish(Conditions())
            assert _datagrams(heard) == 0  # no sample yet
            publisher.publish(good)
            assert _datagrams(heard) == 1
            publisher.publish(replace(good, outage="nothing answers at 0x77", is_gap=True))
            assert _datagrams(heard) == 0
            full = replace(conditions(1013.2), outage="the disk is full")
            publisher.publish(full)  # the barometer still reads
            assert _datagrams(heard) == 1
            boat.now += 181.0
            publisher.publish(full)
            assert _datagrams(heard) == 0


@pytest.mark.long("waits for seconds")
def test_the_newest_is_told_again_for_displays_that_forget() -> None:
    with _serving(Boat(), every_s=1.0) as (thread, port), _client(port) as reader:
        thread.put(conditions(1001.0))
        lines = [_line(reader) for _ in range(6)]
    assert len({line for line in lines if "MDA" in line}) == 1


def test_a_broadcast_is_allowed(caplog: pytest.LogCaptureFixture) -> None:
    publisher = Nmea(NmeaConfig(host="127.255.255.255", port=free_ports(1)[0]), Boat().context)
    with caplog.at_level(logging.WARNING), _connected(publisher):
        publisher.publish(conditions())
    assert not caplog.records


def test_a_network_that_is_away_is_told_once_and_lets_go_of_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    config = NmeaConfig(host="no.such.host.invalid", tcp_host="127.0.0.1")
    config = replace(config, tcp_port=free_ports(1)[0])
    publisher = Nmea(config, Boat().context)
    with _connected(publisher), _client(config.tcp_port or 0) as reader:
        for _ in range(2):
            publisher.publish(conditions())
            assert b"MDA" in reader.recv(65536)
    (record,) = caplog.records
    assert record.getMessage().startswith("NMEA 0183 to no.such.host.invalid:10110 fails: ")


# A network of its own, whose only interface is switched on between two samples.
COMES_BACK = """
import socket, subprocess
from tests.support.fixed_station import Boat, conditions
from web.publish.nmea.publisher import Nmea, NmeaConfig

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as heard:
    heard.bind(("0.0.0.0", 0))
    heard.settimeout(5.0)
    publisher = Nmea(NmeaConfig("127.0.0.1", heard.getsockname()[1]), Boat().context)
    publisher.connect()
    publisher.publish(conditions())
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    publisher.publish(conditions())
    print(heard.recv(65536).decode())
    publisher.disconnect()
"""


def test_a_network_that_comes_back_is_told_the_next_sample_at_once() -> None:
    if os.geteuid() != 0:
        missing("a network of its own takes root")
    done = subprocess.run(
        ["unshare", "--net", sys.executable, "-c", COMES_BACK],
        cwd=ROOT,
        env={**os.environ, "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"},
        capture_output=True,
        text=True,
        timeout=60.0,
    )
    assert "MDA" in done.stdout, done.stderr
    assert "Network is unreachable" in done.stderr  # it was away, and the log says so


def test_a_port_that_is_taken_is_told_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        publisher = Nmea(NmeaConfig(tcp_host="127.0.0.1", tcp_port=port), Boat().context)
        with pytest.raises(OSError, match=f"TCP port {port} .*another"):
            publisher.connect()
        publisher.disconnect()


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({}, "host"),
        ({"host": "boat.local", "port": 0}, "port = 0: from 1 to 65535"),
        ({"tcp_port": 70000}, "tcp_port = 70000: from 1 to 65535"),
        ({"tcp_port": 10110, "every_s": 0}, "every_s = 0.0: from 1 to 3600"),
        ({"tcp_prt": 10110}, "did you mean 'tcp_port'"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(table: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(words)):
        one_publisher({"nmea": table}, "boat.toml", Boat().context)


def test_the_guide_s_settings_are_taken() -> None:
    blocks = re.findall(r"```toml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    names = [one_publisher(tomllib.loads(block), "guide", Boat().context).name for block in blocks]
    assert len(names) >= 2


def test_the_guide_s_sentences_are_those_that_are_told() -> None:
    told = sentences(Sample(0.0, 1013.27), with_air=False).decode("ascii").replace("\r\n", "\n")
    assert told in GUIDE.read_text(encoding="utf-8")


def _read(told: bytes) -> list[Any]:
    lines = told.decode("ascii").split("\r\n")
    assert lines.pop() == ""  # each ends with CR LF
    assert all(len(line) + 2 <= 82 for line in lines)  # as the standard has it
    return [pynmea2.parse(line, check=True) for line in lines]


@contextmanager
def _serving(boat: Boat, *, every_s: float = 3600.0) -> Iterator[tuple[PublisherThread, int]]:
    port = free_ports(1)[0]
    config = NmeaConfig(tcp_host="127.0.0.1", tcp_port=port, every_s=every_s)
    with PublisherThread(Nmea(config, boat.context), pauses_s=(0.05,)) as thread:
        assert eventually(lambda: _listens(port))
        yield thread, port


@contextmanager
def _connected(publisher: Nmea) -> Iterator[None]:
    publisher.connect()
    try:
        yield
    finally:
        publisher.disconnect()


def _client(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=10.0)


def _listens(port: int) -> bool:
    needle = f"0100007F:{port:04X} 00000000:0000 0A"
    return needle in Path("/proc/net/tcp").read_text(encoding="ascii")


def _line(reader: socket.socket) -> str:
    line = b""
    while not line.endswith(b"\r\n"):
        byte = reader.recv(1)
        assert byte, "the connection ended"
        line += byte
    return line.decode("ascii").rstrip()


def _is_told(thread: PublisherThread, port: int) -> bool:
    with _client(port) as guest:
        thread.put(conditions(1000.0))
        return guest.recv(100) != b""


def _ends(sleeper: socket.socket) -> bool:
    try:
        while sleeper.recv(1_000_000):
            pass
    except ConnectionResetError:
        pass
    return True


def _datagrams(heard: socket.socket) -> int:
    count = 0
    while True:
        try:
            heard.recv(65536)
        except BlockingIOError:
            return count
        count += 1
