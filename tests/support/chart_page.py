"""A page with nothing but the chart, and its two scripts: for hands in a real browser."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import waitress
from flask import Flask, Response, request
from playwright.sync_api import Page

import web
from tests.support.waiting import eventually
from web.display.units import UNITS
from web.pages.chart import Barograph, Column, changes_3h

STATIC = Path(web.__file__).parent / "pages" / "static"
NOW = 1396353600.0  # 1 April 2014, 12:00 UTC: two days after the clocks of Dublin went forward
HOUR = 3600.0

# What the page script does: it fetches the wanted span, and swaps the drawing.
PAGE = """
(function (petrel) {
  petrel.asked = [];
  petrel.fetch = function (hours, end) {
    var request = new XMLHttpRequest();
    request.open("GET", "/chart?hours=" + hours + (end === null ? "" : "&end=" + end));
    request.onload = function () {
      document.getElementById("chart").innerHTML = request.responseText;
      petrel.charted();
    };
    request.send();
  };
  petrel.showWindow = function (hours, end) {
    petrel.asked.push({hours: hours, end: end});
    petrel.fetch(hours, end);
  };
}(window.petrel));
"""
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'"
# The chart keeps horizontal fingers and pinches to itself; what is above makes the page scroll.
STYLE = (
    "#chart { touch-action: pan-y; } svg { display: block; width: 100%; } main { height: 2000px; }"
)


def pressure(moment: float) -> float:
    """Falls by 0.4 hPa in an hour, with a step at every hour: a sample is told by its value."""
    return 1000.0 - 0.4 * (moment - NOW) / HOUR


def columns(start: float, end: float) -> list[Column]:
    first = -int(-start // HOUR)
    moments = [hour * HOUR for hour in range(first, int(end // HOUR) + 1)]
    return [Column(moment, *[pressure(moment)] * 3) for moment in moments]


def drawing(hours: float, end: float | None) -> str:
    until = NOW if end is None else end
    start = until - hours * HOUR
    trend = changes_3h(columns(start - 4 * HOUR, until), 2 * HOUR)
    unit, zone = UNITS["inhg"], ZoneInfo("Europe/Dublin")
    return Barograph(
        columns(start, until),
        start=start,
        end=until,
        gap_s=2 * HOUR,
        changes=trend,
        unit=unit,
        zone=zone,
        now=NOW,
    ).svg()


@contextmanager
def served_chart() -> Iterator[str]:
    """The page with the chart, at this address; it is as strict as the real one."""
    app = Flask(__name__, static_folder=str(STATIC))

    @app.get("/")
    def page() -> str:
        scripts = "".join(
            f'<script src="{name}" defer></script>'
            for name in ("/static/parts.js", "/static/chart.js", "/static/zoom.js", "/page.js")
        )
        head = '<meta name="viewport" content="width=device-width, initial-scale=1">'
        head += f'<link rel="stylesheet" href="/page.css">{scripts}'
        links = '<nav><a href="#" data-hours="24">24 h</a></nav>'
        chart = f'<div id="chart">{drawing(48, None)}</div>'
        return f"<!doctype html><html><head>{head}</head><main>{chart}{links}</main></html>"

    @app.get("/page.js")
    def script() -> Response:
        return Response(PAGE, mimetype="text/javascript")

    @app.get("/page.css")
    def style() -> Response:
        return Response(STYLE, mimetype="text/css")

    @app.get("/chart")
    def chart() -> str:
        end = request.args.get("end")
        return drawing(float(request.args["hours"]), None if end is None else float(end))

    @app.after_request
    def strict(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        return response

    server = waitress.create_server(app, host="127.0.0.1", port=0)
    threading.Thread(target=server.run, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}/"
    finally:
        server.close()


class Chart:
    """The chart on a page: where a moment lies on the screen, and what was asked for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._session = page.context.new_cdp_session(page)

    def data(self, name: str) -> float:
        text = self.page.get_attribute("svg.barograph", f"data-{name}")
        assert text is not None
        return float(text)

    def wait_for(self, script: str) -> None:
        # The policy of the page forbids Playwright's own waiting, which evaluates in the page.
        assert eventually(lambda: self.page.evaluate(script)), script

    def place(self, moment: float) -> tuple[float, float]:
        """The pixel of a moment, in the middle of the paper."""
        # None while a new chart takes the place of the old one.
        assert eventually(lambda: self.page.locator("svg.barograph").bounding_box())
        box = self.page.locator("svg.barograph").bounding_box()
        assert box is not None
        left, right = self.data("left"), self.data("right")
        share = (moment - self.data("start")) / (self.data("end") - self.data("start"))
        scale = box["width"] / 720
        y = (self.data("top") + self.data("bottom")) / 2
        return box["x"] + (left + share * (right - left)) * scale, box["y"] + y * scale

    def asked(self, number: int = 1) -> list[dict[str, Any]]:
        """What the page was asked for, once it was asked so often and has drawn it."""
        self.wait_for(f"petrel.asked.length >= {number}")
        wanted: list[dict[str, Any]] = self.page.evaluate("petrel.asked")
        span = f"Math.abs(c.end - c.start - {wanted[-1]['hours'] * HOUR}) < 10"
        self.wait_for(f"(function (c) {{ return {span}; }})(petrel.chart.read())")
        return wanted

    def cursor(self) -> list[str]:
        return self.page.locator("g.cursor tspan").all_text_contents()

    def said(self) -> str:
        return self.page.text_content("[aria-live=polite]") or ""

    def fingers(self, kind: str, *places: tuple[float, float]) -> None:
        points = [{"x": x, "y": y, "id": n} for n, (x, y) in enumerate(places)]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
