"""The barograph, read back from its SVG: what is drawn, and where."""

import gzip
import math
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from tests.support.chart_parser import SVG, description, find, lines, paper, scale, words
from web.pages.chart import Barograph, Column, LevelMark

END = datetime(2014, 2, 12, 16, 0, tzinfo=UTC).timestamp()
DAY = 86400.0


def record(
    pressure: Callable[[float], float], hours: float = 24, count: int = 720, spread: float = 0.0
) -> list[Column]:
    """Columns up to END; `pressure` is asked with 0 at the left edge to 1 at the right."""
    step = hours * 3600 / count
    shares = [(n + 0.5) / count for n in range(count)]
    return [
        Column(END - hours * 3600 + n * step + step / 2, p - spread, p, p + spread)
        for n, p in enumerate(map(pressure, shares))
    ]


def draw(
    columns: Sequence[Column],
    hours: float = 24,
    gap_s: float = 1e9,
    marks: Sequence[LevelMark] = (),
    note: str = "",
) -> ElementTree.Element:
    start = END - hours * 3600
    return ElementTree.fromstring(
        Barograph(columns, start=start, end=END, gap_s=gap_s, marks=marks, note=note).svg()
    )


def test_the_curve_is_where_the_numbers_are() -> None:
    columns = record(lambda share: 980.0 - 30 * share**2)
    svg = draw(columns)
    left, _, right, _ = paper(svg)
    pressure = scale(svg)
    (curve,) = lines(svg, "curve")
    assert len(curve) == 720
    for column, (x, y) in zip(columns, curve, strict=True):
        # A tenth of a unit is 0.01 hPa and 13 s here; nothing may add up along the curve.
        assert pressure(y) == pytest.approx(column.mean_hpa, abs=0.02)
        assert END - DAY + (x - left) / (right - left) * DAY == pytest.approx(
            column.taken_at, abs=10
        )


def test_a_gap_stays_a_gap() -> None:
    columns = record(lambda share: 1000.0, count=144)
    del columns[50:60]
    first, second = lines(draw(columns, gap_s=1200), "curve")
    assert (len(first), len(second)) == (50, 84)
    assert second[0][0] - first[-1][0] > 9 * (first[1][0] - first[0][0])
    assert len(lines(draw(columns, gap_s=11 * 600), "curve")) == 1


def test_a_lone_column_is_a_dot() -> None:
    columns = record(lambda share: 1000.0, count=144)
    svg = draw([*columns[:50], columns[60], *columns[70:]], gap_s=1200)
    assert len(lines(svg, "curve")) == 2
    ((here, there),) = lines(svg, "dots")
    assert here == there
    assert find(svg, "dots").get("d", "").endswith("l0 0")


def test_a_single_reading_can_be_drawn() -> None:
    svg = draw([Column(END - 60, 1013.2, 1013.2, 1013.2)])
    assert len(lines(svg, "dots")) == 1
    assert find(svg, "newest").get("cx") == find(svg, "dots").get("d", "")[1:].split()[0]


@pytest.mark.parametrize("hours", [1, 6, 24, 48, 72, 168, 720, 8784, 24 * 366 * 20])
@pytest.mark.parametrize(
    ("high", "low"), [(1030, 930), (1013, 1013), (1085, 300), (1002.4, 997.6), (880, 870)]
)
def test_everything_stays_on_the_paper(hours: float, high: float, low: float) -> None:
    columns = record(lambda s: low + (high - low) * math.cos(3 * s) ** 2, hours, spread=0.6)
    svg = draw(
        columns, hours, marks=[LevelMark(END, "storm"), LevelMark(END - hours * 3600, "watch")]
    )
    left, top, right, bottom = paper(svg)
    drawn = lines(svg, "curve") + lines(svg, "band")
    assert drawn
    for x, y in (point for line in drawn for point in line):
        assert left <= x <= right
        assert top < y < bottom
    for group in svg.iter(SVG + "g"):
        if group.get("class") == "extreme":
            baseline = float(group[1].get("y", ""))
            assert top + 14 <= baseline <= bottom - 5


