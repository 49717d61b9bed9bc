"""What a reading of the barometer costs, with our driver, its peers and the bare floors.

    .venv/bin/python tests/benchmarks/barometer_cost.py        half a minute
    .venv/bin/python tests/benchmarks/barometer_cost.py 3      with fewer rounds than nine

us: processor time on a bus that costs next to nothing, with sleeps that take none: 2,000 readings
at a time, all drivers in turn, so that a machine that changes its pace does so for all; the median
over nine rounds of each round's best of five. x-floor: against the forced floor of the same turn,
the median over all turns. The rest is counted on the twin's wire at 100 kHz, in
steady state; in brackets, what polling adds there: on the cheap bus no chip is ever busy. waited:
the sleeps asked for. took: these and the wire. One reading is temperature and pressure.
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
from peers.drivers import FLOORS, OURS, PEERS, Driver
from peers.environments import PeerMissing, python_with

_HERE = Path(__file__).resolve().parent
_ROUNDS, _TIMES = 9, 5
_PATIENCE_S = 60
_WITHOUT_CHECKS = "What each driver checks stands in the table of this part."
_WITHOUT_WAITING = (
    "A driver in normal mode, or one that does not wait, fetches the conversion before, whenever"
    " that was: no force, no wait, no look whether the chip still converts."
)
_GOAL_US, _GOAL_TRANSFERS, _GOAL_BYTES, _GOAL_RATIO = 6.0, 3, 16, 3.0


class Wire(NamedTuple):
    """Of one reading: transfers and bytes without polling and with it, and milliseconds."""

    transfers: float
    wire_bytes: float
    polled_transfers: float
    polled_bytes: float
    waited_ms: float
    took_ms: float


class Goal(NamedTuple):
    """What our driver is to keep, and whether it does."""

    words: str
    holds: bool


class Cost(NamedTuple):
    """One driver's line."""

    driver: Driver
    us: float
    ratio: figures.Measured
    wire: Wire


