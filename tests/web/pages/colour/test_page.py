"""The colour page in a real browser, on a simulated board: everything by tapping."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Request, expect
from playwright.sync_api import Page as Tab

from calibration import ColourProfile, ColourSorter
from tests.support.colour_ports import Failing, Page, Played
from web.pages.colour.sensor_port import ColourSensorPort
from web.runtime.colour_sensor import ColourSensor

PATIENCE_MS = 30_000


class Phone:
    """A browser tab with the token, and the hand that taps on it."""

    def __init__(self, tab: Tab, address: str, page: Page) -> None:
        self.tab, self.address, self.token = tab, address, page.token.text
        tab.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)

    def open(self, token: str | None = None, step: str = "") -> None:
        """Scan the code, or come back without it."""
        if token is not None:
            self.tab.goto(f"{self.address}#token={token}")
            expect(self.tab.locator("#token")).to_be_hidden()
        if step:
            self.tab.click(f"#steps a[data-step={step}]")

    def lay(self, what: str, distance: str = "1") -> None:
        """Put something under the simulated sensor."""
        with self.tab.expect_response("**/api/colour/scene"):  # of two at once, either may be last
            self.tab.click(f"#closeness button[data-value='{distance}']")
        self.tab.click(f"#scene button[data-value='{what}']")
        chosen = self.tab.locator(f"#scene button[data-value='{what}']")
        expect(chosen).to_have_attribute("aria-pressed", "true")

    def tap(self, what: str, answer: str) -> None:
        """Tap, and wait until the page says how it ended."""
        self.tab.click(what)
        expect(self.says).to_contain_text(answer)

    @property
    def says(self) -> Locator:
        return self.tab.locator("#tray.is-done #says, #tray.is-bad #says")


@pytest.fixture
def shown(make_page: Callable[[ColourSensorPort], Page], sensor: ColourSensor) -> Page:
    return make_page(sensor)


@pytest.fixture
def phone(page: Tab, shown: Page, served: Callable[[Page], str]) -> Phone:
    return Phone(page, served(shown), shown)


def calibrate(phone: Phone) -> None:
    phone.open(phone.token, "white")
    phone.lay("")
    phone.tap("#dark", "Dark is read")
    phone.lay("white")
    phone.tap("#white", "Done: white")


def test_references_and_three_colours_by_tapping_then_a_piece_is_named(
    phone: Phone, shown: Page, browser: Browser
) -> None:
    requests: list[Request] = []
    complaints: list[str] = []
    tab = phone.tab
    tab.on("request", lambda request: requests.append(request))
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    calibrate(phone)
    assert ColourProfile.load(shown.profile).simulated
    phone.lay("orange")
    expect(tab.locator("#name")).to_contain_text("orange")
    expect(tab.locator("#hex")).to_have_text(re.compile("#[0-9a-f]{6}"))
    colour = tab.evaluate("getComputedStyle(document.getElementById('swatch')).backgroundColor")
    red, green, blue = map(int, re.findall(r"\d+", colour))
    assert red > green > blue

    phone.open(step="teach")
    for label in ("red", "orange", "green"):
        if tab.locator("#another").get_attribute("open") is None:
            tab.click("#another summary")
        tab.click(f"#ready-made button[data-value='{label}']")
        for number, distance in enumerate(("1", "1.4", "0.7", "1"), 1):
            phone.lay(label, distance)
            phone.tap("#piece", f"{label}: {number} piece")
    assert ColourSorter.load(shown.sorter).labels == ("red", "orange", "green")
    expect(tab.locator("#examined h2")).to_contain_text("100")

    # In the middle the page is loaded again, and another phone comes.
    tab.reload()
    expect(tab.locator("#piece-title")).to_have_text("This is green")
    expect(tab.locator("#classes button")).to_have_count(3)
    other = browser.new_page()
    other.goto(phone.address)
    expect(other.locator("#verdict")).not_to_have_text("–")
    other.close()

    phone.open(step="sort")
    for what, verdict in (("orange", "orange"), ("red", "red"), ("green", "green")):
        phone.lay(what)
        expect(tab.locator("#verdict")).to_have_text(verdict)
    phone.lay("blue")
    expect(tab.locator("#verdict")).to_have_text("unknown")
    phone.lay("")
    expect(tab.locator("#verdict")).to_have_text("nothing there")
    assert complaints == []
    assert {request.url.split("/")[2] for request in requests} == {phone.address.split("/")[2]}
    assert not any(phone.token in request.url.partition("#")[0] for request in requests)
    picture(phone, "sort")


def test_a_card_fit_with_a_wrong_card_found_and_taken_back(phone: Phone, shown: Page) -> None:
    calibrate(phone)
    phone.open(step="cards")
    for card in ("red", "green", "blue", "yellow", "purple", "orange"):
        phone.lay(card)
        phone.tap(f"#cards button[aria-label^='{card}']", f"{card} is read")
    phone.lay("green")
    phone.tap("#cards button[aria-label^='pink']", "pink is read: 7 cards")
    expect(phone.tab.locator("#cards-say")).to_contain_text("the worst is pink")
    picture(phone, "cards")
    phone.tap("#undo", "Taken back: pink")
    expect(phone.tab.locator("#cards-say")).to_contain_text("6 cards")
    assert ColourProfile.load(shown.profile).cards is None
    phone.tap("#keep-cards", "Done: saving")
    kept = ColourProfile.load(shown.profile).cards
    assert kept is not None
    assert len(kept) == 6
    expect(phone.tab.locator("#keep-cards")).to_have_text("Saved")


def test_the_token_leaves_the_address_and_is_remembered(phone: Phone) -> None:
    phone.open(phone.token)
    assert phone.tab.url == phone.address
    phone.tab.goto("about:blank")
    phone.tab.goto(phone.address)
    phone.open(step="white")
    phone.tap("#dark", "Dark is read")


def test_without_a_token_it_may_look_and_is_told_how_to_get_one(phone: Phone) -> None:
    tab = phone.tab
    tab.goto(phone.address)
    expect(tab.locator("#token")).to_contain_text("scripts/dashboard --token")
    expect(tab.locator("#hertz td").first).not_to_have_text("–")
    picture(phone, "no-token")
    tab.click("#dark")
    expect(tab.locator("#token-says")).to_contain_text("needs the token")
    tab.fill("#token-text", "abcd-efgh-ijkl-mnop")
    tab.click("#token button")
    expect(tab.locator("#token-says")).to_contain_text("not the token of this machine")
    tab.fill("#token-text", f" {phone.token.upper()} ")
    tab.click("#token button")
    expect(tab.locator("#token")).to_be_hidden()


def test_a_class_of_ones_own_name_taught_and_removed(phone: Phone, shown: Page) -> None:
    calibrate(phone)
    phone.open(step="teach")
    tab = phone.tab
    tab.fill("#own-name", "  sour   <b>cherry</b>")
    tab.click("#own button")
    expect(tab.locator("#piece-title")).to_have_text("This is sour <b>cherry</b>")
    for number in range(1, 4):
        phone.tap("#piece", f"sour <b>cherry</b>: {number} piece")
    assert ColourSorter.load(shown.sorter).labels == ("sour <b>cherry</b>",)
    tab.click("#forget-class")
    expect(tab.locator("#forget-class")).to_have_text("Tap again to remove it")
    phone.tap("#forget-class", "Done: removing")
    expect(tab.locator("#classes button")).to_have_count(0)
    assert not shown.sorter.exists()


@pytest.mark.parametrize(("width", "height"), [(320, 640), (360, 740), (800, 480), (1280, 800)])
def test_nothing_runs_off_the_screen_and_all_can_be_hit(
    phone: Phone, width: int, height: int
) -> None:
    tab = phone.tab
    tab.set_viewport_size({"width": width, "height": height})
    phone.open(phone.token)
    expect(tab.locator("#hertz td").first).not_to_have_text("–")
    for step in ("white", "cards", "teach", "sort"):
        phone.open(step=step)
        expect(tab.locator(f"#step-{step}")).to_be_visible()
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        for target in tab.locator("button:visible, input:visible, nav a:visible, summary").all():
            box = target.bounding_box()
            assert box is None or min(box["height"], box["width"]) >= 44, target.inner_text()


def test_the_names_of_24_cards_and_long_classes_stay_on_the_screen(
    page: Tab, make_page: Callable[[ColourSensorPort], Page], served: Callable[[Page], str]
) -> None:
    sight = Played({"": (10.0, 10.0, 10.0, 30.0), "white": (900.0, 800.0, 700.0, 2500.0)})
    sight.simulated = False
    shown = make_page(sight)
    guest = shown.client()
    guest.take("dark")
    sight.lies_there = "white"
    guest.take("white")
    for label in (24 * "W", "a b"):
        for _ in range(3):
            guest.take("piece", label=label)
    phone = Phone(page, served(shown), shown)
    for width in (320, 360, 1280):
        page.set_viewport_size({"width": width, "height": 740})
        for step in ("cards", "teach", "sort"):
            phone.open(phone.token, step)
            expect(page.locator("#cards button")).to_have_count(24)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("#scene").count() == 0
    assert "imulated" not in page.content()
    phone.open(step="cards")
    picture(phone, "24-cards")


def test_a_sensor_that_fails_and_a_silent_pi_are_told(
    page: Tab, make_page: Callable[[ColourSensorPort], Page], served: Callable[[Page], str]
) -> None:
    sight = Played({"": (1.0, 1.0, 1.0, 1.0)})
    sight.fault = Failing("GPIO25 is in use by another program: stop it")
    shown = make_page(sight)
    phone = Phone(page, served(shown), shown)
    phone.open(phone.token)
    expect(page.locator("#fault")).to_contain_text("GPIO25 is in use")
    phone.tap("#dark", "GPIO25 is in use")
    page.route("**/*", lambda route: route.abort())
    expect(page.locator("#silence")).to_contain_text("No answer from the Pi since")


def test_a_page_that_is_closed_lets_the_sensor_sleep(
    page: Tab, make_page: Callable[[ColourSensorPort], Page], served: Callable[[Page], str]
) -> None:
    sight = Played({"": (1.0, 1.0, 1.0, 1.0)})
    shown = make_page(sight)
    phone = Phone(page, served(shown), shown)
    phone.open(phone.token)
    expect(page.locator("#hertz td").first).not_to_have_text("–")
    assert not sight.resting.is_set()
    page.goto("about:blank")
    assert sight.resting.wait(30.0)


def picture(phone: Phone, name: str) -> None:
    """Take pictures by day and by night, where somebody wants to look at them."""
    folder = os.environ.get("SCREENSHOTS")
    if not folder:
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    before = phone.tab.viewport_size
    assert before is not None
    for width, height in ((360, 740), (1280, 800)):
        phone.tab.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            phone.tab.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            path = Path(folder) / f"colour-{name}-{width}-{scheme}.png"
            phone.tab.screenshot(path=path, full_page=width == 360)
    phone.tab.set_viewport_size(before)
    phone.tab.emulate_media(color_scheme="light")
