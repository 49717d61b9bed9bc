"""Links with a token, and the position behind one, in Chromium."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.support.app_server import serving
from tests.support.axe import violations
from tests.support.waiting import eventually
from web.pages.security.token import Token
from web.pages.security.token_list import add_token, revoke_token

STRANGE = "aaaa-bbbb-cccc-dddd"
STORED = "localStorage.getItem('storm-petrel-token')"


@pytest.fixture
def url(whole: Flask) -> Iterator[str]:
    with serving(whole) as port:
        yield f"http://127.0.0.1:{port}/"


def test_the_link_of_a_stranger_does_not_replace_a_token_that_works(
    page: Page, url: str, token: Token
) -> None:
    page.goto(f"{url}settings#token={token.text}")
    assert page.url == f"{url}settings"
    for name in ("settings", "", "colour", "events"):
        page.goto("about:blank")
        page.goto(f"{url}{name}#token={STRANGE}")
        page.wait_for_selector("#token-offer:visible")
        assert page.url == f"{url}{name}"
        assert page.evaluate(STORED) == token.text
        page.click("text=Keep mine")
        page.wait_for_selector("#token-offer", state="hidden")
        assert page.evaluate(STORED) == token.text
        assert not page.is_visible("#token")


def test_a_person_may_take_the_other_one(page: Page, url: str, token: Token) -> None:
    anna = add_token(token.path, "Anna", "pi")
    page.goto(f"{url}#token={token.text}")
    page.goto("about:blank")
    page.goto(f"{url}#token={anna.text}")
    page.wait_for_selector("#token-offer:visible")
    for button in page.query_selector_all("#token-offer button"):
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 44
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.click("#token-replace")
    page.wait_for_selector("#token-offer", state="hidden")
    assert page.evaluate(STORED) == anna.text


def test_one_that_was_revoked_is_replaced_without_a_question(
    page: Page, url: str, token: Token
) -> None:
    anna = add_token(token.path, "Anna", "pi")
    page.goto(f"{url}#token={anna.text}")
    revoke_token(token.path, "Anna", "pi")
    page.goto("about:blank")
    page.goto(f"{url}#token={token.text}")
    assert eventually(lambda: page.evaluate(STORED) == token.text)
    assert not page.is_visible("#token-offer")


def test_a_link_that_holds_no_token_changes_nothing_and_leaves_the_address(
    page: Page, url: str, token: Token
) -> None:
    page.goto(f"{url}#token={token.text}")
    page.goto("about:blank")
    page.goto(f"{url}#token=<b>no</b>")
    page.wait_for_selector("#overview")
    assert (page.url, page.evaluate(STORED)) == (url, token.text)
    assert not page.is_visible("#token-offer")


def saved(folder: Path) -> dict[str, float]:
    values: dict[str, float] = json.loads((folder / "page-settings.json").read_text())["station"]
    return values


def test_saving_something_else_does_not_move_the_boat(
    page: Page, url: str, token: Token, tmp_path: Path, whole: Flask
) -> None:
    here = {"latitude": 38.53124, "longitude": -28.62571}
    headers = {"Authorization": f"Bearer {token.text}"}
    whole.test_client().post("/api/settings", json=here, headers=headers)
    page.goto(f"{url}settings")
    assert page.input_value("#latitude") == "38.53"
    page.fill("#altitude_m", "7")
    page.click("text=Save")
    page.wait_for_selector("#token:visible")
    assert saved(tmp_path) == here
    page.fill("#token-text", token.text)
    page.click("text=Use it")
    page.wait_for_selector("#token", state="hidden")
    with page.expect_navigation():
        page.click("text=Save")
    assert saved(tmp_path) == {**here, "altitude_m": 7.0}
    expect(page.locator("#latitude")).to_have_value("38.53124")
    page.fill("#longitude", "-28.63")
    with page.expect_navigation():
        page.click("text=Save")
    assert saved(tmp_path) == {**here, "longitude": -28.63, "altitude_m": 7.0}


def test_the_question_bars_nobody(page: Page, url: str, token: Token) -> None:
    page.goto(f"{url}#token={token.text}")
    page.goto("about:blank")
    page.goto(f"{url}#token={STRANGE}")
    page.wait_for_selector("#token-offer:visible")
    assert violations(page) == []
