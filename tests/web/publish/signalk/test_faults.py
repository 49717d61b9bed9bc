"""Signal K: what is not as it should be at the other end, and what the schema says of ours."""

import base64
import hashlib
import re
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.fake_servers import babble, hang, hang_up, speaking
from tests.support.fixed_station import NOON, Boat, conditions
from tests.support.signalk_server import free_ports, schema_faults
from tests.support.waiting import eventually
from web.config.publishers import SignalKConfig
from web.publish.publisher import PublisherThread
from web.publish.signalk.access_request import AccessRequest
from web.publish.signalk.deltas import DeltaEncoder, severity
from web.publish.signalk.notifications import PREFIX
from web.publish.signalk.publisher import SignalK
from web.publish.signalk.udp import UdpLink
from web.publish.signalk.websocket import Link, WebSocketLink
from web.weather import StormLevel

Speak = Callable[[socket.socket, threading.Event], None]
PATH = f"{PREFIX}20260921T141320Z.storm"
STORM = conditions(980.0, StormLevel.STORM)


def test_all_that_is_told_is_as_the_schema_has_it() -> None:
    with _heard() as (heard, port):
        boat = Boat()
        publisher = _publisher(boat, UdpLink("127.0.0.1", port))
        with _connected(publisher):
            for told in (STORM, conditions(1000.0), replace(STORM, sample=None, outage="none")):
                publisher.publish(told)
        deltas = [text for text in _datagrams(heard) if text]
    assert len(deltas) >= 6
    assert schema_faults(deltas) == []


def test_the_schema_finds_what_is_wrong() -> None:
    speaker = DeltaEncoder("us", "", 180.0)
    wrong = speaker.delta({"environment.outside.pressure": 101_327}, NOON).replace('Z"', '"')
    assert schema_faults([wrong]) != []


def test_over_udp_all_is_told_again_for_a_server_that_forgot() -> None:
    with _heard() as (heard, port):
        publisher = _publisher(Boat(), UdpLink("127.0.0.1", port, repeat_s=1e-9))
        with _connected(publisher):
            publisher.publish(STORM)
            _datagrams(heard)
            publisher.poll()
        again = "\n".join(_datagrams(heard))
    assert all(words in again for words in ('"timeout"', "98000", PATH, '"alarm"'))


def test_over_udp_a_server_that_is_absent_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    port = free_ports(1)[0]
    with PublisherThread(
        _publisher(Boat(), UdpLink("127.0.0.1", port)), pauses_s=(0.01,)
    ) as thread:
        thread.put(STORM)
        assert eventually(lambda: caplog.records)
        with _heard(port) as (heard, _):
            assert eventually(lambda: any(PATH in text for text in _datagrams(heard)))
            assert eventually(lambda: len(caplog.records) == 2)
    fails, works = (record.getMessage() for record in caplog.records)
    assert f"no program listens at UDP port {port} of 127.0.0.1" in fails
    assert "works again" in works


@pytest.mark.parametrize("speak", [babble, hang_up])
def test_what_is_no_signal_k_is_told_once(
    speak: Speak, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with speaking(speak) as url:
        port = int(url.rstrip("/").rpartition(":")[2])
        with PublisherThread(
            _publisher(Boat(), _stream(port, tmp_path)), pauses_s=(0.01,)
        ) as thread:
            for n in range(50):
                thread.put(conditions(1000.0 + n))
            assert eventually(lambda: caplog.records)
    (record,) = caplog.records
    assert "tried again" in record.getMessage() and not record.exc_info


def test_brackets_without_end_are_no_word_on_access(tmp_path: Path) -> None:
    """A server that says so of its security has none, and is then asked for the stream."""

    def brackets(connected: socket.socket, is_over: threading.Event) -> None:
        connected.recv(65536)
        connected.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + b"[" * 60_000)

    with speaking(brackets) as url:
        port = int(url.rstrip("/").rpartition(":")[2])
        assert AccessRequest("127.0.0.1", port, tmp_path / "token").token() == ""


def test_one_that_says_nothing_at_all_holds_up_nobody(tmp_path: Path) -> None:
    with speaking(hang) as url:
        port = int(url.rstrip("/").rpartition(":")[2])
        with PublisherThread(_publisher(Boat(), _stream(port, tmp_path))) as thread:
            for _ in range(1000):
                thread.put(STORM)


