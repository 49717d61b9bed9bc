"""How a benchmark hands over what it found, beside the words that it prints for people.

Where STORM_PETREL_FIGURES names a file, each call adds a line of JSON to it; scripts/benchmark
makes its report of these. Run by hand, with nobody who asks, a benchmark prints and that is all.
"""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

ASKED_BY = "STORM_PETREL_FIGURES"


class Measured(NamedTuple):
    """A figure, and where nearly all of its repetitions lay; low and high are it when it has none.

    What is counted or computed has no spread; what is timed has.
    """

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, figure: "float | Measured") -> "Measured":
        """A plain number is a figure without a spread."""
        return figure if isinstance(figure, Measured) else cls(figure, figure, figure)


def middle(repetitions: Sequence[float]) -> Measured:
    """The median, and the range without the lowest tenth and the highest."""
    ordered = sorted(repetitions)
    out = len(ordered) // 10
    return Measured(median(ordered), ordered[out], ordered[-1 - out])


def number(value: float) -> str:
    """Three digits, and no powers of ten."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def figure(name: str, value: "float | Measured") -> None:
    """Hand over one of our own figures, by a name that a goal can ask for."""
    _hand_over(figure=name, value=Measured.of(value))


def compared(
    what: str,
    unit: str,
    ours: "float | Measured",
    others: "Mapping[str, float | Measured]",
    *,
    more_is_better: bool = False,
    note: str = "",
) -> None:
    """Hand over a figure of ours beside the same figure of others, taken in the same run.

    note: what a reader must know where others are better.
    """
    _hand_over(
        compared=what,
        unit=unit,
        ours=Measured.of(ours),
        others={name: Measured.of(value) for name, value in others.items()},
        more_is_better=more_is_better,
        note=note,
    )


def table(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Hand over a table: what stands in it is shown as it is."""
    _hand_over(table=title, head=list(head), rows=[list(row) for row in rows])


def curve(picture: str, name: str, points: Iterable[tuple[float, float]]) -> None:
    """Hand over a line of a picture."""
    _hand_over(curve=name, picture=picture, points=[list(point) for point in points])


def goals(reached: bool, words: str) -> None:
    """Say, at the end, whether the benchmark's own goals are reached: else status 1 is a crash."""
    _hand_over(goals=words, reached=reached)


def _hand_over(**record: Any) -> None:
    name = os.environ.get(ASKED_BY)
    if not name:
        return
    with Path(name).open("a", encoding="utf-8") as file:
        file.write(json.dumps(record) + "\n")
