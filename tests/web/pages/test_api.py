"""Programs that ask for much, and guests that the server has to bear."""

import gc
import json
import socket
import tracemalloc
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.support.app_server import serving
from tests.support.waiting import eventually
from web.history.reader import HistoryReader
from web.history.writer import History
from web.pages.app import create_app
from web.pages.context import PageContext
from web.pages.overview import StationInfo
from web.pages.server import MOST_OF_ADDRESS
from web.recorder.conditions import Conditions, ConditionsFeed
from web.recorder.pacing import RecordPace
from web.weather import Sample

INFO = StationInfo(60.0, 5, "1")
ROWS = 20_000


def fill(history: History) -> None:
    """A fortnight of minutes."""
    for n in range(ROWS):
        history.queue(Sample(60.0 * n, 1000.0 + n % 97 / 100, 15.0), None)
        if n % 5000 == 0:
            history.commit()
    history.commit()


@pytest.fixture
def address(history: History) -> Iterator[tuple[str, int]]:
    """A server with the program's limits, over a history of a fortnight of minutes."""
    fill(history)
    end = 60.0 * ROWS
    feed = ConditionsFeed(Conditions(Sample(end, 1000.0)))
    app = create_app(PageContext(history.path, RecordPace([end], end, 0.0), INFO, feed))
    with serving(app) as port:
        yield "127.0.0.1", port


def asked(address: tuple[str, int], request: bytes) -> bytes:
    """The whole of the first answer to these bytes, up to its end or the connection's."""
    with socket.create_connection(address, timeout=20.0) as connection:
        connection.sendall(request)
        return connection.makefile("rb").readline()


def get(address: tuple[str, int], route: str) -> bytes:
    with urlopen(f"http://{address[0]}:{address[1]}{route}", timeout=20) as answer:
        return bytes(answer.read())


