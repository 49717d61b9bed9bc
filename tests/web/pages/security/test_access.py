"""Whoever has a token may write from any address; a stranger learns neither it nor the position."""

import logging

import pytest
from flask import Flask
from flask.testing import FlaskClient

from web.pages.security.token import Token
from web.pages.security.token_list import add_token, revoke_token

HERE = {"latitude": 38.53124, "longitude": -28.62571}
STRANGE = {"Authorization": "Bearer aaaa-bbbb-cccc-dddd"}


@pytest.fixture
def client(whole: Flask) -> FlaskClient:
    return whole.test_client()


@pytest.fixture
def first(token: Token) -> dict[str, str]:
    return {"Authorization": f"Bearer {token.text}"}


def test_who_guesses_waits_and_the_right_token_works_at_once(
    client: FlaskClient, first: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        answers = [client.post("/api/token", headers=STRANGE) for _ in range(40)]
        assert client.post("/api/token", headers=first).status_code == 204
    assert [answer.status_code for answer in answers] == [401] * 5 + [429] * 35
    assert answers[-1].headers["Retry-After"] == "60"
    assert answers[-1].mimetype == "text/plain"
    assert caplog.text.count("wrong tokens from 127.0.0.1") == 1
    assert client.post("/api/alarm/acknowledge").status_code == 401  # no token is no wrong one


def test_an_added_token_changes_what_the_first_one_does_until_it_is_revoked(
    client: FlaskClient, token: Token, caplog: pytest.LogCaptureFixture
) -> None:
    anna = add_token(token.path, "Anna", "pi")
    headers = {"Authorization": f"Bearer {anna.text}"}
    with caplog.at_level(logging.INFO):
        for route in ("alarm/acknowledge", "alarm/silence", "colour/cancel", "offset/forget"):
            answer = client.post(f"/api/{route}", json={}, headers=headers)
            assert answer.status_code in (200, 409), route
            assert f"/api/{route} with the token 'Anna'" in caplog.text
    revoke_token(token.path, "Anna", "pi")
    for route in ("alarm/acknowledge", "colour/cancel", "offset/forget", "token"):
        assert client.post(f"/api/{route}", json={}, headers=headers).status_code == 401


def test_no_secret_is_told(
    client: FlaskClient, token: Token, first: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """In no log, no header, no refusal; and no other site learns the address of a page."""
    strange = STRANGE["Authorization"].split()[1]
    said = []
    with caplog.at_level(logging.DEBUG):
        for headers in (first, STRANGE):
            for route in ("token", "alarm/acknowledge", "clock", "settings", "offset"):
                answer = client.post(f"/api/{route}", json={"a": 1}, headers=headers)
                said.append(answer.text + str(answer.headers))
        said += [client.post("/api/token", headers=STRANGE).text for _ in range(10)]
    for page in ("/", "/settings", "/colour", "/events", "/api/now", "/api/settings", "/metrics"):
        answer = client.get(page, headers={"Referer": f"http://pi/#token={strange}"})
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        said.append(answer.text + str(answer.headers))
    for text in (*said, caplog.text):
        assert token.text not in text
        assert strange not in text


def test_a_stranger_learns_the_position_to_a_kilometre(
    client: FlaskClient, first: dict[str, str]
) -> None:
    answer = client.post("/api/settings", json=HERE, headers=first)
    assert answer.get_json()["latitude"] == HERE["latitude"]
    for rule in client.application.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and "<" not in (page := rule.rule):
            text = client.get(page).text
            assert "38.531" not in text and "28.625" not in text, page
    position = {key: client.get("/api/settings").get_json()[key] for key in HERE}
    assert position == {"latitude": 38.53, "longitude": -28.63}
    with_token = client.get("/api/settings", headers=first)
    assert {key: with_token.get_json()[key] for key in HERE} == HERE
    assert with_token.headers["Cache-Control"] == "no-store"
    assert client.get("/api/settings", headers=STRANGE).status_code == 401
