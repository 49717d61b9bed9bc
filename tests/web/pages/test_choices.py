"""The page by choice and by circumstance: units, the past, no scripts, paper, home screen."""

import os
import re
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.support.page_states import DESK, HOUR_S, PHONE, SMALL, TOUCH, State, calm, states
from web.history.writer import History
from web.weather import Sample


def test_units_and_zone_are_remembered_on_this_device(
    page: Page, history: History, stormy: list[Sample]
) -> None:
    with State(stormy).served(history) as url:
        page.goto(url)
        page.click("details.show summary")
        page.click("details.show a:text-is('inHg')")
        page.wait_for_selector("#pressure:has-text('28.04')")
        page.goto(url)
        page.wait_for_selector("#pressure:has-text('28.04')")
        assert page.locator("svg.barograph text:text-is('inHg')").count() == 1
        page.wait_for_selector("#pressure:has-text('30 min ago')")
        page.click("#spans a[data-hours='24']")
        page.wait_for_selector("#spans a[data-hours='24'][aria-current]")
        assert "28.04" in page.inner_text("#pressure")


def test_the_icon_and_the_title_change_with_the_alarm(
    page: Page, history: History, stormy: list[Sample]
) -> None:
    with State(calm(stormy[0].taken_at - HOUR_S)).served(history) as url:
        page.goto(url)
        assert "icon.svg" in (page.get_attribute("#icon", "href") or "")
    with State(stormy).served(history) as url:
        page.goto(url)
        assert "icon-storm.svg" in (page.get_attribute("#icon", "href") or "")
        assert page.title().startswith("STORM 949.7 hPa")


def test_a_window_of_the_past_stays_until_it_is_left(
    page: Page, history: History, stormy: list[Sample]
) -> None:
    with State(stormy).served(history) as url:
        page.goto(f"{url}?hours=24")
        page.evaluate("petrel.showWindow(12, 1392120000)")
        page.wait_for_selector("#past:has-text('Up to 11 Feb 2014 12:00 UTC')")
        with page.expect_response("**/glance*end=2014-02-11T12*"):  # the next refresh keeps it
            pass
        page.click("text=Back to now")
        page.wait_for_selector("#past", state="hidden")
        assert "end=" not in page.url


def test_without_scripts_all_of_it_works_by_links(
    browser: Browser, history: History, stormy: list[Sample]
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    with State(stormy, refresh_s=600).served(history) as url:
        page.goto(url)
        page.click("header a:text-is('Night')")
        assert "night" in (page.get_attribute("html", "class") or "")
        page.click("details.show summary")
        page.click("details.show a:text-is('mmHg')")
        assert "712.3" in page.inner_text("#pressure")
        page.click("#spans a:text-is('7 d')")
        assert (page.get_attribute("#spans a:text-is('7 d')", "aria-current")) == "true"
        assert "712.3" in page.inner_text("#pressure")
        assert "night" in (page.get_attribute("html", "class") or "")
        assert page.locator("svg.barograph path.curve").count() == 1
    context.close()


def test_it_refreshes_without_scripts(
    browser: Browser, history: History, stormy: list[Sample]
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    state = State(stormy)
    with state.served(history) as url:
        page.goto(f"{url}?hours=24")
        with page.expect_response("**/?hours=24"):
            pass
    context.close()


def test_it_prints_on_one_sheet(browser: Browser, history: History, stormy: list[Sample]) -> None:
    page = browser.new_page()
    with states(stormy)["worst"].served(history) as url:
        page.goto(url)
        page.emulate_media(media="print")
        for hidden in ("#spans", ".act", "header nav", ".show"):
            assert not page.locator(hidden).first.is_visible(), hidden
        assert page.locator(".remarks").is_visible()
        for landscape in (False, True):
            printed = page.pdf(format="A4", landscape=landscape)
            assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    page.close()


def test_the_manifest_gives_an_icon_for_the_home_screen(
    page: Page, history: History, stormy: list[Sample]
) -> None:
    with State(stormy).served(history) as url:
        page.goto(url)
        manifest = page.request.get(page.evaluate("document.querySelector('[rel=manifest]').href"))
        assert manifest.headers["content-type"].startswith("application/manifest+json")
        for icon in manifest.json()["icons"]:
            answer = page.request.get(f"{url}static/{icon['src']}")
            assert answer.headers["content-type"].startswith(icon["type"])


def test_pictures_of_all_states(
    browser: Browser, tmp_path: Path, stormy: list[Sample], storm: list[Sample]
) -> None:
    """For looking at: SCREENSHOTS=folder scripts/test tests/web -k pictures."""
    folder = Path(os.environ.get("SCREENSHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    page = browser.new_page()
    for number, (name, state) in enumerate(states(stormy).items()):
        with History(tmp_path / f"{number}.sqlite") as history, state.served(history) as url:
            for width, height in (PHONE, SMALL, TOUCH, DESK):
                page.set_viewport_size({"width": width, "height": height})
                for query in ("", "?hours=720", "?hours=8760") if name == "storm" else ("",):
                    page.goto(url + query)
                    picture = folder / f"{name}-{width}{query[1:]}.png".replace(" ", "-")
                    page.screenshot(path=picture, full_page=True)
                    assert picture.stat().st_size > 10_000
            if name in ("worst", "storm"):
                page.emulate_media(media="print")
                page.screenshot(path=folder / f"{name}-print.png", full_page=True)
                page.emulate_media(media="screen")
    page.close()