class Worker:
    """A driver in its own process, which times a round of readings whenever it is asked."""

    def __init__(self, driver: Driver, stack: ExitStack) -> None:
        self.driver = driver
        self.process = stack.enter_context(
            subprocess.Popen(
                _command(driver, "cpu"),
                cwd=_HERE,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        # Ended before it is waited for.
        stack.callback(self.process.kill)
        self.hpa = self._answer()

    def time(self) -> float:
        """Microseconds of a reading, now."""
        assert self.process.stdin is not None
        print(file=self.process.stdin, flush=True)
        return self._answer()

    def _answer(self) -> float:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.driver.name}: its worker died")
        return float(json.loads(line))


def _command(driver: Driver, question: str) -> list[str]:
    python = str(python_with(driver.distributions))
    return [python, "-m", "peers.worker", driver.name, question]


def wire(driver: Driver) -> Wire:
    """Count one driver's steady reading."""
    done = subprocess.run(
        _command(driver, "wire"),
        cwd=_HERE,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=_PATIENCE_S,
    )
    return Wire(**json.loads(done.stdout))


def costs(rounds: int) -> list[Cost]:
    """Every driver's cost, the cheapest first."""
    with ExitStack() as stack:
        workers = []
        for driver in (*FLOORS, *OURS, *PEERS):
            try:
                workers.append(Worker(driver, stack))
            except PeerMissing as error:
                print(f"{driver.name} is left out: {error}", file=sys.stderr)
        bests, ratios = [], []
        floor = next(i for i, worker in enumerate(workers) if worker.driver is FLOORS[1])
        for number in range(rounds):
            print(f"round {number + 1} of {rounds} ...", file=sys.stderr, flush=True)
            times = [[worker.time() for worker in workers] for _ in range(_TIMES)]
            bests.append([min(column) for column in zip(*times, strict=True)])
            ratios += [[us / turn[floor] for us in turn] for turn in times]
        medians = [median(column) for column in zip(*bests, strict=True)]
        to_floor = [figures.middle(column) for column in zip(*ratios, strict=True)]
        found = [
            Cost(worker.driver, us, ratio, wire(worker.driver))
            for worker, us, ratio in zip(workers, medians, to_floor, strict=True)
        ]
    return sorted(found, key=lambda cost: cost.us)


def rows_of(found: list[Cost]) -> list[list[str]]:
    """The head, and a line for each with its ratio to the forced floor."""
    head = ["us", "x-floor", "transfers", "bytes", "waited-ms", "took-ms"]
    lines = [["driver", *head, "layers", "checks at start", "checks in a reading"]]
    for driver, us, ratio, on_wire in found:
        polls = on_wire.polled_transfers - on_wire.transfers
        more = on_wire.polled_bytes - on_wire.wire_bytes
        lines.append(
            [
                driver.name,
                f"{us:.2f}",
                f"{ratio.value:.2f}",
                f"{on_wire.transfers:.0f}" + (f" (+{polls:.0f})" if polls else ""),
                f"{on_wire.wire_bytes:.0f}" + (f" (+{more:.0f})" if polls else ""),
                f"{on_wire.waited_ms:.1f}",
                f"{on_wire.took_ms:.1f}",
                driver.layers,
                driver.checks_at_start or "-",
                driver.checks_reading or "-",
            ]
        )
    return lines


def table(found: list[Cost]) -> Iterator[str]:
    """The same, in columns."""
    lines = rows_of(found)
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = zip(line, widths, strict=True)
        yield "  ".join(cell.ljust(width) for cell, width in cells).rstrip()


def goals(found: list[Cost]) -> Iterator[Goal]:
    """Whether our driver keeps what it is to keep.

    A peer checks something if it looks at a reading before it hands it on; one that asks for the
    id once and nothing after is no peer in that. Which of those are quicker is in the table.
    """
    ours = next(cost for cost in found if cost.driver is OURS[0])
    checking = [c for c in found if c.driver in PEERS and c.driver.checks_reading]
    yield Goal(f"at most {_GOAL_US:.0f} us: {ours.us:.2f}", ours.us <= _GOAL_US)
    transfers, wire_bytes = ours.wire.polled_transfers, ours.wire.polled_bytes
    yield Goal(
        f"at most {_GOAL_TRANSFERS} transfers: {transfers:.0f}", transfers <= _GOAL_TRANSFERS
    )
    yield Goal(f"at most {_GOAL_BYTES} bytes: {wire_bytes:.0f}", wire_bytes <= _GOAL_BYTES)
    yield Goal(
        f"at most {_GOAL_RATIO:.0f} forced floors: {ours.ratio.value:.2f}",
        ours.ratio.value <= _GOAL_RATIO,
    )
    quicker = [f"; not {c.driver.name} {c.us:.2f}" for c in checking if c.us <= ours.us]
    yield Goal(f"ahead of every peer that checks a reading{''.join(quicker)}", not quicker)


def hand_over(found: list[Cost]) -> None:
    """Ours and the peers' ratios to the forced floor, the wire, and the table."""
    by_name = {cost.driver.name: cost for cost in found if cost.driver not in FLOORS}
    ours = by_name.pop(OURS[0].name)
    figures.figure("reading us", ours.us)
    figures.figure("reading transfers", ours.wire.polled_transfers)
    figures.figure("reading bytes", ours.wire.polled_bytes)
    others = {name: c for name, c in by_name.items() if c.driver in PEERS}
    checking = {name: c for name, c in others.items() if c.driver.checks_reading}
    for whom, chosen in (("all", others), ("those that check a reading", checking)):
        figures.compared(
            f"processor time of a reading, beside {whom}",
            "x the forced floor",
            ours.ratio,
            {name: cost.ratio for name, cost in chosen.items()},
            note=_WITHOUT_CHECKS,
        )
    took = {name: cost.wire.took_ms for name, cost in others.items()}
    transfers = {name: cost.wire.polled_transfers for name, cost in others.items()}
    wire_bytes = {name: cost.wire.polled_bytes for name, cost in others.items()}
    for what, unit, mine, theirs in (
        ("transfers of a reading", "", ours.wire.polled_transfers, transfers),
        ("bytes of a reading", "", ours.wire.polled_bytes, wire_bytes),
        ("time of a reading on a bus of 100 kHz", "ms", ours.wire.took_ms, took),
    ):
        figures.compared(what, unit, mine, theirs, note=_WITHOUT_WAITING)
    (driver, us, *head), *rows = rows_of(found)
    figures.table("What a reading costs", [driver, us.replace("u", "µ"), *head], rows)


def main() -> int:
    """Run it, print the table and what became of the goals; 1 unless all are reached."""
    found = costs(int(sys.argv[1]) if len(sys.argv) > 1 else _ROUNDS)
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
