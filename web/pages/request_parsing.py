"""Parse requests: query parameters, and bodies that are a JSON object with known keys."""

import json
import re
from datetime import datetime
from math import isfinite
from typing import Any

from flask import request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from ..display.preferences import NIGHTS, DisplayPreferences, zone_of
from ..display.units import UNITS

FEWEST_HOURS, MOST_HOURS = 0.1, 24 * 366 * 20
# Less than what float() takes: no blanks, no underscores, no other alphabet's digits.
_NUMBER = re.compile(r"[0-9.eE+-]{1,40}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_PAGE = re.compile(r"[0-9a-z]{1,16}")
_LONGEST_BODY = 4096


def query_hours(default: float) -> float:
    """Return ``hours``, the length of the span. Raises BadRequest."""
    text = request.args.get("hours")
    if text is None:
        return default
    try:
        hours = float(text if _NUMBER.fullmatch(text) else "nan")
    except ValueError:
        hours = float("nan")
    if not (isfinite(hours) and FEWEST_HOURS <= hours <= MOST_HOURS):
        raise BadRequest(
            f"hours={text[:40]!r}: give a number of hours from {FEWEST_HOURS} to {MOST_HOURS}"
        )
    return hours


def query_end(now: float) -> float:
    """Return ``end``, in Unix seconds; `now` if it is left out. Raises BadRequest."""
    text = request.args.get("end")
    if text is None:
        return now
    try:
        if not _MOMENT.fullmatch(text):
            raise ValueError
        end = datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError):
        raise BadRequest(f"end={text[:40]!r}: give a moment as in 2026-11-28T12:00:00Z") from None
    if not 0 <= end <= now:
        raise BadRequest(f"end={text[:40]!r}: give a moment between 1970 and now")
    return end


def query_page() -> str:
    """Return ``armed``, the number of a page that is armed, or "". Raises BadRequest."""
    page = request.args.get("armed")
    if page is None:
        return ""
    if not _PAGE.fullmatch(page):
        raise BadRequest(f"armed={page[:40]!r}: give up to 16 small letters and digits")
    return page


def query_preferences(default: DisplayPreferences) -> DisplayPreferences:
    """Return ``unit``, ``zone``, ``night`` and ``dim``; `default` has those left out."""
    unit = _choice("unit", default.unit.key, tuple(UNITS))
    night = _choice("night", default.night, NIGHTS)
    dim = _choice("dim", "1" if default.dim else "0", ("0", "1"))
    name = request.args.get("zone")
    try:
        zone = default.zone if name is None else zone_of(name)
    except ValueError as error:
        raise BadRequest(str(error)) from None
    return DisplayPreferences(UNITS[unit], zone, night, dim == "1")


def _choice(key: str, default: str, choices: tuple[str, ...]) -> str:
    text = request.args.get(key, default)
    if text.lower() not in choices:
        raise BadRequest(f"{key}={text[:40]!r}: give one of {', '.join(choices)}")
    return text.lower()


class JsonBody:
    """The JSON object of the current request.

    keys: those it may have. values: by key. Raises UnsupportedMediaType (415) for another content
    type, RequestEntityTooLarge (413) and BadRequest (400), each with a sentence.
    """

    def __init__(self, *keys: str) -> None:
        self.values = _object()
        for key in self.values:
            if key not in keys:
                known = " and ".join(map(repr, keys)) or "no key"
                raise BadRequest(f"unknown key {key[:40]!r}; expected {known}")

    def text(self, key: str) -> str:
        """Return the text of this key. Raises BadRequest."""
        value = self.values.get(key)
        if not isinstance(value, str):
            raise BadRequest(f"{key!r} must be given, as a text")
        return value

    def number(self, key: str, default: float, least: float, most: float) -> float:
        """Return the number of this key, within these bounds. Raises BadRequest."""
        value = self.values.get(key, default)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not least <= value <= most:
            raise BadRequest(f"{key!r} should be a number from {least:g} to {most:g}")
        return float(value)


def _object() -> dict[str, Any]:
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("send a JSON object, as application/json")
    body = request.stream.read(_LONGEST_BODY + 1)
    if len(body) > _LONGEST_BODY:
        raise RequestEntityTooLarge(f"that is longer than {_LONGEST_BODY} bytes")
    try:
        values = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequest("the body is not JSON") from None
    if not isinstance(values, dict):
        raise BadRequest("send a JSON object: {...}")
    return values
