"""Connections to hosts that may be anyone, and names that a name server makes trouble with."""

import json
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.support import name_server
from tests.support.fake_servers import speaking
from web.publish.mqtt.broker import Broker, BrokerAddress
from web.system.connection import addresses, connect, ipv4_address, time_limit
from web.system.http_post import http_post

ROOT = Path(__file__).parents[3]
_INSIDE = """
import json, sys, time
from pathlib import Path
from web.system.connection import addresses, connect
begin = time.monotonic()
try:
    found = addresses("boat.example", 1.0)
    connect("boat.example", 9, 1.0)
except OSError as error:
    print(json.dumps([locals().get("found"), str(error), time.monotonic() - begin]))
"""


def asked(manner: str, folder: Path) -> Any:
    """What comes of a name and a connection, in a network whose name server has this manner."""
    if shutil.which("unshare") is None:
        pytest.skip("unshare is not installed: it gives the name server a network of its own")
    (folder / "manner").write_text(manner)
    (folder / "resolv.conf").write_text("nameserver 127.0.0.1\n")
    steps = f"ip link set lo up && mount --bind {folder}/resolv.conf /etc/resolv.conf"
    names = f"{sys.executable} {name_server.__file__} {folder}/manner"
    script = f'{steps} || exit 77; {names} & sleep 0.5; "$@"; kill $!'
    done = subprocess.run(
        ["unshare", "-rnm", "sh", "-c", script, "sh", sys.executable, "-c", _INSIDE],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60.0,
    )
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip(f"no network of its own: {done.stderr}")
    return json.loads(done.stdout)


def test_a_name_server_that_is_honest_is_believed(tmp_path: Path) -> None:
    found, error, _ = asked("honest", tmp_path)
    assert found == ["127.0.0.1"]
    assert "refused" in error


def test_a_name_server_that_wants_tcp_and_is_silent_holds_nothing_up(tmp_path: Path) -> None:
    """The C library by itself waits there for ever."""
    found, error, took_s = asked("wants TCP", tmp_path)
    assert found is None
    assert "name server" in error
    assert took_s < 5.0


def test_of_a_thousand_addresses_four_are_tried(tmp_path: Path) -> None:
    found, _, took_s = asked("a thousand addresses", tmp_path)
    assert len(found) == 4
    assert took_s < 5.0


def test_numbers_and_names_of_this_machine() -> None:
    assert addresses("127.0.0.1", 1.0) == ["127.0.0.1"]
    assert addresses("::1", 1.0) == ["::1"]
    assert ipv4_address("localhost", 5.0).startswith("127.")
    with pytest.raises(OSError, match="not known"):
        addresses("--help", 5.0)
    with pytest.raises(OSError, match="IPv4"):
        ipv4_address("::1", 1.0)


def test_a_connection_has_the_timeout_that_was_asked_for() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        connect("localhost", server.getsockname()[1], 7.0) as connected,
    ):
        assert connected.gettimeout() == 7.0


def test_a_time_limit_ends_a_block_that_gets_a_byte_now_and_then() -> None:
    ours, theirs = socket.socketpair()
    is_over = threading.Event()

    def drip() -> None:
        with suppress(BrokenPipeError):  # the limit shuts it down
            while not is_over.wait(0.02):
                theirs.send(b"x")

    thread = threading.Thread(target=drip)
    thread.start()
    with ours, theirs:
        begin = time.monotonic()
        with pytest.raises(TimeoutError), time_limit(0.2, ours):
            while ours.recv(1):
                pass
        assert time.monotonic() - begin < 5.0
        is_over.set()
        thread.join()


def _tls_letter_by_letter(connected: socket.socket, is_over: threading.Event) -> None:
    connected.sendall(b"\x16\x03\x03\x3f\xff")
    while not is_over.wait(0.05):
        connected.sendall(b"x")


# paho (2.2, _ssl_wrap_socket) leaves a socket whose handshake fails to the garbage collector.
@pytest.mark.filterwarnings("ignore:.*ssl.SSLSocket:pytest.PytestUnraisableExceptionWarning")
def test_a_handshake_of_tls_has_a_limit() -> None:
    with speaking(_tls_letter_by_letter) as url:
        begin = time.monotonic()
        with pytest.raises(OSError, match="no answer within"):
            http_post(url.replace("http:", "https:"), b"{}", 0.3)
        assert time.monotonic() - begin < 5.0
        port = int(url.rstrip("/").rpartition(":")[2])
        tls = ssl.create_default_context()
        broker = Broker(BrokerAddress("127.0.0.1", port, tls=tls), "boat")
        with pytest.raises(OSError, match="is not reached"):
            broker.connect()
        broker.close()
        assert time.monotonic() - begin < 15.0
