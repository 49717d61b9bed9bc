"""The moments that a paper is ruled at, with their words: of the clock, or dates on a long one."""

from collections.abc import Callable
from datetime import date, tzinfo
from math import inf
from typing import NamedTuple

from .local_time import clock_moments, date_moments, local


class Label(NamedTuple):
    """A moment (Unix seconds) with a bold line and a word below it."""

    moment: float
    word: str
    is_day: bool


def _every_day(day: date) -> bool:
    return True


def _every_second_day(day: date) -> bool:
    return day.toordinal() % 2 == 0


def _monday(day: date) -> bool:
    return day.weekday() == 0


def _first_and_fifteenth(day: date) -> bool:
    return day.day in (1, 15)


def _month(day: date) -> bool:
    return day.day == 1


def _year(day: date) -> bool:
    return (day.month, day.day) == (1, 1)


def _fourth_year(day: date) -> bool:
    return _year(day) and day.year % 4 == 0


def _date_word(day: date) -> str:
    return f"{day.day} {day:%b}"


def _month_word(day: date) -> str:
    return f"{day.year}" if day.month == 1 else f"{day:%b}"


# Spans up to so many hours have a line and a label every so many minutes of the clock.
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
# Longer ones have them at dates.
_BY_DATE: tuple[
    tuple[float, Callable[[date], bool], Callable[[date], bool], Callable[[date], str]], ...
] = (
    (14 * 24, _every_day, _every_second_day, _date_word),
    (32 * 24, _every_day, _monday, _date_word),
    (100 * 24, _monday, _first_and_fifteenth, _date_word),
    (370 * 24, _monday, _month, _month_word),
    (5 * 366 * 24, _month, _year, _month_word),
    (inf, _year, _fourth_year, _month_word),
)


def ruled_moments(start: float, end: float, zone: tzinfo) -> tuple[list[float], list[Label]]:
    """The moments (Unix seconds) of fine lines, and the labels, which have bold ones."""
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
