"""The cursor on the curve, in a real browser: what it reads."""

import json
from urllib.parse import parse_qs, urlsplit

from tests.support.chart_page import HOUR, NOW, Chart, pressure


def told(moment: float) -> list[str]:
    """What a cursor is to say: computed from the record, not from the drawing."""
    hpa = pressure(moment)
    # 33.86389 hPa to the inch of mercury; a fall of 1.2 hPa in three hours is 0.04 inHg.
    clock = {NOW: "1 Apr 13:00 IST", NOW - 47 * HOUR: "30 Mar 14:00 IST"}
    clock[NOW - 24 * HOUR] = "31 Mar 13:00 IST"
    return [f"{hpa / 33.86389:.2f} inHg", clock[moment], "−0.04 in 3 h"]


def test_the_mouse_reads_the_sample_under_it(chart: Chart) -> None:
    for moment in (NOW - 24 * HOUR, NOW - 47 * HOUR):
        chart.page.mouse.move(*chart.place(moment + 600))
        assert chart.cursor() == told(moment)
    chart.page.mouse.move(10, 700)
    assert chart.cursor() == []


def test_the_clock_of_the_cursor_follows_a_change_of_the_clocks(chart: Chart) -> None:
    chart.page.evaluate("petrel.showWindow(72, null)")
    chart.asked()
    before, after = 1396141200.0, 1396144800.0  # 30 March 2014, 01:00 and 02:00 UTC
    chart.page.mouse.move(*chart.place(before - HOUR))
    assert chart.cursor()[1] == "30 Mar 00:00 GMT"
    chart.page.mouse.move(*chart.place(before))
    assert chart.cursor()[1] == "30 Mar 02:00 IST"
    chart.page.mouse.move(*chart.place(after))
    assert chart.cursor()[1] == "30 Mar 03:00 IST"


def test_keys_read_it_and_tell_a_screen_reader(chart: Chart) -> None:
    chart.page.focus("#chart")
    for key, moment in (("End", NOW), ("Home", NOW - 48 * HOUR), ("ArrowRight", NOW - 47 * HOUR)):
        chart.page.keyboard.press(key)
        value = f"{pressure(moment) / 33.86389:.2f} inHg"
        assert chart.cursor()[0] == value
        assert chart.said().startswith(value)
    assert chart.cursor() == told(NOW - 47 * HOUR)
    chart.page.keyboard.press("ArrowLeft")
    assert chart.cursor()[0] == f"{pressure(NOW - 48 * HOUR) / 33.86389:.2f} inHg"
    chart.page.keyboard.press("Escape")
    assert chart.cursor() == []
    assert chart.page.evaluate("petrel.asked") == []


def test_the_cursor_stays_at_its_moment_when_the_drawing_is_swapped(chart: Chart) -> None:
    chart.page.mouse.move(*chart.place(NOW - 24 * HOUR))
    chart.page.evaluate("petrel.fetch(36, null)")
    chart.wait_for("petrel.chart.read().end - petrel.chart.read().start < 130000")
    assert chart.cursor() == told(NOW - 24 * HOUR)


def test_it_asks_nothing_else_of_anybody(chart: Chart) -> None:
    asked: list[str] = []
    chart.page.on("request", lambda request: asked.append(request.url))
    chart.page.focus("#chart")
    for key in ("Home", "End", "ArrowLeft", "+"):
        chart.page.keyboard.press(key)
    (window,) = chart.asked()
    (url,) = asked
    assert parse_qs(urlsplit(url).query)["hours"] == [json.dumps(window["hours"])]
