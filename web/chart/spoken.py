"""What a screen reader says of the picture."""

from collections.abc import Sequence
from html import escape

from .curve import Column, lowest_and_highest
from .doubt import Stretch
from .flags import Mark
from .local_time import date_words
from .paper import Paper
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
    said.append(f"Station pressure from {_date(paper.start, paper)} to {_date(paper.end, paper)}.")
    said.append(_range(columns, paper))
    if changes:
        newest = changes[-1]
        words = f"{paper.unit.signed(newest.change_hpa)} {paper.unit.symbol}"
        said.append(f"Changed by {words} in the 3 h up to {_date(newest.moment, paper)}.")
    said += [
        f"The time is not sure from {_date(begin, paper)} to {_date(until, paper)}."
        for begin, until in doubted
    ]
    said += [f"Level raised to {mark.level} at {_date(mark.taken_at, paper)}." for mark in marks]
    return f"<title>Barograph</title><desc>{escape(' '.join(said))}</desc>"


def _range(columns: Sequence[Column], paper: Paper) -> str:
    if not columns:
        return "No readings in this span yet."
    lowest, highest = lowest_and_highest(columns)
    unit = paper.unit
    return (
        f"Lowest {unit.words(lowest.low_hpa)} {unit.symbol} at {_date(lowest.taken_at, paper)}, "
        f"highest {unit.words(highest.high_hpa)} {unit.symbol} at {_date(highest.taken_at, paper)}."
    )


def _date(moment: float, paper: Paper) -> str:
    return date_words(moment, paper.zone)
