"""At night the page is red and dark, to the last pixel; and what was chosen once stays so."""

import base64
from collections.abc import Iterator
from math import sin
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

from tests.support.page_states import HOUR_S, State, calm
from web.history.writer import History
from web.weather import Sample

# The brightest green or blue there is, and the mean of the light that comes from the screen.
PIXELS = """async picture => {
    const image = new Image();
    image.src = "data:image/png;base64," + picture;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.width;
    canvas.height = image.height;
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const data = context.getImageData(0, 0, image.width, image.height).data;
    let other = 0, light = 0;
    for (let i = 0; i < data.length; i += 4) {
        other = Math.max(other, data[i + 1], data[i + 2]);
        light += data[i] + data[i + 1] + data[i + 2];
    }
    return [other, light / (data.length / 4)];
}"""


@pytest.fixture
def worst(storm: list[Sample], half_past_four: float) -> State:
    """All that can light up at once."""
    stormy = [sample for sample in storm if sample.taken_at < half_past_four]
    return State(stormy, record_title="the storm of 2014, played", untrusted=True, outage="no disk")


@pytest.fixture
def dark_room(browser: Browser) -> Iterator[Page]:
    """An empty page that looks at pictures."""
    page = browser.new_page()
    yield page
    page.close()


def seen(page: Page, dark_room: Page) -> tuple[float, float]:
    for details in page.query_selector_all("details"):
        details.evaluate("details => { details.open = true; }")
    picture = base64.b64encode(page.screenshot(full_page=True)).decode()
    other, light = dark_room.evaluate(PIXELS, picture)
    return other, light


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_pixel_is_anything_but_red_or_black_and_dim_is_darker(
    browser: Browser,
    dark_room: Page,
    history: History,
    worst: State,
    scheme: Literal["light", "dark"],
) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740}, color_scheme=scheme)
    with worst.served(history) as url:
        lights = []
        for query in ("?night=0", "?night=1&dim=0", "?night=1&dim=1"):
            page.goto(url + query)
            other, light = seen(page, dark_room)
            assert (other <= 40) is (query != "?night=0"), other
            lights.append(light)
    page.close()
    day, night, dim = lights
    assert night < 0.5 * day
    assert dim < 0.7 * night


@pytest.mark.parametrize("query", ["?night=1", "?night=1&dim=1"])
def test_red_words_can_be_read(browser: Browser, history: History, query: str) -> None:
    """4.5 to 1, also where the number is late and a window of the past is shown."""
    page = browser.new_page(viewport={"width": 360, "height": 740})
    with State(calm(1.4e9), age_periods=4, outage="no disk").served(history) as url:
        page.goto(f"{url}{query}&end=2014-05-13T12:00:00Z")
        low = page.evaluate(CONTRAST)
    page.close()
    assert low == []


# Each word whose colour is less than 4.5 to 1 off the ground that it stands on.
CONTRAST = """() => {
    const light = colour => {
        const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map(Number).map(part => part / 255)
            .map(part => part <= 0.04045 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
    };
    const isClear = colour => colour === "transparent" || / 0\\)$/.test(colour);
    const ground = node => {
        const colour = node ? getComputedStyle(node).backgroundColor : "rgb(0, 0, 0)";
        return node && isClear(colour) ? ground(node.parentElement) : colour;
    };
    const low = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode.parentElement;
        if (!walker.currentNode.data.trim() || !node.getClientRects().length) { continue; }
        const style = getComputedStyle(node);
        const isDrawn = node.closest("svg");
        if (node.closest("title, desc, .note") || style.fontSize === "0px") { continue; }
        const [one, other] = [light(isDrawn ? style.fill : style.color), light(ground(node))];
        const ratio = Math.max(one, other) / Math.min(one, other);
        if (ratio < 4.5) { low.push([walker.currentNode.data.trim(), ratio]); }
    }
    return low;
}"""


def test_what_the_pi_does_not_know_any_more_is_forgotten(
    page: Page, history: History, worst: State
) -> None:
    """A zone, say, that a newer system names otherwise: no phone is locked out by its memory."""
    with worst.served(history) as url:
        page.goto(url)
        page.evaluate("localStorage.setItem('storm-petrel-look', 'zone=Europe/Kyjiv')")
        page.goto(url)
        page.wait_for_url("**zone=Europe/Kyjiv")
        page.wait_for_selector("text=zone = 'Europe/Kyjiv': give utc")
        page.goto(url)
        assert page.locator("#pressure").is_visible()
        page.goto(url)
        assert "zone=" not in page.url


def test_without_memory_the_page_is_there_all_the_same(
    page: Page, history: History, worst: State
) -> None:
    """A browser that lets nothing be stored."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('no'); }});"
    )
    with worst.served(history) as url:
        page.goto(f"{url}?night=1")
        with page.expect_response("**/glance*night=1*"):
            pass
        assert page.locator("html.night #pressure").is_visible()
        assert complaints == []


def test_by_the_sun_and_back_with_an_open_page(page: Page, history: History) -> None:
    """Red at sunset, and at sunrise not any more; dim stays what it is."""
    samples = [Sample(1.4e9 + HOUR_S * n, 1013.0 + sin(n), 16.0) for n in range(20)]
    is_down = True

    with State(samples).served(history) as url:
        page.goto(f"{url}?dim=1")
        page.route(
            "**/glance*",
            lambda route: route.fulfill(
                body=route.fetch().text().replace('data-night="0"', f'data-night="{is_down:d}"')
            ),
        )
        page.wait_for_selector("html.night.dim")
        is_down = False
        page.wait_for_selector("html.dim:not(.night)")
