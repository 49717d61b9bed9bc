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
from .caching.conditional import chart_parts, fragment_parts, page_parts, tagged
from .chart import wmo_symbol
from .chart_view import Sheet, sheet
from .context import PageContext, page_context
from .overview import Glance
from .query import end_asked, hours_asked, look_asked

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
@tagged(page_parts)
def page() -> str:
    """The page as a whole."""
    return render_template("page.html", **_values(page_context()))


@pages.get("/glance")
@tagged(fragment_parts)
def fragment() -> str:
    """The part of the page that changes."""
    return render_template("glance.html", **_values(page_context()))


@pages.get("/chart.svg")
@tagged(chart_parts)
def chart() -> Response:
    """The chart as a picture."""
    context = page_context()
    look, hours, now = look_asked(context.info.look), hours_asked(_HOURS), context.pace.now()
    drawn = _sheet(context, look, hours, end_asked(now), now)
    return Response(drawn.drawing, mimetype="image/svg+xml")


@pages.get("/now.txt")
@tagged(page_parts)
def now_text() -> Response:
    """The conditions in one line."""
    return Response(_glance(page_context()).line() + "\n", mimetype="text/plain")


def _glance(context: PageContext) -> Glance:
    info = context.info
    return Glance.of(context.feed.newest, info, context.pace, look_asked(info.look))


def _values(context: PageContext) -> dict[str, Any]:
    """What the templates of the page are filled with."""
    default = context.info.look
    look, hours = look_asked(default), hours_asked(_HOURS)
    glance = _glance(context)
    code = glance.characteristic_code
    now, zone = context.pace.now(), look.zone
    end = end_asked(now)
    try:
        drawn = _sheet(context, look, hours, end, now)
    except HistoryError as error:  # the rest of the page is right
        context.doubt()
        drawn = Sheet(f"<p>The curve cannot be drawn: {escape(str(error))}</p>", "")
    return {
        "glance": glance,
        "symbol": "" if code is None else Markup(wmo_symbol(code, glance.characteristic)),
        "look": look,
        "units": [(unit.key, unit.symbol) for unit in UNITS.values()],
        "zones": _ZONES if zone.key in dict(_ZONES) else (*_ZONES, (zone.key, zone.key)),
        "past": date_words(end, zone.tzinfo) if end < now - 1 else "",
        "address": _address(look, default, hours),
        "alarm": context.alarm(),
        "chart": Markup(drawn.drawing),
        "record": drawn.words,
        "hours": hours,
        "spans": SPANS,
    }


def _sheet(
    context: PageContext, look: DisplayPreferences, hours: float, end: float, now: float
) -> Sheet:
    info, conditions = context.info, context.feed.newest

    def draw() -> Sheet:
        with HistoryReader(context.history, info.offset_hpa) as reader:
            return sheet(reader, info, look, hours, end, now)

    # A new level, and another time, are seen at once.
    level = conditions.outlook.level if conditions.outlook else None
    wanted = info, look, hours, end if end < now else None, level, conditions.trust
    return context.charts.sheet(wanted, chart_parts(context), now, draw)


def _address(
    look: DisplayPreferences, default: DisplayPreferences, hours: float
) -> Callable[..., str]:
    """Make addresses of this page that keep what was chosen, but for what is given."""
    chosen: dict[str, Any] = {}
    if hours != _HOURS:
        chosen["hours"] = f"{hours:g}"
    if look.unit is not default.unit:
        chosen["unit"] = look.unit.key
    if look.zone.key != default.zone.key:
        chosen["zone"] = look.zone.key
    if look.night != default.night:
        chosen["night"] = look.night
    if look.dim != default.dim:
        chosen["dim"] = int(look.dim)

    def address(**changed: object) -> str:
        return url_for("pages.page", **{**chosen, **changed})

    return address
