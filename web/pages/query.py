"""Query parameters of the pages: the span of time, and the display preferences."""

import re
from datetime import datetime
from math import isfinite

from flask import request
from werkzeug.exceptions import BadRequest

from ..display.preferences import NIGHTS, DisplayPreferences, zone_of
from ..display.units import UNITS

FEWEST_HOURS, MOST_HOURS = 0.1, 24 * 366 * 20
# Less than what float() takes: no blanks, no underscores, no other alphabet's digits.
_NUMBER = re.compile(r"[0-9.eE+-]{1,40}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)", re.ASCII)


def hours_asked(default: float) -> float:
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


def end_asked(now: float) -> float:
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


def look_asked(default: DisplayPreferences) -> DisplayPreferences:
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
    said = request.args.get(key)
    if said is None:
        return default
    if said.lower() not in choices:
        raise BadRequest(f"{key}={said[:40]!r}: give one of {', '.join(choices)}")
    return said.lower()
