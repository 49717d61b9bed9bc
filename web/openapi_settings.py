"""The description of the routes of the settings page."""

from typing import Any

from calibration.pressure_offset import ReferenceKind

from .look import NIGHTS
from .openapi_parts import (
    CHANGED,
    NUMBER,
    TEXT,
    ZONE,
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
from .units import UNITS

_HEIGHT: Piece = {"type": "number", "minimum": -500, "maximum": 9000}
_FROM: Piece = {"enum": ["watch", "warning", "storm"]}
_SET: dict[str, Any] = {
    "latitude": or_null({"type": "number", "minimum": -90, "maximum": 90}),
    "longitude": or_null({"type": "number", "minimum": -180, "maximum": 180}),
    "altitude_m": _HEIGHT,
    "sounds_from": _FROM,
    "notify_from": _FROM,
    "unit": {"enum": list(UNITS)},
    "zone": ZONE,
    "night": {"enum": list(NIGHTS)},
}
_SETTINGS = object_of(**_SET, set_here=list_of({"enum": list(_SET)}))
_BOTH: Piece = {
    "properties": {"latitude": NUMBER, "longitude": NUMBER},
    "required": ["latitude", "longitude"],
}
_NEITHER: Piece = {"properties": {"latitude": {"type": "null"}, "longitude": {"type": "null"}}}
# What is left out, or null, is as the settings file has it.
_CHANGE: Piece = {
    "type": "object",
    "properties": {key: or_null(schema) for key, schema in _SET.items()},
    "additionalProperties": False,
    "anyOf": [_BOTH, _NEITHER],
}


def _reference(kind: ReferenceKind, least_hpa: int, most_hpa: int, **more: Piece) -> Piece:
    """A barometer that is trusted. more: what this kind of number must come with."""
    given = object_of(
        kind={"const": kind.value},
        reference_hpa={"type": "number", "minimum": least_hpa, "maximum": most_hpa},
        who={"type": "string", "minLength": 1, "maxLength": 80, "pattern": "^[^\\s].*$"},
        height_m=_HEIGHT,
        **more,
    )
    return {**given, "required": ["kind", "reference_hpa", "who", *more]}


_REFERENCE: Piece = {
    "oneOf": [
        _reference(ReferenceKind.STATION, 300, 1100),
        _reference(ReferenceKind.QNH, 860, 1095),
        _reference(
            ReferenceKind.QFF,
            860,
            1095,
            outdoor_c={"type": "number", "minimum": -90, "maximum": 60},
        ),
    ]
}
_OFFSET = object_of(offset_hpa=NUMBER, words=TEXT)
_NOT_NOW: Piece = {"409": text_answer("It cannot be done now; the sentence says why.")}

SETTINGS: Piece = {
    "/settings": looking("The page of settings", text_answer("HTML.", "text/html"), [], CHANGED),
    "/api/settings": {
        **looking("What is set", json_answer("All that can be set.", _SETTINGS), [], CHANGED),
        **changing(
            "Set this and nothing else; the program starts anew",
            {"200": json_answer("What is set then.", _SETTINGS)},
            body_of(_CHANGE),
        ),
    },
    "/api/offset": changing(
        "Compare the last ten minutes with a barometer that is trusted",
        {"200": json_answer("What corrects the barometer then.", _OFFSET), **_NOT_NOW},
        body_of(_REFERENCE),
    ),
    "/api/offset/forget": changing(
        "Correct nothing any more",
        {"200": json_answer("Nothing.", _OFFSET), **_NOT_NOW},
        body_of({"type": "object", "maxProperties": 0}),
    ),
}
