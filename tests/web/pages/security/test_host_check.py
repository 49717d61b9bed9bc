"""Names that this page goes by, and those that give a rebound name away."""

import socket

import pytest
from flask.testing import FlaskClient

from web.config.tables import PageConfig, host_names
from web.pages.security.host_check import HostNames

OWN = socket.gethostname().partition(".")[0]


@pytest.mark.parametrize(
    "header",
    [
        "127.0.0.1",
        "127.0.0.1:8080",
        "192.168.4.1:80",
        "[::1]:8080",
        "[fe80::1]",
        "[fe80::1%25eth0]:8080",
        "localhost",
        "LOCALHOST:8080",
        "localhost.",
        OWN,
        f"{OWN}.local:8080",
        "boat.lan",
        "Boat.LAN:8080",
    ],
)
def test_its_own(header: str) -> None:
    assert HostNames(["boat.lan"]).includes(header)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        ":8080",
        "evil.example",
        "127.0.0.1.evil.example",
        "evil.example:127.0.0.1",
        "localhost.evil.example",
        "[::1",
        "::1",
        "[localhost]",
        "127.0.0.1/evil",
        "1.2.3",
        "boat.lan@evil.example",
    ],
)
def test_anothers(header: str | None) -> None:
    assert not HostNames(["boat.lan"]).includes(header)


@pytest.mark.parametrize("route", ["/", "/api/now", "/static/page.js", "/nothing-here"])
def test_every_route_looks_at_the_name(client: FlaskClient, route: str) -> None:
    answer = client.get(route, headers={"Host": "evil.example"})
    assert answer.status_code == 403
    assert "[page] names" in answer.get_data(as_text=True)
    assert "evil" not in answer.get_data(as_text=True)


def test_names_in_the_settings() -> None:
    assert host_names("boat.lan, Boat  pi-2") == ("boat.lan", "boat", "pi-2")
    assert PageConfig().names == ""
    for names in ("http://boat.lan", "boat.lan:8080", "a/b", "*"):
        with pytest.raises(ValueError, match="is no name of a machine"):
            PageConfig(names)
