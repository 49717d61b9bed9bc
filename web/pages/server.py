"""Serve the pages on a port, by waitress; explain what goes wrong with ports."""

import errno
import socket
from typing import Any, Self

import waitress
from flask import Flask

from .security.host_check import is_local

_THREADS = 4
_LONGEST_BODY = 16 * 1024
_LONGEST_HEADER = 8 * 1024


class ServerError(OSError):
    """The pages cannot be served there; the message says what to do."""


class Server:
    """A port of this machine, bound at once; run() serves an application there."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host.strip("[]"), port
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        try:
            self._socket = socket.create_server((self.host, port), family=family, backlog=1024)
        except (OSError, ValueError) as error:
            raise _advice(self.host, port, error) from error

    @property
    def url(self) -> str:
        """The address for a browser on this machine."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::", "*") else self.host
        return f"http://[{host}]:{self.port}/" if ":" in host else f"http://{host}:{self.port}/"

    @property
    def is_exposed(self) -> bool:
        """Whether other machines can reach the page."""
        return not is_local(self.host)

    def serve(self, app: Flask) -> Any:
        """Return waitress with our limits for an application: it has run() and close()."""
        return waitress.create_server(
            app,
            sockets=[self._socket],
            threads=_THREADS,
            ident=None,
            connection_limit=1000,
            channel_timeout=30,
            # An answer to a slow client waits in a file and never blocks a thread.
            outbuf_high_watermark=1 << 30,
            max_request_body_size=_LONGEST_BODY,
            max_request_header_size=_LONGEST_HEADER,
        )

    def run(self, app: Flask) -> None:
        """Serve until KeyboardInterrupt or SystemExit is raised in this thread."""
        server = self.serve(app)
        try:
            server.run()
        finally:
            server.close()

    def close(self) -> None:
        """Release the port. Closing twice is fine."""
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _advice(host: str, port: int, error: Exception) -> ServerError:
    number = getattr(error, "errno", None)
    if number == errno.EADDRINUSE:
        other = port + 1 if port < 65535 else 8080
        return ServerError(
            f"port {port} of {host} is taken, perhaps by a Storm Petrel that runs already: open"
            f" http://{host}:{port}/, or choose another with --port {other}"
        )
    if number == errno.EACCES:
        return ServerError(f"port {port} may not be used: choose one above 1023, say --port 8080")
    unknown_name = isinstance(number, int) and number < 0  # so getaddrinfo's errors come out
    if isinstance(error, ValueError) or unknown_name or number == errno.EADDRNOTAVAIL:
        return ServerError(
            f"this machine has no address {host!r}: choose --host 127.0.0.1 for itself only, or"
            " --host 0.0.0.0 for its network"
        )
    return ServerError(f"the page cannot be served at {host}:{port}: {error}")
