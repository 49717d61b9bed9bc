"""Signal K over UDP: one delta is one datagram; nothing comes back but that nobody is there."""

import socket
from select import select

# An answer that the port is closed comes at once, from this machine or from one on board.
_REFUSAL_S = 0.3
# The server forgets with each restart, and UDP does not tell of that.
AGAIN_S = 600.0


class UdpLink:
    """The Link over UDP."""

    def __init__(self, host: str, port: int, *, again_s: float = AGAIN_S) -> None:
        self._address = (host, port)
        self.again_s = again_s
        self._socket: socket.socket | None = None

    def open(self) -> None:
        """Find the host. Raises OSError."""
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        # Connected, so that it is told when nobody listens there.
        self._socket.connect(self._address)

    def send(self, delta: str) -> None:
        """Send a datagram. Raises OSError."""
        self._open.send(delta.encode())

    def settle(self) -> None:
        """Wait a moment for word that nobody listens there; OSError if it comes."""
        select([self._open], [], [], _REFUSAL_S)
        self.received()

    def received(self) -> list[str]:
        """Nothing; but OSError when the host said that nobody listens."""
        error = self._open.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            host, port = self._address
            raise OSError(
                error,
                f"nobody listens at UDP port {port} of {host}: see to the server's connection",
            )
        return []

    def close(self) -> None:
        """Let go of the socket."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    @property
    def _open(self) -> socket.socket:
        if self._socket is None:
            raise OSError("it is not open")
        return self._socket
