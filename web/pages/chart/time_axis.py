"""The time axis: lines and labels at times of the local clock, or at dates on a long span."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from math import inf
from typing import NamedTuple

from ...display.times import zone_name

_DAY_S = 86400


class Label(NamedTuple):
    """A moment (Unix seconds) with a bold line and a word below it."""

    moment: float
    word: str
    is_day: bool


def _every_day(day: date) -> bool:
    return True


def _monday(day: date) -> bool:
    return day.weekday() == 0


def _month(day: date) -> bool:
    return day.day == 1


def _year(day: date) -> bool:
    return (day.month, day.day) == (1, 1)


def _date_word(day: date) -> str:
    return f"{day.day} {day:%b}"


def _month_word(day: date) -> str:
    return f"{day.year}" if day.month == 1 else f"{day:%b}"


# Spans up to these hours have a line and a label every so often, in minutes of the clock.
_BY_CLOCK = (
    (1.5, 10, 20),
    (3, 30, 30),
    (6, 60, 60),
    (12, 60, 3 * 60),
    (24, 2 * 60, 6 * 60),
    (48, 2 * 60, 12 * 60),
    (72, 6 * 60, 12 * 60),
    (7 * 24, 6 * 60, 24 * 60),
)
# Longer spans have them at dates.
_BY_DATE: tuple[
    tuple[float, Callable[[date], bool], Callable[[date], bool], Callable[[date], str]], ...
] = (
    (14 * 24, _every_day, lambda day: day.toordinal() % 2 == 0, _date_word),
    (32 * 24, _every_day, _monday, _date_word),
    (100 * 24, _monday, lambda day: day.day in (1, 15), _date_word),
    (370 * 24, _monday, _month, _month_word),
    (5 * 366 * 24, _month, _year, _month_word),
    (inf, _year, lambda day: _year(day) and day.year % 4 == 0, _month_word),
)


def lines_and_labels(start: float, end: float, zone: tzinfo) -> tuple[list[float], list[Label]]:
    """Return the moments (Unix seconds) of fine lines, and the labels, which have bold ones."""
    span_h = (end - start) / 3600
    for most_h, fine_min, label_min in _BY_CLOCK:
        if span_h <= most_h:
            fine = clock_moments(start, end, fine_min, zone)
            labels = _clock_labels(start, end, label_min, zone)
            break
    else:
        fine, labels = _by_date(start, end, zone)
    bold = {label.moment for label in labels}
    return [moment for moment in fine if moment not in bold], labels


def _clock_labels(start: float, end: float, every_min: int, zone: tzinfo) -> list[Label]:
    days = set(date_moments(start, end, _every_day, zone))
    return [
        Label(moment, _date_word(local(moment, zone)), True)
        if moment in days
        else Label(moment, f"{local(moment, zone):%H:%M}", False)
        for moment in clock_moments(start, end, every_min, zone)
    ]


def _by_date(start: float, end: float, zone: tzinfo) -> tuple[list[float], list[Label]]:
    span_h = (end - start) / 3600
    fine, labelled, word = next(row[1:] for row in _BY_DATE if span_h <= row[0])
    labels = [
        Label(moment, word(local(moment, zone)), True)
        for moment in date_moments(start, end, labelled, zone)
    ]
    return date_moments(start, end, fine, zone), labels


def local(moment: float, zone: tzinfo) -> datetime:
    """Return a moment (Unix seconds) in a zone."""
    return datetime.fromtimestamp(moment, zone)


def clock_moments(start: float, end: float, every_min: int, zone: tzinfo) -> list[float]:
    """Return the moments at multiples of `every_min` minutes of the local clock, in order.

    A skipped hour has none, a repeated one has them twice. Each day has its first moment, even if
    that is not midnight.
    """
    moments = set()
    for day in _days(start, end, zone):
        moments.add(_first_moment(day, zone))
        for minute in range(every_min, 24 * 60, every_min):
            wall = datetime.combine(day, time(*divmod(minute, 60)))
            for fold in (0, 1):
                moment = wall.replace(tzinfo=zone, fold=fold).timestamp()
                if local(moment, zone).replace(tzinfo=None) == wall:
                    moments.add(moment)
    return sorted(moment for moment in moments if start <= moment <= end)


def date_moments(
    start: float, end: float, is_wanted: Callable[[date], bool], zone: tzinfo
) -> list[float]:
    """Return the first moments of the dates that `is_wanted`, in order."""
    firsts = (_first_moment(day, zone) for day in _days(start, end, zone) if is_wanted(day))
    return [moment for moment in firsts if start <= moment <= end]


def clock_offsets(start: float, end: float, zone: tzinfo) -> list[tuple[int, int, str]]:
    """Return the offsets from UTC: since (Unix seconds), minutes, name of the zone.

    The first applies at `start`; each further one is a change before `end`.
    """
    offset_min = _offset_min(start, zone)
    offsets = [(int(start), offset_min, zone_name(start, zone))]
    before = int(start)
    while before < end:
        after = min(before + _DAY_S, int(end) + 1)  # no clock changes twice in a day
        if _offset_min(after, zone) != offset_min:
            changed = _change(before, after, zone)
            offset_min = _offset_min(changed, zone)
            offsets.append((changed, offset_min, zone_name(changed, zone)))
        before = after
    return offsets


def _change(before: int, after: int, zone: tzinfo) -> int:
    """Return the first second of another offset."""
    old = _offset_min(before, zone)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset_min(middle, zone) == old:
            before = middle
        else:
            after = middle
    return after


def _offset_min(moment: float, zone: tzinfo) -> int:
    ahead = local(moment, zone).utcoffset() or timedelta()
    return int(ahead.total_seconds()) // 60


def _first_moment(day: date, zone: tzinfo) -> float:
    # If midnight is skipped, the moment of the skip; if it comes twice, the first.
    return datetime.combine(day, time(), zone).timestamp()


def _days(start: float, end: float, zone: tzinfo) -> Iterator[date]:
    day, last = local(start, zone).date(), local(end, zone).date()
    while day <= last:
        yield day
        day += timedelta(days=1)
