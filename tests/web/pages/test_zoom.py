"""Hands on the curve, in a real browser: which span is asked for."""

import pytest

from tests.support.chart_page import HOUR, NOW, Chart, pressure


def test_the_wheel_narrows_the_span_around_the_pointer(chart: Chart) -> None:
    moment = NOW - 30 * HOUR
    before = chart.place(moment)
    chart.page.mouse.move(*before)
    chart.page.mouse.wheel(0, -100)
    (asked,) = chart.asked()
    assert asked["hours"] == pytest.approx(48 * 0.8)
    after = chart.place(moment)
    assert after[0] == pytest.approx(before[0], abs=1)
    assert chart.page.evaluate("petrel.window") == asked
    assert chart.page.evaluate("window.scrollY") == 0


def test_before_the_answer_comes_the_drawing_is_stretched(chart: Chart) -> None:
    chart.page.route("**/chart?*", lambda route: None)  # the answer never comes
    chart.page.mouse.move(*chart.place(NOW - 24 * HOUR))
    chart.page.mouse.wheel(0, -100)
    chart.wait_for("petrel.asked.length === 1")
    x, _, width, _ = map(float, (chart.page.get_attribute("svg.view", "viewBox") or "").split())
    # 0.8 of the 644 units of the paper, around the middle of it.
    assert (x, width) == pytest.approx((62 + 0.1 * 644, 0.8 * 644), abs=1)


def test_a_wheel_that_does_nothing_scrolls_the_page(chart: Chart) -> None:
    chart.page.evaluate("petrel.showWindow(1, null)")
    chart.asked()
    chart.page.mouse.move(*chart.place(NOW - 0.5 * HOUR))
    chart.page.mouse.wheel(0, 100)
    chart.asked(2)
    chart.page.mouse.wheel(0, -1000)
    chart.asked(3)
    chart.page.evaluate("window.scrollTo(0, 100)")
    chart.page.mouse.move(*chart.place(NOW - 0.5 * HOUR))
    chart.page.mouse.wheel(0, -60)
    chart.wait_for("window.scrollY === 40")
    assert len(chart.page.evaluate("petrel.asked")) == 3


def test_no_shorter_than_an_hour_no_longer_than_a_leap_year(chart: Chart) -> None:
    chart.page.focus("#chart")
    for _ in range(12):
        chart.page.keyboard.press("+")
    newest = "petrel.asked[petrel.asked.length - 1]"  # a slow machine asks on the way, too
    chart.wait_for(f"petrel.asked.length > 0 && {newest}.hours === 1 && {newest}.end === null")
    for _ in range(20):
        chart.page.keyboard.press("-")
    chart.wait_for(f"{newest}.hours === {366 * 24} && {newest}.end === null")
    chart.page.keyboard.press("-")
    chart.wait_for(f"{newest}.hours === {366 * 24}")


def test_plus_goes_to_the_cursor_and_zero_comes_back(chart: Chart) -> None:
    chart.page.focus("#chart")
    chart.page.keyboard.press("Home")
    chart.page.keyboard.press("+")
    (asked,) = chart.asked()
    assert asked == {"hours": 24, "end": NOW - 24 * HOUR}
    chart.page.keyboard.press("0")
    assert chart.asked(2)[-1] == {"hours": 48, "end": None}
    chart.wait_for("!petrel.zooming")
    chart.page.keyboard.press("0")
    assert len(chart.page.evaluate("petrel.asked")) == 2


def test_escape_takes_the_cursor_first_and_then_comes_back(chart: Chart) -> None:
    chart.page.focus("#chart")
    chart.page.keyboard.press("+")
    assert chart.asked() == [{"hours": 24, "end": None}]
    chart.page.keyboard.press("Home")
    assert chart.cursor()
    chart.page.keyboard.press("Escape")
    assert chart.cursor() == []
    assert len(chart.page.evaluate("petrel.asked")) == 1
    chart.page.keyboard.press("Escape")
    assert chart.asked(2)[-1] == {"hours": 48, "end": None}


def test_a_chosen_span_is_the_one_to_come_back_to(chart: Chart) -> None:
    chart.page.click("nav a")
    chart.page.evaluate("petrel.fetch(24, null)")
    chart.wait_for("petrel.chart.read().end - petrel.chart.read().start < 90000")
    chart.page.focus("#chart")
    chart.page.keyboard.press("+")
    chart.asked()
    chart.page.keyboard.press("0")
    assert chart.asked(2)[-1] == {"hours": 24, "end": None}


