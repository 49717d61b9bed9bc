"""A page that is armed, in Chromium: what it sounds, and what it says when it cannot."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, Route

from tests.support.app_server import serving
from tests.support.page_states import State
from tests.support.waiting import eventually
from web import pages
from web.alarm.sounder import PATTERNS
from web.history.writer import History
from web.weather import Sample

SOUND = Path(pages.__file__).with_name("static") / "sound.js"
# What is given to the loudspeaker, in hertz; 30 Hz is the tone that nobody hears.
TONES = """window.tones = []; var start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (at) {
      if (this.frequency.value > 30) { window.tones.push(this.frequency.value); }
      return start.call(this, at);
    };"""


@pytest.fixture
def url(history: History, stormy: list[Sample]) -> Iterator[str]:
    """A station of hourly samples, in a storm that sounds."""
    with State(stormy, refresh_s=60).served(history) as url:
        yield url


@pytest.fixture
def page(page: Page) -> Page:
    """A phone whose clock the test moves, and whose tones it counts."""
    page.clock.install()
    page.add_init_script(TONES)
    return page


def arm(page: Page) -> None:
    """Tap, and wait for the sound: the browser begins it in a time of its own."""
    page.click("#sound")
    assert eventually(lambda: page.evaluate("window.tones.length > 0"))


def lose(page: Page) -> None:
    """Nothing is heard from the Pi any more."""
    page.route("**/*", lambda route: route.abort())


def pass_time(page: Page, seconds: int) -> None:
    for _ in range(seconds // 5):
        page.clock.run_for(5000)


def answer(page: Page, **fields: Any) -> None:
    """Have the Pi say this of the alarm."""

    def fulfil(route: Route) -> None:
        route.fulfill(body=json.dumps({"signal": None, "drill": "", **fields}))

    page.route(re.compile("/api/alarm"), fulfil)


def test_its_patterns_are_those_of_the_buzzer() -> None:
    found = re.findall(
        r"(\w+): { beeps: (\d), beep_s: ([\d.]+), hz: \d+, turn_s: (\d+) }", SOUND.read_text()
    )
    patterns = {name: (int(beeps), float(turn_s), float(s)) for name, beeps, s, turn_s in found}
    assert patterns == {signal.value: tuple(pattern) for signal, pattern in PATTERNS.items()}


def test_a_lost_connection_sounds_after_two_minutes_until_somebody_knows(
    page: Page, url: str
) -> None:
    page.goto(url)
    arm(page)
    lose(page)
    pass_time(page, 110)
    assert not page.is_visible(".unheard")
    pass_time(page, 20)
    assert re.search(r"hears nothing from the Pi since \d\d:\d\d", page.inner_text(".unheard"))
    assert eventually(lambda: page.evaluate("window.tones.indexOf(440) >= 0"))
    page.click("text=Be quiet")
    page.evaluate("window.tones = []")
    pass_time(page, 20)
    assert page.evaluate("window.tones") == []
    assert page.is_visible(".unheard")
    page.unroute("**/*")
    pass_time(page, 10)
    page.wait_for_selector(".unheard", state="detached")


def test_after_a_sleep_the_age_is_right_at_once_and_all_is_struck_out(page: Page, url: str) -> None:
    page.goto(url)
    assert page.inner_text(".ago") == "30 min ago"
    lose(page)
    page.clock.fast_forward(2 * 3_600_000)
    page.clock.run_for(1000)
    assert page.inner_text(".ago") == "3 h ago"
    page.clock.fast_forward(2 * 3_600_000)
    page.clock.run_for(1000)
    assert "is-late" in (page.get_attribute("#overview", "class") or "")
    assert page.inner_text(".age").startswith("Late: 5 h ago")
    page.clock.fast_forward(48 * 3_600_000)
    page.clock.run_for(1000)
    assert page.inner_text(".age") == "No data since 12 Feb 2014 16:00 UTC"
    assert "No data since 12 Feb 2014 16:00 UTC" in page.inner_text("#level .last")
    assert page.title().startswith("NO DATA since 12 Feb 2014 16:00 UTC")
    for part in (".word", ".since", "#reasons li", "#pressure data", "#tendency data", ".words"):
        assert is_struck(page, part), part
    assert is_struck(page, "#chances b")


def is_struck(page: Page, selector: str) -> bool:
    line = page.eval_on_selector(selector, "node => getComputedStyle(node).textDecorationLine")
    return bool(line == "line-through")


def test_a_page_that_has_slept_says_from_when_to_when(page: Page, url: str) -> None:
    page.goto(url)
    arm(page)
    page.clock.fast_forward(6 * 3_600_000)
    page.clock.run_for(1000)
    assert re.search(r"slept from \d\d:\d\d .*to \d\d:\d\d", page.inner_text(".slept"))
    assert not page.is_visible(".unheard")
    page.click("text=I know")
    assert not page.is_visible(".slept")


def test_a_drill_is_said_in_large_letters_and_sounds_as_the_real_thing(
    page: Page, url: str
) -> None:
    answer(page, drill="no_data")
    page.goto(url)
    page.click("#sound")
    page.wait_for_selector("text=DRILL: NO DATA")
    assert (
        page.eval_on_selector(".drill", "node => parseFloat(getComputedStyle(node).fontSize)") > 30
    )
    assert eventually(lambda: page.evaluate("window.tones.indexOf(440) >= 0"))


@pytest.fixture
def whole_url(whole: Flask) -> Iterator[str]:
    with serving(whole) as port:
        yield f"http://127.0.0.1:{port}/"


@pytest.mark.parametrize("name", ["Settings", "Colours"])
def test_the_pages_beside_sound_too_and_lead_back(page: Page, whole_url: str, name: str) -> None:
    answer(page, signal="storm")
    page.goto(whole_url)
    arm(page)
    page.click(f"header >> text={name}")
    page.wait_for_selector(".sounding:has-text('STORM')")
    assert eventually(
        lambda: page.evaluate("window.tones.length >= 3 || document.querySelector('.held')")
    )
    page.click("text=Acknowledge on the barograph")
    page.wait_for_selector("#sound[aria-pressed=true]")


def test_a_browser_that_stores_nothing_says_to_stay_on_the_page(page: Page, url: str) -> None:
    page.add_init_script(
        "Object.defineProperty(window, 'sessionStorage', {get() { throw new Error('no'); }});"
    )
    page.goto(url)
    arm(page)
    assert "Stay on this page" in page.inner_text("#sound-says")
    page.click("#sound")
    assert page.get_attribute("#sound", "aria-pressed") == "false"
    assert page.inner_text("#sound-says") == ""
