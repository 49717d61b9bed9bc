"""Whoever connects to the NMEA 0183 server: told all, waited for never.

One thread serves them all, between two sentences; so every socket is one that does not block.
"""

import socket
from contextlib import suppress

MAX_CLIENTS = 8
# What may lie unread at a guest's before it is dropped: hundreds of sentences.
_UNREAD_BYTES = 32768
_SILENT_MS = 60_000


class TcpClients:
    """A TCP server whose clients are told the same. Raises OSError when the port is taken."""

    def __init__(self, host: str, port: int) -> None:
        try:
            self._door = socket.create_server((host, port), backlog=MAX_CLIENTS)
        except OSError as error:
            raise OSError(
                f"TCP port {port} cannot be had at {host}: {error.strerror}; is another program"
                " there? [nmea] tcp_port chooses another"
            ) from error
        self._door.setblocking(False)
        self._inside: list[socket.socket] = []

    def welcome(self) -> None:
        """Let in who waits; who comes when all places are taken is sent away."""
        self._hear()
        while True:
            try:
                guest, _ = self._door.accept()
            except BlockingIOError:
                return
            except ConnectionAbortedError:  # came and went
                continue
            if len(self._inside) >= MAX_CLIENTS:
                guest.close()
                continue
            guest.setblocking(False)
            guest.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _UNREAD_BYTES)
            # A phone that left the boat's network says no goodbye.
            guest.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _SILENT_MS)
            guest.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            self._inside.append(guest)

    def tell(self, told: bytes) -> None:
        """Tell all; who does not read is dropped, for half a sentence is worse than none."""
        for guest in [*self._inside]:
            try:
                is_told = guest.send(told) == len(told)
            except OSError:
                is_told = False
            if not is_told:
                self._drop(guest)

    def close(self) -> None:
        """Send all away."""
        for guest in [*self._inside]:
            self._drop(guest)
        self._door.close()

    def _hear(self) -> None:
        """Nothing that they say is of interest but that they leave."""
        for guest in [*self._inside]:
            try:
                is_here = guest.recv(4096) != b""
            except BlockingIOError:
                continue
            except OSError:
                is_here = False
            if not is_here:
                self._drop(guest)

    def _drop(self, guest: socket.socket) -> None:
        self._inside.remove(guest)
        with suppress(OSError):
            guest.close()
