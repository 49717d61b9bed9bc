"""Spans of uncertain time are hatched exactly, and described."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from tests.support.chart_parser import SVG, description, find, lines, moments, paper, words
from web.pages.chart import Barograph, Column, UncertainSpan

END = 1392220800.0  # 12 February 2014, 16:00 UTC
HOUR = 3600.0
START = END - 24 * HOUR

Spans = list[tuple[float, float]]


def draw(spans: Spans, pressure_hpa: float = 1010.0) -> ElementTree.Element:
    uncertain = [UncertainSpan(*span) for span in spans]
    columns = [Column(START + n * 600, *[pressure_hpa] * 3) for n in range(144)]
    # Somewhere else the record went up and down, as far as a paper of 20 hPa can hold.
    columns[0] = columns[0]._replace(low_hpa=1001.7, high_hpa=1018.3)
    svg = Barograph(columns, start=START, end=END, gap_s=1200, uncertain=uncertain).svg()
    return ElementTree.fromstring(svg)


def strokes(svg: ElementTree.Element) -> list[tuple[float, float, float, float]]:
    drawn = find(svg, "doubted")[1].get("d", "")
    return [
        (float(x), float(y), float(x2), float(y2))
        for x, y, x2, y2 in re.findall(r"M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)", drawn)
    ]


@pytest.mark.parametrize(
    ("begin", "until"), [(3 * HOUR, 9 * HOUR), (0, 24 * HOUR), (23.8 * HOUR, 24 * HOUR)]
)
def test_hatching_lies_exactly_over_the_stretch(begin: float, until: float) -> None:
    svg = draw([(START + begin, START + until)])
    _, top, _, bottom = paper(svg)
    hatched = strokes(svg)
    xs = [x for stroke in hatched for x in stroke[::2]]
    ys = [y for stroke in hatched for y in stroke[1::2]]
    assert moments(svg, [min(xs), max(xs)]) == pytest.approx([START + begin, START + until], abs=15)
    assert (min(ys), max(ys)) == pytest.approx((top, bottom), abs=14)
    for x, y, x2, y2 in hatched:
        assert top - 0.1 <= y2 < y <= bottom + 0.1
        assert x2 - x == pytest.approx(y - y2, abs=0.21)  # they all rise at the same angle
    tint = find(svg, "doubted")[0].get("d", "")
    left, right = (float(x) for x in re.findall(r"[MH]([\d.]+)", tint)[:2])
    assert (left, right) == pytest.approx((min(xs), max(xs)), abs=0.1)


def test_strokes_leave_no_hole() -> None:
    svg = draw([(START + 3 * HOUR, START + 9 * HOUR)])
    _, top, _, bottom = paper(svg)
    sums = sorted(x + y for x, y, _, _ in strokes(svg))
    left, right = (
        float(x) for x in re.findall(r"[MH]([\d.]+)", find(svg, "doubted")[0].get("d", ""))[:2]
    )
    ends = [left + top, *sums, right + bottom]
    assert max(there - here for here, there in pairwise(ends)) < 14.2


def test_it_is_under_the_curve_and_over_the_lines() -> None:
    svg = draw([(START, START + 5 * HOUR)])
    order = [element.get("class") for element in find(svg, "view")]
    assert order.index("bold") < order.index("doubted") < order.index("ink")


def test_the_word_is_there_when_there_is_room() -> None:
    assert "time not sure" in words(draw([(START + 4 * HOUR, START + 14 * HOUR)]))
    assert "time not sure" not in words(draw([(START + 4 * HOUR, START + 6 * HOUR)]))


@pytest.mark.parametrize("pressure_hpa", [1001.7, 1005.0, 1010.0, 1018.3])
def test_the_word_keeps_clear_of_the_curve(pressure_hpa: float) -> None:
    svg = draw([(START + 6 * HOUR, END)], pressure_hpa)
    word = float(find(svg, "unsure").get("y", ""))
    for _, y in lines(svg, "curve")[0]:
        assert not word - 40 < y < word + 20


def test_it_is_spoken() -> None:
    svg = draw([(START + 3 * HOUR, START + 9.5 * HOUR)])
    assert "The time is not sure from 11 Feb 2014 19:00 UTC to 12 Feb 2014 01:30 UTC." in (
        description(svg)
    )


def test_what_reaches_out_of_the_span_is_cut_and_what_is_outside_is_left_out() -> None:
    svg = draw([(START - 9 * HOUR, START + HOUR), (END + 5, END + 9), (START - 5, START - 1)])
    xs = [x for stroke in strokes(svg) for x in stroke[::2]]
    assert moments(svg, [min(xs), max(xs)]) == pytest.approx([START, START + HOUR], abs=15)
    assert description(svg).count("not sure") == 1
    plain = draw([(END + 5, END + 9)])
    assert not any(element.get("class") == "doubted" for element in plain.iter(SVG + "g"))
