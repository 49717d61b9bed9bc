"""The paper by the local clock, also where that is put forward or back."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest

from tests.support.chart_parser import description, edges, find, moments, rulings, words
from web.pages.chart import Barograph, Column, LevelMark

HOUR = 3600.0
DUBLIN, NEW_YORK = ZoneInfo("Europe/Dublin"), ZoneInfo("America/New_York")
# Ireland went to summer time on 30 March 2014 at 01:00 UTC, and back on 26 October at 01:00 UTC.
SPRING = datetime(2014, 3, 30, 1, tzinfo=UTC).timestamp()
AUTUMN = datetime(2014, 10, 26, 1, tzinfo=UTC).timestamp()


def draw(
    end: float, hours: float, zone: ZoneInfo | timezone, now: float | None = None
) -> ElementTree.Element:
    columns = [Column(end - hours * HOUR / 2, 990.0, 1000.0, 1010.0)]
    svg = Barograph(
        columns,
        start=end - hours * HOUR,
        end=end,
        gap_s=60,
        marks=[LevelMark(end - hours * HOUR / 2, "watch")],
        zone=zone,
        now=now,
    ).svg()
    return ElementTree.fromstring(svg)


def hours_of(svg: ElementTree.Element, zone: ZoneInfo) -> list[str]:
    """The lines by the clock on the wall, to the nearest ten minutes."""
    found = [round(moment / 600) * 600 for moment in moments(svg, rulings(svg))]
    return [f"{datetime.fromtimestamp(moment, zone):%H:%M}" for moment in found]


def test_lines_lie_at_even_hours_of_the_local_clock_when_it_goes_forward() -> None:
    svg = draw(SPRING + 6 * HOUR, 12.5, DUBLIN)
    # Spans of more than half a day are ruled every two hours; one o'clock does not exist.
    assert hours_of(svg, DUBLIN) == ["20:00", "22:00", "00:00", "02:00", "04:00", "06:00", "08:00"]
    xs = rulings(svg)
    assert xs[3] - xs[2] == pytest.approx((xs[2] - xs[1]) / 2, abs=0.2)


def test_and_when_it_goes_back() -> None:
    svg = draw(AUTUMN + 6 * HOUR, 12.5, DUBLIN)
    assert hours_of(svg, DUBLIN) == ["20:00", "22:00", "00:00", "02:00", "04:00", "06:00"]
    xs = rulings(svg)
    assert xs[3] - xs[2] == pytest.approx((xs[2] - xs[1]) * 1.5, abs=0.2)


def test_an_even_hour_that_is_skipped_has_no_line() -> None:
    # New York, 9 March 2014: from 02:00 to 03:00, at 07:00 UTC.
    skipped = datetime(2014, 3, 9, 7, tzinfo=UTC).timestamp()
    svg = draw(skipped + 6 * HOUR, 12.5, NEW_YORK)
    assert hours_of(svg, NEW_YORK) == ["20:00", "22:00", "00:00", "04:00", "06:00", "08:00"]


def test_the_hour_that_comes_twice_has_two_lines() -> None:
    svg = draw(AUTUMN + 3 * HOUR, 6, DUBLIN)
    clock = hours_of(svg, DUBLIN)
    assert clock == ["23:00", "00:00", "01:00", "01:00", "02:00", "03:00", "04:00"]
    assert all(here < there for here, there in pairwise(rulings(svg)))


@pytest.mark.parametrize("change", [SPRING, AUTUMN])
def test_days_begin_at_local_midnight_on_both_sides_of_a_change(change: float) -> None:
    svg = draw(change + 60 * HOUR, 120, DUBLIN)
    labels = {word: x for word, x in edges(svg).items() if word != "now"}
    assert len(labels) >= 3
    for word, moment in zip(labels, moments(svg, list(labels.values())), strict=True):
        # A tenth of a unit is 67 s here.
        shown = datetime.fromtimestamp(round(moment / 600) * 600, DUBLIN)
        assert f"{shown.day} {shown:%b} {shown:%H:%M}" == f"{word} 00:00"


def test_a_day_without_midnight_begins_when_it_begins() -> None:
    # On 5 September 2021 the clocks of Chile went from 00:00 to 01:00, at 04:00 UTC.
    begin = datetime(2021, 9, 5, 4, tzinfo=UTC).timestamp()
    svg = draw(begin + 36 * HOUR, 72, ZoneInfo("America/Santiago"))
    (moment,) = moments(svg, [edges(svg)["5 Sep"]])
    assert moment == pytest.approx(begin, abs=60)


def test_words_follow_the_zone() -> None:
    end = datetime(2014, 7, 1, 16, tzinfo=UTC).timestamp()
    svg = draw(end, 24, NEW_YORK)
    assert "EDT" in words(svg)
    assert "UTC" not in words(svg)
    assert "990.0 at 00:00 EDT" in words(svg)
    assert description(svg).startswith(
        "Station pressure from 30 Jun 2014 12:00 EDT to 1 Jul 2014 12:00 EDT. "
        "Lowest 990.0 hPa at 1 Jul 2014 00:00 EDT,"
    )
    assert "Level raised to watch at 1 Jul 2014 00:00 EDT." in description(svg)


def test_the_zone_in_the_corner_is_short() -> None:
    end = SPRING + 24 * HOUR
    assert "UTC" in words(draw(end, 24, UTC))
    assert "IST" in words(draw(end, 24, DUBLIN))
    assert "GMT" in words(draw(SPRING - 1, 24, DUBLIN))
    assert "+0530" in words(draw(end, 24, timezone(timedelta(hours=5, minutes=30))))


def test_a_script_is_told_each_offset_and_from_when() -> None:
    svg = draw(SPRING + 60 * HOUR, 120, DUBLIN)
    start = int(SPRING - 60 * HOUR)
    assert svg.get("data-offsets") == f"{start}:0 {SPRING:.0f}:60"
    assert svg.get("data-zones") == "GMT IST"
    year = draw(SPRING + 300 * 24 * HOUR, 366 * 24, DUBLIN)
    changes = [one.split(":") for one in (year.get("data-offsets") or "").split()]
    assert [minutes for _, minutes in changes] == ["0", "60", "0"]
    assert [float(since) for since, _ in changes[1:]] == [SPRING, AUTUMN]


def test_the_right_edge_is_now_or_a_moment() -> None:
    end = datetime(2014, 2, 12, 16, 30, tzinfo=UTC).timestamp()
    for now in (None, end, end + 1):
        svg = draw(end, 24, UTC, now)
        assert "now" in words(svg)
        assert find(svg, "newest") is not None
    past = draw(end, 24, UTC, end + 2)
    assert "now" not in words(past)
    assert "12 Feb 16:30" in words(past)
    assert not any(element.get("class") == "newest" for element in past.iter())
    assert "12 Feb 11:30" in words(draw(end, 24, NEW_YORK, end + 1000))
    assert "12 Feb 2014" in words(draw(end, 30 * 24, UTC, end + 1000))


LETTER = 12.4  # of 20 units, by a wide common font


@pytest.mark.parametrize("now", [None, 2e9])
@pytest.mark.parametrize(
    "hours", [1, 1.4, 2, 3, 5, 6, 7, 12, 13, 24, 48, 72, 100, 168, 169, 240, 336, 400, 720]
)
def test_words_below_the_paper_do_not_run_into_each_other(hours: float, now: float | None) -> None:
    for shift in range(0, 40, 3):
        svg = draw(SPRING + shift * 0.61 * HOUR, hours, DUBLIN, now)
        *labels, last = sorted(edges(svg).items(), key=lambda label: label[1])
        sides = [(x - len(word) * LETTER / 2, x + len(word) * LETTER / 2) for word, x in labels]
        sides.append((last[1] - len(last[0]) * LETTER, last[1]))
        assert len(labels) >= (1 if hours > 1 else 0)
        assert sides[0][0] > 55  # the zone ends there
        for (_, right), (left, _) in pairwise(sides):
            assert right < left


def test_a_month_has_days_and_weeks() -> None:
    end = datetime(2014, 2, 28, 12, tzinfo=UTC).timestamp()
    svg = draw(end, 30 * 24, DUBLIN)
    assert len(rulings(svg)) == 30
    assert [word for word in edges(svg) if word != "now"] == ["3 Feb", "10 Feb", "17 Feb", "24 Feb"]
    assert len(rulings(svg, ("bold",))) == 4  # the Mondays
    assert "990.0 on 13 Feb" in words(svg)


def test_a_year_has_weeks_and_months() -> None:
    end = datetime(2014, 12, 28, 12, tzinfo=UTC).timestamp()
    svg = draw(end, 365 * 24, DUBLIN)
    assert len(rulings(svg, ("bold",))) == 12
    assert len(rulings(svg, ("fine",))) == 52 - 2  # two of the Mondays begin a month
    named = [word for word in edges(svg) if word != "now"]
    assert named[:3] == ["Feb", "Mar", "Apr"]
    assert named[-1] in ("Nov", "Dec")
    assert "2014" in edges(draw(end - 200 * 24 * HOUR, 365 * 24, DUBLIN))
