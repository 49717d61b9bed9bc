"""The title and the description of the barograph, for a screen reader."""

from collections.abc import Sequence
from datetime import tzinfo

from ...display.times import date_words
from ...display.units import Unit
from .annotations import LevelMark, UncertainSpan
from .curve import Column, lowest_and_highest
from .scales import Scales
from .svg import text
from .tendency_strip import Change


def accessible_text(
    columns: Sequence[Column],
    marks: Sequence[LevelMark],
    uncertain: Sequence[UncertainSpan],
    changes: Sequence[Change],
    scales: Scales,
    note: str,
) -> str:
    """Return the elements of title and description."""
    unit, zone = scales.unit, scales.zone
    sentences = [f"{note}."] if note else []
    sentences.append(record_words(columns, scales.start, scales.end, unit, zone))
    if changes:
        change = f"{unit.signed(changes[-1].change_hpa)} {unit.symbol}"
        until = date_words(changes[-1].moment, zone)
        sentences.append(f"Changed by {change} in the 3 h up to {until}.")
    sentences += [
        f"The time is not sure from {date_words(begin, zone)} to {date_words(end, zone)}."
        for begin, end in uncertain
    ]
    sentences += [
        f"Level raised to {mark.level} at {date_words(mark.taken_at, zone)}." for mark in marks
    ]
    return text("Barograph", "title") + text(" ".join(sentences), "desc")


def record_words(
    columns: Sequence[Column], start: float, end: float, unit: Unit, zone: tzinfo
) -> str:
    """Return the span (Unix seconds) and its lowest and highest pressure as sentences."""
    span = f"Station pressure from {date_words(start, zone)} to {date_words(end, zone)}."
    if not columns:
        return f"{span} No readings in this span yet."
    lowest, highest = lowest_and_highest(columns)
    return (
        f"{span} Lowest {unit.words(lowest.low_hpa)} {unit.symbol} at"
        f" {date_words(lowest.taken_at, zone)}, highest {unit.words(highest.high_hpa)}"
        f" {unit.symbol} at {date_words(highest.taken_at, zone)}."
    )
