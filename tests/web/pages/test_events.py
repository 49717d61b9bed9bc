"""What happened: on a page in the reader's time zone, and as JSON."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.support.numbered_history import BEGIN_MS, READING
from web.history.clock_trust import ClockReading, ClockTrust
from web.history.events import Event, EventKind
from web.history.writer import History
from web.pages.app import create_app
from web.pages.context import PageContext
from web.pages.overview import StationInfo
from web.recorder.conditions import ConditionsFeed
from web.recorder.pacing import RecordPace
from web.weather import Sample

BEGIN = BEGIN_MS / 1000  # 1 January 2026, 00:00 UTC
DAY_MS = 86_400_000


@pytest.fixture
def client(path: Path) -> FlaskClient:
    now = BEGIN + 2 * 86_400.0
    context = PageContext(
        path, RecordPace([now], now, 0.0), StationInfo(60.0, 2, "1.2.3"), ConditionsFeed()
    )
    return create_app(context).test_client()


def first_boot(path: Path) -> None:
    """Record a sample at 00:01, and at 04:12 that STORM was acknowledged."""
    with History(path, "b0070001") as history:
        history.set_clock(READING, 0)
        history.add(Sample(BEGIN + 60.0, 960.0))
        history.queue_event(Event(BEGIN + 15_120.0, EventKind.ACKNOWLEDGED, "STORM <acknowledged>"))


def second_boot(path: Path, trust: ClockTrust) -> None:
    """Start the Pi again a day later."""
    with History(path, "b0070002") as history:
        history.set_clock(ClockReading(BEGIN_MS + DAY_MS, trust), 60_000)
        history.queue_event(Event(BEGIN + 86_460.0, EventKind.RESTART, "The Pi was started"))
        history.add(Sample(BEGIN + 86_460.0, 961.0))


def test_the_newest_is_first_in_the_zone_of_the_reader(client: FlaskClient, path: Path) -> None:
    first_boot(path)
    second_boot(path, ClockTrust.SYNCHRONISED)
    page = client.get("/events?zone=Asia/Kolkata").text
    assert page.index("2 Jan 2026 05:31 IST") < page.index("1 Jan 2026 09:42 IST")
    assert "STORM &lt;acknowledged&gt;" in page
    assert "off since 1 Jan 2026 09:42 IST" in page


def test_programs_read_the_same(client: FlaskClient, path: Path) -> None:
    first_boot(path)
    second_boot(path, ClockTrust.SYNCHRONISED)
    assert client.get("/api/events").get_json() == {
        "simulated": False,
        "events": [
            {
                "happened_at": "2026-01-02T00:01:00Z",
                "kind": "restart",
                "words": "The Pi was started",
                "since": "2026-01-01T04:12:00Z",
            },
            {
                "happened_at": "2026-01-01T04:12:00Z",
                "kind": "acknowledged",
                "words": "STORM <acknowledged>",
                "since": None,
            },
        ],
    }


def test_how_long_it_was_off_is_not_known_without_a_clock(client: FlaskClient, path: Path) -> None:
    first_boot(path)
    second_boot(path, ClockTrust.NONE)
    newest = client.get("/api/events").get_json()["events"][0]
    assert (newest["kind"], newest["since"]) == ("restart", None)
    assert "off since" not in client.get("/events").text


def test_thirty_are_enough(client: FlaskClient, path: Path) -> None:
    with History(path, "b0070001") as history:
        history.set_clock(READING, 0)
        for n in range(50):
            history.queue_event(Event(BEGIN + n, EventKind.OUTAGE, f"no reading, {n}"))
    events = client.get("/api/events").get_json()["events"]
    assert [event["words"] for event in events] == [f"no reading, {n}" for n in range(49, 19, -1)]


def test_a_new_event_is_seen_at_once(client: FlaskClient, path: Path) -> None:
    with History(path, "b0070001") as history:
        history.set_clock(READING, 0)
        history.add(Sample(BEGIN + 60.0, 960.0))
        tag = client.get("/events").headers["ETag"]
        assert client.get("/events", headers={"If-None-Match": tag}).status_code == 304
        history.queue_event(Event(BEGIN + 90.0, EventKind.SILENCED, "silent for ten minutes"))
        history.commit()
        assert client.get("/events", headers={"If-None-Match": tag}).status_code == 200


def test_a_history_without_events_says_so(client: FlaskClient, path: Path) -> None:
    with History(path, "b0070001") as history:
        history.set_clock(READING, 0)
        history.add(Sample(BEGIN + 60.0, 960.0))
    assert "Nothing yet" in client.get("/events").text
    assert client.get("/api/events").get_json()["events"] == []


def test_the_page_leads_there_with_its_zone(client: FlaskClient, path: Path) -> None:
    first_boot(path)
    assert 'href="/events?zone=local"' in client.get("/?zone=local").text
