"""Our barometer driver and its peers under eight faults, on one and the same twin of the chip.

    .venv/bin/python tests/benchmarks/barometer_faults.py       ten seconds
    .venv/bin/python tests/benchmarks/barometer_faults.py envi  those whose name begins so, and ours

(a) the first reading after power-up is right, and later ones follow the air; (b) a wrong id is
refused; (c) trimming parameters of all zeros are; (d) of 0xFF; (e) a measuring bit stuck at 1 does
not hang; (f) results that stay at 0x80000 are refused; (g) after a glitch of the supply the next
reading is right or the one after it; (h) so it is after one NACK, at each transfer of the set-up.
`y` is a right value, or an error that says what is wrong; anything else is what happened instead.
Each peer is installed from PyPI, once, into an environment of its own below the cache
folder, which takes a minute.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import figures
from peers.drivers import OURS, PEERS, Driver
from peers.environments import PeerMissing, python_with
from peers.faults import FAULTS, Verdict

_HERE = Path(__file__).resolve().parent
# A fault takes seconds of real time at the most; what takes longer waits without looking at a
# clock.
_PATIENCE_S = 120


class Row(NamedTuple):
    """One driver's verdicts, in the order of the faults."""

    driver: Driver
    verdicts: list[Verdict]

    @property
    def score(self) -> int:
        return sum(verdict.survived for verdict in self.verdicts)


def verdict(driver: Driver, fault: str) -> Verdict:
    """Let one driver meet one fault, in a process of its own."""
    python = str(python_with(driver.distributions))
    command = [python, "-m", "peers.worker", driver.name, "fault", fault]
    try:
        done = subprocess.run(
            command, cwd=_HERE, capture_output=True, text=True, check=False, timeout=_PATIENCE_S
        )
    except subprocess.TimeoutExpired:
        return Verdict(False, "HANG")
    if done.returncode:
        print(f"{driver.name}, fault {fault}:\n{done.stderr}", file=sys.stderr)
        return Verdict(False, "worker died")
    return Verdict(*json.loads(done.stdout))


def rows(drivers: list[Driver]) -> Iterator[Row]:
    """Every driver under every fault, two at a time."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        for driver in drivers:
            try:
                python_with(driver.distributions)
            except PeerMissing as error:
                print(f"{driver.name} is left out: {error}", file=sys.stderr)
                continue
            print(f"{driver.name} ...", file=sys.stderr, flush=True)
            yield Row(driver, list(pool.map(verdict, [driver] * len(FAULTS), FAULTS)))


def table(found: list[Row]) -> Iterator[str]:
    """Best first."""
    head = ["driver", *FAULTS, "score"]
    lines = [head]
    for row in sorted(found, key=lambda row: -row.score):
        cells = [_cell(verdict) for verdict in row.verdicts]
        lines.append([row.driver.name, *cells, f"{row.score}/{len(FAULTS)}"])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        yield "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))


def _cell(verdict: Verdict) -> str:
    if not verdict.survived:
        return verdict.words
    return f"y ({verdict.words})" if verdict.words else "y"


def hand_over(found: list[Row]) -> None:
    """The scores, ours by the one that survives less, and what happened instead."""
    ours = min(row.score for row in found if row.driver in OURS)
    others = {row.driver.name: row.score for row in found if row.driver in PEERS}
    figures.figure("barometer faults survived", ours)
    figures.compared("barometer faults survived", "of 8", ours, others, more_is_better=True)
    best_first = sorted(found, key=lambda row: -row.score)
    figures.table(
        "What became of each fault",
        ["driver", *FAULTS, "survived"],
        [
            [row.driver.name, *map(_cell, row.verdicts), f"{row.score} of {len(FAULTS)}"]
            for row in best_first
        ],
    )


def main() -> int:
    """Run it and print the table; 1 unless ours survive everything."""
    peers = [driver for driver in PEERS if driver.name.startswith(tuple(sys.argv[1:] or [""]))]
    found = list(rows([*OURS, *peers]))
    for line in table(found):
        print(line.rstrip())
    survives = all(row.score == len(FAULTS) for row in found if row.driver in OURS)
    hand_over(found)
    figures.goals(survives, "ours survive every fault")
    return 0 if survives else 1


if __name__ == "__main__":
    sys.exit(main())
