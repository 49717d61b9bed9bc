"""Peers that mean harm: each speaks as it likes to whoever connects (see fake_servers.speaking)."""

import base64
import hashlib
import re
import socket
import threading
from collections.abc import Callable
from contextlib import suppress

Speak = Callable[[socket.socket, threading.Event], None]

_OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_CHUNK = 60_000
ACCEPTED = b"\x20\x02\x00\x00"  # MQTT's CONNACK


def request_of(connected: socket.socket) -> bytes:
    """What comes first, up to the end of the headers of HTTP or a packet of MQTT."""
    data = connected.recv(65536)
    while data[:1] in b"GP" and b"\r\n\r\n" not in data:
        more = connected.recv(65536)
        if not more:
            break
        data += more
    return data


def saying(answer: bytes, then: bytes = b"", *, every_s: float = 0.0) -> Speak:
    """A peer that answers once, and then says the rest again and again."""

    def speak(connected: socket.socket, is_over: threading.Event) -> None:
        request_of(connected)
        connected.settimeout(0.5)
        connected.sendall(answer)
        while then and not is_over.wait(every_s):
            with suppress(TimeoutError):
                connected.sendall(then)
        is_over.wait(0.05)

    return speak


def upgrading(then: Speak) -> Speak:
    """A Signal K server without security, whose WebSocket speaks like this once it is open."""

    def speak(connected: socket.socket, is_over: threading.Event) -> None:
        request = request_of(connected).decode(errors="replace")
        keys = re.findall(r"Sec-WebSocket-Key: (\S+)", request)
        if not keys:
            connected.sendall(_OK + b"Content-Length: 2\r\nConnection: close\r\n\r\n{}")
            return
        digest = hashlib.sha1((keys[0] + _GUID).encode()).digest()
        accept = base64.b64encode(digest).decode()
        head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        connected.sendall(f"{head}Sec-WebSocket-Accept: {accept}\r\n\r\n".encode())
        connected.settimeout(0.5)
        then(connected, is_over)

    return speak


def repeating(data: bytes, *, every_s: float = 0.0) -> Speak:
    """Says this again and again, whether anyone reads it or not."""

    def speak(connected: socket.socket, is_over: threading.Event) -> None:
        while not is_over.wait(every_s):
            with suppress(TimeoutError):
                connected.sendall(data)

    return speak


def _in_turn(first: bytes, then: Speak) -> Speak:
    def speak(connected: socket.socket, is_over: threading.Event) -> None:
        connected.sendall(first)
        then(connected, is_over)

    return speak


def frame(payload: bytes, first: int = 0x81) -> bytes:
    """A frame of a server (RFC 6455, 5.2)."""
    return bytes([first, 127]) + len(payload).to_bytes(8) + payload


def acknowledging(connected: socket.socket, is_over: threading.Event) -> None:
    """Sends all that it gets back, with no sound: that is how a plotter acknowledges."""
    heard = bytearray()
    while not is_over.is_set():
        try:
            data = connected.recv(65536)
        except TimeoutError:
            continue
        if not data:
            return
        heard += data
        while (text := _unmasked(heard)) is not None:
            if b'"method": ["visual", "sound"]' in text:
                connected.sendall(frame(text.replace(b'["visual", "sound"]', b"[]")))


def _unmasked(heard: bytearray) -> bytes | None:
    """Take a frame of a client from what was heard."""
    if len(heard) < 2:
        return None
    length, begin = heard[1] & 0x7F, 2
    if length >= 126:
        begin = 4 if length == 126 else 10
        length = int.from_bytes(heard[2:begin])
    if len(heard) < begin + 4 + length:
        return None
    mask = heard[begin : begin + 4]
    payload = heard[begin + 4 : begin + 4 + length]
    del heard[: begin + 4 + length]
    return bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))


def publish_packet(topic: str, payload: bytes, *, qos: int = 0, retain: bool = False) -> bytes:
    """A PUBLISH of MQTT 3.1.1 (3.3)."""
    name = topic.encode()
    body = len(name).to_bytes(2) + name + (b"\x00\x07" if qos else b"") + payload
    length, size = len(body), bytearray()
    while True:
        length, digit = divmod(length, 128)
        size.append(digit | (0x80 if length else 0))
        if not length:
            return bytes([0x30 | qos << 1 | retain]) + bytes(size) + body


# By what they do; the second part of a name is the peer's kind.
SIGNAL_K: dict[str, Speak] = {
    "frame of 2^40 bytes": upgrading(repeating(b"\x81\x7f" + (2**40).to_bytes(8) + b"x" * _CHUNK)),
    "message without end": upgrading(repeating(b"\x01\x7d" + b"x" * 125)),
    "continuation without end": upgrading(
        _in_turn(frame(b"x", 0x01), repeating(frame(b"x" * 1000, 0x00)))
    ),
    "flood of pings": upgrading(repeating(b"\x89\x7d" + b"p" * 125)),
    "flood of empty frames": upgrading(repeating(b"\x8a\x00" * 5000)),
    "flood of deltas": upgrading(
        repeating(frame(b'{"updates": [' + b'{"values": []},' * 4000 + b'{"values": []}]}'))
    ),
    "letter by letter": upgrading(_in_turn(b"\x81\x7e\xea\x60", repeating(b"x", every_s=0.05))),
    "headers without end": saying(b"HTTP/1.1 101 Yes\r\n", b"X-Long: " + b"x" * _CHUNK),
    "line without end": saying(b"HTTP/1.1 101 ", b"x" * _CHUNK),
    "body of 2^40 bytes": saying(
        b"HTTP/1.1 400 No\r\nContent-Length: 1099511627776\r\n\r\n", b"x" * _CHUNK
    ),
    "escape sequences": saying(b"HTTP/1.1 400 \x1b[2J\x1b[31m\xe2\x80\xa8\r\n\r\n\x1b[0m"),
}
MQTT: dict[str, Speak] = {
    "packet of 256 MB": saying(ACCEPTED, b"\x30\xff\xff\xff\x7f" + b"x" * _CHUNK),
    "flood of messages": saying(ACCEPTED, publish_packet("a/b", b"x" * 15_000)),
    "flood of small messages": saying(ACCEPTED, publish_packet("a", b"x") * 5000),
    "messages of QoS 2": saying(ACCEPTED, publish_packet("a/b", b"x" * 15_000, qos=2)),
    "wrong CONNACK": saying(b"\x20\x02\x00\x09"),
    "CONNACK without end": saying(b"\x20\xff\xff\xff\x7f", b"\x00" * _CHUNK),
    "only pings": saying(ACCEPTED, b"\xd0\x00" * 5000),
}
HTTP: dict[str, Speak] = {
    "headers without end": saying(b"HTTP/1.1 200 OK\r\n", b"X-Long: " + b"x" * _CHUNK + b"\r\n"),
    "continue without end": saying(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000),
    "body without end": saying(b"HTTP/1.1 500 No\r\n\r\n", b"x" * _CHUNK),
    "body of 2^40 bytes": saying(
        b"HTTP/1.1 500 No\r\nContent-Length: 1099511627776\r\n\r\n", b"x" * _CHUNK
    ),
    "chunk of 2^40 bytes": saying(
        b"HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n10000000000\r\n", b"x" * _CHUNK
    ),
    "escape sequences": saying(
        b"HTTP/1.1 500 \x1b[2J\xe2\x80\xae\r\nContent-Length: 9\r\n\r\n\x1b[31m\r\nX\n"
    ),
}