def test_dragging_pans_once_zoomed(chart: Chart) -> None:
    middle = NOW - 24 * HOUR

    def drag(moment: float, to: float) -> None:
        (x, y), (x2, _) = chart.place(moment), chart.place(to)
        chart.page.mouse.move(x, y)
        chart.page.mouse.down()
        chart.page.mouse.move(x2, y, steps=4)
        chart.page.mouse.up()

    drag(middle, middle + 12 * HOUR)
    chart.page.focus("#chart")
    chart.page.keyboard.press("+")
    # About the cursor, which the mouse has left at NOW - 12 h: the drag itself moved nothing.
    (asked,) = chart.asked()
    assert asked == {"hours": 24, "end": pytest.approx(NOW - 6 * HOUR, abs=60)}
    end = chart.data("end")
    drag(end - 20 * HOUR, end - 8 * HOUR)
    asked = chart.asked(2)[-1]
    assert asked["hours"] == 24
    assert asked["end"] == pytest.approx(end - 12 * HOUR, abs=600)
    x, y = chart.place(end - 24 * HOUR)
    chart.page.mouse.dblclick(x, y)
    assert chart.asked(3)[-1] == {"hours": 48, "end": None}


def test_two_fingers_pinch_and_each_keeps_its_moment(chart: Chart) -> None:
    (x, y), (x2, _) = chart.place(NOW - 36 * HOUR), chart.place(NOW - 24 * HOUR)
    wide = 0.5 * (x2 - x)
    chart.page.clock.install()
    chart.fingers("touchStart", (x, y), (x2, y))
    for share in (0.5, 1.0):
        chart.fingers("touchMove", (x - share * wide, y), (x2 + share * wide, y))
    chart.page.clock.run_for(5000)
    assert chart.page.evaluate("petrel.asked") == []  # it waits until the hand lets go
    chart.fingers("touchEnd")
    chart.page.clock.run_for(200)
    (asked,) = chart.asked()
    assert asked["hours"] == pytest.approx(24, abs=0.1)
    assert chart.place(NOW - 36 * HOUR)[0] == pytest.approx(x - wide, abs=2)
    assert chart.place(NOW - 24 * HOUR)[0] == pytest.approx(x2 + wide, abs=2)


def test_a_finger_keeps_the_curve_when_the_page_refreshes(chart: Chart) -> None:
    chart.page.focus("#chart")
    chart.page.keyboard.press("+")
    chart.asked()
    (x, y), (x2, _) = chart.place(NOW - 20 * HOUR), chart.place(NOW - 14 * HOUR)
    chart.fingers("touchStart", (x, y))
    chart.fingers("touchMove", ((x + x2) / 2, y))
    chart.page.evaluate("document.querySelector('svg.barograph').id = 'old'")
    chart.page.evaluate("petrel.fetch(24, null)")
    chart.page.wait_for_selector("#old", state="detached")
    left = float((chart.page.get_attribute("svg.view", "viewBox") or "").split()[0])
    assert left == pytest.approx(62 - 644 * 3 / 24, abs=5)  # three hours are drawn aside
    chart.fingers("touchMove", (x2, y))
    chart.fingers("touchEnd")
    asked = chart.asked(2)[-1]
    assert asked["hours"] == 24
    assert asked["end"] == pytest.approx(NOW - 6 * HOUR, abs=900)


def test_one_finger_along_a_curve_that_is_not_zoomed_moves_nothing(chart: Chart) -> None:
    (x, y), (x2, _) = chart.place(NOW - 24 * HOUR), chart.place(NOW - 12 * HOUR)
    chart.fingers("touchStart", (x, y))
    chart.fingers("touchMove", ((x + x2) / 2, y))
    chart.fingers("touchMove", (x2, y))
    chart.fingers("touchEnd")
    chart.page.focus("#chart")
    chart.page.keyboard.press("+")
    assert chart.asked() == [{"hours": 24, "end": None}]


def test_one_finger_upwards_scrolls_the_page(chart: Chart) -> None:
    chart.page.focus("#chart")
    chart.page.keyboard.press("+")
    chart.asked()
    x, y = chart.place(NOW - 12 * HOUR)
    chart.fingers("touchStart", (x, y))
    for up in (20, 60, 100):
        chart.fingers("touchMove", (x, y - up))
    chart.fingers("touchEnd")
    chart.wait_for("window.scrollY > 40")
    assert len(chart.page.evaluate("petrel.asked")) == 1


def test_a_tap_reads_and_a_double_tap_comes_back(chart: Chart) -> None:
    chart.page.focus("#chart")
    chart.page.keyboard.press("+")
    chart.asked()
    place = chart.place(NOW - 12 * HOUR)
    chart.fingers("touchStart", place)
    chart.fingers("touchEnd")
    chart.page.wait_for_selector("g.cursor")
    assert chart.cursor()[0] == f"{pressure(NOW - 12 * HOUR) / 33.86389:.2f} inHg"
    for _ in range(2):
        chart.fingers("touchStart", place)
        chart.fingers("touchEnd")
    assert chart.asked(2)[-1] == {"hours": 48, "end": None}
