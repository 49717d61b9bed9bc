"""Frequencies from what a kernel delivers of a wave: late, merged and lost edges."""

from random import Random

import pytest

from sensors.frequency.estimate import frequency_from_edges
from sensors.readings import Frequency
from sensors.simulated.kernel import PI_4, PI_ZERO, Delivery, Kernel, deliver
from sensors.simulated.output import Output, Tone


def gates(
    hz: float, kernel: Kernel, count: int, gate_s: float = 0.05, wander: float = 0.002
) -> list[Delivery]:
    """What a kernel delivers of gates that know nothing of the wave."""
    random = Random(f"{hz} {kernel} {wander}")
    delivered = []
    for _ in range(count):
        at_ns, edges_ns = random.random() * 1e9 / hz, []
        while at_ns < gate_s * 1e9:
            edges_ns.append(at_ns)
            at_ns += 1e9 / hz * (1 + random.gauss(0, wander))
        delivered.append(deliver(edges_ns, kernel, random))
    return delivered


def found(delivered: Delivery) -> Frequency:
    return frequency_from_edges(delivered.timestamps_ns, delivered.sequence_numbers)


def percentile(share: float, errors: list[float]) -> float:
    return sorted(map(abs, errors))[int(share * len(errors))]


# Of a Zero's gates one in a hundred hides two edges so well that the count is off by one.
@pytest.mark.long("thousands of gates")
@pytest.mark.parametrize(("kernel", "share"), [(PI_4, 0.99), (PI_ZERO, 0.97)])
@pytest.mark.parametrize(
    ("hz", "goal_percent"), [(500.0, 0.15), (1_100.0, 0.15), (5_000.0, 0.05), (12_000.0, 0.05)]
)
def test_a_late_kernel_costs_less_than_the_sensors_own_wandering(
    kernel: Kernel, share: float, hz: float, goal_percent: float
) -> None:
    many = gates(hz, kernel, 200)
    errors = [100 * (found(gate).hz / hz - 1) for gate in many]
    assert percentile(share, errors) <= goal_percent
    within = [abs(f.hz - hz) <= 2 * f.uncertainty_hz for f in map(found, many)]
    assert sum(within) >= 0.92 * len(many)


def test_merged_edges_are_counted_as_lost_and_bend_nothing() -> None:
    """One event in twelve takes the stamp of the next edge; no number tells."""
    random = Random(12)
    for gate in gates(12_000.0, PI_4, 60):
        kept = [stamp for stamp in gate.timestamps_ns if random.random() > 0.08]
        frequency = frequency_from_edges(kept, range(1, len(kept) + 1))
        assert frequency.hz == pytest.approx(12_000.0, rel=0.001)
        lost = len(gate.timestamps_ns) + gate.merged - len(kept)
        assert frequency.lost == pytest.approx(lost, rel=0.1, abs=2)


def test_of_an_overflow_the_first_and_last_few_edges_are_enough() -> None:
    for gate in gates(12_000.0, PI_4, 100):
        kept = [*range(8), *range(len(gate.timestamps_ns) - 8, len(gate.timestamps_ns))]
        frequency = frequency_from_edges(
            [gate.timestamps_ns[k] for k in kept], [gate.sequence_numbers[k] for k in kept]
        )
        # A merge in the lost stretch leaves no trace: one edge of 600 each.
        assert frequency.hz == pytest.approx(12_000.0, rel=0.0005 + gate.merged / 600)
        assert frequency.lost == pytest.approx(len(gate.timestamps_ns) - 16, abs=2)


@pytest.mark.parametrize("flicker_hz", [100.0, 120.0])
@pytest.mark.parametrize("depth", [0.1, 0.45])
@pytest.mark.parametrize("hz", [600.0, 2_000.0, 11_000.0])
def test_a_gate_of_50_ms_cancels_the_flicker_of_lamps(
    hz: float, depth: float, flicker_hz: float
) -> None:
    random = Random(f"{hz} {depth} {flicker_hz}")
    tone = Tone(hz, depth * hz, flicker_hz)
    for _ in range(20):
        output = Output(random, 0.002)
        opened_ns = random.uniform(0, 1e9)
        output.run(opened_ns, tone)
        edges = deliver(output.rises(opened_ns + 50e6, tone), PI_4, random)
        # The swing ends and begins with an edge, and so a little before or after a full turn.
        assert found(edges).hz == pytest.approx(hz, rel=depth * (0.03 + 12 / hz))