def test_the_export_begins_before_the_history_is_read(
    history: History, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(5000):
        history.queue(Sample(60.0 * n, 1000.0), None)
    history.commit()
    read = 0
    samples = HistoryReader.samples

    def counted(reader: HistoryReader, *span: float) -> Iterator[Sample]:
        nonlocal read
        for sample in samples(reader, *span):
            read += 1
            yield sample

    monkeypatch.setattr(HistoryReader, "samples", counted)
    client = create_app(
        PageContext(path, RecordPace([0.0], 0.0, 0.0), INFO, ConditionsFeed())
    ).test_client()
    answer = client.get("/export.csv", headers={"Accept-Encoding": "gzip"})
    pieces = answer.iter_encoded()
    assert next(pieces) == b"time_utc,pressure_hpa,temperature_c,source\n"
    assert read == 0
    assert next(pieces).startswith(b"1970-01-01T00:00:00Z,1000.00,")
    assert read == 500
    assert sum(piece.count(b"\n") for piece in pieces) == 4500
    answer.close()


def test_an_export_that_is_broken_off_leaves_nothing_open(history: History, path: Path) -> None:
    """What goes wrong then goes to the log alone; pytest sees it all the same."""
    fill(history)
    client = create_app(
        PageContext(path, RecordPace([0.0], 0.0, 0.0), INFO, ConditionsFeed())
    ).test_client()
    answer = client.get("/export.csv")
    pieces = answer.iter_encoded()
    assert [next(pieces)[:8], next(pieces)[:5], next(pieces)[:5]] == [
        b"time_utc",
        b"1970-",
        b"1970-",
    ]
    answer.close()
    del pieces, answer
    gc.collect()


def test_an_export_of_any_length_takes_little_memory(history: History, path: Path) -> None:
    fill(history)
    client = create_app(
        PageContext(path, RecordPace([0.0], 0.0, 0.0), INFO, ConditionsFeed())
    ).test_client()
    for piece in client.get("/export.csv").iter_encoded():
        assert piece  # once, so that whatever is loaded but once is loaded
    answer = client.get("/export.csv")
    tracemalloc.start()
    length = sum(map(len, answer.iter_encoded()))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert length > 600_000
    assert peak < 300_000


def test_a_sample_from_tomorrow_is_lost_and_has_no_age(history: History) -> None:
    """The clock was set back since."""
    feed = ConditionsFeed(Conditions(Sample(86_400.0, 1000.0)))
    app = create_app(PageContext(history.path, RecordPace([0.0], 0.0, 0.0), INFO, feed))
    now = app.test_client().get("/api/now").get_json()
    assert (now["freshness"], now["pressure_hpa"]) == ("lost", None)
    assert now["last_known"]["pressure_hpa"] == 1000.0
    assert now["last_known"]["age_s"] is None


def test_no_answer_has_more_columns_than_a_screen(address: tuple[str, int]) -> None:
    for hours in ("0.1", "11.9", "12.1", "48", "333", "8760", "175680"):
        found = json.loads(get(address, f"/api/pressure?hours={hours}"))
        assert 0 < len(found["samples"]) <= 720


def test_a_body_that_is_too_long_is_refused_before_it_is_read(address: tuple[str, int]) -> None:
    head = b"POST /api/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
    assert b" 413 " in asked(address, head % 16_385)
    assert b" 413 " in asked(address, head % 10**12)
    assert b" 404 " in asked(address, head % 16_000 + b"x" * 16_000)  # this app has no such route


def test_a_header_that_is_too_long_is_refused(address: tuple[str, int]) -> None:
    line = b"GET /now.txt HTTP/1.1\r\nHost: localhost\r\nX-Long: "
    assert b" 431 " in asked(address, line + b"x" * 9000 + b"\r\n\r\n")
    assert b" 200 " in asked(address, line + b"x" * 6000 + b"\r\n\r\n")


@pytest.mark.parametrize(
    "request_",
    [
        b"\x16\x03\x01\x00\xa5\x01\x00\x00\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /now.txt HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"GET /now.txt HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1, 2\r\n\r\n",
        b"GET /now.txt HTTP/1.1\r\nHost : localhost\r\n\r\n",
        b"GET /now.txt HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"GET http://evil.example/now.txt HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"GET /now.txt HTTP/1.1\r\nHost: \x00\r\n\r\n",
        b"GET /%zz%00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"TRACE /now.txt HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused_and_others_are_answered(
    address: tuple[str, int], request_: bytes
) -> None:
    assert b" 4" in asked(address, request_)[8:14]
    assert get(address, "/now.txt").startswith(b"1000.0 hPa")


def connected(address: tuple[str, int], source: str) -> socket.socket:
    """A connection from one of the loopback addresses, with little room for answers."""
    connection = socket.socket()
    connection.settimeout(20.0)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.bind((source, 0))
    connection.connect(address)
    return connection


def test_guests_who_never_end_their_question_keep_nobody_waiting(
    address: tuple[str, int],
) -> None:
    """Fifty-six of them, a byte each between the requests of the others."""
    with ExitStack() as opened:
        slow = [
            opened.enter_context(connected(address, f"127.0.0.{number}"))
            for number in range(2, 9)
            for _ in range(MOST_OF_ADDRESS)
        ]
        for letter in b"GET /now.txt HTTP/1.1\r\nHost: localhost\r\nX":
            for connection in slow:
                connection.sendall(bytes([letter]))
            assert get(address, "/now.txt").startswith(b"1000.0 hPa")
        for connection in slow:  # and they are answered once they have asked
            connection.sendall(b": y\r\nConnection: close\r\n\r\n")
            assert b" 200 " in connection.makefile("rb").readline()


@pytest.mark.long("waits for slow clients")
def test_guests_who_never_take_their_answer_keep_nobody_waiting(address: tuple[str, int]) -> None:
    """More of them than the server has threads; one is given its answer of half a megabyte."""
    with ExitStack() as opened:
        answers = []
        for number in range(2, 14):
            connection = opened.enter_context(connected(address, f"127.0.0.{number}"))
            connection.sendall(b"GET /export.csv HTTP/1.1\r\nHost: localhost\r\n\r\n")
            answers.append(connection.recv(12, socket.MSG_WAITALL))
        assert answers == [b"HTTP/1.1 200"] + 11 * [b"HTTP/1.1 503"]
        for _ in range(20):
            assert get(address, "/now.txt").startswith(b"1000.0 hPa")
    again = b"GET /export.csv HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    assert eventually(lambda: asked(address, again).startswith(b"HTTP/1.1 200"))


def test_the_server_does_not_say_what_it_is(address: tuple[str, int]) -> None:
    with urlopen(f"http://{address[0]}:{address[1]}/now.txt", timeout=20) as answer:
        assert "Server" not in answer.headers
