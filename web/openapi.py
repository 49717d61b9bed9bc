"""The description of the routes for programs: OpenAPI 3.1, what /openapi.json answers."""

from collections.abc import Set
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from .clock import EARLIEST_MS, LATEST_MS
from .history_reader import MOST_COLUMNS
from .openapi_colour import COLOUR
from .openapi_parts import (
    CHANGED,
    LEVEL,
    LOOK,
    MOMENT,
    NO_HISTORY,
    NUMBER,
    SHARE,
    SPAN,
    TEXT,
    YES_OR_NO,
    Piece,
    body_of,
    changing,
    json_answer,
    list_of,
    looking,
    object_of,
    or_null,
    text_answer,
)
from .openapi_settings import SETTINGS

ALARM = object_of(
    sounding=YES_OR_NO,
    acknowledged=LEVEL,
    silent_for_s={"type": "number", "minimum": 0, "maximum": 600},
    sounds_from=LEVEL,
)
_TRUST: Piece = {"enum": ["none", "rtc", "phone", "synchronised"]}
_PRESENT = object_of(
    simulated=YES_OR_NO,
    record={**TEXT, "description": "What is played; empty for a sensor."},
    taken_at=or_null(MOMENT),
    age_s=or_null({"type": "number", "minimum": 0}),
    pressure_hpa=or_null({**NUMBER, "description": "Station pressure, with the offset."}),
    offset_hpa={**NUMBER, "description": "What was added to the pressure as measured."},
    qnh_hpa=or_null({**NUMBER, "description": "Reduced to sea level, by a known altitude."}),
    temperature_c=or_null(NUMBER),
    change_3h_hpa=or_null(NUMBER),
    characteristic=or_null({"type": "integer", "minimum": 0, "maximum": 8}),
    tendency=or_null(TEXT),
    tide_3h_hpa=or_null(NUMBER),
    change_1h_hpa=or_null(NUMBER),
    change_6h_hpa=or_null(NUMBER),
    change_12h_hpa=or_null(NUMBER),
    change_24h_hpa=or_null(NUMBER),
    expected_wind_ms=or_null(NUMBER),
    level=LEVEL,
    since=or_null(MOMENT),
    reasons=list_of(TEXT),
    chance_near_gale=or_null(SHARE),
    chance_gale=or_null(SHARE),
    outage={**TEXT, "description": "Why no sample comes or none is kept; empty: all is well."},
    remark={**TEXT, "description": "What is to be said of a sensor that reads."},
    clock=_TRUST,
    alarm=ALARM,
)
_SAMPLE = object_of(taken_at=MOMENT, pressure_hpa=NUMBER, temperature_c=or_null(NUMBER))
_STRETCH = object_of(taken_at=MOMENT, pressure_hpa=NUMBER, low_hpa=NUMBER, high_hpa=NUMBER)
_PRESSURE = object_of(
    simulated=YES_OR_NO,
    hours=NUMBER,
    offset_hpa=NUMBER,
    samples={**list_of({"anyOf": [_SAMPLE, _STRETCH]}), "maxItems": MOST_COLUMNS},
)
_HEALTH = object_of(freshness={"enum": ["none", "fresh", "late", "lost"]})
_UNIX_MS = object_of(unix_ms={"type": "number", "minimum": EARLIEST_MS, "maximum": LATEST_MS})

_NOW = looking("The present", json_answer("The present.", _PRESENT), [], CHANGED)
_HTML = text_answer("HTML.", "text/html")
_READS: Piece = {
    "/": looking("The page", _HTML, SPAN + LOOK, CHANGED),
    "/glance": looking("The part of the page that changes", _HTML, SPAN + LOOK, CHANGED),
    "/chart.svg": looking(
        "The barograph alone",
        text_answer("SVG.", "image/svg+xml"),
        SPAN + LOOK,
        CHANGED,
        NO_HISTORY,
    ),
    "/now.txt": looking("The present in one line", text_answer("A line."), LOOK, CHANGED),
    "/api/now": _NOW,
    "/api/outlook": _NOW,
    "/api/pressure": looking(
        f"Samples; more than {MOST_COLUMNS} are made as many stretches with their extremes",
        json_answer("Samples, or stretches, in the order of time.", _PRESSURE),
        SPAN,
        CHANGED,
        NO_HISTORY,
    ),
    "/export.csv": looking(
        "The whole history, as measured",
        text_answer("Columns time_utc, pressure_hpa, temperature_c and source.", "text/csv"),
        [],
        NO_HISTORY,
    ),
    "/metrics": looking("The present, for Prometheus", text_answer("Format 0.0.4."), []),
    "/healthz": looking(
        "Whether readings come",
        json_answer("Fresh or late.", _HEALTH),
        [],
        {"503": json_answer("None, or lost.", _HEALTH)},
    ),
    "/openapi.json": looking(
        "This description", json_answer("OpenAPI 3.1.", {"type": "object"}), [], CHANGED
    ),
}
_WRITES: Piece = {
    "/api/alarm/acknowledge": changing(
        "This level is known", {"200": json_answer("The alarm after that.", ALARM)}
    ),
    "/api/alarm/silence": changing(
        "Silent for ten minutes", {"200": json_answer("The alarm after that.", ALARM)}
    ),
    "/api/clock": changing(
        "It is this time, by a clock that is right",
        {
            "200": json_answer("Whose word is believed now.", object_of(clock=_TRUST)),
            "409": text_answer("There is a better clock, or a record is played."),
        },
        body_of(_UNIX_MS),
    ),
    "/api/token": changing("Whether the token is right", {"204": {"description": "It is."}}),
}


def document(version: str, rules: Set[str]) -> dict[str, Any]:
    """The description of those routes that an application has.

    version: of the program. rules: as the application writes its paths.
    """
    paths = {**_READS, **_WRITES, **COLOUR, **SETTINGS}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Storm Petrel",
            "version": version,
            "description": (
                "Air pressure and storm warning. Keys carry their units, moments are UTC; what is"
                " not known is null. Errors are sentences in text/plain."
            ),
        },
        "paths": {path: item for path, item in paths.items() if path in rules},
        "components": {
            "schemas": {"zone": _zones()},
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The Pi shows it with: scripts/dashboard --token",
                }
            },
        },
    }


@cache
def _zones() -> Piece:
    return {"enum": ["utc", "local", *sorted(available_timezones())]}
