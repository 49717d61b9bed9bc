"""A fleet, a real Mosquitto and the collector: every minute of every boat once in the file."""

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from collect_fleet import Collector
from fleet_file import FleetFile, Minute, NoMinuteError

from tests.publish.afloat import BEGIN, Clock, minute, ship, table, wired
from tests.publish.brokers import Mosquitto, mosquitto, program
from tests.publish.mqtt_stranger import acknowledged, message, stranger
from tests.web.waiting import eventually
from web.publish.broker import Address, Broker
from web.publish.mqtt import plug_of
from web.publish.plug import Wire

SCRIPT = Path(__file__).parents[2] / "scripts" / "collect_fleet.py"
BOATS = ("avocet", "brent", "curlew")
# What docs/fleet.md says to set; there, saved once a minute.
KEEPING = ("persistence true", "max_queued_messages 0", "autosave_interval 1")


class Collecting:
    """scripts/collect_fleet.py, running."""

    def __init__(self, file: Path, port: int) -> None:
        self.file, self._said = file, file.with_suffix(".said")
        command = [sys.executable, str(SCRIPT), str(file), "--host", "127.0.0.1"]
        with self._said.open("ab") as said:
            self.process = subprocess.Popen([*command, "--port", str(port)], stderr=said)
        before = self.said().count("collecting")
        assert eventually(lambda: self.said().count("collecting") > before)

    def said(self) -> str:
        return self._said.read_text()

    def rows(self) -> list[tuple[str, float, float]]:
        with sqlite3.connect(self.file, timeout=20.0) as reader:
            rows = list(reader.execute("SELECT node, taken_at, pressure_pa FROM samples"))
        reader.close()
        return rows

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(20.0)


@contextmanager
def collecting(file: Path, broker: Mosquitto) -> Iterator[Collecting]:
    collector = Collecting(file, broker.port)
    try:
        yield collector
    finally:
        if collector.process.poll() is None:
            collector.process.kill()
            collector.process.wait()


@contextmanager
def fleet(broker: Mosquitto) -> Iterator[list[Wire]]:
    with ExitStack() as afloat:
        yield [
            afloat.enter_context(wired(plug_of(table(broker.port, node=boat), "", ship(Clock()))))
            for boat in BOATS
        ]


def sail(wires: list[Wire], minutes: range) -> None:
    for number in minutes:
        for boat, wire in enumerate(wires):
            wire.take(minute(number, 980.0 + boat + number * 0.01))


def all_of(minutes: range) -> list[tuple[str, float, float]]:
    return [
        (boat, BEGIN + 60 * number, round(98000 + 100 * at + number, 1))
        for at, boat in enumerate(BOATS)
        for number in minutes
    ]


@pytest.mark.parametrize("suddenly", [False, True])
def test_a_broker_that_is_gone_for_a_while_loses_nobody_a_minute(
    tmp_path: Path, suddenly: bool
) -> None:
    settings = (*KEEPING, f"persistence_location {tmp_path}/")
    with (
        mosquitto(tmp_path, *settings) as broker,
        collecting(tmp_path / "fleet.sqlite", broker) as collector,
        fleet(broker) as wires,
    ):
        sail(wires, range(100))
        assert eventually(lambda: len(collector.rows()) == 300)
        kept = tmp_path / "mosquitto.db"
        assert eventually(lambda: kept.exists() and b"storm-petrel-collector" in kept.read_bytes())
        broker.end(suddenly=suddenly)
        sail(wires, range(100, 400))
        broker.start()
        sail(wires, range(400, 500))
        assert eventually(lambda: len(collector.rows()) >= 1500)
        assert collector.rows() == all_of(range(500))
        assert collector.end() == 0
    assert "is tried again and again" in collector.said()
    assert "ended; 1500 minutes of 3 boats" in collector.said()
    checked = [program("sqlite3", "sqlite3"), str(tmp_path / "fleet.sqlite")]
    read = subprocess.run(
        [*checked, "PRAGMA integrity_check; SELECT count(*) FROM samples"],
        capture_output=True,
        text=True,
    )
    assert read.stdout.split() == ["ok", "1500"]


