"""The gates: schemathesis over all routes, and addresses that cannot be meant."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.app_server import serving
from web.pages.security.token import Token

ROOT = Path(__file__).resolve().parents[3]
HOOKS = "tests.support.schemathesis_hooks"

SPAN = ["/", "/glance", "/chart.svg", "/api/pressure"]
LOOK = ["/", "/glance", "/chart.svg", "/now.txt"]
NEVER = [
    "null",
    "undefined",
    "",
    "-1",
    "1e309",
    "-1e309",
    "NaN",
    "[]",
    "{}",
    "9" * 500,
    "\0",
    "a\0",
]
NEVER += [
    "true",
    "0x10",
    "1_0_0",
    "\ud7ff",
    "１２",
    "' OR 1=1 --",
    "../../etc/passwd",
    "%00",
    "\r\nX: y",
]


@pytest.fixture
def client(whole: Flask) -> FlaskClient:
    return whole.test_client()


@pytest.fixture
def url(whole: Flask) -> Iterator[str]:
    with serving(whole) as port:
        yield f"http://127.0.0.1:{port}"


def test_schemathesis_finds_nothing(url: str, token: Token, tmp_path: Path) -> None:
    """All its checks, with the token, over every route; always the same cases."""
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{url}/openapi.json"]
    command += ["--header", f"Authorization: Bearer {token.text}", "--checks", "all"]
    command += ["--max-examples", "12", "--generation-deterministic", "--no-color"]
    # It takes 401 and 403 alone: test_openapi.py does the same, and knows 429.
    command += ["--exclude-checks", "ignored_auth"]
    found = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "SCHEMATHESIS_HOOKS": HOOKS},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert found.returncode == 0, found.stdout + found.stderr
    assert "No issues found" in found.stdout


def test_the_examples_for_programs_work(url: str, token: Token, tmp_path: Path) -> None:
    """As a shell runs them; on the day that the tests play."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    shell = re.findall(r"```sh\n(.*?)```", (ROOT / "docs" / "api.md").read_text(), re.DOTALL)
    script = "".join(shell).replace("2026-11-28", "2014-02-11")
    script = re.sub(r"^boat=.*$", f"boat={url}", script, flags=re.MULTILINE)
    script = re.sub(r"^token=.*$", f"token={token.text}", script, flags=re.MULTILINE)
    assert script.count("curl ") >= 13
    fails = 'set -e\ncurl() { command curl --fail --silent --show-error --noproxy "*" "$@"; }\n'
    done = subprocess.run(
        ["bash", "-c", fails + script], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "chart.svg").read_text().startswith("<svg")
    assert (tmp_path / "history.csv").read_text().startswith("time_utc,pressure_hpa")


def refused(client: FlaskClient, address: str) -> bool:
    """Whether it is, with one sentence that is no markup."""
    answer = client.get(address)
    assert answer.status_code == 400, (address, answer.status_code)
    assert answer.mimetype == "text/plain"
    assert len(answer.text.splitlines()) == 1
    assert 20 < len(answer.text) < 300
    return True


@pytest.mark.parametrize("value", NEVER)
@pytest.mark.parametrize("key", ["hours", "end"])
def test_a_span_that_cannot_be_meant_is_refused(client: FlaskClient, key: str, value: str) -> None:
    for route in SPAN:
        assert refused(client, f"{route}?{key}={quote(value)}")


@pytest.mark.parametrize("value", NEVER)
@pytest.mark.parametrize("key", ["unit", "zone", "night", "dim"])
def test_a_look_that_cannot_be_meant_is_refused(client: FlaskClient, key: str, value: str) -> None:
    for route in LOOK:
        assert refused(client, f"{route}?{key}={quote(value)}")


@pytest.mark.parametrize(
    "query",
    [
        *("hours=0", "hours=0.05", "hours=1e9", "end=2014-02-12", "end=2999-01-01T00:00:00Z"),
        *("end=1969-01-01T00:00:00Z", "end=2014-13-45T99:99:99Z", "end=0000-01-01T00:00:00Z"),
        *("end=2014-02-12T00:00:00%2B99:99", "hours=3&hours=4", "hours=3&hours=", "end=&end="),
    ],
)
def test_numbers_out_of_reach_and_things_said_twice_are_refused(
    client: FlaskClient, query: str
) -> None:
    for route in SPAN:
        assert refused(client, f"{route}?{query}")


@pytest.mark.parametrize("route", [*SPAN, "/now.txt", "/settings", "/static/page.js"])
def test_bytes_that_are_no_text_are_refused(client: FlaskClient, route: str) -> None:
    """Waitress refuses them itself, other servers do not; WSGI has bytes as Latin-1."""
    for query in ("zone=K\xf6ln", "\xff\xfe", "a=\xc3"):
        answer = client.get(route, environ_overrides={"QUERY_STRING": query})
        assert (answer.status_code, "UTF-8" in answer.text) == (400, True)


def test_what_nobody_asks_for_is_passed_over(client: FlaskClient) -> None:
    """As is customary: a proxy or a link may add its own."""
    for route in ("/", "/api/now", "/api/pressure", "/export.csv", "/healthz"):
        assert client.get(f"{route}?utm_source=x&nothing=%00").status_code == 200


def test_wrong_methods_are_told_the_right_ones(whole: Flask, client: FlaskClient) -> None:
    for rule in whole.url_map.iter_rules():
        route = rule.rule.replace("<filename>", "page.css")
        for method in {"GET", "POST", "PUT", "DELETE", "PATCH"} - (rule.methods or set()):
            answer = client.open(route, method=method)
            if answer.status_code != 405 and method in ("GET", "POST"):
                continue  # another rule of the same path has it
            assert answer.status_code == 405, (route, method)
            assert set(answer.headers["Allow"].split(", ")) >= (rule.methods or set())
            assert answer.mimetype == "text/plain"


def test_head_is_as_get_without_a_body(client: FlaskClient) -> None:
    for route in ("/", "/chart.svg", "/api/now", "/export.csv", "/static/page.css", "/metrics"):
        head, get = client.head(route), client.get(route)
        assert (head.status_code, head.data, head.mimetype) == (200, b"", get.mimetype)


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"", "application/json", 400),
        (b"null", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"{", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[" * 4000, "application/json", 400),
        (b'{"unix_ms": NaN}', "application/json", 400),
        (b'{"unix_ms": 1e999}', "application/json", 400),
        (b'{"unix_ms": ' + b"9" * 4000 + b"}", "application/json", 400),
        (b'{"unix_ms": "1"}', "application/json", 400),
        (b'{"what\\u0000": 1}', "application/json", 400),
        (b" " * 5000, "application/json", 413),
        (b"unix_ms=1", "application/x-www-form-urlencoded", 415),
        (b"{}", "", 415),
    ],
)
def test_bodies_that_cannot_be_meant_are_refused(
    client: FlaskClient, token: Token, body: bytes, content_type: str, status: int
) -> None:
    headers = {"Authorization": f"Bearer {token.text}", "Content-Type": content_type}
    for route in ("/api/clock", "/api/colour/scene", "/api/settings"):
        answer = client.post(route, data=body, headers=headers)
        assert (answer.status_code, answer.mimetype) == (status, "text/plain"), answer.text
        assert len(answer.text.splitlines()) == 1
