"""How true a frequency is, on the edges that a Pi 4 and a Pi Zero deliver; beside it three others.

.venv/bin/python tests/benchmarks/frequency.py            some two minutes
.venv/bin/python tests/benchmarks/frequency.py 200        with fewer gates a row

Every row times many gates of a sensor whose periods wander by 0.2 % each. The same edges are given
to Storm Petrel, to two-stamp reciprocal counting, to plain gate counting, and to the method of the
well-known tutorial: read the clock, wait for ten edges, read the clock.
"""

import sys
import time
from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple

import figures

from sensors.frequency.estimate import frequency_from_edges
from sensors.simulated.kernel import PI_4, PI_ZERO, Delivery, Kernel, deliver

# Primes: a frequency that fills a gate with whole periods would flatter who counts them.
RATES_HZ = (113, 503, 1_109, 5_011, 11_987)
GATES_S = (0.01, 0.05, 0.1)
WANDER = 0.002
MERGED = "8 % merge"


class Gate(NamedTuple):
    """What happened in one gate, and what of it was delivered."""

    edges_ns: list[float]
    delivered: Delivery
    gate_s: float


def gates(hz: float, gate_s: float, kernel: Kernel, random: Random) -> Gate:
    """One gate, opened at a moment that has nothing to do with the wave."""
    period_ns = 1e9 / hz
    at_ns, edges_ns = random.random() * period_ns, []
    while at_ns < gate_s * 1e9:
        edges_ns.append(at_ns)
        at_ns += period_ns * (1 + random.gauss(0, WANDER))
    return Gate(edges_ns, deliver(edges_ns, kernel, random), gate_s)


def merged(gate: Gate, share: float, random: Random) -> Gate:
    """The same gate with this share of the events merged into the next ones."""
    kept = [k for k in range(len(gate.edges_ns)) if random.random() >= share]
    stamps_ns = [gate.delivered.timestamps_ns[k] for k in kept if k < len(gate.delivered[0])]
    lost = gate.delivered.merged + len(gate.delivered.timestamps_ns) - len(stamps_ns)
    numbers = list(range(1, len(stamps_ns) + 1))
    return gate._replace(delivered=Delivery(stamps_ns, numbers, lost, 0))


def two_stamps(gate: Gate) -> float:
    """Reciprocal counting: delivered periods over the time from the first stamp to the last."""
    stamps_ns = gate.delivered.timestamps_ns
    return (len(stamps_ns) - 1) * 1e9 / (stamps_ns[-1] - stamps_ns[0])


def counted(gate: Gate) -> float:
    """Edges in the gate over the gate."""
    return len(gate.delivered.timestamps_ns) / gate.gate_s


def tutorial(gate: Gate) -> float:
    """Read the clock, wait for ten edges (or what there is), read the clock."""
    stamps_ns = gate.delivered.timestamps_ns[:10]
    return len(stamps_ns) * 1e9 / stamps_ns[-1]


PEERS: dict[str, Callable[[Gate], float]] = {
    "two stamps": two_stamps,
    "gate count": counted,
    "tutorial": tutorial,
}


class Row(NamedTuple):
    """What came of many gates of one frequency: errors in % of it, ours and the peers'."""

    machine: str
    hz: float
    gate_s: float
    errors: list[float]
    within: float  # % of the gates
    lost: int
    true_lost: int
    peers: dict[str, list[float]]

    @classmethod
    def of(cls, machine: str, hz: float, many: list[Gate]) -> "Row":
        """Let everybody answer; gates with a single edge are nobody's."""
        answered = [gate for gate in many if len(gate.delivered.timestamps_ns) > 1]
        found = [
            frequency_from_edges(*gate.delivered[:2], elapsed_s=gate.gate_s) for gate in answered
        ]
        within = sum(abs(f.hz - hz) <= 2 * f.uncertainty_hz for f in found)
        return cls(
            machine,
            hz,
            many[0].gate_s,
            [(f.hz / hz - 1) * 100 for f in found],
            100 * within / len(found),
            sum(f.lost + gate.delivered.dropped for f, gate in zip(found, answered, strict=True)),
            sum(gate.delivered.merged + gate.delivered.dropped for gate in answered),
            {n: [(peer(gate) / hz - 1) * 100 for gate in answered] for n, peer in PEERS.items()},
        )

    def __str__(self) -> str:
        """One line: our own bias, error and coverage, lost edges, and the peers' errors."""
        peers = "  ".join(
            f"{mean(values):+6.2f} {percentile(values, 99):6.2f}" for values in self.peers.values()
        )
        return (
            f"{self.machine:<9}{self.hz:>6.0f} {self.gate_s * 1000:>4.0f}  "
            f"{mean(self.errors):+7.4f} {percentile(self.errors, 99):7.4f} {self.within:6.1f}  "
            f"{self.lost:>7} {self.true_lost:>7}   {peers}"
        )


def mean(values: list[float]) -> float:
    """The mean, which is the bias of errors."""
    return sum(values) / len(values)


