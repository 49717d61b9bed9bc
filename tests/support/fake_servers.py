"""Servers that a notification may meet: a good one, and some that are none."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Asked(NamedTuple):
    """A request as it arrived."""

    line: str
    headers: dict[str, str]
    body: bytes


class Server:
    """Answers with each of these statuses in turn, and with the last for ever after."""

    def __init__(self, *statuses: int, tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[Asked] = []
        self.news = threading.Condition()
        self._statuses = list(statuses)
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        if tls is not None:
            self._http.socket = tls.wrap_socket(self._http.socket, server_side=True)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._http.server_port}/boat?key=1"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        self._thread.start()

    def is_asked(self, times: int) -> bool:
        """Whether it is, in time."""
        with self.news:
            return self.news.wait_for(lambda: len(self.asked) >= times, 20.0)

    def bodies(self) -> list[bytes]:
        with self.news:
            return [asked.body for asked in self.asked]

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def _take(self, asked: Asked) -> int:
        with self.news:
            self.asked.append(asked)
            self.news.notify_all()
            return self._statuses.pop(0) if len(self._statuses) > 1 else self._statuses[0]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"] or 0))
                status = server._take(Asked(self.requestline, dict(self.headers), body))
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", server.url)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST  # noqa: N815

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Nothing."""

        return Handler


@contextmanager
def answering(*statuses: int, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    server = Server(*statuses, tls=tls)
    try:
        yield server
    finally:
        server.close()


@contextmanager
def speaking(speak: Callable[[socket.socket, threading.Event], None]) -> Iterator[str]:
    """A server that speaks to whoever comes as it likes, until its event is set; gives its URL."""
    is_over = threading.Event()
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(20.0)

    def serve() -> None:
        while not is_over.is_set():
            with suppress(OSError):
                connected, _ = listening.accept()
                with connected:
                    if not is_over.is_set():
                        speak(connected, is_over)

    thread = threading.Thread(target=serve)
    thread.start()
    address = listening.getsockname()
    try:
        yield f"http://127.0.0.1:{address[1]}/"
    finally:
        is_over.set()
        with suppress(OSError), socket.create_connection(address):
            pass  # wakes the one that listens
        thread.join(20.0)
        listening.close()


def hang(connected: socket.socket, is_over: threading.Event) -> None:
    is_over.wait(20.0)


def drip(connected: socket.socket, is_over: threading.Event) -> None:
    """A header without end, letter by letter."""
    connected.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not is_over.wait(0.02):
        connected.sendall(b"x")


def babble(connected: socket.socket, is_over: threading.Event) -> None:
    connected.recv(65536)
    connected.sendall(b"\x16\x03\x01 what?\r\n\r\n")


def hang_up(connected: socket.socket, is_over: threading.Event) -> None:
    connected.recv(65536)
