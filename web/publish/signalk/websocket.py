"""Signal K over its WebSocket: sends deltas, receives changes of the own alarm and the wind."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from select import select
from typing import TYPE_CHECKING, Protocol

from .access_request import AccessRequest
from .deltas import PRESSURE
from .received import WIND

if TYPE_CHECKING:
    from websocket import WebSocket

_WAIT_S = 10.0
# A half-open connection takes data for a quarter of an hour; only a missing pong reveals it.
PING_S, SILENCE_S = 10.0, 35.0
_MOST_AT_ONCE = 200
_ALARMS = {"path": f"notifications.{PRESSURE}.*", "policy": "instant", "format": "delta"}
# Not "fixed", with which a server repeats the last value of a dead instrument.
_WIND = {"path": WIND, "policy": "instant", "minPeriod": 1000, "format": "delta"}


class Link(Protocol):
    """A connection to a Signal K server. All methods but close raise OSError if it is lost.

    repeat_s: how often everything is sent again; 0: never.
    """

    repeat_s: float

    def open(self) -> None:
        """Connect."""

    def send(self, delta: str) -> None:
        """Send one delta."""

    def check(self) -> None:
        """Wait a moment for an error message about what was sent."""

    def received(self) -> list[str]:
        """Return the messages that have come, without waiting."""

    def close(self) -> None:
        """Close the connection, in any state."""


class WebSocketLink:
    """The Link over a WebSocket, with a token if the server wants one.

    silence_s: a server that sends nothing for so long is lost. wind: subscribe to the wind too.
    """

    repeat_s = 0.0

    def __init__(
        self,
        host: str,
        port: int,
        access: AccessRequest,
        *,
        silence_s: float = SILENCE_S,
        wind: bool = False,
    ) -> None:
        self._url = f"ws://{host}:{port}/signalk/v1/stream?subscribe=none"
        self._access, self._silence_s = access, silence_s
        self._paths = [_ALARMS, _WIND] if wind else [_ALARMS]
        self._socket: WebSocket | None = None
        self._received_at = self._pinged_at = 0.0

    def open(self) -> None:
        import websocket

        token = self._access.token()
        header = [f"Authorization: Bearer {token}"] if token else []
        with _as_os_error():
            try:
                self._socket = websocket.create_connection(
                    self._url, timeout=_WAIT_S, header=header, http_no_proxy=["*"]
                )
            except websocket.WebSocketBadStatusException as error:
                if error.status_code in (401, 403):
                    raise PermissionError(self._access.refusal()) from error
                raise OSError(f"it answers {error.status_code} to a WebSocket") from error
        self._received_at = self._pinged_at = time.monotonic()
        self.send(json.dumps({"context": "vessels.self", "subscribe": self._paths}))

    def send(self, delta: str) -> None:
        with _as_os_error():
            self._open.send(delta)

    def check(self) -> None:
        pass  # TCP reports its errors by itself

    def received(self) -> list[str]:
        texts = []
        with _as_os_error():
            for _ in range(_MOST_AT_ONCE):
                sock = self._open.sock
                if sock is None or not select([sock], [], [], 0)[0]:
                    break
                texts += self._text()
            self._ping()
        return texts

    def close(self) -> None:
        if self._socket is not None:
            if self._socket.sock is not None:
                with suppress(OSError):
                    self._socket.sock.close()  # WebSocket.close() would wait for the server
            self._socket = None

    def _text(self) -> list[str]:
        from websocket import ABNF

        # Waits for the rest of a message, up to the timeout of the socket.
        opcode, data = self._open.recv_data(control_frame=True)
        self._received_at = time.monotonic()
        if opcode == ABNF.OPCODE_CLOSE:
            raise ConnectionError("the server closed the connection")
        if opcode != ABNF.OPCODE_TEXT:
            return []
        return [data.decode(errors="replace")]

    def _ping(self) -> None:
        now = time.monotonic()
        if now - self._received_at > self._silence_s:
            raise TimeoutError(f"the server has not answered for {self._silence_s:g} s")
        if now - self._pinged_at > self._silence_s * PING_S / SILENCE_S:
            self._pinged_at = now
            self._open.ping()

    @property
    def _open(self) -> "WebSocket":
        if self._socket is None:
            raise OSError("it is not connected")
        return self._socket


@contextmanager
def _as_os_error() -> Iterator[None]:
    """Turn the errors of websocket-client, which are no OSErrors, into OSErrors."""
    from websocket import WebSocketException

    try:
        yield
    except (WebSocketException, ValueError) as error:
        raise OSError(f"it does not speak WebSocket as expected: {error}") from error
