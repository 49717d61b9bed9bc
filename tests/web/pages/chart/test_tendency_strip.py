"""The change in 3 h: reckoned, and read back from its strip."""

import gzip
import math
import re
from xml.etree import ElementTree

import pytest

from tests.support.chart_parser import description, find, lines, moments, paper, words
from web.display.units import UNITS
from web.pages.chart import Barograph, Change, Column, UncertainSpan, changes_3h

END = 1392220800.0  # 12 February 2014, 16:00 UTC
HOUR = 3600.0
START = END - 24 * HOUR

Changes = list[tuple[float, float]]


def columns(moments: list[float], slope_hpa: float) -> list[Column]:
    """A steady change of so much in an hour."""
    return [Column(at, *[1000.0 + slope_hpa * (at - END) / HOUR] * 3) for at in moments]


def draw(trend: Changes, key: str = "hpa", gap_s: float = 2 * HOUR) -> ElementTree.Element:
    record = columns([START + n * HOUR for n in range(25)], 0.1)
    changes = [Change(*change) for change in trend]
    chart = Barograph(record, start=START, end=END, gap_s=gap_s, changes=changes, unit=UNITS[key])
    return ElementTree.fromstring(chart.svg())


def strip(svg: ElementTree.Element) -> tuple[float, float, float]:
    """What the upper edge stands for in hPa, and the upper and the lower edge."""
    bound, top, bottom = map(float, (svg.get("data-trend") or "").split())
    return bound, top, bottom


def read_back(svg: ElementTree.Element) -> list[Changes]:
    bound, top, bottom = strip(svg)
    return [
        [
            (moment, (1 - 2 * (y - top) / (bottom - top)) * bound)
            for moment, (_, y) in zip(moments(svg, [x for x, _ in run]), run, strict=True)
        ]
        for run in lines(svg, "trend")
    ]


def test_a_steady_rise_of_one_is_three_in_three_hours() -> None:
    record = columns([START + n * 600 for n in range(144)], 1.0)
    changes = changes_3h(record, 1200)
    assert [at for at, _ in changes] == [column.taken_at for column in record[18:]]
    assert [hpa for _, hpa in changes] == pytest.approx([3.0] * 126)


def test_what_was_three_hours_ago_is_between_two_columns() -> None:
    # 3 h before the last one, two thirds of the way from 1000 to 1006.
    record = [
        Column(0, 1, 1000, 1),
        Column(3600, 1, 1006, 1),
        Column(2400 + 10800, 1, 1000, 1),
    ]
    ((at, hpa),) = changes_3h(record, 20000)
    assert at == 13200
    assert hpa == pytest.approx(-4.0)


def test_there_is_none_where_a_gap_was_three_hours_ago() -> None:
    hours = [n * HOUR for n in range(24) if n not in (5, 6, 7)]
    known = [at / HOUR for at, _ in changes_3h(columns(hours, 1.0), 2 * HOUR)]
    # 8, 9 and 10 o'clock looked back into the gap; 7, before it, is itself not there.
    assert known == [3, 4, *range(11, 24)]
    late = [Column(at.taken_at + 60, 1, 1, 1) for at in columns(hours, 0)]
    assert changes_3h([*columns([0, 3600], 0), late[-1]], 7200) == []
    assert changes_3h([], 60) == []


@pytest.mark.parametrize("key", ["hpa", "mbar", "inhg", "mmhg"])
@pytest.mark.parametrize("furthest", [0.5, 2.9, 8.1, 31.0])
def test_the_trace_is_where_the_numbers_are(key: str, furthest: float) -> None:
    given = [(START + n * HOUR, furthest * math.cos(n / 3)) for n in range(25)]
    svg = draw(given, key)
    bound, top, bottom = strip(svg)
    (run,) = read_back(svg)
    assert len(run) == 25
    for (at, hpa), (drawn_at, drawn_hpa) in zip(given, run, strict=True):
        assert drawn_at == pytest.approx(at, abs=10)
        assert drawn_hpa == pytest.approx(hpa, abs=bound / 400)
    assert all(top <= y <= bottom for _, y in lines(svg, "trend")[0])
    assert bound >= 3
    assert top > paper(svg)[3]


