"""The bounds of the server, tried from outside by clients that keep to no rule."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from flask import Flask
from waitress.wasyncore import close_all

from tests.support.waiting import eventually
from web.pages import server as page_server
from web.pages.port import Port
from web.pages.server import MOST_OF_ADDRESS, PageServer

TOKEN = "Bearer right"
GET = b"GET /small HTTP/1.1\r\nHost: localhost\r\n"


class Site:
    """An application that counts, on a port of this machine."""

    def __init__(self, port: Port) -> None:
        app = Flask(__name__)
        self.requests, self.made = 0, 0
        self.go_on = threading.Event()

        @app.get("/small")
        def small() -> str:
            self.requests += 1
            return "small"

        @app.get("/waits")
        def waits() -> str:
            self.go_on.wait(10.0)
            return "waited"

        @app.get("/long")
        def long() -> Iterator[bytes]:
            def lines() -> Iterator[bytes]:
                for _ in range(2000):
                    self.made += 1
                    yield bytes(10_000)

            return lines()

        self.address: tuple[str, int] = port.socket.getsockname()
        self.server = PageServer(app, port.socket, lambda header: header == TOKEN, self._alive)
        self.alive_at = 0.0

    def _alive(self) -> None:
        self.alive_at = time.monotonic()

    def connect(self, number: int = 1) -> socket.socket:
        """A connection from one of the loopback addresses."""
        connection = socket.socket()
        connection.settimeout(10.0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.bind((f"127.0.0.{number}", 0))
        connection.connect(self.address)
        return connection

    def connections(self) -> int:
        return len(self.server.active_channels)

    def answer(self, connection: socket.socket, *lines: bytes, path: bytes = b"/small") -> bytes:
        request = GET.replace(b"/small", path) + b"".join(line + b"\r\n" for line in lines)
        connection.sendall(request + b"\r\n")
        status = text = connection.recv(12, socket.MSG_WAITALL)
        while path == b"/small" and not text.endswith(b"small"):
            text += connection.recv(1024)
        return status


@contextmanager
def running() -> Iterator[Site]:
    with Port("127.0.0.1", 0) as port:
        site = Site(port)
        thread = threading.Thread(target=site.server.run)
        thread.start()
        try:
            yield site
        finally:
            site.go_on.set()
            site.server.task_dispatcher.shutdown()
            site.server.trigger.pull_trigger(lambda: close_all(site.server._map, ignore_all=True))
            thread.join()


@pytest.fixture
def site() -> Iterator[Site]:
    with running() as site:
        yield site


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def is_closed(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        while data := connection.recv(65536):
            assert data
    except BlockingIOError:
        return False
    except ConnectionError:
        return True
    finally:
        connection.settimeout(10.0)
    return True


def test_an_address_has_few_connections_and_the_oldest_idle_one_gives_way(
    site: Site, opened: ExitStack
) -> None:
    idle = [opened.enter_context(site.connect()) for _ in range(MOST_OF_ADDRESS)]
    other = opened.enter_context(site.connect(2))
    assert eventually(lambda: site.connections() == MOST_OF_ADDRESS + 1)
    site.answer(idle[0])  # useful now
    newest = opened.enter_context(site.connect())
    assert eventually(lambda: is_closed(idle[1]))
    assert site.answer(newest) == site.answer(other) == site.answer(idle[0]) == b"HTTP/1.1 200"
    assert not any(is_closed(connection) for connection in idle[2:])


def test_in_all_there_are_a_hundred_and_the_network_with_most_gives_way(
    site: Site, opened: ExitStack
) -> None:
    phone = opened.enter_context(site.connect(1))
    assert site.answer(phone) == b"HTTP/1.1 200"
    for number in range(2, 40):
        for _ in range(MOST_OF_ADDRESS):
            opened.enter_context(site.connect(number))
    assert eventually(lambda: site.connections() == 100)
    assert site.answer(phone) == b"HTTP/1.1 200"


def test_the_connection_of_the_tokens_holder_is_the_last_to_go(
    site: Site, opened: ExitStack
) -> None:
    phone = opened.enter_context(site.connect())
    assert site.answer(phone, b"Authorization: Bearer right") == b"HTTP/1.1 200"
    liar = opened.enter_context(site.connect())
    assert site.answer(liar, b"Authorization: Bearer wrong") == b"HTTP/1.1 200"
    # An answer is out a moment before its request counts as answered.
    assert eventually(lambda: not any(c.requests for c in [*site.server.active_channels.values()]))
    for _ in range(5 * MOST_OF_ADDRESS):
        opened.enter_context(site.connect())
    assert eventually(lambda: is_closed(liar))
    assert site.answer(phone) == b"HTTP/1.1 200"


def test_the_tokens_holder_does_not_wait_behind_others(site: Site, opened: ExitStack) -> None:
    """All threads are taken and others wait: its request comes first."""
    order: list[str] = []

    def ask(number: int, name: str, *lines: bytes) -> threading.Thread:
        connection = opened.enter_context(site.connect(number))

        def wait() -> None:
            site.answer(connection, *lines)
            order.append(name)

        thread = threading.Thread(target=wait)
        thread.start()
        return thread

    for number in range(2, 6):
        connection = opened.enter_context(site.connect(number))
        connection.sendall(GET.replace(b"/small", b"/waits") + b"\r\n")
    queue = site.server.task_dispatcher.queue
    strangers = [ask(number, "stranger") for number in range(6, 12)]
    assert eventually(lambda: len(queue) == 6)
    phone = ask(12, "phone", b"Authorization: Bearer right")
    assert eventually(lambda: len(queue) == 7)
    assert queue[0].has_token
    site.go_on.set()
    for thread in (phone, *strangers):
        thread.join()


def test_the_networks_take_turns(site: Site, opened: ExitStack) -> None:
    """All threads are taken, and one address has many requests: another waits for one of them."""

    def ask(number: int, path: bytes) -> None:
        connection = opened.enter_context(site.connect(number))
        connection.sendall(GET.replace(b"/small", path) + b"\r\n")

    queue = site.server.task_dispatcher.queue
    for number in range(2, 6):
        ask(number, b"/waits")
    for _ in range(MOST_OF_ADDRESS):
        ask(6, b"/small")
    assert eventually(lambda: len(queue) == MOST_OF_ADDRESS)
    ask(7, b"/small")
    assert eventually(lambda: len(queue) == MOST_OF_ADDRESS + 1)
    assert [channel.network[-1] for channel in queue] == ["6", "7", *"6666666"]


def test_what_is_sent_ahead_is_not_answered(site: Site, opened: ExitStack) -> None:
    """Two hundred requests in one packet: one answer, and the end of the connection."""
    connection = opened.enter_context(site.connect())
    connection.sendall(200 * (GET + b"\r\n"))
    with connection.makefile("rb") as answers:
        try:
            text = answers.read()
        except ConnectionResetError:  # the rest was never read
            text = b"HTTP/1.1 200"
    assert text.count(b"HTTP/1.1") == 1
    assert site.requests == 1


def test_requests_one_after_the_other_share_a_connection(site: Site, opened: ExitStack) -> None:
    connection = opened.enter_context(site.connect())
    with connection.makefile("rb") as answers:
        for _ in range(3):
            connection.sendall(GET + b"\r\n")
            while answers.readline() != b"\r\n":
                pass
            assert answers.read(5) == b"small"
    assert site.connections() == 1


def test_what_is_not_read_is_not_made(site: Site, opened: ExitStack) -> None:
    connection = opened.enter_context(site.connect())
    assert site.answer(connection, path=b"/long") == b"HTTP/1.1 200"
    before = 0
    while site.made > before:  # until nothing more is made
        before = site.made
        site.go_on.wait(0.3)
    assert site.made < 100  # of twenty megabytes, one at most


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site whose patience is a second."""
    monkeypatch.setattr(page_server, "_PATIENCE_S", 1)
    monkeypatch.setattr(page_server, "_LOOK_EVERY_S", 0.1)
    monkeypatch.setattr(time, "time", time.time)  # put back after a test that sets the clock
    with running() as site:
        yield site


