"""The goals that the project set itself, and whether a run reached them."""

import csv
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import Final, NamedTuple

from figures import Measured
from report.results import Comparison, Result, Status, comparisons_of

TABLE: Final = Path(__file__).with_name("goals.csv")


class Goal(NamedTuple):
    """One figure that is to be reached.

    subject: the row it belongs to. aim: in words, with the figure. part, figure: who hands it over
    and by which name. limit: the last value that is good enough, from below or, with at_least,
    from above. beside: the comparison in which others do the same.
    """

    subject: str
    aim: str
    part: str
    figure: str
    limit: float
    unit: str
    digits: int
    at_least: bool
    beside: str

    def reached_by(self, value: float) -> bool:
        """Whether a value is good enough."""
        return value >= self.limit if self.at_least else value <= self.limit

    def shown(self, value: float) -> str:
        """A value as it stands in the table; no more digits than mean something."""
        if self.unit == "yes or no":
            return "yes" if value else "no"
        return f"{value:.{self.digits}f} {self.unit}".strip()


def _goals() -> tuple[Goal, ...]:
    """Those of the table beside this file."""
    with TABLE.open(newline="", encoding="utf-8") as lines:
        return tuple(
            Goal(
                row["subject"],
                row["aim"],
                row["part"],
                row["figure"],
                float(row["limit"]),
                row["unit"],
                int(row["digits"]),
                at_least=row["at"] == "least",
                beside=row["beside"],
            )
            for row in csv.DictReader(lines)
        )


GOALS: Final = _goals()


class Verdict(Enum):
    """What is said of a goal."""

    REACHED = "reached"
    MISSED = "**not reached**"
    UNKNOWN = "not run"


class Judged(NamedTuple):
    """A goal after the run: the figure in words, that of the best of the others, the verdict."""

    goal: Goal
    figure: str
    others: str
    verdict: Verdict
    reason: str = ""


def judged(results: Sequence[Result]) -> list[Judged]:
    """Every goal, in order."""
    by_part = {result.part.name: result for result in results}
    beside = {each.what: each for each in comparisons_of(results)}
    return [_judged(goal, by_part.get(goal.part), beside.get(goal.beside)) for goal in GOALS]


def _judged(goal: Goal, result: Result | None, beside: Comparison | None) -> Judged:
    if result is None:
        return Judged(goal, "", "", Verdict.UNKNOWN, "not asked for")
    measured = result.figures.get(goal.figure)
    if measured is None:
        reason = result.words or "its program did not say"
        failed = "failed: " if result.status is Status.FAILED else ""
        return Judged(goal, "", "", Verdict.UNKNOWN, f"{failed}{reason}")
    verdict = Verdict.REACHED if goal.reached_by(measured.value) else Verdict.MISSED
    return Judged(goal, _words(goal, measured), _best(goal, beside), verdict)


def _words(goal: Goal, measured: Measured) -> str:
    shown = goal.shown(measured.value)
    if measured.low == measured.high:
        return shown
    return f"{shown} ({measured.low:.{goal.digits}f} to {measured.high:.{goal.digits}f})"


def _best(goal: Goal, beside: Comparison | None) -> str:
    if beside is None:
        return ""
    return f"{goal.shown(beside.others[beside.best].value)} ({beside.best})"
