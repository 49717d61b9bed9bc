"""The description of the routes under /colour and /api/colour."""

from .openapi_parts import (
    CHANGED,
    COUNT,
    NUMBER,
    SHARE,
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

_HEX: Piece = {"type": "string", "pattern": "^#[0-9a-f]{6}$"}
_CHANNELS = object_of(red=NUMBER, green=NUMBER, blue=NUMBER, clear=NUMBER)
_NAMED = object_of(
    hex=_HEX,
    word=TEXT,
    words=TEXT,
    long_name=TEXT,
    confidence=SHARE,
    runner_up=or_null(TEXT),
)
_SORTED = object_of(label=or_null(TEXT), confidence=SHARE, runner_up=or_null(TEXT), distance=NUMBER)
_SEEN = object_of(
    hz=_CHANNELS,
    uncertainty_hz=_CHANNELS,
    share_of_white=or_null(_CHANNELS),
    colour=or_null(_NAMED),
    doubts=list_of(TEXT),
    sorted=or_null(_SORTED),
    age_s=NUMBER,
)
_LIVE = object_of(
    simulated=YES_OR_NO,
    lies_there=or_null(TEXT),
    seen=or_null(_SEEN),
    fault=TEXT,
    errand=or_null(object_of(what=TEXT, taken=COUNT, wanted=COUNT)),
    notice=object_of(number=COUNT, words=TEXT, is_bad=YES_OR_NO),
    undo=TEXT,
    lesson=COUNT,
)
_REFERENCES = object_of(
    dark_hz=or_null(_CHANNELS),
    white_hz=or_null(_CHANNELS),
    white_reflectance=NUMBER,
    waits_for_white=YES_OR_NO,
)
_CARD = object_of(name=TEXT, hex=_HEX, seen_hex=or_null(_HEX), delta_e=or_null(NUMBER))
_CARDS = object_of(
    rows=list_of(_CARD),
    count=COUNT,
    mean_delta_e=or_null(NUMBER),
    worst=or_null(TEXT),
    is_saved=YES_OR_NO,
    begins_anew=YES_OR_NO,
)
_CONFUSION = object_of(labels=list_of(TEXT), counts=list_of(list_of(COUNT)), accuracy=SHARE)
_CLASSES = object_of(
    rows=list_of(object_of(label=TEXT, count=COUNT, hex=or_null(_HEX))),
    fewest=COUNT,
    enough=COUNT,
    ready_made=list_of(TEXT),
    newest=TEXT,
    empty_is_taken=YES_OR_NO,
    confusion=or_null(_CONFUSION),
    too_close=list_of(object_of(one=TEXT, other=TEXT, mixed_up=SHARE, expected=SHARE)),
)
_LESSON = object_of(
    version=COUNT,
    simulated=YES_OR_NO,
    surfaces=list_of(TEXT),
    references=_REFERENCES,
    cards=_CARDS,
    classes=_CLASSES,
)

_NOTHING: Piece = {"type": "object", "maxProperties": 0}
_BEGUN = json_answer("Readings are being taken.", object_of(state={"enum": ["begun"]}))
_DONE = json_answer("It is done.", object_of(state={"enum": ["done"]}))
_NOT_NOW = text_answer("This is not the moment, or there is no such thing.")
_LABEL = object_of(label=TEXT)


def _reading(words: str, body: Piece) -> Piece:
    return changing(words, {"202": _BEGUN, "409": _NOT_NOW}, body_of(body))


def _step(words: str, body: Piece = _NOTHING) -> Piece:
    return changing(words, {"200": _DONE, "409": _NOT_NOW}, body_of(body))


def _optional(schema: Piece, key: str) -> Piece:
    """The same, and this key may be left out."""
    return {**schema, "required": [name for name in schema["required"] if name != key]}


_REFLECTANCE: Piece = {"type": "number", "minimum": 0.05, "maximum": 1.0, "default": 0.9}
_CLOSENESS: Piece = {"type": "number", "minimum": 0.2, "maximum": 5.0, "default": 1.0}

COLOUR: Piece = {
    "/colour": looking("The colour page", text_answer("HTML.", "text/html"), [], CHANGED),
    "/api/colour": looking(
        "What the sensor sees; it looks as long as it is asked",
        json_answer("The newest reading.", _LIVE),
        [],
        CHANGED,
    ),
    "/api/colour/lesson": looking(
        "All that was taught", json_answer("The lesson.", _LESSON), [], CHANGED
    ),
    "/api/colour/dark": _reading("Read dark", _NOTHING),
    "/api/colour/white": _reading(
        "Read the white card",
        _optional(object_of(white_reflectance=_REFLECTANCE), "white_reflectance"),
    ),
    "/api/colour/card": _reading("Read a card", object_of(name=TEXT)),
    "/api/colour/piece": _reading("Read a piece of a class", _LABEL),
    "/api/colour/empty": _reading("Read the place without a piece", _NOTHING),
    "/api/colour/cancel": _step("Give up the readings under way"),
    "/api/colour/undo": _step("Take the last step back"),
    "/api/colour/keep-cards": _step("Save the profile with its cards"),
    "/api/colour/forget-cards": _step("Begin again without cards"),
    "/api/colour/forget-class": _step("Forget a class", _LABEL),
    "/api/colour/scene": _step(
        "Put something under a simulated sensor",
        _optional(object_of(show=TEXT, closeness=_CLOSENESS), "closeness"),
    ),
}
