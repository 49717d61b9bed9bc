"""A POST against real servers: good ones, and all that can be wrong with one."""

import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.fake_servers import answering, babble, drip, hang, hang_up, speaking
from web.system.http_post import http_post


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_a_post_arrives_as_json(status: int) -> None:
    with answering(status) as server:
        http_post(server.url, b'{"level": "storm"}', 10.0)
    (asked,) = server.asked
    assert asked.line == "POST /boat?key=1 HTTP/1.1"
    assert asked.headers["Content-Type"] == "application/json"
    assert asked.headers["Host"].startswith("127.0.0.1:")
    assert asked.body == b'{"level": "storm"}'


@pytest.mark.parametrize("status", [400, 404, 429, 500, 503])
def test_any_other_status_is_a_failure(status: int) -> None:
    with answering(status) as server, pytest.raises(OSError, match=f"it answers {status} "):
        http_post(server.url, b"{}", 10.0)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_nobody_is_followed_to_another_address(status: int) -> None:
    with answering(status, 200) as server:
        with pytest.raises(OSError, match=f"{status} and redirects to another address"):
            http_post(server.url, b"{}", 10.0)
        assert len(server.asked) == 1


def test_no_proxy_gets_what_is_not_meant_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with answering(200) as server:
        http_post(server.url, b"{}", 10.0)
    assert len(server.asked) == 1


@pytest.mark.parametrize("speak", [hang, drip])
def test_whoever_keeps_it_waiting_is_left_in_time(
    speak: Callable[[socket.socket, threading.Event], None],
) -> None:
    with speaking(speak) as url:
        begin = time.monotonic()
        with pytest.raises(OSError, match=r"no answer within 0\.3 s"):
            http_post(url, b"{}", 0.3)
        assert time.monotonic() - begin < 5.0


@pytest.mark.parametrize("speak", [babble, hang_up])
def test_whoever_does_not_speak_http_is_told_apart(
    speak: Callable[[socket.socket, threading.Event], None],
) -> None:
    with speaking(speak) as url, pytest.raises(OSError) as caught:
        http_post(url, b"{}", 10.0)
    assert str(caught.value).isprintable()


def test_nobody_there_is_a_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(ConnectionRefusedError):
        http_post(f"http://127.0.0.1:{port}/", b"{}", 10.0)


def test_a_name_that_does_not_exist_is_a_failure() -> None:
    with pytest.raises(OSError):
        http_post("http://no-such-host.invalid/", b"{}", 10.0)


def test_tls_is_not_spoken_with_whoever_cannot() -> None:
    with answering(200) as server, pytest.raises(OSError):
        http_post(server.url.replace("http:", "https:"), b"{}", 10.0)


def test_https_is_for_those_who_can_prove_who_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed: it makes the certificate")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    request = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=boat"
        " -addext subjectAltName=IP:127.0.0.1 -keyout"
    )
    subprocess.run(
        [*request.split(), str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
        timeout=60,
    )
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    with answering(200, tls=tls) as server:
        with pytest.raises(OSError, match="certificate verify failed"):
            http_post(server.url, b"{}", 10.0)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        http_post(server.url, b'{"level": "storm"}', 10.0)
    assert server.bodies() == [b'{"level": "storm"}']
