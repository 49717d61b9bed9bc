"""A reading a second does not have two days added up for each refresh; nobody sees a difference."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from web.history.clock_trust import ClockTrust
from web.history.writer import History
from web.pages.app import create_app
from web.pages.context import PageContext
from web.pages.overview import StationInfo
from web.recorder.conditions import Conditions, ConditionsFeed
from web.recorder.pacing import RecordPace
from web.weather import Outlook, Sample, StormLevel

BEGIN, HOUR_S = 1_790_000_000.0, 3600


class Boat:
    """An hour of readings, and a page whose clock is the newest one's."""

    def __init__(self, history: History, period_s: float) -> None:
        self.history, self.period_s = history, period_s
        self.feed, self.level = ConditionsFeed(), StormLevel.CALM
        self.now = BEGIN
        for n in range(int(HOUR_S / period_s)):
            self.now = BEGIN + n * period_s
            history.queue(Sample(self.now, 1010.0), None)
        history.commit()
        pace = RecordPace([BEGIN, BEGIN + 10 * HOUR_S], BEGIN, 0.0)
        pace.now = lambda: self.now  # type: ignore[method-assign]
        info = StationInfo(period_s, 5, "1")
        self.client: FlaskClient = create_app(
            PageContext(history.path, pace, info, self.feed)
        ).test_client()

    def take(self, hpa: float, trust: ClockTrust = ClockTrust.SYNCHRONISED) -> None:
        """The next reading."""
        self.now += self.period_s
        self.history.add(Sample(self.now, hpa), self.level)
        outlook = Outlook(self.level, BEGIN, ("for a test",), None, None, None)
        self.feed.publish(Conditions(Sample(self.now, hpa), outlook, trust=trust))

    def chart(self, route: str = "/chart.svg?hours=1") -> str:
        answer = self.client.get(route)
        assert answer.status_code == 200
        return answer.text


@pytest.fixture
def by_second(history: History) -> Iterator[Boat]:
    boat = Boat(history, 1.0)
    boat.take(1010.0)
    yield boat


def test_the_chart_of_an_hour_of_seconds_is_held_for_a_column(by_second: Boat) -> None:
    """There are 720, of five seconds each."""
    before = by_second.chart()
    for hpa in (1011.0, 1012.0, 1013.0, 1014.0):
        by_second.take(hpa)
        assert by_second.chart() == before
    by_second.take(1015.0)
    assert by_second.chart() != before


def test_the_numbers_beside_it_are_new_each_time(by_second: Boat) -> None:
    by_second.chart("/glance?hours=1")
    by_second.take(1011.4)
    assert "1011.4" in by_second.chart("/glance?hours=1")


def test_a_new_level_is_marked_at_once(by_second: Boat) -> None:
    before = by_second.chart()
    by_second.level = StormLevel.STORM
    by_second.take(1010.0)
    assert by_second.chart() != before


def test_another_time_is_drawn_at_once(by_second: Boat) -> None:
    before = by_second.chart()
    by_second.take(1011.0, ClockTrust.PHONE)
    assert by_second.chart() != before


@pytest.mark.parametrize("other", ["hours=2", "hours=1&unit=inHg", "hours=1&zone=Europe/Dublin"])
def test_whoever_asks_for_something_else_gets_that(by_second: Boat, other: str) -> None:
    first = by_second.chart()
    by_second.take(1011.0)
    assert by_second.chart(f"/chart.svg?{other}") != first


def test_a_clock_that_goes_back_holds_nothing(by_second: Boat) -> None:
    before = by_second.chart()
    by_second.now -= 600
    assert by_second.chart() != before


def test_a_reading_a_minute_is_on_the_chart_at_once(history: History) -> None:
    boat = Boat(history, 60.0)
    before = boat.chart()
    boat.take(1011.0)
    assert boat.chart() != before
