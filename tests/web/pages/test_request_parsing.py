"""What an address may ask for, and how everything else is refused: in a sentence."""

import subprocess
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from web.display.preferences import zone_of


def test_another_unit(client: FlaskClient) -> None:
    """949.67 hPa; 1 inHg is 33.86389 hPa, 1 mmHg is 1.333224."""
    for unit, words in (("inhg", "28.04 inHg"), ("mmhg", "712.3 mmHg"), ("mbar", "949.7 mbar")):
        assert f"; {words}, 30 min ago" in client.get(f"/now.txt?unit={unit}").text
        assert words.split()[0] in client.get(f"/?unit={unit}").text


def test_another_zone(client: FlaskClient) -> None:
    text = client.get("/now.txt?zone=America/New_York").text
    assert "since 12 Feb 2014 03:00 EST" in text
    assert "03:00" not in client.get("/now.txt").text


def test_a_window_of_the_past(client: FlaskClient) -> None:
    svg = client.get("/chart.svg?hours=12&end=2014-02-11T12:00:00Z").text
    end = datetime(2014, 2, 11, 12, tzinfo=UTC).timestamp()
    assert f'data-end="{end:.3f}"' in svg
    assert f'data-start="{end - 12 * 3600:.3f}"' in svg
    rows = client.get("/api/pressure?hours=12&end=2014-02-11T12:00:00Z").get_json()["samples"]
    assert rows[-1]["taken_at"] == "2014-02-11T12:00:00Z"


def test_the_addresses_of_the_page_keep_what_was_chosen(client: FlaskClient) -> None:
    page = client.get("/?unit=inhg&zone=Europe/Dublin&night=1&hours=24").text
    assert "hours=6&amp;unit=inhg&amp;zone=Europe/Dublin&amp;night=1" in page


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("unit=psi", "give one of hpa, mbar, inhg, mmhg"),
        ("zone=Mars/Base", "a name as in Europe/Dublin"),
        ("zone=../../etc/passwd", "a name as in Europe/Dublin"),
        ("zone=%00", "a name as in Europe/Dublin"),
        ("zone=" + "x" * 5000, "a name as in Europe/Dublin"),
        ("night=2", "give one of auto, 0, 1"),
        ("dim=yes", "give one of 0, 1"),
        ("end=yesterday", "give a moment as in"),
        ("end=2014-02-11T12:00:00", "give a moment as in"),
        ("end=2014-02-31T12:00:00Z", "give a moment as in"),
        ("end=1e309", "give a moment as in"),
        ("end=2999-01-01T00:00:00Z", "between 1970 and now"),
        ("end=1903-01-01T00:00:00Z", "between 1970 and now"),
    ],
)
@pytest.mark.parametrize("route", ["/", "/glance", "/chart.svg"])
def test_what_cannot_be_meant_is_refused(
    client: FlaskClient, route: str, query: str, words: str
) -> None:
    answer = client.get(f"{route}?{query}")
    assert answer.status_code == 400
    assert words in answer.text


@pytest.mark.parametrize("name", ["Europe/Dublin", ":/usr/share/zoneinfo/Europe/Dublin"])
def test_the_pis_own_zone_has_its_summer_time(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", name)
    ours, theirs = zone_of("local").tzinfo, ZoneInfo("Europe/Dublin")
    for month in (1, 3, 7, 10):
        for hour in range(31 * 24):
            moment = datetime(2026, month, 1, tzinfo=UTC).timestamp() + hour * 3600
            mine = datetime.fromtimestamp(moment, ours)
            other = datetime.fromtimestamp(moment, theirs)
            assert (f"{mine:%c}", mine.tzname()) == (f"{other:%c}", other.tzname())
            assert mine.timestamp() == moment


def test_without_tz_the_pis_own_zone_is_the_one_it_is_set_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("TZ", raising=False)
    words = subprocess.run(
        ["date", "-d", "@1783000000", "+%z"], capture_output=True, text=True, check=True
    ).stdout.strip()
    shown = datetime.fromtimestamp(1_783_000_000, zone_of("local").tzinfo)
    assert f"{shown:%z}" == words


def test_a_tz_that_the_zone_database_does_not_know_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TZ", "Nowhere/Atall")
    with pytest.raises(ValueError, match="local"):
        zone_of("local")
