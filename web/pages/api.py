"""The routes for other programs: JSON, CSV and Prometheus text. They only read."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import ServiceUnavailable

from ..display.times import iso
from ..history.reader import MOST_COLUMNS, HistoryReader
from ..recorder.conditions import Conditions
from ..recorder.freshness import Freshness
from ..system.side_files import SideFileFault
from ..weather import NO_CHANGES, Sample
from .caching.conditional import chart_version, second_version, tag_with
from .context import PageContext, page_context
from .metrics import CONTENT_TYPE, metrics
from .overview import StationInfo
from .request_parsing import query_end, query_hours, query_page

_HOURS = 24.0
_OPENAPI = Path(__file__).with_name("openapi.json")
_RETRY_S = 60
_UNCACHED = {"Cache-Control": "no-store"}

numbers = Blueprint("numbers", __name__)


@numbers.get("/api/now")
@numbers.get("/api/outlook")
@tag_with(second_version)
def conditions() -> dict[str, Any]:
    """Answer with the newest conditions."""
    return _conditions(page_context())


@numbers.get("/api/alarm")
def alarm() -> tuple[dict[str, Any], dict[str, str]]:
    """Answer with the alarm only: a page that is armed asks every few seconds, day and night."""
    context = page_context()
    if page := query_page():
        context.armed(page)
    return context.alarm(), _UNCACHED


@numbers.get("/api/pressure")
@tag_with(chart_version)
def pressure() -> dict[str, Any]:
    """Answer with the samples of a span, or with stretches if there are too many."""
    context = page_context()
    info, hours, end = context.info, query_hours(_HOURS), query_end(context.pace.now())
    with HistoryReader(context.history, info.offset_hpa) as reader:
        samples = _series(reader, end - hours * 3600, end)
    return {
        "simulated": info.simulated,
        "hours": hours,
        "offset_hpa": info.offset_hpa,
        "samples": samples,
    }


@numbers.get("/export.csv")
def export() -> Response:
    """Answer with the whole history as measured: it can be corrected again, and played."""
    context = page_context()
    if request.method == "HEAD":
        return Response(mimetype="text/csv")
    if not context.exports.acquire(blocking=False):
        raise ServiceUnavailable(
            "Another export is being read: try again in a minute.", retry_after=_RETRY_S
        )
    with ExitStack() as opening:
        opening.callback(context.exports.release)
        # Opened before the first byte goes out: a missing history is an error, not a short file.
        reader = opening.enter_context(HistoryReader(context.history))
        opened = opening.pop_all()
    lines = _csv(opened, reader, "SIMULATED" if context.info.simulated else "measured")
    answer = Response(lines, mimetype="text/csv")
    answer.call_on_close(opened.close)  # also where no line was asked for
    return answer


@numbers.get("/metrics", endpoint="metrics")
def prometheus() -> Response:
    """Answer with the conditions for Prometheus."""
    context = page_context()
    lines = metrics(context.feed.newest, context.info, context.alarm(), context.pace.now())
    return Response(lines, headers=_UNCACHED, content_type=CONTENT_TYPE)


@numbers.get("/openapi.json")
def description() -> dict[str, Any]:
    """Answer with the OpenAPI document: the file, with what differs from Pi to Pi."""
    rules = {rule.rule for rule in current_app.url_map.iter_rules()}
    document: dict[str, Any] = json.loads(_OPENAPI.read_text(encoding="utf-8"))
    document["info"]["version"] = page_context().info.version
    document["components"]["schemas"]["zone"]["enum"] = _zone_names()
    document["paths"] = {path: item for path, item in document["paths"].items() if path in rules}
    return document


@numbers.get("/healthz")
def health() -> tuple[dict[str, Any], int, dict[str, str]]:
    """Answer 200 while readings come, else 503."""
    context = page_context()
    age = context.info.freshness.freshness(context.feed.newest, context.pace.now())
    is_well = age in (Freshness.FRESH, Freshness.LATE)
    return {"freshness": age.value}, 200 if is_well else 503, _UNCACHED


@cache
def _zone_names() -> list[str]:
    from zoneinfo import available_timezones

    return ["utc", "local", *sorted(available_timezones())]


def _conditions(context: PageContext) -> dict[str, Any]:
    info, newest, now = context.info, context.feed.newest, context.pace.now()
    freshness, present = info.freshness.freshness(newest, now), info.freshness.present(newest, now)
    fields = _fields(info, present, now)
    is_lost = freshness is Freshness.LOST
    return {
        "simulated": info.simulated,
        "record": info.record_title,
        "freshness": freshness.value,
        "offset_hpa": info.offset_hpa,
        **fields,
        "last_known": _fields(info, newest, now) if is_lost else None,
        "outage": present.outage,
        "remark": newest.remark,
        "clock": newest.trust.name.lower(),
        "side_files": [_fault_fields(fault) for fault in context.faults()],
        "alarm": context.alarm(),
    }


def _fields(info: StationInfo, conditions: Conditions, now: float) -> dict[str, Any]:
    """Return what was measured and what is derived of it; null for what is not known."""
    sample, outlook = conditions.sample and info.corrected(conditions.sample), conditions.outlook
    trend = outlook.tendency if outlook else None
    changes = outlook.changes if outlook and outlook.changes else NO_CHANGES
    wind_ms = outlook.wind_ms if outlook else None
    qnh_hpa = info.qnh_hpa(sample)
    return {
        "taken_at": iso(sample.taken_at) if sample else None,
        "age_s": _age_s(sample, now, info) if sample else None,
        "pressure_hpa": sample.pressure_hpa if sample else None,
        "qnh_hpa": None if qnh_hpa is None else round(qnh_hpa, 2),
        "temperature_c": sample.temperature_c if sample else None,
        "change_3h_hpa": trend.change_hpa if trend else None,
        "characteristic": trend.characteristic if trend else None,
        "tendency": trend.words if trend else None,
        "tide_3h_hpa": trend.tide_hpa if trend else None,
        "change_1h_hpa": changes.in_1h_hpa,
        "change_6h_hpa": changes.in_6h_hpa,
        "change_12h_hpa": changes.in_12h_hpa,
        "change_24h_hpa": changes.in_24h_hpa,
        "expected_wind_ms": None if wind_ms is None else round(wind_ms, 1),
        "level": outlook.level.word if outlook else None,
        "since": iso(outlook.since) if outlook else None,
        "reasons": list(outlook.reasons) if outlook else [],
        "chance_near_gale": outlook.chance_near_gale if outlook else None,
        "chance_gale": outlook.chance_gale if outlook else None,
    }


def _fault_fields(fault: SideFileFault) -> dict[str, Any]:
    aside = fault.aside
    return {
        "file": str(fault.path),
        "set_aside_as": str(aside) if aside else None,
        "words": fault.words,
    }


def _age_s(sample: Sample, now: float, info: StationInfo) -> float | None:
    """Return the age; None for a sample from before the clock was set back."""
    age_s = now - sample.taken_at
    return round(max(0.0, age_s), 3) if age_s >= -info.period_s else None


def _series(reader: HistoryReader, begin: float, end: float) -> list[dict[str, Any]]:
    """Return the samples; if there are too many, stretches with their extremes."""
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


def _csv(opened: ExitStack, reader: HistoryReader, source: str) -> Iterator[str]:
    with opened:
        yield "time_utc,pressure_hpa,temperature_c,source\n"
        samples = reader.samples()
        try:
            while lines := "".join(_csv_line(s, source) for s in islice(samples, 500)):
                yield lines
        finally:
            del samples  # end the query before the connection, also when the client hangs up


def _csv_line(sample: Sample, source: str) -> str:
    temperature = "" if sample.temperature_c is None else f"{sample.temperature_c:.2f}"
    return f"{iso(sample.taken_at)},{sample.pressure_hpa:.2f},{temperature},{source}\n"
