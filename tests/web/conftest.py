"""A history with a storm in it, the pages over it, and a real browser."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, sync_playwright

import sensors
from sensors.simulated.record import PressureRecord, parse_time_utc
from tests.support.chart_page import Chart, served_chart
from tests.support.full_app import whole_app
from web.history.writer import History
from web.pages.app import create_app
from web.pages.context import PageContext
from web.pages.overview import StationInfo
from web.pages.security.token import Token, token_of
from web.recorder.conditions import Conditions, ConditionsFeed
from web.recorder.pacing import RecordPace
from web.weather import Sample, StormWatch

CHROMIUM = shutil.which("chromium")
# Nothing but the page is to be asked for: no updates, no sync, no first-run pages.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

STORM = Path(sensors.__file__).parent / "simulated" / "data" / "storm_2014_02_12.csv"
RECORDS = Path(__file__).parents[3] / "shared" / "data" / "pressure"


@pytest.fixture(scope="session")
def storm() -> list[Sample]:
    """The storm of 2014, hour by hour."""
    return [Sample(*row, 16.0) for row in PressureRecord.read(STORM).rows]


@pytest.fixture
def record() -> Callable[[str], Path]:
    """The path of a record of ../shared/data; without it the test is skipped."""

    def find(name: str) -> Path:
        path = RECORDS / name
        if not path.exists():
            pytest.skip(f"{name} is not in ../shared/data/pressure")
        return path

    return find


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.sqlite"


@pytest.fixture
def history(path: Path) -> Iterator[History]:
    with History(path) as history:
        yield history


@pytest.fixture
def half_past_four() -> float:
    """12 February 2014, 16:30 UTC: the low is near, the fall still very rapid."""
    return parse_time_utc("2014-02-12T16:30:00Z")


@pytest.fixture
def stormy(storm: list[Sample], half_past_four: float) -> list[Sample]:
    """The storm until then."""
    return [sample for sample in storm if sample.taken_at < half_past_four]


@pytest.fixture
def feed() -> ConditionsFeed:
    """What the recorder tells the pages; nothing yet."""
    return ConditionsFeed()


@pytest.fixture
def client(
    history: History, storm: list[Sample], half_past_four: float, feed: ConditionsFeed
) -> FlaskClient:
    """The pages at half past four in the storm, simulated."""
    tell(history, feed, [sample for sample in storm if sample.taken_at < half_past_four])
    pace = RecordPace([sample.taken_at for sample in storm], half_past_four, 0.0)
    info = StationInfo(3600.0, 2, "1.2.3", simulated=True, record_title="the storm of 2014, played")
    return create_app(PageContext(history.path, pace, info, feed)).test_client()


def tell(history: History, feed: ConditionsFeed, samples: Iterable[Sample]) -> None:
    """Judge and store these samples, and tell the pages of the last."""
    watch = StormWatch()
    for sample in samples:
        outlook = watch.update(sample)
        history.queue(sample, outlook and outlook.level)
        feed.publish(Conditions(sample, outlook))
    history.commit()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real browser, started once; each page has a context of its own."""
    if CHROMIUM is None and not os.environ.get("CI"):
        pytest.skip("Chromium is not installed (sudo apt install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A phone, held upright."""
    page = browser.new_page(viewport={"width": 360, "height": 740})
    yield page
    page.close()


@pytest.fixture(scope="module")
def chart_address() -> Iterator[str]:
    """A page with a chart on it, and nothing else."""
    with served_chart() as address:
        yield address


@pytest.fixture
def chart(page: Page, chart_address: str) -> Iterator[Chart]:
    """Its chart, on a phone; nothing is complained of."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(chart_address)
    yield Chart(page)
    assert complaints == []


@pytest.fixture
def token(tmp_path: Path) -> Token:
    """What lets somebody write."""
    return token_of(tmp_path / "page-token")


@pytest.fixture
def whole(
    history: History,
    storm: list[Sample],
    half_past_four: float,
    feed: ConditionsFeed,
    token: Token,
    tmp_path: Path,
) -> Iterator[Flask]:
    """The application with all its routes at half past four in the storm, ten metres up."""
    tell(history, feed, [sample for sample in storm if sample.taken_at < half_past_four])
    pace = RecordPace([sample.taken_at for sample in storm], half_past_four, 0.0)
    info = StationInfo(
        3600.0,
        2,
        "1.2.3",
        altitude_m=10.0,
        simulated=True,
        record_title="the storm of 2014, played",
    )
    with whole_app(history.path, pace, info, feed, token, tmp_path) as app:
        yield app
