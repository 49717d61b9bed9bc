"""The paper in each unit, read back and compared with what was given in hectopascals."""

import math
import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from tests.support.chart_parser import description, find, lines, paper, scale, words
from web.display.units import UNITS
from web.pages.chart import Barograph, Column

END = 1392220800.0  # 12 February 2014, 16:00 UTC
DAY = 86400.0
# By definition, and not by the program: in hectopascals.
WORTH = {"hpa": 1.0, "mbar": 1.0, "inhg": 33.86389, "mmhg": 1.333224}
# What is between two printed numbers, and the decimals of a reading.
PRINTED = {"hpa": 5.0, "mbar": 5.0, "inhg": 0.1, "mmhg": 5.0}

KEYS = list(WORTH)


def column(share: float, low: float, mean: float, high: float) -> Column:
    return Column(END - DAY + share * DAY, low, mean, high)


def draw(columns: list[Column], key: str) -> ElementTree.Element:
    svg = Barograph(columns, start=END - DAY, end=END, gap_s=1e9, unit=UNITS[key]).svg()
    return ElementTree.fromstring(svg)


@pytest.mark.parametrize("key", KEYS)
def test_the_printed_numbers_tell_the_pressure_of_the_curve(key: str) -> None:
    given = [980.0 + 9 * math.sin(n / 7) for n in range(100)]
    svg = draw([column(n / 100, p, p, p) for n, p in enumerate(given)], key)
    reading = scale(svg)
    (curve,) = lines(svg, "curve")
    for pressure, (_, y) in zip(given, curve, strict=True):
        assert reading(y) * WORTH[key] == pytest.approx(pressure, abs=0.04)


@pytest.mark.parametrize("key", KEYS)
def test_a_script_can_read_the_pressure_off_the_attributes(key: str) -> None:
    svg = draw([column(0.2, 990, 995.5, 1000), column(0.7, 980, 984.25, 1001)], key)
    low, high, top, bottom = (
        float(svg.get(f"data-{name}", "")) for name in ("low", "high", "top", "bottom")
    )
    ((_, y), (_, y2)) = lines(svg, "curve")[0]
    read = [low + (bottom - place) / (bottom - top) * (high - low) for place in (y, y2)]
    assert read == pytest.approx([995.5, 984.25], abs=0.01)
    assert (svg.get("data-unit"), float(svg.get("data-unit-hpa", ""))) == (key, WORTH[key])
    assert (float(svg.get("data-left", "")), top, float(svg.get("data-right", "")), bottom) == (
        paper(svg)
    )


@pytest.mark.parametrize("key", KEYS)
def test_bold_lines_carry_the_numbers(key: str) -> None:
    svg = draw([column(0.5, 1000, 1000, 1000)], key)
    bold = {float(y) for y in re.findall(r"M62 ([\d.]+)H", find(svg, "bold").get("d", ""))}
    printed = sorted(
        (float(text.text or ""), float(text.get("y", "")) - 7)
        for text in svg.iter("{http://www.w3.org/2000/svg}text")
        if text.get("x") == "55" and re.fullmatch(r"[\d.]+", text.text or "")
    )
    assert len(printed) >= 2
    for (here, y), (there, _) in pairwise(printed):
        assert there - here == pytest.approx(PRINTED[key])
        assert min(abs(y - line) for line in bold) < 0.11


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(("low", "high"), [(950.0, 1060.0), (950.0, 951.0), (1059.0, 1060.0)])
def test_a_deep_low_and_a_strong_high_stay_on_the_paper(key: str, low: float, high: float) -> None:
    svg = draw([column(0.1, low, low, low), column(0.9, high, high, high)], key)
    _, top, _, bottom = paper(svg)
    for group in svg.iter("{http://www.w3.org/2000/svg}g"):
        if group.get("class") == "extreme":
            assert top + 14 <= float(group[1].get("y", "")) <= bottom - 5
    numbers = [
        float(text.get("y", ""))
        for text in svg.iter("{http://www.w3.org/2000/svg}text")
        if text.get("x") == "55"
    ]
    # Nothing in the margin runs into what is below it: the letters are 20 high.
    gaps = [there - here for here, there in pairwise(sorted(numbers))]
    assert min(gaps) >= 20


@pytest.mark.parametrize(
    ("key", "low", "high", "symbol"),
    [
        ("hpa", "979.9", "1013.2", "hPa"),
        ("mbar", "979.9", "1013.2", "mbar"),
        ("inhg", "28.94", "29.92", "inHg"),  # the standard atmosphere: 29.92 and 760.0
        ("mmhg", "735.0", "760.0", "mmHg"),
    ],
)
def test_words_are_in_the_unit(key: str, low: str, high: str, symbol: str) -> None:
    svg = draw([column(0.25, 979.9, 990, 991), column(0.75, 1000, 1005, 1013.25)], key)
    assert {f"{low} at 22:00 UTC", f"{high} at 10:00 UTC", symbol} <= set(words(svg))
    assert f"Lowest {low} {symbol} at 11 Feb 2014 22:00 UTC, highest {high} {symbol}" in (
        description(svg)
    )
