"""Whoever has the keyboard alone does not lose the place, whatever is fetched in between."""

import pytest
from playwright.sync_api import Page

from tests.support.page_states import TOKEN, State
from web.history.writer import History
from web.weather import Sample


@pytest.fixture
def stormy(storm: list[Sample], half_past_four: float) -> State:
    return State([sample for sample in storm if sample.taken_at < half_past_four])


def test_a_span_that_was_chosen_keeps_the_focus(
    page: Page, history: History, stormy: State
) -> None:
    with stormy.served(history) as url:
        page.goto(url)
        page.focus("#spans a[data-hours='24']")
        page.keyboard.press("Enter")
        page.wait_for_selector("#spans a[data-hours='24'][aria-current]")
        assert page.evaluate("document.activeElement.textContent") == "24 h"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "48 h"


def test_a_button_that_has_done_its_work_leaves_the_focus_at_the_level(
    page: Page, history: History, stormy: State
) -> None:
    with stormy.served(history) as url:
        page.goto(f"{url}#token={TOKEN}")
        page.focus("#alarm .act")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=Acknowledged at storm")
        assert page.evaluate("document.activeElement.id") == "level"


def test_what_was_unfolded_stays_so(page: Page, history: History, stormy: State) -> None:
    with stormy.served(history) as url:
        page.goto(url)
        page.focus("#more summary")
        page.keyboard.press("Enter")
        assert page.locator("#more li").first.is_visible()
        with page.expect_response("**/glance*"):
            pass
        with page.expect_response("**/glance*"):
            pass
        assert page.locator("#more li").first.is_visible()
