"""Signal K over UDP: one delta per datagram. The only feedback is ICMP "port unreachable"."""

import socket
from select import select

from ...system.connection import ipv4_address

_LOOKUP_S = 10.0
# "Port unreachable" comes at once, from this machine or from one on board.
_REFUSAL_S = 0.3
# A restarted server has forgotten all, which UDP does not show.
REPEAT_S = 600.0


class UdpLink:
    """The Link over UDP."""

    def __init__(self, host: str, port: int, *, repeat_s: float = REPEAT_S) -> None:
        self._address = (host, port)
        self.repeat_s = repeat_s
        self._socket: socket.socket | None = None

    def open(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        # Only a connected socket reports "port unreachable".
        host, port = self._address
        self._socket.connect((ipv4_address(host, _LOOKUP_S), port))

    def send(self, delta: str) -> None:
        self._open.send(delta.encode())

    def check(self) -> None:
        select([self._open], [], [], _REFUSAL_S)
        self.received()

    def received(self) -> list[str]:
        error = self._open.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            host, port = self._address
            raise OSError(
                error,
                f"no program listens at UDP port {port} of {host}: add a UDP connection to the"
                " Signal K server",
            )
        return []

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    @property
    def _open(self) -> socket.socket:
        if self._socket is None:
            raise OSError("it is not open")
        return self._socket
