"""Being let in by a real Mosquitto: passwords, certificates, and strangers who never answer."""

import socket
import subprocess
import threading
import time
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.support.real_servers import Mosquitto, mosquitto, program
from tests.support.storm_conditions import (
    Clock,
    minute,
    one_publisher,
    publisher_thread,
    station_context,
    table,
)
from tests.support.waiting import eventually


def test_a_wrong_password_is_told_without_it(tmp_path: Path) -> None:
    with guarded(tmp_path) as broker:
        wrong = tmp_path / "wrong"
        wrong.write_text("not-it\n")
        publisher = one_publisher(
            table(broker.port, username="petrel", password_file=str(wrong)),
            "",
            station_context(Clock()),
        )
        with pytest.raises(OSError, match="refuses 'petrel'") as raised:
            publisher.connect()
        publisher.disconnect()
        assert "not-it" not in str(raised.value)
        publisher = one_publisher(table(broker.port), "", station_context(Clock()))
        with pytest.raises(OSError, match="refuses an anonymous user"):
            publisher.connect()
        publisher.disconnect()


def test_the_right_password_opens(tmp_path: Path) -> None:
    with guarded(tmp_path) as broker:
        right = tmp_path / "right"
        right.write_text("storm and stress\n")
        publisher = one_publisher(
            table(broker.port, username="petrel", password_file=str(right)),
            "",
            station_context(Clock()),
        )
        publisher.connect()
        publisher.publish(minute(0))
        user = ("-u", "petrel", "-P", "storm and stress")
        (line,) = broker.read("storm-petrel/petrel/state", 1, *user)
        publisher.disconnect()
    assert '"pressure_hpa": 988.47,' in line


def guarded(folder: Path) -> AbstractContextManager[Mosquitto]:
    known = folder / "known"
    command = [program("mosquitto_passwd", "mosquitto"), "-b", "-c", str(known)]
    subprocess.run([*command, "petrel", "storm and stress"], check=True)
    return mosquitto(folder, "allow_anonymous false", f"password_file {known}")


# paho (2.2, _ssl_wrap_socket) leaves a socket whose handshake fails to the garbage collector.
@pytest.mark.filterwarnings("ignore:.*ssl.SSLSocket:pytest.PytestUnraisableExceptionWarning")
def test_a_broker_with_a_certificate_of_an_own_ca(tmp_path: Path) -> None:
    own, strange = (authority(tmp_path / name) for name in ("own", "strange"))
    settings = (f"certfile {own}/server.pem", f"keyfile {own}/server.key")
    with mosquitto(tmp_path, *settings) as broker:
        publisher = one_publisher(
            table(broker.port, tls=True, ca_file=str(own / "ca.pem")), "", station_context(Clock())
        )
        publisher.connect()
        publisher.publish(minute(0))
        options = ("--cafile", str(own / "ca.pem"))
        (line,) = broker.read("storm-petrel/petrel/state", 1, *options)
        assert '"pressure_hpa": 988.47,' in line
        publisher.disconnect()
        publisher = one_publisher(
            table(broker.port, tls=True, ca_file=str(strange / "ca.pem")),
            "",
            station_context(Clock()),
        )
        with pytest.raises(OSError, match=r"its certificate is not trusted .*; see ca_file"):
            publisher.connect()
        publisher.disconnect()
        publisher = one_publisher(table(broker.port), "", station_context(Clock()))
        with pytest.raises(OSError, match="does it need tls"):
            publisher.connect()
        publisher.disconnect()


def authority(folder: Path) -> Path:
    """A CA of one's own, and what it says of 127.0.0.1; by OpenSSL."""
    folder.mkdir()
    new = f"{program('openssl', 'openssl')} req -x509 -newkey ec -pkeyopt"
    new += " ec_paramgen_curve:P-256 -nodes -days 2"
    for command in (
        f"{new} -keyout ca.key -out ca.pem -subj /CN=Albatross",
        f"{new} -keyout server.key -out server.pem -subj /CN=boat -CA ca.pem -CAkey ca.key"
        " -addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=critical,CA:FALSE",
    ):
        subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
    return folder


def test_a_silent_stranger_is_left_and_nothing_hangs_at_the_end() -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        publisher = one_publisher(table(stranger.getsockname()[1]), "", station_context(Clock()))
        with publisher_thread(publisher) as thread:
            thread.put(minute(0))
            stranger.accept()[0].close()
            connection, _ = stranger.accept()  # the second try, which is not answered either
            begin = time.monotonic()
        assert time.monotonic() - begin < 5.0
        connection.close()
        gone = [t for t in threading.enumerate() if t.name == publisher.name]
        assert eventually(lambda: not any(t.is_alive() for t in gone))