def slow_request(site: Site, connection: socket.socket) -> Callable[[], Any]:
    connection.sendall(GET)
    return lambda: connection.sendall(b"X")


def unread_answer(site: Site, connection: socket.socket) -> Callable[[], Any]:
    site.answer(connection, path=b"/long")
    return lambda: None


def clock_set_back(site: Site, connection: socket.socket) -> Callable[[], Any]:
    time.time = lambda: 1e9
    return lambda: None


def no_request(site: Site, connection: socket.socket) -> Callable[[], Any]:
    return lambda: None


@pytest.mark.parametrize("client", [slow_request, unread_answer, no_request, clock_set_back])
def test_patience_ends(
    hurried: Site,
    opened: ExitStack,
    client: Callable[[Site, socket.socket], Callable[[], Any]],
) -> None:
    began = time.monotonic()
    connection = opened.enter_context(hurried.connect())
    go_on = client(hurried, connection)

    def is_ended() -> bool:
        try:
            go_on()
        except ConnectionError:
            return True
        return hurried.connections() == 0

    assert eventually(is_ended, 10.0)
    assert hurried.answer(opened.enter_context(hurried.connect())) == b"HTTP/1.1 200"
    assert eventually(lambda: hurried.alive_at > began + 0.5)  # and the recorder hears of it