def percentile(errors: list[float], share: int) -> float:
    """This percentile of the errors' sizes."""
    return sorted(map(abs, errors))[min(len(errors) - 1, len(errors) * share // 100)]


def few_of_many(trials: int, random: Random) -> str:
    """Of 600 events the first eight and the last eight kept, as after an overflow."""
    errors, unmerged = [], []
    for _ in range(trials):
        gate = gates(12_000, 0.05, PI_4, random)
        stamps_ns, numbers = gate.delivered[:2]
        kept = [*range(8), *range(len(stamps_ns) - 8, len(stamps_ns))]
        found = frequency_from_edges([stamps_ns[k] for k in kept], [numbers[k] for k in kept])
        errors.append((found.hz / 12_000 - 1) * 100)
        if not gate.delivered.merged:
            unmerged.append(errors[-1])
    return (
        f"16 of 600 events kept: p90 {percentile(errors, 90):.4f} %; p99"
        f" {percentile(unmerged, 99):.4f} % over the {len(unmerged)} of {trials} gates in which no"
        " merge hid (the hidden ones leave no trace)"
    )


def cost(random: Random) -> str:
    """The processor's time for one fit of 600 edges."""
    many = [gates(12_000, 0.05, PI_4, random).delivered for _ in range(100)]
    best_ms = min(timed_ms(many) for _ in range(5))
    return f"one fit of 600 edges: {best_ms:.2f} ms"


def timed_ms(many: list[Delivery]) -> float:
    """Milliseconds of processor time for each of these gates."""
    began = time.process_time()
    for delivered in many:
        frequency_from_edges(delivered.timestamps_ns, delivered.sequence_numbers)
    return (time.process_time() - began) * 1000 / len(many)


def main() -> None:
    """Print the table."""
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    random = Random(2009)
    print("errors in % of the true frequency; bias, 99th percentile; 2σ: share of gates in which")
    print("the truth lies within twice the stated uncertainty; lost edges said and true\n")
    print(f"{'':<28}Storm Petrel{'':<25}" + "".join(f"{name:<15}" for name in PEERS))
    print("machine      Hz   ms     bias     p99   2σ %     lost    true     bias    p99 ...")
    rows = []
    for row in rows_of(trials, random):
        print(row, flush=True)
        rows.append(row)
    print(f"\n{few_of_many(trials, random)}\n{cost(random)}")
    hand_over(rows)


def rows_of(trials: int, random: Random) -> Iterator[Row]:
    """Every machine, frequency and gate, and the gates of which events were merged."""
    for name, kernel in (("Pi 4", PI_4), ("Pi Zero", PI_ZERO)):
        for hz in RATES_HZ:
            for gate_s in GATES_S:
                many = [gates(hz, gate_s, kernel, random) for _ in range(trials)]
                if any(len(gate.delivered.timestamps_ns) > 1 for gate in many):
                    yield Row.of(name, hz, many)
    for hz in RATES_HZ[-2:]:
        many = [merged(gates(hz, 0.05, PI_4, random), 0.08, random) for _ in range(trials)]
        yield Row.of(MERGED, hz, many)


def hand_over(rows: list[Row]) -> None:
    """The goals' figures, at 50 ms; everybody's error by frequency; and all rows."""
    usual = [row for row in rows if row.gate_s == 0.05]
    within = [row for row in usual if row.machine == "Pi 4" and row.hz >= 500]
    fast = [row for row in within if row.hz >= 5_000]
    merged_rows = [row for row in rows if row.machine == MERGED]
    for words, chosen in (
        ("0.5 to 12 kHz", within),
        ("from 5 kHz", fast),
        ("8 % merged", merged_rows),
    ):
        worst = max(percentile(row.errors, 99) for row in chosen)
        others = {name: max(percentile(row.peers[name], 99) for row in chosen) for name in PEERS}
        figures.figure(f"frequency p99 %, {words}", worst)
        figures.compared(f"frequency error, 99th percentile, {words}", "%", worst, others)
    lost, true_lost = (
        sum(column) for column in zip(*((r.lost, r.true_lost) for r in merged_rows), strict=True)
    )
    figures.figure("lost edges told %", 100 * lost / true_lost)
    slow = [row for row in usual if row.machine == "Pi Zero" and row.hz >= 500]
    figures.compared(
        "frequency error, 99th percentile, on a Pi Zero's edges",
        "%",
        max(percentile(row.errors, 99) for row in slow),
        {name: max(percentile(row.peers[name], 99) for row in slow) for name in PEERS},
    )
    on_pi_4 = [row for row in usual if row.machine == "Pi 4"]
    for name in ("Storm Petrel", *PEERS):
        figures.curve(
            "frequency",
            name,
            [(row.hz, percentile(row.peers.get(name, row.errors), 99)) for row in on_pi_4],
        )
    figures.table(
        "Errors in % of the true frequency: bias / 99th percentile",
        ["edges of", "Hz", "gate ms", "Storm Petrel", "within 2σ", "lost: said / true", *PEERS],
        [
            [
                row.machine,
                f"{row.hz:.0f}",
                f"{row.gate_s * 1000:.0f}",
                f"{mean(row.errors):+.3f} / {percentile(row.errors, 99):.3f}",
                f"{row.within:.1f} %",
                f"{row.lost} / {row.true_lost}",
                *(f"{mean(v):+.2f} / {percentile(v, 99):.2f}" for v in row.peers.values()),
            ]
            for row in rows
        ],
    )


if __name__ == "__main__":
    main()