def test_a_collector_that_is_killed_has_what_it_missed(tmp_path: Path) -> None:
    settings = (*KEEPING, f"persistence_location {tmp_path}/")
    with mosquitto(tmp_path, *settings) as broker, fleet(broker) as wires:
        with collecting(tmp_path / "fleet.sqlite", broker) as collector:
            sail(wires, range(200))
            assert eventually(lambda: collector.rows())
            collector.end(signal.SIGKILL)
        sail(wires, range(200, 500))
        assert eventually(lambda: not any(wire._waiting for wire in wires))
        with collecting(tmp_path / "fleet.sqlite", broker) as collector:
            assert eventually(lambda: len(collector.rows()) >= 1500)
            assert collector.rows() == all_of(range(500))
            assert collector.end(signal.SIGINT) == 0


def test_a_minute_that_is_told_twice_is_one_row_and_nonsense_is_none(tmp_path: Path) -> None:
    with mosquitto(tmp_path) as broker, collecting(tmp_path / "fleet.sqlite", broker) as collector:
        send = [program("mosquitto_pub", "mosquitto-clients"), "-h", "127.0.0.1", "-q", "1"]
        send += ["-p", str(broker.port), "-t", "storm-petrel/avocet/sample", "-m"]
        once = '{"taken_at": "2014-02-12T16:00:00Z", "pressure_hpa": 988.47}'
        later = once.replace("16:00", "16:01")
        for payload in (once, "nonsense", once, '{"taken_at": "now"}', later):
            subprocess.run([*send, payload], check=True)
        assert eventually(lambda: len(collector.rows()) == 2)
        assert collector.rows() == [
            ("avocet", 1392220800.0, 98847.0),
            ("avocet", 1392220860.0, 98847.0),
        ]
        collector.end()
    assert collector.said().count("is left out: it is not JSON") == 1


def test_a_topic_that_nobody_asked_for_is_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    minute = b'{"taken_at": "2014-02-12T16:00Z", "pressure_hpa": 988.47}'
    said = message(b"x", 1, b"{}") + message(b"storm-petrel/avocet/sample", 2, minute)
    file = FleetFile(tmp_path / "fleet.sqlite")

    def heard(data: bytes) -> None:
        if acknowledged(2) in data:
            collector.stop.set()

    with closing(file), stranger(said, heard) as port:
        collector = Collector(file, Broker(Address("127.0.0.1", port), "desk"), "storm-petrel")
        collector.run()
        assert file.tally().startswith("1 minutes of 1 boat ")
    assert "something on x is left out: its topic names no boat" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        (b"\xff", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "no JSON object"),
        (b'{"taken_at": "2014-02-12T16:00:00Z", "pressure_hpa": null}', "no pressure_hpa"),
        (b'{"taken_at": "2014-02-12T16:00:00Z", "pressure_hpa": NaN}', "hpa is no number"),
        (b'{"taken_at": "2014-02-12T16:00:00Z", "pressure_hpa": true}', "hpa is no number"),
        (b'{"taken_at": "2014-02-12T16:00:00Z", "pressure_hpa": 1e999}', "hpa is no number"),
        (b'{"taken_at": "2014-02-12T16:00:00Z", "pressure_hpa": 98847}', "no pressure of the air"),
        (b'{"taken_at": "2014-02-12T16:00:00", "pressure_hpa": 988}', "no time with a zone"),
        (b'{"taken_at": "today", "pressure_hpa": 988}', "no time with a zone"),
        (b'{"taken_at": "2014-02-12T16:00Z", "pressure_hpa": 988, "level": 3}', "level is none"),
    ],
)
def test_what_no_boat_sends_is_no_minute(payload: bytes, words: str) -> None:
    with pytest.raises(NoMinuteError, match=words):
        Minute.of("avocet", payload)


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear owner,\n" * 100)
    with pytest.raises(OSError, match=r"letter\.txt cannot be used: file is not a database"):
        FleetFile(tmp_path / "letter.txt")


def test_help_teaches_and_a_wrong_option_is_a_sentence(tmp_path: Path) -> None:
    run = [sys.executable, str(SCRIPT)]
    shown = subprocess.run([*run, "--help"], capture_output=True, text=True)
    assert "fleet.sqlite --host shore.lan" in shown.stdout
    wrong = subprocess.run(
        [*run, str(tmp_path / "x"), "--password-file", "y"], capture_output=True, text=True
    )
    assert (wrong.returncode, wrong.stderr) == (
        1,
        "collect_fleet.py: password_file is given without a username\n",
    )
