"""The page in a real browser: complete without a network, alive with scripts, whole without."""

import os
import re
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
import waitress
from playwright.sync_api import Browser, Page, Request

from calibration.pressure.offset import PressureOffset, ReferenceKind
from web.history.writer import History
from web.pages.app import create_app
from web.pages.context import PageContext
from web.pages.overview import StationInfo
from web.recorder.conditions import Conditions, ConditionsFeed
from web.recorder.pacing import RecordPace
from web.weather import Sample, StormWatch


class Served:
    """The pages over a history, on a port of this machine."""

    def __init__(self, history: History, pace: RecordPace, info: StationInfo) -> None:
        self.history, self.watch = history, StormWatch()
        self.feed = ConditionsFeed()
        app = create_app(PageContext(history.path, pace, info, self.feed))
        self._server = waitress.create_server(app, host="127.0.0.1", port=0)
        self.url = f"http://127.0.0.1:{self._server.effective_port}/"
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()

    def add(self, sample: Sample) -> None:
        outlook = self.watch.update(sample)
        self.history.add(sample, outlook and outlook.level)
        self.feed.publish(Conditions(sample, outlook))


@pytest.fixture
def served(history: History, storm: list[Sample], half_past_four: float) -> Served:
    pace = RecordPace([sample.taken_at for sample in storm], half_past_four, 0.0)
    pages = Served(
        history,
        pace,
        StationInfo(3600.0, 1, "1.2.3", simulated=True, record_title="the storm of 2014, played"),
    )
    for sample in storm:
        if sample.taken_at < half_past_four - 3600:
            pages.add(sample)
    return pages


def test_the_page_is_complete_with_this_machine_alone(page: Page, served: Served) -> None:
    asked: list[Request] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(served.url)
    page.wait_for_load_state("networkidle")
    assert {request.url.split("/")[2] for request in asked} == {served.url.split("/")[2]}
    assert complaints == []
    assert page.locator("svg.barograph path.curve").count() == 1
    assert page.locator("#level .word").inner_text().lower() == "storm"
    assert page.title().startswith("STORM 951.5 hPa")


def test_it_refreshes_itself(page: Page, served: Served, storm: list[Sample]) -> None:
    page.goto(served.url)
    assert "951.5" in page.locator("#pressure").inner_text()
    served.add(next(sample for sample in storm if sample.pressure_hpa == 949.67))
    page.wait_for_selector("#pressure:has-text('949.7')")
    assert "STORM 949.7 hPa" in page.title()


def test_without_scripts_it_is_whole_and_still_refreshes(
    browser: Browser, served: Served, storm: list[Sample]
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(served.url)
    assert page.locator("svg.barograph").count() == 1
    with page.expect_navigation():
        served.add(next(sample for sample in storm if sample.pressure_hpa == 949.67))
    page.wait_for_selector("#pressure:has-text('949.7')")
    page.click("nav a[data-hours='24']")
    assert page.url.endswith("?hours=24")
    context.close()


@pytest.mark.parametrize(("width", "height"), [(320, 640), (360, 740), (800, 480), (1280, 800)])
def test_nothing_runs_off_the_screen_and_links_can_be_hit(
    page: Page, served: Served, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.goto(served.url)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for link in page.locator("#spans a").all():
        box = link.bounding_box()
        assert box is not None
        assert box["height"] >= 44
    words = page.locator("#level .word").bounding_box()
    assert words is not None
    assert words["y"] < height / 2


def test_the_longest_name_of_a_reference_stays_on_the_screen(
    page: Page, history: History, storm: list[Sample], half_past_four: float
) -> None:
    offset = PressureOffset(
        -0.8, datetime(2013, 1, 1, tzinfo=UTC), 80 * "W", ReferenceKind.QNH, 10.0
    )
    pace = RecordPace([half_past_four], half_past_four, 0.0)
    pages = Served(history, pace, StationInfo(3600.0, 30, "1.2.3", offset, 10.0))
    for sample in storm[:60]:
        pages.add(sample)
    for width in (320, 360, 800):
        page.set_viewport_size({"width": width, "height": 640})
        page.goto(pages.url)
        assert 80 * "W" in page.inner_text("footer")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_silent_pi_is_told(page: Page, served: Served) -> None:
    page.goto(served.url)
    page.route("**/*", lambda route: route.abort())
    page.wait_for_selector("#silence:not(:empty)")
    assert re.match(r"No answer from the Pi since \d\d:\d\d", page.inner_text("#silence"))


def test_another_span_is_chosen_with_a_tap(page: Page, served: Served) -> None:
    page.goto(served.url)
    page.click("nav a[data-hours='6']")
    page.wait_for_selector("a[data-hours='6'][aria-current]")
    assert page.url.endswith("hours=6")


def test_pictures_for_looking_at(page: Page, served: Served, tmp_path: Path) -> None:
    folder = Path(os.environ.get("SCREENSHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    page.goto(served.url)
    page.screenshot(path=folder / "storm-360.png")
    assert (folder / "storm-360.png").stat().st_size > 10_000
