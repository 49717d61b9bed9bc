"""The page as a crew has it: at night, wet, on an old phone, on a wall, on paper."""

import re

import pytest
from playwright.sync_api import Browser, Page

from tests.support.axe import violations
from tests.support.page_states import (
    DESK,
    MIDNIGHT,
    NOON,
    PHONE,
    SMALL,
    TOKEN,
    TOUCH,
    State,
    calm,
    states,
)
from web.history.writer import History
from web.weather import Sample, Station

HORTA = Station(38.53, -28.63, 2.0)


ALL = tuple(states([Sample(0.0, 1000.0)]))


def is_seen(page: Page, selector: str) -> bool:
    """Whether it lies on the first screen as a whole."""
    box, size = page.locator(selector).first.bounding_box(), page.viewport_size
    assert size is not None
    return box is not None and box["y"] >= 0 and box["y"] + box["height"] <= size["height"]


@pytest.mark.parametrize("name", ALL)
def test_nothing_bars_anybody(
    browser: Browser, history: History, stormy: list[Sample], name: str
) -> None:
    """axe-core finds no violation of WCAG 2.2 AA, by day and in the dark."""
    with states(stormy)[name].served(history) as url:
        for scheme in ("light", "dark"):
            context = browser.new_context(
                viewport={"width": 360, "height": 740},
                color_scheme=scheme,
                bypass_csp=True,
            )
            page = context.new_page()
            page.goto(url)
            for details in page.query_selector_all("details"):
                details.evaluate("details => { details.open = true; }")
            assert violations(page) == []
            context.close()