def test_the_paper_is_twenty_high_and_grows_by_tens() -> None:
    for low, height in ((1000.0, 20), (990.0, 20), (978.0, 30), (900.0, 120)):
        svg = draw([Column(END - 60, low, 1000.0, 1000.0)])
        _, top, _, bottom = paper(svg)
        pressure = scale(svg)
        assert pressure(top) - pressure(bottom) == pytest.approx(height, abs=0.05)
        assert (pressure(bottom) + 0.05) % 5 < 0.1


def test_lowest_and_highest_have_value_and_time() -> None:
    columns = record(lambda share: 1000.0, count=144)
    columns[30] = columns[30]._replace(high_hpa=1004.26)
    columns[99] = columns[99]._replace(low_hpa=991.04)
    svg = draw(columns)
    assert "1004.3 at 21:05 UTC" in words(svg)
    assert "991.0 at 08:35 UTC" in words(svg)
    assert "Lowest 991.0 hPa at 12 Feb 2014 08:35 UTC" in description(svg)
    assert "highest 1004.3 hPa at 11 Feb 2014 21:05 UTC" in description(svg)
    assert "from 11 Feb 2014 16:00 UTC to 12 Feb 2014 16:00 UTC" in description(svg)


def test_the_labels_of_the_extremes_keep_clear_of_the_curve() -> None:
    svg = draw(record(lambda share: 1000.0 - 30 * share))
    (curve,) = lines(svg, "curve")
    low, high = (g[1] for g in svg.iter(SVG + "g") if g.get("class") == "extreme")
    assert float(low.get("y", "")) - 20 > max(y for _, y in curve)
    assert float(high.get("y", "")) + 6 < min(y for _, y in curve)


def test_the_band_is_drawn_only_where_it_can_be_seen() -> None:
    assert lines(draw(record(lambda share: 1000.0, spread=0.02)), "band") == []
    svg = draw(record(lambda share: 1000.0, spread=0.9))
    (band,) = lines(svg, "band")
    pressure = scale(svg)
    assert pressure(min(y for _, y in band)) == pytest.approx(1000.9, abs=0.05)
    assert pressure(max(y for _, y in band)) == pytest.approx(999.1, abs=0.05)


def test_hours_are_labelled_and_midnight_has_the_date() -> None:
    assert {"18:00", "12 Feb", "06:00", "12:00", "now", "UTC"} <= set(words(draw([])))
    assert {"11 Feb", "12:00", "12 Feb"} <= set(words(draw([], hours=48)))
    assert {"7 Feb", "8 Feb", "11 Feb"} <= set(words(draw([], hours=168)))


def test_ruled_each_hectopascal_and_each_second_hour() -> None:
    svg = draw(record(lambda share: 1000.0))
    fine, bold = (find(svg, name).get("d", "") for name in ("fine", "bold"))
    assert fine.count("H") + bold.count("H") == 21
    assert bold.count("H") == 5
    assert fine.count("V") + bold.count("V") == 13


def test_marks_have_their_word_at_their_time() -> None:
    marks = [
        LevelMark(END - 8 * 3600, "watch"),
        LevelMark(END - 7.5 * 3600, "warning"),
        LevelMark(END - 60, "storm"),
    ]
    svg = draw(record(lambda share: 1000.0), marks=marks)
    left, top, right, _ = paper(svg)
    for mark in marks:
        flag = find(svg, f"flag {mark.level}")
        x = float(flag[0].get("d", "")[1:].split()[0])
        expected = left + (right - left) * (mark.taken_at - END + DAY) / DAY
        assert x == pytest.approx(expected, abs=0.06)
        assert flag[-1].text == mark.level.upper()
        assert float(flag[-1].get("y", "")) < top
    assert find(svg, "flag storm")[-1].get("text-anchor") == "end"
    assert "Level raised to warning at 12 Feb 2014 08:30 UTC." in description(svg)


