"""The numbers for other programs, as JSON, CSV and text. They read; no more."""

import json
from collections.abc import Callable, Iterator, Set
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app

from .asked import end_asked, hours_asked
from .bulletin import Bulletin, Notices
from .glance import About, freshness
from .history_reader import MOST_COLUMNS, HistoryReader
from .metrics import CONTENT_TYPE, metrics
from .pace import Pace
from .times import iso
from .weather import NO_CHANGES, Outlook, Sample

_HOURS = 24.0
_OPENAPI = Path(__file__).with_name("openapi.json")


def number_routes(
    history: Path,
    pace: Pace,
    about: About,
    notices: Notices,
    alarm: Callable[[], dict[str, Any]],
) -> Blueprint:
    """Return the routes over this history."""
    numbers = Blueprint("numbers", __name__)

    @numbers.get("/api/now")
    @numbers.get("/api/outlook")
    def present() -> dict[str, Any]:
        return _present(notices.newest, about, pace.now()) | {"alarm": alarm()}

    @numbers.get("/api/pressure")
    def pressure() -> dict[str, Any]:
        hours, end = hours_asked(_HOURS), end_asked(pace.now())
        with HistoryReader(history, about.offset_hpa) as reader:
            samples = _thinned(reader, end - hours * 3600, end)
        return {
            "simulated": bool(about.simulated),
            "hours": hours,
            "offset_hpa": about.offset_hpa,
            "samples": samples,
        }

    @numbers.get("/export.csv")
    def export() -> Response:
        # As measured: what is exported can be corrected anew, and played again.
        # Opened before the first byte goes out: a missing history is an error, not a short file.
        reader = HistoryReader(history)
        lines = _csv(reader, "SIMULATED" if about.simulated else "measured")
        return Response(lines, mimetype="text/csv")

    @numbers.get("/metrics", endpoint="metrics")
    def measured() -> Response:
        lines = metrics(notices.newest, about, alarm())
        return Response(lines, content_type=CONTENT_TYPE)

    @numbers.get("/openapi.json")
    def description() -> dict[str, Any]:
        rules = current_app.url_map.iter_rules()
        return _description(about.version, {rule.rule for rule in rules})

    @numbers.get("/healthz")
    def health() -> tuple[dict[str, Any], int]:
        is_ = freshness(notices.newest.sample, about.period_s, pace.now())
        return {"freshness": is_}, 200 if is_ in ("fresh", "late") else 503

    return numbers


def _description(version: str, rules: Set[str]) -> dict[str, Any]:
    """The OpenAPI document of these routes: the file, with what differs from Pi to Pi."""
    document: dict[str, Any] = json.loads(_OPENAPI.read_text(encoding="utf-8"))
    document["info"]["version"] = version
    document["components"]["schemas"]["zone"]["enum"] = _zone_names()
    document["paths"] = {path: item for path, item in document["paths"].items() if path in rules}
    return document


@cache
def _zone_names() -> list[str]:
    from zoneinfo import available_timezones

    return ["utc", "local", *sorted(available_timezones())]


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
    samples = list(islice(reader.samples(begin, end), MOST_COLUMNS + 1))
    if len(samples) <= MOST_COLUMNS:
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
        for span in reader.spans(begin, end, MOST_COLUMNS)
    ]


def _csv(reader: HistoryReader, source: str) -> Iterator[str]:
    """The whole history as CSV lines, some hundred at a time."""
    with reader:
        yield "time_utc,pressure_hpa,temperature_c,source\n"
        samples = reader.samples()
        try:
            while lines := "".join(_csv_line(s, source) for s in islice(samples, 500)):
                yield lines
        finally:
            del samples  # whoever hangs up ends the question first, and then the connection


def _csv_line(sample: Sample, source: str) -> str:
    temperature = "" if sample.temperature_c is None else f"{sample.temperature_c:.2f}"
    return f"{iso(sample.taken_at)},{sample.pressure_hpa:.2f},{temperature},{source}\n"
