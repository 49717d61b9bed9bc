"""A WebSocket client (RFC 6455) for a server that may be anyone; it never waits for a message.

    FIN, opcode | length: to 125, or 126 and 2 bytes, or 127 and 8 bytes | payload

By hand, as websocket-client follows redirects with the token, reads headers and messages of any
size, and waits for the rest of a message as long as a byte comes now and then.
"""

import os
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha1

from ...system.connection import connect, time_limit
from ...system.http_post import HttpStatusError

MOST_BYTES = 65536  # of a message
_MOST_HEAD_BYTES = 16384
_MOST_FRAMES = 200  # in a turn: of two bytes each, they could be many
_MOST_CONTROL_BYTES = 125
_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_CONTINUATION, _TEXT, _BINARY, _CLOSE, _PING, _PONG = 0, 1, 2, 8, 9, 10
_FINAL, _RESERVED, _MASKED = 0x80, 0x70, 0x80


class WebSocket:
    """An open WebSocket. All methods but close raise OSError if it is lost or breaks the rules.

    head: more header lines. timeout_s: for the name, for the connection, for the handshake, and for
    each message that is sent. Raises HttpStatusError if the server does not agree.
    """

    def __init__(
        self, host: str, port: int, path: str, head: Sequence[str], timeout_s: float
    ) -> None:
        self._buffer = bytearray()
        self._message = bytearray()  # of the frames before the last one
        self._opcode = _CONTINUATION  # of that message; a continuation: there is no such
        self._timeout_s = timeout_s
        self._socket = connect(host, port, timeout_s)
        try:
            with time_limit(timeout_s, self._socket):
                self._shake_hands(
                    f"[{host}]:{port}" if ":" in host else f"{host}:{port}", path, head
                )
        except BaseException:
            self.close()
            raise

    def send(self, text: str) -> None:
        self._send(_TEXT, text.encode())

    def ping(self) -> None:
        self._send(_PING, b"")

    def received(self) -> tuple[list[str], int]:
        """Return the texts that have come, and how many frames."""
        try:
            self._socket.setblocking(False)
            self._read()
        except BlockingIOError:
            pass
        finally:
            self._socket.settimeout(self._timeout_s)
        texts = list[str]()
        for count in range(_MOST_FRAMES):
            frame = self._next_frame()
            if frame is None:
                return texts, count
            text = self._text_of(*frame)
            if text is not None:
                texts.append(text)
        return texts, _MOST_FRAMES

    def close(self) -> None:
        """Close it without a word, as the server may never answer one. Closing twice is fine."""
        self._socket.close()

    def _shake_hands(self, authority: str, path: str, head: Sequence[str]) -> None:
        key = b64encode(os.urandom(16)).decode()
        lines = (
            f"GET {path} HTTP/1.1",
            f"Host: {authority}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
            *head,
        )
        self._socket.sendall("\r\n".join((*lines, "", "")).encode())
        while b"\r\n\r\n" not in self._buffer:
            if len(self._buffer) > _MOST_HEAD_BYTES:
                raise _broken(f"headers of more than {_MOST_HEAD_BYTES} bytes")
            self._read()
        answer, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        first, *fields = answer.decode(errors="replace").split("\r\n")
        status = first[9:12] if first.startswith(("HTTP/1.1 ", "HTTP/1.0 ")) else ""
        if not (status.isascii() and status.isdecimal()):
            raise _broken("no status of HTTP")
        if status != "101":
            raise HttpStatusError(int(status), f"it answers {status} to a WebSocket", "")
        values = {
            name.lower(): value.strip() for name, _, value in (f.partition(":") for f in fields)
        }
        if values.get("sec-websocket-accept") != _accept(key):
            raise _broken("a handshake that is not for this request")

    def _read(self) -> None:
        data = self._socket.recv(max(1, MOST_BYTES - len(self._buffer)))
        if not data:
            raise ConnectionError("the server closed the connection")
        self._buffer += data

    def _next_frame(self) -> tuple[int, bytes] | None:
        """Take a frame from the buffer, once it is whole: its first byte and its payload."""
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        if buffer[0] & _RESERVED or buffer[1] & _MASKED:
            raise _broken("a frame with an extension or a mask")
        length, begin = buffer[1], 2
        if length > _MOST_CONTROL_BYTES:
            begin = 4 if length == 126 else 10
            if len(buffer) < begin:
                return None
            length = int.from_bytes(buffer[2:begin])
        # By what it announces: nothing of it was taken into memory.
        if begin + length + len(self._message) > MOST_BYTES:
            raise _broken(f"a message of more than {MOST_BYTES} bytes")
        if len(buffer) < begin + length:
            return None
        first, payload = buffer[0], bytes(buffer[begin : begin + length])
        del buffer[: begin + length]
        return first, payload

    def _text_of(self, first: int, payload: bytes) -> str | None:
        """Take a frame into account; return the text that ends with it."""
        opcode = first & 0x0F
        if opcode == _CLOSE:
            raise ConnectionError("the server closed the connection")
        if opcode == _PING:
            self._send(_PONG, payload[:_MOST_CONTROL_BYTES])
        if opcode in (_PING, _PONG):
            return None
        is_first = self._opcode == _CONTINUATION
        if opcode not in (_CONTINUATION, _TEXT, _BINARY) or is_first == (opcode == _CONTINUATION):
            raise _broken(f"a frame of kind {opcode} in a wrong place")
        self._opcode = opcode or self._opcode
        self._message += payload
        if not first & _FINAL:
            return None
        kind, self._opcode = self._opcode, _CONTINUATION
        message, self._message = self._message, bytearray()
        return message.decode(errors="replace") if kind == _TEXT else None

    def _send(self, opcode: int, payload: bytes) -> None:
        """Send a frame, with a mask, as the rules want of a client."""
        length, mask = len(payload), os.urandom(4)
        if length <= _MOST_CONTROL_BYTES:
            size = bytes([_MASKED | length])
        elif length < 65536:
            size = bytes([_MASKED | 126]) + length.to_bytes(2)
        else:
            size = bytes([_MASKED | 127]) + length.to_bytes(8)
        key = int.from_bytes((mask * (length // 4 + 1))[:length])
        masked = (int.from_bytes(payload) ^ key).to_bytes(length)
        self._socket.sendall(bytes([_FINAL | opcode]) + size + mask + masked)


def _accept(key: str) -> str:
    digest = sha1(f"{key}{_GUID}".encode(), usedforsecurity=False)  # RFC 6455 wants no other
    return b64encode(digest.digest()).decode()


def _broken(what: str) -> OSError:
    return OSError(f"it does not speak WebSocket as expected: {what}")
