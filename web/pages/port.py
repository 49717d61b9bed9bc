"""Bind the port of the page, and explain what goes wrong with ports.

The recorder's process binds it, and the page's process answers there: while a page that has died
is started again, browsers wait.
"""

import errno
import socket
from typing import Self

from .security.host_check import is_local

_BACKLOG = 1024
# Of each connection, in the kernel. A connection inherits them.
_SEND_BYTES, _RECEIVE_BYTES = 64 * 1024, 16 * 1024


class PortError(OSError):
    """The page cannot be served there; the message says what to do."""


class Port:
    """A port of this machine, bound at once. A context manager."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host.strip("[]"), port
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        try:
            self.socket = socket.create_server((self.host, port), family=family, backlog=_BACKLOG)
        except (OSError, ValueError) as error:
            raise _advice(self.host, port, error) from error
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BYTES)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BYTES)

    @property
    def url(self) -> str:
        """The address for a browser on this machine."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::", "*") else self.host
        return f"http://[{host}]:{self.port}/" if ":" in host else f"http://{host}:{self.port}/"

    @property
    def is_exposed(self) -> bool:
        """Whether other machines can reach the page."""
        return not is_local(self.host)

    def close(self) -> None:
        """Release the port. Closing twice is fine."""
        self.socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _advice(host: str, port: int, error: Exception) -> PortError:
    number = getattr(error, "errno", None)
    if number == errno.EADDRINUSE:
        other = port + 1 if port < 65535 else 8080
        return PortError(
            f"port {port} of {host} is taken, perhaps by a Storm Petrel that runs already: open"
            f" http://{host}:{port}/, or choose another with --port {other}"
        )
    if number == errno.EACCES:
        return PortError(f"port {port} may not be used: choose one above 1023, say --port 8080")
    unknown_name = isinstance(number, int) and number < 0  # so getaddrinfo's errors come out
    if isinstance(error, ValueError) or unknown_name or number == errno.EADDRNOTAVAIL:
        return PortError(
            f"this machine has no address {host!r}: choose --host 127.0.0.1 for itself only, or"
            " --host 0.0.0.0 for its network"
        )
    return PortError(f"the page cannot be served at {host}:{port}: {error}")
