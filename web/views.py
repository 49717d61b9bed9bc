"""The routes: the page, its chart, and the numbers for other programs. They read; no more."""

from collections.abc import Callable, Iterator
from itertools import islice
from math import isfinite
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, render_template, request
from markupsafe import Markup, escape
from werkzeug.exceptions import BadRequest

from .bulletin import Bulletin, Notices
from .chart import Column, Mark, barograph
from .glance import About, Glance
from .history_file import HistoryError
from .history_reader import HistoryReader
from .pace import Pace
from .times import iso
from .weather import NO_CHANGES, Outlook, Sample

SPANS = ((6, "6 h"), (24, "24 h"), (48, "48 h"), (72, "72 h"), (168, "7 days"))

_HOURS = 48.0
_FEWEST_HOURS, _MOST_HOURS = 0.1, 24 * 366 * 20
# An answer holds no more columns than a screen can show.
_MOST_COLUMNS = 720


def routes(
    history: Path,
    pace: Pace,
    about: About,
    notices: Notices,
    doubt: Callable[[], None],
    alarm: Callable[[], dict[str, Any]],
) -> Blueprint:
    """Return the routes over this history. doubt: called when it cannot be read."""
    pages = Blueprint("pages", __name__)

    def corrected() -> HistoryReader:
        return HistoryReader(history, about.offset_hpa)

    def glance() -> Glance:
        return Glance.of(notices.newest, about, pace)

    def curve(hours: float) -> Markup:
        """The chart; or, while the rest of the page is right, why there is none."""
        try:
            with corrected() as reader:
                return Markup(_chart(reader, about, pace.now(), hours))
        except HistoryError as error:
            doubt()
            return Markup("<p>The curve cannot be drawn: {}</p>").format(escape(str(error)))

    def glance_context() -> dict[str, Any]:
        hours = _hours()
        return {
            "glance": glance(),
            "alarm": alarm(),
            "chart": curve(hours),
            "hours": hours,
            "spans": SPANS,
        }

    @pages.get("/")
    def page() -> str:
        return render_template("page.html", **glance_context())

    @pages.get("/glance")
    def fresh() -> str:
        return render_template("glance.html", **glance_context())

    @pages.get("/chart.svg")
    def chart() -> Response:
        with corrected() as reader:
            svg = _chart(reader, about, pace.now(), _hours())
        return Response(svg, mimetype="image/svg+xml")

    @pages.get("/now.txt")
    def now_text() -> Response:
        return Response(glance().line() + "\n", mimetype="text/plain")

    @pages.get("/api/now")
    @pages.get("/api/outlook")
    def present() -> dict[str, Any]:
        return _present(notices.newest, about, pace.now()) | {"alarm": alarm()}

    @pages.get("/api/pressure")
    def pressure() -> dict[str, Any]:
        hours, now = _hours(24.0), pace.now()
        with corrected() as reader:
            samples = _thinned(reader, now - hours * 3600, now)
        return {
            "simulated": bool(about.simulated),
            "hours": hours,
            "offset_hpa": about.offset_hpa,
            "samples": samples,
        }

    @pages.get("/export.csv")
    def export() -> Response:
        # As measured: what is exported can be corrected anew, and played again.
        # Opened before the first byte goes out: a missing history is an error, not a short file.
        reader = HistoryReader(history)
        lines = _csv(reader, "SIMULATED" if about.simulated else "measured")
        return Response(lines, mimetype="text/csv")

    @pages.get("/healthz")
    def health() -> tuple[dict[str, Any], int]:
        freshness = glance().freshness
        return {"freshness": freshness}, 200 if freshness in ("fresh", "late") else 503

    return pages


def _hours(default: float = _HOURS) -> float:
    text = request.args.get("hours")
    if text is None:
        return default
    try:
        hours = float(text)
    except ValueError:
        hours = float("nan")
    if not (isfinite(hours) and _FEWEST_HOURS <= hours <= _MOST_HOURS):
        raise BadRequest(
            f"hours={text[:40]!r}: give a number of hours from {_FEWEST_HOURS} to {_MOST_HOURS}"
        )
    return hours


