"""Access to a real Signal K server with security on: asked for, approved, denied, refused."""

import logging
import socket
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.fake_servers import drip, hang, speaking
from tests.support.fixed_station import Boat, conditions
from tests.support.signalk_boat import SignalKBoat, by_websocket
from tests.support.signalk_server import Server
from tests.support.storm_conditions import one_publisher
from tests.support.waiting import eventually
from web.publish.signalk.access_request import AccessRequest

Speak = Callable[[socket.socket, threading.Event], None]
PRESSURE = "environment.outside.pressure"


def test_access_is_asked_for_once_and_kept_for_its_owner_alone(
    secure_server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    file = tmp_path / "boat" / "token"
    afloat = SignalKBoat(secure_server, by_websocket(secure_server, file), Boat())
    for _ in range(2):  # a restart while the owner is asleep
        with afloat.thread():
            assert eventually(lambda: _lines(caplog, "has not approved it yet"))
            assert len(secure_server.waiting_for_access()) == 1
        caplog.handler.records[:] = [r for r in caplog.records if "please" in r.getMessage()]
    assert _lines(caplog, "please approve 'Storm Petrel, barometer'") == 1
    with afloat.thread() as thread:
        secure_server.approve()
        thread.put(conditions(1005.05))
        assert afloat.shows(PRESSURE, 100_505)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["token"]


@pytest.mark.parametrize("speak", [hang, drip])
def test_a_server_that_never_comes_to_an_end_is_left(speak: Speak, tmp_path: Path) -> None:
    with speaking(speak) as url:
        port = int(url.rstrip("/").rpartition(":")[2])
        access = AccessRequest("127.0.0.1", port, tmp_path / "token", timeout_s=0.2)
        with pytest.raises(OSError, match=r"no answer within 0\.2 s"):
            access.token()


def test_an_owner_who_says_no_is_not_asked_again_and_again(
    secure_server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    afloat = SignalKBoat(secure_server, by_websocket(secure_server, tmp_path / "token"), Boat())
    publisher = one_publisher({"signalk": afloat.table}, "boat.toml", afloat.boat.context)
    with pytest.raises(PermissionError, match="not approved it yet"):
        publisher.connect()
    secure_server.approve(status="denied")
    for _ in range(3):
        with pytest.raises(PermissionError, match="denied access"):
            publisher.connect()
    assert secure_server.waiting_for_access() == []
    assert not (tmp_path / "token").exists()


def test_a_token_that_is_wrong_is_told_once_with_what_to_do(
    secure_server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "token"
    file.write_text("eyJhbGciOiJIUzI1NiJ9.eyJkZXZpY2UiOiJ4In0.AAAA\n")
    afloat = SignalKBoat(secure_server, by_websocket(secure_server, file), Boat())
    with afloat.thread() as thread:
        thread.put(conditions())
        assert eventually(lambda: caplog.records)
    (record,) = caplog.records
    assert "the server refuses the token in" in record.getMessage()
    assert "delete the file" in record.getMessage()


def _lines(caplog: pytest.LogCaptureFixture, words: str) -> int:
    return sum(words in record.getMessage() for record in caplog.records)