@pytest.mark.parametrize(("width", "height"), [PHONE, SMALL, TOUCH, DESK])
@pytest.mark.parametrize("name", ["calm", "worst", "inhg", "night"])
def test_it_fits_and_can_be_hit_with_a_wet_thumb(
    page: Page, history: History, stormy: list[Sample], name: str, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    with states(stormy)[name].served(history) as url:
        page.goto(url)
        for details in page.query_selector_all("details"):
            details.evaluate("details => { details.open = true; }")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for target in page.query_selector_all("a, button, input, select, summary"):
            box = target.bounding_box()
            if box is not None and target.is_visible():
                assert (round(box["width"]) >= 44, round(box["height"]) >= 44) == (True, True), (
                    target.inner_text()
                )


@pytest.mark.parametrize(("width", "height"), [PHONE, SMALL, TOUCH])
def test_one_glance_tells_the_worst(
    page: Page, history: History, stormy: list[Sample], width: int, height: int
) -> None:
    """Level, what to do about it, pressure, its age and the tendency are on the first screen."""
    page.set_viewport_size({"width": width, "height": height})
    with states(stormy)["worst"].served(history) as url:
        page.goto(url)
        for seen in ("#simulated", "#level .word", ".act", "#pressure .figure", "#tendency data"):
            assert is_seen(page, seen), seen
        if height > 480:
            assert is_seen(page, "#pressure .age")
        if (width, height) == PHONE:
            assert is_seen(page, "#clock p")


@pytest.mark.parametrize(("width", "height"), [PHONE, SMALL, (412, 915), TOUCH, (768, 1024), DESK])
@pytest.mark.parametrize("name", ["late", "lost", "inhg", "storm"])
def test_no_number_is_cut_off(
    page: Page, history: History, stormy: list[Sample], name: str, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    with states(stormy)[name].served(history) as url:
        page.goto(url)
        for cell in ("#pressure", "#tendency"):
            for inner in ("data", ".figure > *", ".age", ".words"):
                for part in page.locator(f"{cell} {inner}").all():
                    box, frame = part.bounding_box(), page.locator(cell).bounding_box()
                    assert box is not None
                    assert frame is not None
                    assert box["x"] + box["width"] <= frame["x"] + frame["width"] + 0.5, inner
        boxes = [page.locator(cell).bounding_box() for cell in (".reading", "#tendency")]
        assert boxes[0] is not None
        assert boxes[1] is not None
        assert boxes[1]["x"] + boxes[1]["width"] <= boxes[0]["x"] + boxes[0]["width"] + 0.5


def test_on_the_touch_display_all_of_it_is_on_one_screen(
    page: Page, history: History, stormy: list[Sample]
) -> None:
    page.set_viewport_size({"width": 800, "height": 480})
    with State(stormy).served(history) as url:
        page.goto(url)
        for seen in (".act", "#pressure .age", "#chances b", "svg.barograph", "#spans a >> nth=6"):
            assert is_seen(page, seen), seen


def test_old_and_lost_numbers_are_told_from_new_ones(
    browser: Browser, history: History, stormy: list[Sample]
) -> None:
    page = browser.new_page()
    with states(stormy)["lost"].served(history) as url:
        page.goto(url)
        assert "No data since 12 Feb 2014 16:00 UTC" in page.inner_text("#pressure")
        line = "node => getComputedStyle(node).textDecorationLine"
        assert page.eval_on_selector("#pressure data", line) == "line-through"
        assert page.title().startswith("NO DATA")
        assert "icon-lost.svg" in (page.get_attribute("#icon", "href") or "")
    page.close()


def test_a_late_number_is_amber(page: Page, history: History) -> None:
    with State(calm(NOON), age_periods=4).served(history) as url:
        page.goto(url)
        colour = "node => getComputedStyle(node).backgroundColor"
        assert page.eval_on_selector("#pressure", colour) == "rgb(255, 176, 0)"
        assert "Late: 4 h ago" in page.inner_text("#pressure")


def reds(page: Page, selector: str) -> list[tuple[int, int, int]]:
    """Text and ground colours of what is found."""
    script = """nodes => nodes.flatMap(node => ["color", "backgroundColor"]
        .map(name => getComputedStyle(node)[name]))"""
    colours = page.eval_on_selector_all(selector, script)
    found = [tuple(map(int, re.findall(r"\d+", colour)[:3])) for colour in set(colours)]
    return [(red, green, blue) for red, green, blue in found]


def test_at_night_it_is_red_by_hand(page: Page, history: History, stormy: list[Sample]) -> None:
    with State(stormy, record_title="a storm", untrusted=True).served(history) as url:
        page.goto(f"{url}?night=1")
        assert page.eval_on_selector("html", "node => getComputedStyle(node).backgroundColor") == (
            "rgb(0, 0, 0)"
        )
        for red, green, blue in reds(page, "main *, header *, footer *"):
            assert max(green, blue) <= 0.6 * red + 1, (red, green, blue)
        page.goto(url)  # remembered on this device
        page.wait_for_selector("html.night")
        page.click("header a:text-is('Day')")
        page.wait_for_selector("html:not(.night)")


def test_the_sun_makes_it_night(page: Page, history: History) -> None:
    with State(calm(NOON), place=HORTA).served(history) as url:
        page.goto(url)
        assert page.get_attribute("html", "class") == ""
    with State(calm(MIDNIGHT, 8), place=HORTA).served(history) as url:
        page.goto(url)
        assert "night" in (page.get_attribute("html", "class") or "")
        page.goto(f"{url}?night=0")
        assert page.get_attribute("html", "class") == ""


def test_an_open_page_turns_red_at_sunset(page: Page, history: History) -> None:
    with State(calm(NOON)).served(history) as url:
        page.goto(url)
        page.route(
            "**/glance*",
            lambda route: route.fulfill(
                body=route.fetch().text().replace('data-night="0"', 'data-night="1"')
            ),
        )
        page.wait_for_selector("html.night")


def test_by_keyboard_alone(page: Page, history: History, stormy: list[Sample]) -> None:
    """Everything is reached by Tab, and what has the focus is seen to have it."""
    with State(stormy, refresh_s=600).served(history) as url:
        page.goto(f"{url}#token={TOKEN}")
        reached = []
        for _ in range(30):
            page.keyboard.press("Tab")
            reached.append(page.evaluate("document.activeElement.textContent.trim()"))
            if reached[-1] in ("Acknowledge", "48 h"):
                width = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
                assert width == "3px"
        for wanted in ("Night", "Settings", "Acknowledge", "Silence 10 min", "more", "6 h", "1 y"):
            assert wanted in reached
