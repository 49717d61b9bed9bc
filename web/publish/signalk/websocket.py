"""Signal K over its WebSocket: deltas go out, and what is said of our own alarm comes in."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from select import select
from typing import TYPE_CHECKING, Protocol

from .access_request import AccessRequest
from .notifications import PREFIX
from .received import WIND

if TYPE_CHECKING:
    from websocket import WebSocket

_WAIT_S = 10.0
# A socket that is only half open swallows all for a quarter of an hour; a pong tells.
PING_S, SILENCE_S = 10.0, 35.0
_MOST_AT_ONCE = 200
_ALARMS = {"path": f"{PREFIX}*", "policy": "instant", "format": "delta"}
# Not "fixed", by which a server repeats the last value of an instrument that is dead.
_WIND = {"path": WIND, "policy": "instant", "minPeriod": 1000, "format": "delta"}


class Link(Protocol):
    """A way to a Signal K server. All but close raise OSError when it is gone.

    again_s: what the server may have forgotten is told again after so many seconds; 0: never.
    """

    again_s: float

    def open(self) -> None:
        """Connect."""

    def send(self, delta: str) -> None:
        """Send one delta."""

    def settle(self) -> None:
        """Wait a moment for word that it was all for nothing."""

    def received(self) -> list[str]:
        """What came in, without waiting for it."""

    def close(self) -> None:
        """Let go of it."""


class WebSocketLink:
    """The Link over a WebSocket, with a token where the server wants one.

    wind: whether to hear of the wind as well. Raises OSError on silence_s without a word.
    """

    again_s = 0.0

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
        self._wanted = [_ALARMS, _WIND] if wind else [_ALARMS]
        self._socket: WebSocket | None = None
        self._heard_at = self._pinged_at = 0.0

    def open(self) -> None:
        """Connect and subscribe. Raises OSError, also while the owner has not approved yet."""
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
        self._heard_at = self._pinged_at = time.monotonic()
        self.send(json.dumps({"context": "vessels.self", "subscribe": self._wanted}))

    def send(self, delta: str) -> None:
        """Send a delta. Raises OSError."""
        with _as_os_error():
            self._open.send(delta)

    def settle(self) -> None:
        """Nothing: TCP tells."""

    def received(self) -> list[str]:
        """What came in. Raises OSError when the other end has been silent for long."""
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
        """Let go of the socket, without a word that might wait."""
        if self._socket is not None:
            if self._socket.sock is not None:
                with suppress(OSError):
                    self._socket.sock.close()
            self._socket = None

    def _text(self) -> list[str]:
        from websocket import ABNF

        # One message, whole: a server that stops in the middle of it is waited for and then left.
        opcode, data = self._open.recv_data(control_frame=True)
        self._heard_at = time.monotonic()
        if opcode == ABNF.OPCODE_CLOSE:
            raise ConnectionError("the server closed the connection")
        if opcode != ABNF.OPCODE_TEXT:
            return []
        return [data.decode(errors="replace")]

    def _ping(self) -> None:
        now = time.monotonic()
        if now - self._heard_at > self._silence_s:
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
    """What websocket-client raises is no OSError."""
    from websocket import WebSocketException

    try:
        yield
    except (WebSocketException, ValueError) as error:
        raise OSError(f"it does not speak WebSocket as expected: {error}") from error
