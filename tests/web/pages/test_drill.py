"""The drill on the page of settings, in Chromium."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.support.app_server import serving
from web.pages.security.token import Token


@pytest.fixture
def url(whole: Flask) -> Iterator[str]:
    with serving(whole) as port:
        yield f"http://127.0.0.1:{port}/"


def test_it_is_played_with_the_token_and_its_list_is_shown(
    page: Page, url: str, token: Token
) -> None:
    page.goto(f"{url}settings")
    page.click("#drill")
    page.wait_for_selector("#token-says:has-text('needs the token')")
    assert page.inner_text("#drill-list") == ""
    page.goto(f"{url}#token={token.text}")
    page.goto(f"{url}settings")
    page.click("#drill")
    page.wait_for_selector("#drill-says:has-text('DRILL: ')")
    page.wait_for_selector("#drill-says:has-text('Every way answered.')")
    lines = page.inner_text("#drill-list").splitlines()
    assert lines[0] == "buzzer: not configured"
    assert lines[-1].startswith("armed pages: ")
    page.reload()
    page.wait_for_selector("#drill-list li")
