"""What a word for a reading costs: ours against webcolors, colormath2 and colour-science.

    .venv/bin/python tests/benchmarks/colour_cost.py        half a minute, after the peers are there
    .venv/bin/python tests/benchmarks/colour_cost.py 3      with fewer rounds than nine

one: a reading of four frequencies to its word, all in; each of 1000: the same in a batch, by loop
where the peer has no other way. import: a fresh interpreter, to where the library can be used. All
take turns within a round, so that a machine that changes its pace does so for all. Processor time;
the medians over the rounds, x the median of each round's ratio to ours.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import NamedTuple

import figures
import numpy as np
from peers.colour_libraries import OURS, PEERS, Library
from peers.environments import PeerMissing, python_with

_HERE = Path(__file__).resolve().parent
_ROOT = _HERE.parents[1]
_ROUNDS = 9
_PATIENCE_S = 60
_IMPORT = "import time; {}; print(1e3 * time.process_time())"

_WITH_NUMPY = "webcolors is a table of names; ours loads numpy, which is most of it."
_GOALS_US = {"one": 250.0, "many": 10.0, "sort": 250.0, "sort_many": 1.0}
_WORDS = {
    "import": "import ms",
    "one": "one us",
    "many": "each of 1000 us",
    "sort": "sort us",
    "sort_many": "each of 1000 sorted us",
}

Times = dict[str, float]  # by question; "import" in ms, the others in us a reading


class Goal(NamedTuple):
    """What ours is to keep, and whether it does."""

    words: str
    holds: bool


class Worker:
    """A library in its own process, which times a question whenever it is asked."""

    def __init__(self, library: Library, stack: ExitStack) -> None:
        self.library = library
        wanted = [each.format(numpy=np.__version__) for each in library.requirements]
        self._python = str(python_with(wanted))
        self._process = stack.enter_context(
            subprocess.Popen(
                [self._python, "-m", "peers.colour_libraries", library.name],
                cwd=_HERE,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        # Ended before it is waited for.
        stack.callback(self._process.kill)
        self._questions = [str(question) for question in json.loads(self._line())]

    def times(self) -> Times:
        """What everything costs now."""
        return {"import": self._import_ms()} | {q: self._ask(q) for q in self._questions}

    def _import_ms(self) -> float:
        done = subprocess.run(
            [self._python, "-c", _IMPORT.format(self.library.statement)],
            cwd=_ROOT,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=_PATIENCE_S,
        )
        return float(done.stdout)

    def _ask(self, question: str) -> float:
        assert self._process.stdin is not None
        print(question, file=self._process.stdin, flush=True)
        return float(json.loads(self._line()))

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.library.name}: its worker died")
        return line


def measure(rounds: int) -> dict[str, list[Times]]:
    """Every round's times by library, ours first."""
    found: dict[str, list[Times]] = {}
    with ExitStack() as stack:
        workers = []
        for library in (OURS, *PEERS):
            try:
                workers.append(Worker(library, stack))
            except PeerMissing as error:
                print(f"{library.name} is left out: {error}", file=sys.stderr)
        for number in range(rounds):
            print(f"round {number + 1} of {rounds} ...", file=sys.stderr, flush=True)
            for worker in workers:
                found.setdefault(worker.library.name, []).append(worker.times())
    return found


def table(found: dict[str, list[Times]]) -> Iterator[str]:
    """A line for each library, with its ratios to ours."""
    ours = found[OURS.name]
    shared = ("import", "one", "many")
    lines = [["library", *(cell for question in shared for cell in (_WORDS[question], "x"))]]
    for name, rounds in found.items():
        line = [name]
        for question in shared:
            ratios = [them[question] / us[question] for them, us in zip(rounds, ours, strict=True)]
            line += [f"{_median(rounds, question):.1f}", f"{median(ratios):.2f}"]
        lines.append(line)
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = [cell.rjust(width) for cell, width in zip(line, widths, strict=True)]
        yield "  ".join([line[0].ljust(widths[0]), *cells[1:]])


def goals(found: dict[str, list[Times]]) -> Iterator[Goal]:
    """Whether ours keeps what it is to keep."""
    ours = found[OURS.name]
    for question, most in _GOALS_US.items():
        took = _median(ours, question)
        yield Goal(f"{_WORDS[question]} at most {most:g}: {took:.2f}", took <= most)
    # webcolors compares in RGB, which names one colour in five rightly.
    rivals = {
        name: rounds for name, rounds in found.items() if name in ("colormath2", "colour-science")
    }
    for question in ("import", "one", "many"):
        quicker = [
            name
            for name, rounds in rivals.items()
            if _median(rounds, question) <= _median(ours, question)
        ]
        exceptions = "".join(f"; not {name}" for name in quicker)
        yield Goal(f"{_WORDS[question]}: ahead of all that use CIEDE2000{exceptions}", not quicker)


def _median(rounds: list[Times], question: str) -> float:
    return median(each[question] for each in rounds)


def hand_over(found: dict[str, list[Times]]) -> None:
    """Each question's times, in ours' as the unit: a machine's pace goes out of it."""
    ours = found[OURS.name]
    words = {"import": "import", "one": "a word for one reading", "many": "each of 1000 readings"}
    lines = [[OURS.name, *("1" for _ in words), *(f"{_median(ours, q):.1f}" for q in words)]]
    ratios: dict[str, dict[str, figures.Measured]] = {question: {} for question in words}
    for name, rounds in found.items():
        if name == OURS.name:
            continue
        for question in words:
            ratios[question][_with_version(name)] = figures.middle(
                [them[question] / us[question] for them, us in zip(rounds, ours, strict=True)]
            )
        lines.append(
            [
                _with_version(name),
                *(figures.number(ratios[q][_with_version(name)].value) for q in words),
                *(f"{_median(rounds, question):.1f}" for question in words),
            ]
        )
    for question, what in words.items():
        note = _WITH_NUMPY if question == "import" else ""
        figures.compared(f"processor time of {what}", "x ours", 1.0, ratios[question], note=note)
    head = ["library", *(f"{what}, x ours" for what in words), *(_WORDS[q] for q in words)]
    figures.table("What a word for a colour costs", head, lines)


def _with_version(name: str) -> str:
    """A peer as it was installed: its first requirement is the library itself."""
    (library,) = (peer for peer in PEERS if peer.name == name)
    return library.requirements[0].replace("==", " ")


def main() -> int:
    """Run it, print the table and what became of the goals; 1 unless all are reached."""
    found = measure(int(sys.argv[1]) if len(sys.argv) > 1 else _ROUNDS)
    for line in table(found):
        print(line)
    became = list(goals(found))
    for goal in became:
        print(f"{'yes' if goal.holds else 'NO '}  {goal.words}")
    hand_over(found)
    reached = all(goal.holds for goal in became)
    figures.goals(reached, "; ".join(goal.words for goal in became if not goal.holds))
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
