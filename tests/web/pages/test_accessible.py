"""The pages beside the barograph bar nobody either: axe-core, the thumb, the keyboard, the dark."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.support.app_server import serving
from tests.support.axe import violations
from tests.support.full_app import whole_app
from tests.support.page_states import TOKEN
from web.history.writer import History
from web.pages.overview import StationInfo
from web.pages.security.token import Token
from web.recorder.conditions import ConditionsFeed
from web.recorder.pacing import RecordPace

BESIDE = ("colour", "settings", "events")


@pytest.fixture
def url(history: History, tmp_path: Path) -> Iterator[str]:
    """The colour page over a simulated sensor, and the page of settings."""
    token = Token(TOKEN, tmp_path / "page-token")
    pace, info = (
        RecordPace([0.0], 0.0, 0.0),
        StationInfo(3600.0, 30, "1.2.3", simulated=True, record_title="played"),
    )
    with (
        whole_app(history.path, pace, info, ConditionsFeed(), token, tmp_path) as app,
        serving(app) as port,
    ):
        yield f"http://127.0.0.1:{port}/"


def opened(page: Page, url: str, name: str, step: str = "") -> None:
    """Go there, and wait until it has answered."""
    page.goto(f"{url}{name}#token={TOKEN}")
    page.wait_for_selector("#token", state="hidden")
    if name == "colour":
        page.wait_for_selector("#scene button")
    if step:
        page.click(f"#steps a[data-step={step}]")


@pytest.mark.parametrize("night", ["0", "1"])
@pytest.mark.parametrize("name", BESIDE)
def test_nothing_bars_anybody(browser: Browser, url: str, name: str, night: str) -> None:
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, bypass_csp=True, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(f"{url}?night={night}")
    for step in ("white", "cards", "teach", "sort") if name == "colour" else ("",):
        opened(page, url, name, step)
        assert violations(page) == []
    context.close()


@pytest.mark.parametrize(("width", "height"), [(320, 568), (360, 740), (800, 480)])
@pytest.mark.parametrize("name", BESIDE)
def test_all_can_be_hit_and_nothing_runs_off_the_screen(
    page: Page, url: str, name: str, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    for step in ("white", "cards", "teach", "sort") if name == "colour" else ("",):
        opened(page, url, name, step)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for target in page.query_selector_all("a, button, input, select, summary"):
            box = target.bounding_box()
            if box is not None and target.is_visible():
                said = target.evaluate("node => node.outerHTML")
                assert (round(box["width"]) >= 44, round(box["height"]) >= 44) == (True, True), said


@pytest.mark.parametrize("name", BESIDE)
def test_they_are_red_when_the_barograph_is(page: Page, url: str, name: str) -> None:
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    page.goto(f"{url}?night=1")
    opened(page, url, name)
    assert page.evaluate(ground) == "rgb(0, 0, 0)"
    page.goto(f"{url}?night=0")
    opened(page, url, name)
    assert page.evaluate(ground) != "rgb(0, 0, 0)"


@pytest.mark.parametrize("name", BESIDE)
def test_they_look_like_one_boat(page: Page, url: str, name: str, tmp_path: Path) -> None:
    """For looking at: SCREENSHOTS=folder."""
    folder = Path(os.environ.get("SCREENSHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    for night in (0, 1):
        page.goto(f"{url}?night={night}")
        opened(page, url, name)
        page.screenshot(path=folder / f"{name}-night-{night}.png", full_page=True)
        assert (folder / f"{name}-night-{night}.png").stat().st_size > 10_000
