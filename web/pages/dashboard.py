"""The pages of the barograph, its chart and its line of text. They only read."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, render_template, url_for
from markupsafe import Markup, escape

from ..display.preferences import DisplayPreferences
from ..display.times import date_words
from ..display.units import UNITS
from ..history.database import HistoryError
from ..history.reader import HistoryReader
from .caching.conditional import chart_version, fragment_version, page_version, tag_with
from .chart import wmo_symbol
from .chart_view import RenderedChart, render_chart
from .context import PageContext, page_context
from .overview import Overview
from .request_parsing import query_end, query_hours, query_preferences

SPANS = (
    (6, "6 h"),
    (24, "24 h"),
    (48, "48 h"),
    (72, "72 h"),
    (168, "7 d"),
    (720, "30 d"),
    (8760, "1 y"),
)
_ZONES = (("utc", "UTC"), ("local", "the Pi’s"))
_HOURS = 48.0

pages = Blueprint("pages", __name__)


@pages.get("/")
@tag_with(page_version)
def page() -> str:
    """Answer with the whole page."""
    return render_template("page.html", **_values(page_context()))


@pages.get("/glance")
@tag_with(fragment_version)
def fragment() -> str:
    """Answer with the part of the page that changes."""
    return render_template("overview.html", **_values(page_context()))


@pages.get("/chart.svg")
@tag_with(chart_version)
def chart() -> Response:
    """Answer with the chart as a picture."""
    context = page_context()
    preferences = query_preferences(context.info.preferences)
    now = context.pace.now()
    drawn = _chart(context, preferences, query_hours(_HOURS), query_end(now), now)
    return Response(drawn.svg, mimetype="image/svg+xml")


@pages.get("/now.txt")
@tag_with(page_version)
def now_text() -> Response:
    """Answer with the conditions in one line."""
    context = page_context()
    parts = [_overview(context).line(), *(fault.words for fault in context.faults())]
    return Response("; ".join(parts) + "\n", mimetype="text/plain")


def _overview(context: PageContext) -> Overview:
    preferences = query_preferences(context.info.preferences)
    return Overview(context.feed.newest, context.info, context.pace, preferences)


def _values(context: PageContext) -> dict[str, Any]:
    """Return the variables of the page's templates."""
    default = context.info.preferences
    preferences, hours = query_preferences(default), query_hours(_HOURS)
    overview = _overview(context)
    code = overview.characteristic_code
    now, zone = context.pace.now(), preferences.zone
    end = query_end(now)
    try:
        chart = _chart(context, preferences, hours, end, now)
    except HistoryError as error:  # the rest of the page is right
        context.doubt()
        chart = RenderedChart(f"<p>The curve cannot be drawn: {escape(str(error))}</p>", "")
    return {
        "overview": overview,
        "symbol": "" if code is None else Markup(wmo_symbol(code, overview.characteristic)),
        "preferences": preferences,
        "units": [(unit.key, unit.symbol) for unit in UNITS.values()],
        "zones": _ZONES if zone.key in dict(_ZONES) else (*_ZONES, (zone.key, zone.key)),
        "past": date_words(end, zone.tzinfo) if end < now - 1 else "",
        "address": _address(preferences, default, hours),
        "alarm": context.alarm(),
        "side_files": context.faults(),
        "chart": Markup(chart.svg),
        "record": chart.words,
        "hours": hours,
        "spans": SPANS,
    }


def _chart(
    context: PageContext, preferences: DisplayPreferences, hours: float, end: float, now: float
) -> RenderedChart:
    info, conditions = context.info, context.feed.newest

    def draw() -> RenderedChart:
        with HistoryReader(context.history, info.offset_hpa) as reader:
            return render_chart(reader, info, preferences, hours, end, now)

    # A new level, and another time, are seen at once.
    level = conditions.outlook.level if conditions.outlook else None
    key = info, preferences, hours, end if end < now else None, level, conditions.trust
    return context.charts.chart(key, chart_version(context), now, draw)


def _address(
    preferences: DisplayPreferences, default: DisplayPreferences, hours: float
) -> Callable[..., str]:
    """Return a function that makes addresses of this page: what was chosen, and its arguments."""
    default_query = _query(default, _HOURS)
    query = _query(preferences, hours)
    chosen = {key: query[key] for key in query if query[key] != default_query[key]}
    return lambda **changed: url_for("pages.page", **{**chosen, **changed})


def _query(preferences: DisplayPreferences, hours: float) -> dict[str, Any]:
    unit, zone, night, dim = preferences
    keys = {"unit": unit.key, "zone": zone.key, "night": night, "dim": int(dim)}
    return {"hours": f"{hours:g}", **keys}
