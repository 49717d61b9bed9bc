"""The pages: what people look at, and the chart alone. They read; no more."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, render_template, url_for
from markupsafe import Markup, escape

from .asked import end_asked, hours_asked, look_asked
from .bulletin import Notices
from .chart import wmo_symbol
from .glance import About, Glance
from .held import HeldSheets
from .history_file import HistoryError
from .history_reader import HistoryReader
from .look import Look
from .pace import Pace
from .sheet import Sheet, sheet
from .times import date_words
from .units import UNITS

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


def page_routes(
    history: Path,
    pace: Pace,
    about: About,
    notices: Notices,
    doubt: Callable[[], None],
    alarm: Callable[[], dict[str, Any]],
) -> Blueprint:
    """Return the routes over this history. doubt: called when it cannot be read."""
    pages = Blueprint("pages", __name__)
    held = HeldSheets(about.period_s)

    def drawn_sheet(look: Look, hours: float, end: float, now: float) -> Sheet:
        def draw() -> Sheet:
            with HistoryReader(history, about.offset_hpa) as reader:
                return sheet(reader, about, look, hours, end, now)

        # A new level, and another time, are seen at once.
        bulletin = notices.newest
        level = bulletin.outlook.level if bulletin.outlook else None
        asked = look, hours, end if end < now else None, level, bulletin.trust
        return held.sheet(asked, now, draw)

    def curve(look: Look, hours: float, end: float, now: float) -> Sheet:
        """The chart; or, while the rest of the page is right, why there is none."""
        try:
            return drawn_sheet(look, hours, end, now)
        except HistoryError as error:
            doubt()
            return Sheet(f"<p>The curve cannot be drawn: {escape(str(error))}</p>", "")

    def context() -> dict[str, Any]:
        look, hours = look_asked(about.look), hours_asked(_HOURS)
        glance = Glance.of(notices.newest, about, pace, look)
        code = glance.characteristic_code
        now, zone = pace.now(), look.zone
        end = end_asked(now)
        drawn = curve(look, hours, end, now)
        return {
            "glance": glance,
            "symbol": "" if code is None else Markup(wmo_symbol(code, glance.characteristic)),
            "look": look,
            "units": [(unit.key, unit.symbol) for unit in UNITS.values()],
            "zones": _ZONES if zone.key in dict(_ZONES) else (*_ZONES, (zone.key, zone.key)),
            "past": date_words(end, zone.zone) if end < now - 1 else "",
            "address": _address(look, about.look, hours),
            "alarm": alarm(),
            "chart": Markup(drawn.drawing),
            "record": drawn.words,
            "hours": hours,
            "spans": SPANS,
        }

    @pages.get("/")
    def page() -> str:
        return render_template("page.html", **context())

    @pages.get("/glance")
    def fresh() -> str:
        return render_template("glance.html", **context())

    @pages.get("/chart.svg")
    def chart() -> Response:
        look, hours, now = look_asked(about.look), hours_asked(_HOURS), pace.now()
        drawn = drawn_sheet(look, hours, end_asked(now), now)
        return Response(drawn.drawing, mimetype="image/svg+xml")

    @pages.get("/now.txt")
    def now_text() -> Response:
        glance = Glance.of(notices.newest, about, pace, look_asked(about.look))
        return Response(glance.line() + "\n", mimetype="text/plain")

    return pages


def _address(look: Look, default: Look, hours: float) -> Callable[..., str]:
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
