"""What is told to systemd: real sockets, and systemd's own program and library."""

import ctypes
import logging
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from web.system.systemd import Systemd

PATIENCE_S = 10.0
HELD_UP_S = 60.0  # nobody would ever end it; a busy machine is not that slow


@pytest.fixture(params=["a file", "no file"])
def notify_socket(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[socket.socket]:
    """systemd's end of the line: a socket with a file, or one of Linux's without."""
    name = f"\0storm-petrel-{os.getpid()}" if request.param == "no file" else tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(name))
        listening.settimeout(PATIENCE_S)
        yield listening


def address(notify_socket: socket.socket) -> str:
    """As it stands in $NOTIFY_SOCKET."""
    name = notify_socket.getsockname()
    return f"@{name[1:].decode()}" if isinstance(name, bytes) else str(name)


def test_each_word_is_a_datagram_of_its_own(notify_socket: socket.socket) -> None:
    service = Systemd({"NOTIFY_SOCKET": address(notify_socket)})
    service.status("open http://127.0.0.1:8080/")
    service.ready()
    service.alive()
    service.stopping()
    assert [notify_socket.recv(4096) for _ in range(4)] == [
        b"STATUS=open http://127.0.0.1:8080/",
        b"READY=1",
        b"WATCHDOG=1",
        b"STOPPING=1",
    ]


def test_systemd_notify_says_the_same(notify_socket: socket.socket) -> None:
    program = shutil.which("systemd-notify")
    if program is None:
        pytest.skip("there is no systemd-notify here")
    service = Systemd({"NOTIFY_SOCKET": address(notify_socket)})
    for speak, arguments in (
        (service.ready, ["--ready"]),
        (service.alive, ["WATCHDOG=1"]),
        (service.stopping, ["STOPPING=1"]),
        (lambda: service.status("−3 hPa in 3 h"), ["--status=−3 hPa in 3 h"]),
    ):
        speak()
        ours = notify_socket.recv(4096)
        subprocess.run(
            [program, "--no-block", *arguments],
            env={**os.environ, "NOTIFY_SOCKET": address(notify_socket)},
            check=True,
        )
        assert notify_socket.recv(4096).rstrip(b"\n") == ours


def test_a_status_is_one_line_and_fits_into_what_systemd_takes(
    notify_socket: socket.socket,
) -> None:
    service = Systemd({"NOTIFY_SOCKET": address(notify_socket)})
    service.status("no sample:\nMAINPID=1\n")
    assert notify_socket.recv(4096) == b"STATUS=no sample: MAINPID=1"
    service.status("🌀" * 5000)
    assert len(notify_socket.recv(1 << 16)) < 4096
    service.status("\udcff")  # a byte of a file's name that is no UTF-8
    assert notify_socket.recv(4096) == b"STATUS=?"


def test_away_from_systemd_nothing_is_said_and_nobody_waits() -> None:
    for environment in ({}, {"NOTIFY_SOCKET": ""}, {"WATCHDOG_USEC": "90000000"}):
        service = Systemd(environment)
        service.ready()
        service.alive()
        assert service.pause_s is None


@pytest.mark.parametrize(
    "name", ["/nowhere/notify", "@nobody-listens", "/" + "x" * 200, "vsock:2:1"]
)
def test_nobody_there_is_told_once_and_no_error(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    service = Systemd({"NOTIFY_SOCKET": name})
    service.ready()
    service.alive()
    (record,) = caplog.records
    assert record.levelno == logging.DEBUG
    assert "READY=1" in record.message


@pytest.mark.long("waits for a second")
def test_a_systemd_that_does_not_listen_holds_nobody_up(notify_socket: socket.socket) -> None:
    """Its queue is full: the kernel keeps ten datagrams for it, as a rule."""
    service = Systemd({"NOTIFY_SOCKET": address(notify_socket)})
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as filling:
        filling.setblocking(False)
        with pytest.raises(BlockingIOError):
            while True:
                filling.sendto(b"STATUS=busy", notify_socket.getsockname())
    speaking = threading.Thread(target=service.alive, daemon=True)
    speaking.start()
    speaking.join(HELD_UP_S)
    assert not speaking.is_alive()
    notify_socket.setblocking(False)
    with pytest.raises(BlockingIOError):
        while True:
            notify_socket.recv(4096)
    service.alive()
    assert notify_socket.recv(4096) == b"WATCHDOG=1"


@pytest.mark.parametrize(
    ("usec", "pid", "pause_s"),
    [
        ("90000000", None, 20.0),
        ("90000000", "ours", 20.0),
        ("10000000", "ours", 5.0),
        ("90000000", "another's", None),
        (None, None, None),
        ("0", None, None),
        ("", None, None),
        ("soon", None, None),
        ("90000000", "me", None),
    ],
)
def test_how_often_systemd_wants_to_hear(
    usec: str | None, pid: str | None, pause_s: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice in the time allowed at least; whether at all, systemd's own library says the same."""
    monkeypatch.setenv("NOTIFY_SOCKET", "/run/systemd/notify")
    if pid in ("ours", "another's"):
        pid = str(os.getpid() + (pid != "ours"))
    for name, value in (("WATCHDOG_USEC", usec), ("WATCHDOG_PID", pid)):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    assert Systemd().pause_s == pause_s
    try:
        library = ctypes.CDLL("libsystemd.so.0")
    except OSError:
        pytest.skip("systemd's library is not here to compare with")
    allowed_us = ctypes.c_uint64()
    is_wanted = library.sd_watchdog_enabled(0, ctypes.byref(allowed_us)) > 0
    assert is_wanted == (pause_s is not None)
    if pause_s is not None:
        assert pause_s * 1e6 <= allowed_us.value / 2
