"""Signal K over its WebSocket: sends deltas, receives changes of the own alarm and the wind."""

import json
import time
from typing import Protocol

from ...system.http_post import HttpStatusError
from .access_request import AccessRequest
from .deltas import PRESSURE
from .frames import WebSocket
from .received import WIND

_WAIT_S = 10.0
# A half-open connection takes data for a quarter of an hour; only a missing pong reveals it.
PING_S, SILENCE_S = 10.0, 35.0
_PATH = "/signalk/v1/stream?subscribe=none"
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
        self._host, self._port = host, port
        self._access, self._silence_s = access, silence_s
        self._paths = [_ALARMS, _WIND] if wind else [_ALARMS]
        self._socket: WebSocket | None = None
        self._received_at = self._pinged_at = 0.0

    def open(self) -> None:
        token = self._access.token()
        head = [f"Authorization: Bearer {token}"] if token else []
        try:
            self._socket = WebSocket(self._host, self._port, _PATH, head, _WAIT_S)
        except HttpStatusError as error:
            if error.status in (401, 403):
                raise PermissionError(self._access.refusal()) from error
            raise
        except TimeoutError as error:
            raise OSError(f"no answer within {_WAIT_S:g} s") from error
        self._received_at = self._pinged_at = time.monotonic()
        self.send(json.dumps({"context": "vessels.self", "subscribe": self._paths}))

    def send(self, delta: str) -> None:
        self._open.send(delta)

    def check(self) -> None:
        pass  # TCP reports its errors by itself

    def received(self) -> list[str]:
        texts, count = self._open.received()
        now = time.monotonic()
        if count:
            self._received_at = now
        if now - self._received_at > self._silence_s:
            raise TimeoutError(f"the server has not answered for {self._silence_s:g} s")
        if now - self._pinged_at > self._silence_s * PING_S / SILENCE_S:
            self._pinged_at = now
            self._open.ping()
        return texts

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    @property
    def _open(self) -> WebSocket:
        if self._socket is None:
            raise OSError("it is not connected")
        return self._socket
