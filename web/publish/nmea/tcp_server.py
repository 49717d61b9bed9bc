"""The TCP server for NMEA 0183: every client gets all sentences, and none is waited for.

One thread serves all clients between two sentences, so no socket blocks.
"""

import socket
from contextlib import suppress

MAX_CLIENTS = 8
# How much may lie unread at a client before it is dropped: hundreds of sentences.
_UNREAD_BYTES = 32768
_SILENT_MS = 60_000


class TcpClients:
    """The clients of a TCP server. Raises OSError if the port is taken."""

    def __init__(self, host: str, port: int) -> None:
        try:
            self._server = socket.create_server((host, port), backlog=MAX_CLIENTS)
        except OSError as error:
            raise OSError(
                f"cannot listen at TCP port {port} of {host}: {error.strerror}; if another program"
                " uses it, choose another with [nmea] tcp_port"
            ) from error
        self._server.setblocking(False)
        self._clients: list[socket.socket] = []

    def accept(self) -> None:
        """Drop the clients that have left and accept new ones, up to MAX_CLIENTS."""
        for client in [*self._clients]:
            try:
                is_open = client.recv(4096) != b""  # what a client sends is ignored
            except BlockingIOError:
                continue
            except OSError:
                is_open = False
            if not is_open:
                self._drop(client)
        while True:
            try:
                client, _ = self._server.accept()
            except BlockingIOError:
                return
            except ConnectionAbortedError:
                continue
            if len(self._clients) >= MAX_CLIENTS:
                client.close()
                continue
            client.setblocking(False)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _UNREAD_BYTES)
            # A phone that leaves the boat's network closes no connection.
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _SILENT_MS)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            self._clients.append(client)

    def send(self, sentences: bytes) -> None:
        """Send to all; drop a client that does not read, as half a sentence is worse than none."""
        for client in [*self._clients]:
            try:
                is_sent = client.send(sentences) == len(sentences)
            except OSError:
                is_sent = False
            if not is_sent:
                self._drop(client)

    def close(self) -> None:
        """Close all connections and the port."""
        for client in [*self._clients]:
            self._drop(client)
        self._server.close()

    def _drop(self, client: socket.socket) -> None:
        self._clients.remove(client)
        with suppress(OSError):
            client.close()