def _chart(reader: HistoryReader, about: About, now: float, hours: float) -> str:
    begin = now - hours * 3600
    spans = reader.spans(begin, now, _MOST_COLUMNS)
    return barograph(
        [Column(*span) for span in spans],
        start=begin,
        end=now,
        gap_s=2.1 * max(about.period_s, hours * 3600 / _MOST_COLUMNS),
        marks=[Mark(at, level.name.lower()) for at, level in reader.raised(begin, now)],
        note="SIMULATED" if about.simulated else "",
    )


def _present(bulletin: Bulletin, about: About, now: float) -> dict[str, Any]:
    sample, outlook = bulletin.sample and about.shown(bulletin.sample), bulletin.outlook
    trend = outlook.tendency if outlook else None
    qnh_hpa = about.qnh_hpa(sample)
    return {
        "simulated": bool(about.simulated),
        "record": about.simulated,
        "taken_at": iso(sample.taken_at) if sample else None,
        "age_s": round(max(0.0, now - sample.taken_at), 3) if sample else None,
        "pressure_hpa": sample.pressure_hpa if sample else None,
        "offset_hpa": about.offset_hpa,
        "qnh_hpa": None if qnh_hpa is None else round(qnh_hpa, 2),
        "temperature_c": sample.temperature_c if sample else None,
        "change_3h_hpa": trend.change_hpa if trend else None,
        "characteristic": trend.characteristic if trend else None,
        "tendency": trend.words if trend else None,
        "tide_3h_hpa": trend.tide_hpa if trend else None,
        **_changes(outlook),
        "level": outlook.level.name.lower() if outlook else "calm",
        "since": iso(outlook.since) if outlook else None,
        "reasons": list(outlook.reasons) if outlook else ["no reading yet"],
        "chance_near_gale": outlook.chance_near_gale if outlook else None,
        "chance_gale": outlook.chance_gale if outlook else None,
        "outage": bulletin.outage,
        "remark": bulletin.remark,
        "clock": bulletin.trust.name.lower(),
    }


def _changes(outlook: Outlook | None) -> dict[str, Any]:
    """The other changes, and the wind that is expected."""
    changes = outlook.changes if outlook and outlook.changes else NO_CHANGES
    wind_ms = outlook.wind_ms if outlook else None
    return {
        "change_1h_hpa": changes.in_1h_hpa,
        "change_6h_hpa": changes.in_6h_hpa,
        "change_12h_hpa": changes.in_12h_hpa,
        "change_24h_hpa": changes.in_24h_hpa,
        "expected_wind_ms": None if wind_ms is None else round(wind_ms, 1),
    }


def _thinned(reader: HistoryReader, begin: float, end: float) -> list[dict[str, Any]]:
    """The samples themselves, or where they are too many, stretches with their extremes."""
    samples = list(islice(reader.samples(begin, end), _MOST_COLUMNS + 1))
    if len(samples) <= _MOST_COLUMNS:
        return [
            {
                "taken_at": iso(sample.taken_at),
                "pressure_hpa": sample.pressure_hpa,
                "temperature_c": sample.temperature_c,
            }
            for sample in samples
        ]
    return [
        {
            "taken_at": iso(round(span.taken_at)),
            "pressure_hpa": round(span.mean_hpa, 2),
            "low_hpa": span.low_hpa,
            "high_hpa": span.high_hpa,
        }
        for span in reader.spans(begin, end, _MOST_COLUMNS)
    ]


def _csv(reader: HistoryReader, source: str) -> Iterator[str]:
    """The whole history as CSV lines, some hundred at a time."""
    with reader:
        yield "time_utc,pressure_hpa,temperature_c,source\n"
        samples = reader.samples()
        while lines := "".join(_csv_line(s, source) for s in islice(samples, 500)):
            yield lines


def _csv_line(sample: Sample, source: str) -> str:
    temperature = "" if sample.temperature_c is None else f"{sample.temperature_c:.2f}"
    return f"{iso(sample.taken_at)},{sample.pressure_hpa:.2f},{temperature},{source}\n"
