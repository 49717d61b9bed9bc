"""Pieces that the description of the routes is made of: schemas, parameters, answers.

OpenAPI 3.1: a schema is one of JSON Schema 2020-12, where "null" is a type of its own.
"""

from typing import Any

from .asked import FEWEST_HOURS, MOST_HOURS
from .look import NIGHTS
from .units import UNITS

Piece = dict[str, Any]

TEXT: Piece = {"type": "string"}
NUMBER: Piece = {"type": "number"}
COUNT: Piece = {"type": "integer", "minimum": 0}
YES_OR_NO: Piece = {"type": "boolean"}
SHARE: Piece = {"type": "number", "minimum": 0, "maximum": 1}
MOMENT: Piece = {"type": "string", "format": "date-time", "description": "ISO 8601, UTC"}
# All names of the zone database of this machine: said once, as one of the document's components.
ZONE: Piece = {"$ref": "#/components/schemas/zone"}
LEVEL: Piece = {"enum": ["calm", "watch", "warning", "storm"]}


def or_null(schema: Piece) -> Piece:
    """The same, or null where it is not known."""
    return {"anyOf": [schema, {"type": "null"}]}


def list_of(schema: Piece) -> Piece:
    """A list of these."""
    return {"type": "array", "items": schema}


def object_of(**properties: Piece) -> Piece:
    """An object that has all of these, and nothing else."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def body_of(schema: Piece) -> Piece:
    """A request that must bring this, as JSON."""
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def json_answer(words: str, schema: Piece) -> Piece:
    """An answer in JSON."""
    return {"description": words, "content": {"application/json": {"schema": schema}}}


def text_answer(words: str, mimetype: str = "text/plain") -> Piece:
    """An answer in words, or in another text that is not JSON."""
    return {"description": words, "content": {mimetype: {"schema": TEXT}}}


# Every address is refused that says a thing twice, or is meant for another machine.
REFUSALS: Piece = {
    "400": text_answer("What was asked cannot be meant; the sentence says why."),
    "403": text_answer("The Host header names another machine."),
}
CHANGED: Piece = {"304": {"description": "The same as before (If-None-Match)."}}
NO_HISTORY: Piece = {"503": text_answer("The history cannot be read; the sentence says why.")}


def looking(words: str, answer: Piece, parameters: list[Piece], *others: Piece) -> Piece:
    """A GET that answers 200, and what else it may answer."""
    responses = {"200": answer, **REFUSALS}
    for other in others:
        responses |= other
    return {"get": {"summary": words, "parameters": parameters, "responses": responses}}


def changing(words: str, answers: Piece, body: Piece | None = None) -> Piece:
    """A POST, for those who have the token."""
    responses = {**answers, **REFUSALS, "401": text_answer("The token is missing or wrong.")}
    found: Piece = {"summary": words, "security": [{"token": []}], "responses": responses}
    if body is not None:
        found["requestBody"] = body
        responses["413"] = text_answer("The body is longer than 4 kB.")
        responses["415"] = text_answer("The body is not application/json.")
    return {"post": found}


def _parameter(name: str, words: str, schema: Piece) -> Piece:
    return {"name": name, "in": "query", "description": words, "schema": schema}


SPAN = [
    _parameter(
        "hours",
        "How long a span is wanted.",
        {"type": "number", "minimum": FEWEST_HOURS, "maximum": MOST_HOURS},
    ),
    _parameter(
        "end", "Where it ends: a moment from 1970 on, not after now; now by default.", MOMENT
    ),
]
_CHOICES = {"type": "string", "enum": list(UNITS)}
LOOK = [
    _parameter("unit", "The unit of pressure.", _CHOICES),
    _parameter("zone", "utc, local (the Pi's own), or a name as in Europe/Dublin.", ZONE),
    _parameter("night", "Red by night: 1, 0, or auto by the sun.", {"enum": list(NIGHTS)}),
    _parameter("dim", "Darker still: 1 or 0.", {"enum": ["0", "1"]}),
]
