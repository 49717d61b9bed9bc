"""The pages and the numbers for other programs, at half past four in the storm of 2014."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from calibration.pressure.offset import PressureOffset, ReferenceKind
from web.display.times import age_words
from web.history.writer import History
from web.pages.app import create_app
from web.pages.context import PageContext
from web.pages.overview import StationInfo
from web.recorder.conditions import Conditions, ConditionsFeed
from web.recorder.pacing import RecordPace
from web.weather import Sample


def test_the_first_glance(client: FlaskClient) -> None:
    answer = client.get("/")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    for words in ("949.7", "−6.0", "falling quickly", "storm", "30 min ago", ">Simulated<"):
        assert words in page
    assert "the storm of 2014, played" in page
    assert "−6.0 hPa in 3 h" in page
    assert "<svg" in page


def test_the_page_asks_for_nothing_outside_and_runs_nothing_inline(client: FlaskClient) -> None:
    answer = client.get("/")
    page = answer.get_data(as_text=True)
    links = [part.split('"')[0] for part in page.split("http")[1:]]
    assert [link for link in links if "www.w3.org" not in link and "-equiv" not in link] == []
    assert "style=" not in page
    assert "onclick" not in page
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_now(client: FlaskClient) -> None:
    now = client.get("/api/now").get_json()
    assert now["pressure_hpa"] == 949.67
    assert now["taken_at"] == "2014-02-12T16:00:00Z"
    assert now["age_s"] == pytest.approx(1800.0)
    assert now["level"] == "storm"
    assert now["simulated"] is True
    assert now["change_3h_hpa"] == pytest.approx(-5.95)
    assert now["reasons"]
    assert client.get("/api/outlook").get_json() == now


def test_pressure_by_the_hour(client: FlaskClient) -> None:
    answer = client.get("/api/pressure?hours=3").get_json()
    assert [(row["taken_at"], row["pressure_hpa"]) for row in answer["samples"]] == [
        ("2014-02-12T14:00:00Z", 953.32),
        ("2014-02-12T15:00:00Z", 951.55),
        ("2014-02-12T16:00:00Z", 949.67),
    ]


@pytest.mark.long("10,000 samples")
def test_long_answers_are_thinned_and_keep_the_extremes(
    history: History, path: Path, storm: list[Sample]
) -> None:
    for n in range(3000):
        history.queue(Sample(60.0 * n, 1000.0 - (n == 1500) * 5.0), None)
    history.commit()
    pace = RecordPace([60.0 * 3000], 60.0 * 3000, 0.0)
    client = create_app(
        PageContext(path, pace, StationInfo(60.0, 5, "1"), ConditionsFeed())
    ).test_client()
    samples = client.get("/api/pressure?hours=50").get_json()["samples"]
    assert len(samples) <= 720
    assert min(row["low_hpa"] for row in samples) == 995.0


@pytest.mark.parametrize("route", ["/", "/glance", "/chart.svg", "/api/pressure"])
@pytest.mark.parametrize("hours", ["null", "1e309", "-1", "0", "nan", "", "24h", "9" * 50, "1e-13"])
def test_hours_that_cannot_be_meant_get_a_sentence(
    client: FlaskClient, route: str, hours: str
) -> None:
    answer = client.get(f"{route}?hours={hours}")
    assert answer.status_code == 400
    assert "give a number of hours" in answer.get_data(as_text=True)


def test_what_is_asked_is_not_echoed_as_markup(client: FlaskClient) -> None:
    answer = client.get("/?hours=<script>alert(1)</script>")
    assert answer.mimetype == "text/plain"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_chart_alone_is_a_picture(client: FlaskClient) -> None:
    answer = client.get("/chart.svg?hours=24")
    assert answer.mimetype == "image/svg+xml"
    root = ElementTree.fromstring(answer.get_data())
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "SIMULATED" in answer.get_data(as_text=True)


def test_one_line_of_text(client: FlaskClient) -> None:
    line = client.get("/now.txt").get_data(as_text=True)
    assert line.startswith("SIMULATED: the storm of 2014, played; 949.7 hPa, 30 min ago; −6.0 hPa")
    assert "STORM since 12 Feb 2014 08:00 UTC" in line


def test_the_export_can_be_replayed(client: FlaskClient, storm: list[Sample]) -> None:
    text = client.get("/export.csv").get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows[0] == {
        "time_utc": "2014-02-10T00:00:00Z",
        "pressure_hpa": "973.75",
        "temperature_c": "16.00",
        "source": "SIMULATED",
    }
    assert len(rows) == sum(sample.taken_at < 1_392_222_600 for sample in storm)


@pytest.fixture
def corrected(
    client: FlaskClient,
    path: Path,
    storm: list[Sample],
    half_past_four: float,
    feed: ConditionsFeed,
) -> FlaskClient:
    """The same pages with an offset of a year and a day before, ten metres above the sea."""
    pace = RecordPace([sample.taken_at for sample in storm], half_past_four, 0.0)
    taken_at = datetime(2013, 2, 11, 9, 10, tzinfo=UTC)
    offset = PressureOffset(-0.83, taken_at, "Horta <harbour> office", ReferenceKind.QNH, 10.0)
    info = StationInfo(
        3600.0, 2, "1.2.3", offset, 10.0, simulated=True, record_title="the storm of 2014, played"
    )
    return create_app(PageContext(path, pace, info, feed)).test_client()


def test_what_is_shown_is_corrected(corrected: FlaskClient) -> None:
    now = corrected.get("/api/now").get_json()
    assert (now["pressure_hpa"], now["offset_hpa"]) == (948.84, -0.83)
    assert corrected.get("/api/outlook").get_json() == now
    answer = corrected.get("/api/pressure?hours=3").get_json()
    assert [row["pressure_hpa"] for row in answer["samples"]] == [952.49, 950.72, 948.84]
    assert answer["offset_hpa"] == -0.83
    assert "948.8 hPa, 30 min ago; −6.0 hPa in 3 h" in corrected.get("/now.txt").text
    assert "948.8" in corrected.get("/").text
    assert "948.8 at 16:00" in corrected.get("/chart.svg?hours=24").text


def test_what_is_exported_stays_as_measured(client: FlaskClient, corrected: FlaskClient) -> None:
    assert corrected.get("/export.csv").data == client.get("/export.csv").data


@pytest.mark.long("10,000 samples")
def test_long_answers_are_corrected_too(history: History, path: Path) -> None:
    for n in range(3000):
        history.queue(Sample(60.0 * n, 1000.0 - (n == 1500) * 5.0), None)
    history.commit()
    offset = PressureOffset(1.25, datetime(1970, 1, 1, tzinfo=UTC), "me", ReferenceKind.QFF, 0.0)
    pace = RecordPace([60.0 * 3000], 60.0 * 3000, 0.0)
    client = create_app(
        PageContext(path, pace, StationInfo(60.0, 5, "1", offset), ConditionsFeed())
    ).test_client()
    samples = client.get("/api/pressure?hours=50").get_json()["samples"]
    assert min(row["low_hpa"] for row in samples) == 996.25
    assert {row["high_hpa"] for row in samples} == {1001.25}


def test_the_page_says_what_it_shows(client: FlaskClient, corrected: FlaskClient) -> None:
    plain, page = client.get("/").text, corrected.get("/").text
    assert "Station pressure, as measured at the sensor: not reduced to sea level." in plain
    assert (
        "Station pressure, corrected by −0.8 hPa against Horta &lt;harbour&gt; office"
        " (11 Feb 2013): not reduced to sea level."
    ) in page
    assert "more than twelve months old" in page  # by the record's clock, in February 2014
    assert "twelve months" not in plain
    assert client.get("/api/now").get_json()["offset_hpa"] == 0.0


def test_above_the_sea_the_qnh_stands_beside_the_pressure(
    client: FlaskClient, corrected: FlaskClient
) -> None:
    """948.84 hPa and 10 m: 0.12 hPa a metre."""
    for route in ("/", "/glance"):
        assert 'sea level (QNH) <data value="950.0">950.0&nbsp;hPa' in corrected.get(route).text
    assert "QNH" not in client.get("/").text


def test_health(client: FlaskClient) -> None:
    assert client.get("/healthz").status_code == 200


def test_what_is_not_there_and_what_is_not_allowed(client: FlaskClient) -> None:
    assert client.get("/nothing").status_code == 404
    assert client.post("/").status_code == 405


@pytest.mark.parametrize(
    ("periods", "freshness", "status"),
    [(2, "fresh", 200), (4, "late", 200), (11, "lost", 503), (-3, "lost", 503)],
)
def test_an_old_number_and_one_of_the_future_say_so(
    history: History, path: Path, periods: int, freshness: str, status: int
) -> None:
    pace = RecordPace([60.0 * periods], 60.0 * periods, 0.0)
    feed = ConditionsFeed(Conditions(Sample(0.0, 1010.0)))
    client = create_app(PageContext(path, pace, StationInfo(60.0, 5, "1"), feed)).test_client()
    answer = client.get("/healthz")
    assert (answer.get_json()["freshness"], answer.status_code) == (freshness, status)
    assert f"is-{freshness}" in client.get("/").get_data(as_text=True)
    assert "<strong>Simulated</strong>" not in client.get("/").get_data(as_text=True)


def test_before_the_first_reading_and_with_an_outage(history: History, path: Path) -> None:
    feed = ConditionsFeed(Conditions(outage="nobody answers at 0x77: check the wires"))
    pace = RecordPace([0.0], 0.0, 0.0)
    client = create_app(PageContext(path, pace, StationInfo(60.0, 5, "1"), feed)).test_client()
    assert "nobody answers at 0x77" in client.get("/").get_data(as_text=True)
    now = client.get("/api/now").get_json()
    assert now["pressure_hpa"] is None
    assert now["outage"] == "nobody answers at 0x77: check the wires"
    assert client.get("/now.txt").get_data(as_text=True).startswith("no reading yet; nobody")


def test_a_remark_on_the_sensor_is_shown_beside_its_readings(history: History, path: Path) -> None:
    feed = ConditionsFeed(
        Conditions(Sample(0.0, 1010.0), remark="the last 20 readings are the same")
    )
    pace = RecordPace([0.0], 0.0, 0.0)
    client = create_app(PageContext(path, pace, StationInfo(60.0, 5, "1"), feed)).test_client()
    assert "the last 20 readings are the same" in client.get("/").get_data(as_text=True)
    assert client.get("/now.txt").get_data(as_text=True).endswith("readings are the same\n")
    now = client.get("/api/now").get_json()
    assert (now["outage"], now["remark"]) == ("", "the last 20 readings are the same")


def test_a_history_that_is_gone_is_a_sentence_and_no_stack_trace(
    client: FlaskClient, path: Path
) -> None:
    path.unlink()
    for route in ("/chart.svg", "/api/pressure", "/export.csv"):
        answer = client.get(route)
        assert answer.status_code == 503
        assert "it cannot be opened" in answer.get_data(as_text=True)


def test_without_the_history_the_page_tells_the_present_all_the_same(
    client: FlaskClient, path: Path
) -> None:
    path.unlink()
    page = client.get("/").get_data(as_text=True)
    assert "949.7" in page
    assert "The curve cannot be drawn" in page
    assert client.get("/api/now").get_json()["pressure_hpa"] == 949.67


@pytest.mark.parametrize(
    ("age_s", "words"),
    [(0.2, "0 s ago"), (119, "119 s ago"), (125, "2 min ago"), (7300, "2 h ago"), (2e5, "2 d ago")],
)
def test_ages_in_words(age_s: float, words: str) -> None:
    assert age_words(age_s) == words