def test_words_of_the_same_level_do_not_run_into_each_other() -> None:
    svg = draw([], marks=[LevelMark(END - 36000, "watch"), LevelMark(END - 35000, "watch")])
    assert words(svg).count("WATCH") == 1
    assert sum(group.get("class") == "flag watch" for group in svg.iter()) == 2


def test_marks_outside_the_span_are_left_out() -> None:
    svg = draw([], marks=[LevelMark(END - 2 * DAY, "storm"), LevelMark(END + 60, "storm")])
    assert "STORM" not in words(svg)


def test_without_columns_the_paper_says_so() -> None:
    svg = draw([])
    assert "no readings in this span yet" in words(svg)
    assert "No readings in this span yet." in description(svg)
    assert not any(element.get("class") == "curve" for element in svg.iter())


def test_the_note_is_a_text_and_never_markup() -> None:
    note = 'SIMULATED <script>&"'
    svg = draw([], note=note)
    assert find(svg, "note").text == note
    assert description(svg).startswith(note)
    assert not any(element.tag == SVG + "script" for element in svg.iter())
    assert not any(element.get("class") == "note" for element in draw([]).iter())


@pytest.mark.parametrize("hours", [6, 24, 168])
def test_numbers_are_finite_short_and_in_the_picture(hours: float) -> None:
    columns = record(lambda share: 1000.0 + 17.3 * math.sin(9 * share), hours, spread=0.5)
    marks = [LevelMark(END, "storm"), LevelMark(END - hours * 3600, "watch")]
    svg = draw(columns, hours, marks=marks, note="SIMULATED")
    width, height = map(float, svg.get("viewBox", "").split()[2:])
    assert svg.get("role") == "img"
    assert svg.get("width") is None
    for element in svg.iter():
        for name in ("x", "y", "cx", "cy", "d"):
            assert not re.search(r"\.\d\d|[a-z]n|inf", element.get(name, ""))
        for name, limit in (("x", width), ("cx", width), ("y", height), ("cy", height)):
            assert 0 <= float(element.get(name, "0")) <= limit


def test_a_column_that_reaches_past_the_edge_stays_on_the_paper() -> None:
    svg = draw([Column(END + 60, 1000.0, 1000.0, 1000.0)])
    assert float(find(svg, "newest").get("cx", "")) == paper(svg)[2]


def test_720_columns_are_small() -> None:
    wave = record(lambda share: 1000.0 + 20 * math.sin(7 * share) + math.sin(900 * share), spread=1)
    svg = Barograph(wave, start=END - DAY, end=END, gap_s=300, note="SIMULATED").svg()
    assert len(svg) <= 15_000
    assert len(gzip.compress(svg.encode())) <= 5_000
    calm = record(lambda share: 1000.0 + 20 * math.sin(7 * share))
    svg = Barograph(calm, start=END - DAY, end=END, gap_s=300, note="SIMULATED").svg()
    assert len(svg) <= 9_000
    assert len(gzip.compress(svg.encode())) <= 2_500


def test_a_chart_of_no_time_is_refused() -> None:
    with pytest.raises(ValueError, match="must end after it starts"):
        Barograph([], start=END, end=END, gap_s=60).svg()


def test_the_ruling_follows_the_clock_not_the_edge() -> None:
    svg = draw([])
    left, _, right, _ = paper(svg)
    drawn = find(svg, "fine").get("d", "") + find(svg, "bold").get("d", "")
    xs = sorted(float(x) for x in re.findall(r"M([\d.]+) [\d.]+V", drawn))
    assert xs[0] == left
    assert xs[-1] == right
    for here, there in pairwise(xs):
        assert there - here == pytest.approx((right - left) / 12, abs=0.11)
