"""What Signal K servers, MQTT brokers and HTTP servers answer; each may be anything at all."""

import contextlib
import io
import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

from fuzzing.target import Shape, Target, check

from tests.support.storm_conditions import station_context
from web.config.publishers import SignalKConfig
from web.pages.security.token import token_of
from web.publish.mqtt.broker import Broker, BrokerAddress, Message
from web.publish.signalk.access_request import AccessRequest
from web.publish.signalk.frames import WebSocket
from web.publish.signalk.notifications import path_of
from web.publish.signalk.publisher import SignalK
from web.recorder.conditions import Conditions
from web.system.http_post import http_post
from web.system.private_files import secret_of
from web.weather import Outlook, Sample, StormLevel

_NOW = 1_790_000_000.0
_OUTLOOK = Outlook(StormLevel.WARNING, _NOW, ("it falls",), 0.5, 0.3, None)


class _OneTextLink:
    """A Link over which one text comes."""

    repeat_s = 0.0

    def __init__(self) -> None:
        self.text = ""
        self.sent: list[str] = []

    def open(self) -> None: ...

    def check(self) -> None: ...

    def close(self) -> None: ...

    def send(self, delta: str) -> None:
        self.sent.append(delta)

    def received(self) -> list[str]:
        return [self.text]


def signal_k(folder: Path) -> Target:
    """What a server says of our own alarm."""
    station = station_context(lambda: _NOW)

    def feed(data: bytes) -> None:
        link = _OneTextLink()
        publisher = SignalK(SignalKConfig(), link, station)
        publisher.connect()
        publisher.publish(Conditions(Sample(_NOW, 990.0, 17.0), _OUTLOOK))
        link.text = data.decode(errors="replace")
        for _ in range(2):
            publisher.poll()
        for delta in link.sent:
            json.dumps(json.loads(delta), allow_nan=False)

    path = str(path_of(_OUTLOOK))
    old = path.replace("warning", "watch")
    seeds = [
        _delta(path, {"state": "normal", "method": []}),
        _delta(path, {"state": "warn", "method": ["visual"]}),
        _delta(old, {"state": "alert", "method": ["visual", "sound"]}),
    ]
    return Target(feed, tuple(seeds), (), Shape.JSON)


def _delta(path: str, value: dict[str, object]) -> bytes:
    update = {"$source": "storm-petrel.barometer", "values": [{"path": path, "value": value}]}
    return json.dumps({"context": "vessels.self", "updates": [update]}).encode()


class _RecordedSocket:
    """A socket over which these bytes come."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, *_: Any, **__: Any) -> io.BytesIO:
        return io.BytesIO(self._data)

    def sendall(self, data: bytes) -> None: ...

    def dup(self) -> socket.socket:
        return socket.socket()

    def close(self) -> None: ...


@contextlib.contextmanager
def _answered(*answers: bytes) -> Iterator[None]:
    left = list(answers)

    def connect(*_: Any, **__: Any) -> _RecordedSocket:
        return _RecordedSocket(left.pop(0) if left else b"")

    with patch("web.system.http_post.connect", connect):
        yield


_OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
_ACCEPTED = b"HTTP/1.1 202 Accepted\r\nContent-Length: 99\r\n\r\n"


def access(folder: Path) -> Target:
    """What a server answers to who asks for access: answers apart by a line of four dashes."""
    token, request = folder / "token", folder / "token.asked"

    def feed(data: bytes) -> None:
        token.unlink(missing_ok=True)
        request.unlink(missing_ok=True)
        with _answered(*data.split(b"\n----\n")):
            found = AccessRequest("boat.local", 3000, token).token()
        check(found.isprintable(), f"{found!r}")

    wanted = _OK + b'{"authenticationRequired": true}'
    href = _ACCEPTED + b'{"state": "PENDING", "href": "/signalk/v1/requests/1"}'
    given = (
        _OK + b'{"state": "COMPLETED", "accessRequest": {"permission": "APPROVED", "token": "a.b"}}'
    )
    seeds = (b"\n----\n".join([wanted, href, given]), _OK + b"{}", wanted)
    return Target(feed, seeds, (OSError,), Shape.LINES)


def secret(folder: Path) -> Target:
    """Files of one line that are kept beside the history: tokens and passwords."""
    token, page, password = (folder / name for name in ("token", "page-token", "password"))

    def feed(data: bytes) -> None:
        for file in (token, page, password):
            file.write_bytes(data)
        with contextlib.suppress(OSError), _answered():
            check(AccessRequest("boat.local", 3000, token).token().isprintable(), "an odd token")
        with contextlib.suppress(OSError):
            check(token_of(page).text.isascii(), "an odd token of the page")
        for aside in (*folder.glob("*.damaged-*"), *folder.glob("*.acknowledged-*")):
            aside.unlink()
        check(secret_of("password_file", str(password)).isprintable(), "an odd password")

    seeds = (
        b"abcd-efgh-ijkl-mnop\n",
        b"eyJhbGciOiJIUzI1NiJ9.eyJk.AAAA\n",
        b"storm and stress\r\nx",
    )
    return Target(feed, seeds, (ValueError,))


def answer(folder: Path) -> Target:
    """What is answered to a post: InfluxDB, or who is notified."""

    def feed(data: bytes) -> None:
        with _answered(data):
            http_post("http://influx.lan:8086/write", b"a", 5.0)

    seeds = (
        _OK,
        b"HTTP/1.1 404 not there\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    )
    return Target(feed, seeds, (OSError,), Shape.LINES)


def websocket(folder: Path) -> Target:
    """Frames of a WebSocket."""

    def feed(data: bytes) -> None:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            theirs.sendall(data[:60_000])
            theirs.shutdown(socket.SHUT_WR)
            with (
                patch("web.publish.signalk.frames.connect", lambda *_: ours),
                patch.object(WebSocket, "_shake_hands"),
            ):
                opened = WebSocket("boat.local", 3000, "/", (), 1.0)
            for _ in range(5):
                for text in opened.received()[0]:
                    text.encode()

    text = _delta("a", {})
    frames = (
        b"\x81\x05hello",
        b"\x89\x00\x88\x02\x03\xe8",
        b"\x81\x7e" + len(text).to_bytes(2) + text,
    )
    return Target(feed, frames, (OSError,))


def broker(folder: Path) -> Target:
    """What an MQTT broker sends to a client that publishes."""

    def feed(data: bytes) -> None:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            theirs.sendall(data[:60_000])
            theirs.shutdown(socket.SHUT_WR)
            with patch("socket.create_connection", lambda *_, **__: ours):
                one = Broker(BrokerAddress("127.0.0.1", 1883), "boat")
                try:
                    one.connect()
                    one.publish([Message("a", "b")])
                    one.poll()
                finally:
                    one.close()

    accepted, acknowledged = b"\x20\x02\x00\x00", b"\x40\x02\x00\x01"
    unasked = b"\x32\x1a\x00\x15storm-petrel/a/sample\x00\x01{"
    seeds = (accepted, accepted + unasked + acknowledged, b"\x20\x02\x00\x05")
    return Target(feed, seeds, (OSError,))


TARGETS: dict[str, Callable[[Path], Target]] = {
    "signal_k": signal_k,
    "access": access,
    "secret": secret,
    "answer": answer,
    "websocket": websocket,
    "broker": broker,
}
