"""The body of a request: a JSON object with known keys, or an error in one sentence."""

import json
from collections.abc import Mapping
from typing import Any

from flask import request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

_LONGEST_BODY = 4096


class JsonBody:
    """The JSON object of the current request.

    keys: those it may have. values: what they hold. Raises UnsupportedMediaType (415) for another
    content type, RequestEntityTooLarge (413) and BadRequest (400), each with a sentence.
    """

    def __init__(self, *keys: str) -> None:
        self.values = _object()
        for key in self.values:
            if key not in keys:
                known = " and ".join(map(repr, keys)) if keys else "nothing at all"
                raise BadRequest(f"{key[:40]!r} is not known here; expected {known}")

    def text(self, key: str) -> str:
        """Return the text of this key."""
        value = self.values.get(key)
        if not isinstance(value, str):
            raise BadRequest(f"{key!r} must be given, as a text")
        return value

    def number(self, key: str, default: float, least: float, most: float) -> float:
        """Return the number of this key, within these bounds."""
        value = self.values.get(key, default)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not least <= value <= most:
            raise BadRequest(f"{key!r} should be a number from {least:g} to {most:g}")
        return float(value)


def _object() -> Mapping[str, Any]:
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
