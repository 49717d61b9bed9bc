"""Answers that are not sent twice: 304 while they would be the same, and never longer."""

import gzip
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from web.alarm.state import AlarmState
from web.display.preferences import DisplayPreferences
from web.display.units import UNITS
from web.history.reader import HistoryReader
from web.history.writer import History
from web.pages.app import create_app
from web.pages.context import PageContext, page_context, set_page_context
from web.pages.controls import alarm_fields
from web.pages.overview import StationInfo
from web.recorder.conditions import Conditions, ConditionsFeed
from web.recorder.pacing import RecordPace
from web.weather import Sample

TAGGED = ["/", "/glance", "/chart.svg", "/now.txt", "/api/now", "/api/outlook", "/api/pressure"]
TAGGED += ["/events", "/api/events"]
INFO = StationInfo(60.0, 5, "1")


class Clock(RecordPace):
    """Stands where it is put."""

    def __init__(self, now: float) -> None:
        super().__init__([now], now, 0.0)
        self.period_s = 60.0
        self.time = now

    def now(self) -> float:
        return self.time


class Boat:
    """A page whose clock, sensor and alarm are the test's."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.clock = Clock(6000.0)
        self.feed = ConditionsFeed()
        self.alarm, self.uptime = AlarmState(), 0.0
        self.take(6000.0, 1010.0)
        self.client: FlaskClient = create_app(
            PageContext(
                history.path,
                self.clock,
                INFO,
                self.feed,
                alarm=lambda: alarm_fields(self.alarm, self.uptime),
            )
        ).test_client()

    def take(self, moment: float, hpa: float) -> None:
        self.history.add(Sample(moment, hpa), None)
        self.feed.publish(Conditions(Sample(moment, hpa)))

    def tag(self, route: str) -> str:
        answer = self.client.get(route)
        assert answer.status_code == 200
        return answer.headers["ETag"]

    def again(self, route: str, tag: str) -> TestResponse:
        return self.client.get(route, headers={"If-None-Match": tag})


@pytest.fixture
def boat(history: History) -> Boat:
    return Boat(history)


@pytest.mark.parametrize("route", [*TAGGED, "/openapi.json"])
def test_whoever_has_it_already_is_told_so_and_gets_nothing(boat: Boat, route: str) -> None:
    first = boat.client.get(route)
    assert first.headers["Cache-Control"] == "no-cache"
    tag = first.headers["ETag"]
    for method in ("GET", "HEAD"):
        again = boat.client.open(route, method=method, headers={"If-None-Match": f'"x", {tag}'})
        assert (again.status_code, again.data) == (304, b"")
        assert (again.headers["ETag"], again.headers["Cache-Control"]) == (tag, "no-cache")
        assert "Content-Type" not in again.headers
    assert boat.again(route, '"another"').status_code == 200


@pytest.mark.parametrize("route", TAGGED)
def test_a_304_asks_neither_the_file_nor_the_template(
    boat: Boat, route: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag = boat.tag(route)

    def work(*arguments: object, **named: object) -> None:
        raise AssertionError("this was to be spared")

    monkeypatch.setattr(HistoryReader, "__init__", work)
    monkeypatch.setattr("web.pages.dashboard.render_template", work)
    monkeypatch.setattr("web.pages.api.iso", work)
    assert boat.again(route, tag).status_code == 304


def test_what_was_drawn_for_one_guest_is_given_to_the_next(
    boat: Boat, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    made = HistoryReader.__init__

    def counted(self: HistoryReader, path: Path, offset_hpa: float = 0.0) -> None:
        asked.append(1)
        made(self, path, offset_hpa)

    monkeypatch.setattr(HistoryReader, "__init__", counted)
    for route in ("/glance?hours=6", "/?hours=6", "/chart.svg?hours=6"):
        for headers in ({}, {"Accept-Encoding": "gzip"}):
            first = boat.client.get(route, headers=headers)
            again = boat.client.get(route, headers=headers)
            assert (again.data, list(again.headers)) == (first.data, list(first.headers))
    assert len(asked) == 1
    boat.client.get("/glance?hours=7")
    boat.clock.time += 60.0
    boat.client.get("/glance?hours=6")
    assert len(asked) == 3


def test_settings_that_are_changed_while_it_runs_make_another_answer(boat: Boat) -> None:
    tags = {route: boat.tag(route) for route in TAGGED}
    info = StationInfo(
        60.0, 5, "1", preferences=DisplayPreferences(UNITS["inhg"]), altitude_m=100.0
    )
    app = boat.client.application
    with app.app_context():
        set_page_context(app, replace(page_context(), info=info))
    assert "inHg" in boat.client.get("/glance").text
    for route, tag in tags.items():
        assert boat.again(route, tag).status_code == 200


def test_of_many_different_answers_the_newest_are_kept(boat: Boat) -> None:
    for hours in (*range(1, 40), *range(1, 40)):
        chart = boat.client.get(f"/chart.svg?hours={hours}").text
        assert chart == boat.client.get(f"/chart.svg?hours={hours}&unit=hpa").text


@pytest.mark.parametrize("route", TAGGED)
def test_a_new_sample_makes_another_answer(boat: Boat, route: str) -> None:
    tag = boat.tag(route)
    boat.take(6000.1, 1010.3)
    assert boat.again(route, tag).status_code == 200


@pytest.mark.parametrize("route", ["/", "/glance", "/chart.svg", "/api/pressure"])
def test_a_history_that_is_stamped_anew_makes_another_answer(boat: Boat, route: str) -> None:
    """Without a new sample: what changed is the file."""
    tag = boat.tag(route)
    boat.history.forget()
    assert boat.again(route, tag).status_code == 200


@pytest.mark.parametrize("route", ["/", "/glance", "/now.txt"])
def test_the_tag_changes_when_the_words_of_the_age_do(boat: Boat, route: str) -> None:
    for age_s in (0.0, 1.0, 60.0, 119.0, 125.0, 185.0, 601.0, 7300.0, 2e5):
        boat.clock.time = 6000.0 + age_s
        tag = boat.tag(route)
        boat.clock.time += 0.2
        assert boat.again(route, tag).status_code == 304
        boat.clock.time += 3700.0
        assert boat.again(route, tag).status_code == 200


def test_whatever_the_moment_words_that_are_kept_are_right(boat: Boat) -> None:
    """Second by second and then faster: a 304 means that the line would be the same."""
    boat.clock.time, tag, line = 6000.0, "", b""
    for step in range(1, 700):
        answer = boat.again("/now.txt", tag)
        if answer.status_code == 200:
            tag, line = answer.headers["ETag"], answer.data
        assert boat.client.get("/now.txt").data == line
        boat.clock.time += step / 7


def test_the_age_for_programs_is_right_to_a_second(boat: Boat) -> None:
    boat.clock.time = 6003.25
    tag = boat.tag("/api/now")
    boat.clock.time = 6003.75
    assert boat.again("/api/now", tag).status_code == 304
    boat.clock.time = 6004.0
    assert boat.again("/api/now", tag).status_code == 200


@pytest.mark.parametrize("route", ["/chart.svg", "/api/pressure"])
def test_a_curve_goes_on_without_a_sensor(boat: Boat, route: str) -> None:
    tag = boat.tag(route)
    boat.clock.time += 59.0
    assert boat.again(route, tag).status_code == 304
    boat.clock.time += 1.0
    assert boat.again(route, tag).status_code == 200


@pytest.mark.parametrize("route", ["/", "/glance", "/api/now"])
def test_an_alarm_an_outage_and_a_remark_make_another_answer(boat: Boat, route: str) -> None:
    tags = [boat.tag(route)]
    boat.alarm = AlarmState(silenced_until=600.0)
    tags.append(boat.tag(route))
    boat.uptime = 60.0
    tags.append(boat.tag(route))
    sample = boat.feed.newest.sample
    for conditions in (
        Conditions(sample, outage="no wire"),
        Conditions(sample, remark="all alike"),
        Conditions(sample, clock_remark="nobody vouches for it"),
    ):
        boat.feed.publish(conditions)
        tags.append(boat.tag(route))
    assert len(set(tags)) == len(tags)


def test_what_was_asked_makes_another_answer(boat: Boat) -> None:
    tags = [boat.tag(f"/glance{query}") for query in ("", "?hours=6", "?hours=7", "?unit=inhg")]
    assert len(set(tags)) == 4
    assert boat.again("/glance?hours=null", tags[0]).status_code == 400


def test_another_start_makes_another_answer(boat: Boat) -> None:
    """It may be of another version."""
    app = create_app(PageContext(boat.history.path, boat.clock, INFO, boat.feed))
    assert app.test_client().get("/glance").headers["ETag"] != boat.tag("/glance")


@pytest.mark.parametrize("route", ["/healthz", "/metrics", "/export.csv", "/nothing"])
def test_what_is_of_the_moment_is_not_kept(boat: Boat, route: str) -> None:
    answer = boat.client.get(route)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers


def test_a_missing_history_is_no_tag(boat: Boat) -> None:
    tag = boat.tag("/chart.svg")
    boat.history.path.unlink()
    answer = boat.again("/chart.svg", tag)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (503, "no-store")
    assert "ETag" not in answer.headers


def test_texts_are_packed_for_whoever_can_unpack_them(boat: Boat) -> None:
    plain = boat.client.get("/chart.svg")
    packed = boat.client.get("/chart.svg", headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 2
    refused = boat.client.get("/chart.svg", headers={"Accept-Encoding": "gzip;q=0"})
    for answer in (plain, refused):
        assert "Content-Encoding" not in answer.headers
        assert answer.data == plain.data
    for answer in (plain, packed, refused):
        assert answer.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("route", ["/healthz", "/now.txt", "/export.csv", "/chart.svg?hours=no"])
def test_what_is_short_streamed_or_refused_is_not_packed(boat: Boat, route: str) -> None:
    answer = boat.client.get(route, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers


def test_static_files_are_addressed_by_what_is_in_them(boat: Boat, tmp_path: Path) -> None:
    page = boat.client.get("/").text
    links = [part.split('"')[0] for part in page.split('"')[1::2] if part.startswith("/static/")]
    assert len(links) >= 3
    for link in links:
        assert "?v=" in link
        answer = boat.client.get(link)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        stale = boat.client.get(link + "0")
        assert "immutable" not in stale.headers["Cache-Control"]
    packed = boat.client.get("/static/page.css", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == boat.client.get("/static/page.css").data


@pytest.mark.parametrize("name", ["nothing.js", "%00", "../app.py", "..%2fapp.py", "%2e%2e/app.py"])
def test_no_other_files_are_given(boat: Boat, name: str) -> None:
    assert boat.client.get(f"/static/{name}?v=1").status_code == 404
