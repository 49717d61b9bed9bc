"""Who is at the other end of a publisher, and swallows all: UDP, an MQTT broker, InfluxDB."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

_CONNECT, _PUBLISH = 1, 3  # MQTT 3.1.1, section 2.2.1
_CONNECTED = b"\x20\x02\x00\x00"
_HAS_IT = b"\x40\x02"


class Ports(NamedTuple):
    """Where they listen on this machine."""

    udp: int
    mqtt: int
    influx: int


@contextmanager
def swallowing() -> Iterator[Ports]:
    """Have them there for as long as this is entered."""
    with ExitStack() as opened:
        udp = opened.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        udp.bind(("127.0.0.1", 0))  # what is not read is dropped by the kernel, and nobody is told
        broker = opened.enter_context(socket.create_server(("127.0.0.1", 0)))
        threading.Thread(target=_broker, args=(broker,), daemon=True).start()
        http = opened.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), _Influx))
        threading.Thread(target=http.serve_forever, daemon=True).start()
        opened.callback(http.shutdown)
        yield Ports(udp.getsockname()[1], broker.getsockname()[1], http.server_port)


class _Influx(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        """204: it is kept."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Nothing."""


def _broker(server: socket.socket) -> None:
    """Let one boat in and say that it has each message, until it goes."""
    client, _ = server.accept()
    with client, client.makefile("rb") as stream:
        while head := stream.read(1):
            length = shift = 0
            while True:
                (digit,) = stream.read(1)
                length |= (digit & 0x7F) << shift
                shift += 7
                if not digit & 0x80:
                    break
            body = stream.read(length)
            kind, qos = head[0] >> 4, head[0] >> 1 & 3
            if kind == _CONNECT:
                client.sendall(_CONNECTED)
            elif kind == _PUBLISH and qos:
                after = 2 + int.from_bytes(body[:2])
                client.sendall(_HAS_IT + body[after : after + 2])