@pytest.mark.parametrize(
    ("key", "furthest", "printed", "hpa"),
    [
        ("hpa", 0.5, "3", 3.0),
        ("hpa", -3.0, "3", 3.0),
        ("hpa", -3.1, "4", 4.0),
        ("hpa", 12.6, "13", 13.0),
        ("inhg", 0.5, "0.1", 3.386389),
        ("inhg", -6.0, "0.2", 6.772778),
        ("mmhg", 0.5, "3", 3 * 1.333224),
    ],
)
def test_the_scale_grows_by_whole_steps_of_the_unit(
    key: str, furthest: float, printed: str, hpa: float
) -> None:
    svg = draw([(END - HOUR, 0.1), (END, furthest)], key)
    assert {f"+{printed}", f"−{printed}", "3 h"} <= set(words(svg))
    assert strip(svg)[0] == pytest.approx(hpa, rel=1e-5)


def test_a_gap_stays_a_gap_and_a_lone_change_a_dot() -> None:
    hours = [0, 1, 2, 8, 14, 15]
    svg = draw([(START + n * HOUR, 1.0) for n in hours])
    runs = read_back(svg)
    assert [len(run) for run in runs] == [3, 2, 2]
    assert runs[1][0] == runs[1][1]


def test_a_fall_is_filled_up_to_zero_and_a_rise_is_not() -> None:
    # Crosses zero halfway between two columns, twice.
    svg = draw([(START + n * HOUR, hpa) for n, hpa in enumerate([2.0, -2.0, -1.0, 1.0, 0.0])])
    _, top, bottom = strip(svg)
    zero = (top + bottom) / 2
    (outline,) = lines(svg, "fall")
    xs, ys = [x for x, _ in outline], [y for _, y in outline]
    assert min(ys) == zero
    assert max(ys) == pytest.approx(zero + 2 / 3 * (bottom - zero), abs=0.6)
    # Whole units here, which are 134 s.
    assert moments(svg, [min(xs), max(xs)]) == pytest.approx(
        [START + 0.5 * HOUR, START + 2.5 * HOUR], abs=90
    )
    assert lines(draw([(START, 1.0), (END, 2.0)]), "fall") == []


def test_a_fall_at_both_ends_of_a_run_is_filled_to_its_ends() -> None:
    svg = draw([(START + HOUR, -1.0), (START + 2 * HOUR, -2.0)])
    _, top, bottom = strip(svg)
    (outline,) = lines(svg, "fall")
    xs, ys = [x for x, _ in outline], [y for _, y in outline]
    third = (bottom - top) / 6
    assert ys == pytest.approx([520, 520 + third, 520 + 2 * third, 520], abs=0.6)
    assert moments(svg, [min(xs), max(xs)]) == pytest.approx(
        [START + HOUR, START + 2 * HOUR], abs=90
    )


def test_zero_is_a_bold_line() -> None:
    svg = draw([(END, 1.0)])
    _, top, bottom = strip(svg)
    assert f"M62 {(top + bottom) / 2:g}H706" in find(svg, "bold").get("d", "")


def test_without_changes_the_picture_is_as_high_as_ever() -> None:
    svg = draw([])
    assert svg.get("viewBox") == "0 0 720 500"
    assert svg.get("data-trend") is None
    assert "3 h" not in words(svg)
    assert draw([(END, 1.0)]).get("viewBox") == "0 0 720 604"


def test_changes_before_the_paper_begins_are_not_drawn() -> None:
    svg = draw([(START - HOUR, 9.0), (START + HOUR, 1.0), (START + 2 * HOUR, 1.5)])
    assert [len(run) for run in read_back(svg)] == [2]
    assert strip(svg)[0] == 3.0


def test_the_newest_change_is_spoken() -> None:
    svg = draw([(END - HOUR, 2.0), (END, -4.61)])
    assert "Changed by −4.6 hPa in the 3 h up to 12 Feb 2014 16:00 UTC." in description(svg)
    assert "Changed by −0.14 inHg" in description(draw([(END, -4.61)], "inhg"))


def test_720_columns_with_everything_are_small() -> None:
    step = 24 * HOUR / 720
    record = [
        Column(START + (n + 0.5) * step, p - 1, p, p + 1)
        for n in range(-90, 720)
        for p in [1000.0 + 20 * math.sin(n / 100) + math.sin(1.25 * n)]
    ]
    shown = record[90:]
    svg = Barograph(
        shown,
        start=START,
        end=END,
        gap_s=300,
        changes=changes_3h(record, 300),
        uncertain=[UncertainSpan(START, END)],
        note="SIMULATED",
    ).svg()
    assert len(re.findall(r'class="(?:band|trend|doubted)"', svg)) == 3
    assert len(gzip.compress(svg.encode())) <= 8_000
