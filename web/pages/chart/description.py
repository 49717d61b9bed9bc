"""What a screen reader says of the picture."""

from collections.abc import Sequence
from datetime import tzinfo

from ...display.times import date_words
from ...display.units import Unit
from .curve import Column, lowest_and_highest
from .doubt import Stretch
from .flags import Mark
from .scales import Paper
from .svg import text
from .trend import Change


def spoken(
    columns: Sequence[Column],
    marks: Sequence[Mark],
    doubted: Sequence[Stretch],
    changes: Sequence[Change],
    paper: Paper,
    note: str,
) -> str:
    """The title and the description."""
    said = [f"{note}."] if note else []
    said.append(record_words(columns, paper.start, paper.end, paper.unit, paper.zone))
    if changes:
        newest = changes[-1]
        change = f"{paper.unit.signed(newest.change_hpa)} {paper.unit.symbol}"
        said.append(f"Changed by {change} in the 3 h up to {_date(newest.moment, paper)}.")
    said += [
        f"The time is not sure from {_date(begin, paper)} to {_date(until, paper)}."
        for begin, until in doubted
    ]
    said += [f"Level raised to {mark.level} at {_date(mark.taken_at, paper)}." for mark in marks]
    return text("Barograph", "title") + text(" ".join(said), "desc")


def record_words(
    columns: Sequence[Column], start: float, end: float, unit: Unit, zone: tzinfo
) -> str:
    """From when to when (Unix seconds), and the lowest and the highest, as a log has it."""
    said = f"Station pressure from {date_words(start, zone)} to {date_words(end, zone)}."
    if not columns:
        return f"{said} No readings in this span yet."
    lowest, highest = lowest_and_highest(columns)
    return (
        f"{said} Lowest {unit.words(lowest.low_hpa)} {unit.symbol} at"
        f" {date_words(lowest.taken_at, zone)}, highest {unit.words(highest.high_hpa)}"
        f" {unit.symbol} at {date_words(highest.taken_at, zone)}."
    )


def _date(moment: float, paper: Paper) -> str:
    return date_words(moment, paper.zone)
