"""Moments (Unix seconds) and ages as text, in UTC or another zone."""

from datetime import UTC, datetime, tzinfo

_LONGEST_NAME = 5  # letters that fit the margin of the barograph


def iso(moment: float) -> str:
    """Return ISO 8601 in UTC, to the second, or to the millisecond where it has any."""
    moment = round(moment, 3)
    whole = moment == round(moment)
    text = datetime.fromtimestamp(moment, UTC).isoformat(
        timespec="seconds" if whole else "milliseconds"
    )
    return text.replace("+00:00", "Z")


def date_words(moment: float, zone: tzinfo = UTC) -> str:
    """Return the date and the minute: "12 Feb 2014 07:00 UTC"."""
    time = datetime.fromtimestamp(moment, zone)
    return f"{time.day} {time:%b %Y %H:%M} {zone_name(moment, zone)}"


def clock_words(moment: float, zone: tzinfo = UTC) -> str:
    """Return hours and minutes: "07:00 UTC"."""
    return f"{datetime.fromtimestamp(moment, zone):%H:%M} {zone_name(moment, zone)}"


def zone_name(moment: float, zone: tzinfo) -> str:
    """Return the name of the zone then: "UTC", "IST"; its offset where that is too long."""
    shown = datetime.fromtimestamp(moment, zone)
    name = shown.tzname() or ""
    return name if 0 < len(name) <= _LONGEST_NAME else f"{shown:%z}"


def duration_words(seconds: float) -> str:
    """Return a duration in its largest unit of which it has two: "4 min"."""
    seconds = max(0.0, seconds)
    for unit_s, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * unit_s:
            return f"{seconds / unit_s:.0f} {unit}"
    return f"{seconds:.0f} s"


def age_words(age_s: float) -> str:
    """Return an age: "4 min ago"."""
    return f"{duration_words(age_s)} ago"