def test_a_socket_that_is_only_half_open_is_found_out(tmp_path: Path) -> None:
    with _upgrading(hang) as port:
        publisher = _publisher(Boat(), _stream(port, tmp_path, silence_s=0.2))
        with _connected(publisher):
            publisher.publish(STORM)
            with pytest.raises(TimeoutError, match=r"has not answered for 0\.2 s"):
                while True:  # ends with the silence, or with the test's own limit in hang()
                    publisher.poll()


@pytest.mark.parametrize(
    "said",
    [
        "[" * 60_000,
        '{"updates": 7}',
        '{"updates": [7, null]}',
        '{"updates": [{"$source": "us", "values": [{"path": 1, "value": {}}, {}]}]}',
        '{"updates": [{"$source": "us", "values": [{"path": "PATH", "value": null}]}]}',
        '{"updates": [{"values": [{"path": "environment.wind.speedTrue", "value": "12"}]}]}',
        '{"updates": [{"values": [{"path": "environment.wind.speedTrue", "value": true}]}]}',
        '{"updates": [{"values": [{"path": "environment.wind.speedTrue", "value": 1e999}]}]}',
        '{"updates": [{"$source": "us", "values": [{"path": "PATH", "value": {}}]}]}',
        '{"updates": [{"$source": "them", "values": [{"path": "PATH", "value": {"method": []}}]}]}',
    ],
)
def test_what_makes_no_sense_is_no_acknowledgement(said: str, tmp_path: Path) -> None:
    def speak(connected: socket.socket, is_over: threading.Event) -> None:
        connected.sendall(
            _frame(said.replace("PATH", PATH)) + _frame("{}") + b"\x88\x00"
        )  # and the close of it

    boat = Boat()
    with _upgrading(speak) as port:
        publisher = _publisher(boat, _stream(port, tmp_path))
        with _connected(publisher):
            publisher.publish(STORM)
            with pytest.raises(ConnectionError, match="the server closed the connection"):
                while True:  # ends when all was read
                    publisher.poll()
    assert (boat.acknowledged, boat.winds_ms) == (0, [])


def test_the_severity_is_that_of_the_words() -> None:
    steps = {0.0: 0, -0.04: 0, 0.1: 1, -1.5: -1, 1.6: 2, -3.5: -2, -3.6: -3, 6.0: 3, -6.1: -4}
    assert {change: severity(change) for change in steps} == steps


@contextmanager
def _connected(publisher: SignalK) -> Iterator[None]:
    publisher.connect()
    try:
        yield
    finally:
        publisher.disconnect()


def _publisher(boat: Boat, link: Link) -> SignalK:
    return SignalK(SignalKConfig(), link, boat.context)


def _stream(port: int, folder: Path, *, silence_s: float = 35.0) -> WebSocketLink:
    (folder / "token").write_text("a.b.c\n")
    access = AccessRequest("127.0.0.1", port, folder / "token")
    return WebSocketLink("127.0.0.1", port, access, silence_s=silence_s)


@contextmanager
def _heard(port: int = 0) -> Iterator[tuple[socket.socket, int]]:
    """Somebody who listens for datagrams."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as heard:
        heard.bind(("127.0.0.1", port))
        heard.setblocking(False)
        yield heard, heard.getsockname()[1]


def _datagrams(heard: socket.socket) -> list[str]:
    texts = []
    with suppress(BlockingIOError):
        while True:
            texts.append(heard.recv(65536).decode())
    return texts


@contextmanager
def _upgrading(speak: Speak) -> Iterator[int]:
    """A server that agrees to a WebSocket, and then speaks as it likes."""

    def agree(connected: socket.socket, is_over: threading.Event) -> None:
        asked = connected.recv(65536).decode()
        key = re.findall(r"Sec-WebSocket-Key: (\S+)", asked)[0]
        digest = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
        head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        accept = base64.b64encode(digest).decode()
        connected.sendall(f"{head}Sec-WebSocket-Accept: {accept}\r\n\r\n".encode())
        speak(connected, is_over)
        is_over.wait(20.0)

    with speaking(agree) as url:
        yield int(url.rstrip("/").rpartition(":")[2])


def _frame(text: str) -> bytes:
    """A WebSocket frame of text (RFC 6455, 5.2), with the longest kind of length."""
    told = text.encode()
    return b"\x81\x7f" + struct.pack(">Q", len(told)) + told
