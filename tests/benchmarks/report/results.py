"""What a part handed over, as values: its figures, comparisons, tables and curves."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

from figures import Measured
from report.parts import Part


class Comparison(NamedTuple):
    """One figure of ours beside the same of others, taken in one run."""

    what: str
    unit: str
    ours: Measured
    others: dict[str, Measured]
    more_is_better: bool
    note: str = ""

    @property
    def best(self) -> str:
        """The name of the best of the others."""
        sign = -1 if self.more_is_better else 1
        return min(self.others, key=lambda name: sign * self.others[name].value)

    @property
    def better(self) -> list[str]:
        """The names of those that do better than ours, best first."""
        sign = -1 if self.more_is_better else 1
        ahead = [n for n, each in self.others.items() if sign * each.value < sign * self.ours.value]
        return sorted(ahead, key=lambda name: sign * self.others[name].value)

    @property
    def gain(self) -> float | None:
        """How many times better ours is than the best other, under 1 when worse; None: by zero."""
        ours, best = self.ours.value, self.others[self.best].value
        good, bad = (ours, best) if self.more_is_better else (best, ours)
        return good / bad if good > 0 and bad > 0 else None

    def overlaps(self, name: str) -> bool:
        """Whether the spreads of ours and of this other one touch, if there are any."""
        other = self.others[name]
        has_spread = any(each.low < each.high for each in (self.ours, other))
        return has_spread and self.ours.low <= other.high and other.low <= self.ours.high


class Table(NamedTuple):
    """Cells as they are to be shown."""

    title: str
    head: list[str]
    rows: list[list[str]]


class Status(Enum):
    """What became of a part."""

    RAN = "ran"
    FAILED = "failed"
    NOT_RUN = "not run"


@dataclass
class Result:
    """A part after its turn. words: why it failed or was not run; missed: its own goals."""

    part: Part
    status: Status
    words: str = ""
    missed: str = ""
    took_s: float = 0.0
    printed: str = ""
    figures: dict[str, Measured] = field(default_factory=dict)
    comparisons: list[Comparison] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    curves: dict[str, dict[str, list[tuple[float, float]]]] = field(default_factory=dict)


def take(result: Result, lines: Iterable[str]) -> bool | None:
    """Put the records of a part's file into its result; return whether its own goals are reached.

    None: it said nothing of that, because it has no goals of its own or ended before it came to it.
    """
    reached: bool | None = None
    for line in lines:
        record = json.loads(line)
        if "figure" in record:
            result.figures[record["figure"]] = Measured(*record["value"])
        elif "compared" in record:
            result.comparisons.append(_comparison(record))
        elif "table" in record:
            result.tables.append(Table(record["table"], record["head"], record["rows"]))
        elif "curve" in record:
            curves = result.curves.setdefault(record["picture"], {})
            curves[record["curve"]] = [(x, y) for x, y in record["points"]]
        else:
            reached = record["reached"]
            result.missed = "" if reached else record["goals"]
    return reached


def _comparison(record: dict[str, Any]) -> Comparison:
    return Comparison(
        record["compared"],
        record["unit"],
        Measured(*record["ours"]),
        {name: Measured(*value) for name, value in record["others"].items()},
        record["more_is_better"],
        record["note"],
    )


def comparisons_of(results: Iterable[Result]) -> Iterator[Comparison]:
    """All that have somebody to compare with."""
    for result in results:
        yield from (each for each in result.comparisons if each.others)
