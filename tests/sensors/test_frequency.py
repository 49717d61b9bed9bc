"""Frequencies from edges: against waves whose frequency is known."""

from math import inf
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors import ImplausibleReading
from sensors.frequency import frequency_from_edges


def wave(hz: float, seconds: float, start_ns: int = 10**15) -> list[int]:
    return [start_ns + round(n * 1e9 / hz) for n in range(int(hz * seconds))]


@pytest.mark.parametrize("hz", [2.5, 120.0, 1_100.0, 12_345.6])
def test_a_perfect_wave_gives_its_frequency(hz: float) -> None:
    frequency = frequency_from_edges(wave(hz, 2.0))
    assert frequency.hz == pytest.approx(hz, rel=1e-6)
    assert frequency.edges == int(hz * 2.0)
    assert frequency.lost == 0


def test_two_edges_are_one_period() -> None:
    assert frequency_from_edges([0, 10_000_000]).hz == pytest.approx(100.0)


def test_the_gate_cuts_no_period_in_half() -> None:
    # 120 Hz in 100 ms: counting edges in the gate would say 110 or 130.
    assert frequency_from_edges(wave(120.0, 0.1)).hz == pytest.approx(120.0, rel=1e-6)


def test_lost_edges_cost_no_truth_when_they_are_numbered() -> None:
    stamps = wave(5_000.0, 0.1)
    kept = [n for n in range(len(stamps)) if n < 5 or n >= len(stamps) - 5 or n % 3 == 0]
    frequency = frequency_from_edges([stamps[n] for n in kept], kept)
    assert frequency.hz == pytest.approx(5_000.0, rel=1e-6)
    assert frequency.lost == len(stamps) - len(kept)


def test_sequence_numbers_wrap_at_32_bits() -> None:
    numbers = [2**32 - 2, 2**32 - 1, 0, 1]
    frequency = frequency_from_edges([0, 1_000_000, 2_000_000, 3_000_000], numbers)
    assert frequency.hz == pytest.approx(1_000.0)
    assert frequency.lost == 0


@pytest.mark.parametrize("edges", [[], [123]])
def test_darkness_is_an_answer_with_a_bound(edges: list[int]) -> None:
    assert frequency_from_edges(edges, elapsed_s=0.5) == (
        0.0,
        (len(edges) + 1) / 0.5,
        len(edges),
        0,
    )
    assert frequency_from_edges(edges).uncertainty_hz == inf


@pytest.mark.parametrize(
    ("stamps", "numbers"),
    [
        ([5, 5, 5], None),
        ([5, 9, 7], None),
        ([5, 6, 7], [1, 1, 2]),
        ([5, 6, 7], [3, 2, 1]),
        ([5, 6, 7], [1, 2]),
        ([float("nan")] * 3, None),
        ([0, 1000], [float("nan")] * 2),
        ([0.0, 1e6], None),
    ],
)
def test_a_clock_or_count_that_does_not_go_forward_is_refused(stamps: Any, numbers: Any) -> None:
    with pytest.raises(ImplausibleReading):
        frequency_from_edges(stamps, numbers)


@pytest.mark.parametrize("elapsed_s", [0.0, -1.0, inf, float("nan")])
def test_a_gate_that_was_never_open_is_refused(elapsed_s: float) -> None:
    with pytest.raises(ImplausibleReading, match="elapsed_s"):
        frequency_from_edges([], elapsed_s=elapsed_s)


@pytest.mark.parametrize("hz", [500.0, 5_000.0])
def test_the_truth_lies_within_two_sigma_nineteen_times_in_twenty(hz: float) -> None:
    """Periods that wander by 0.2 % each, as a random walk of the phase."""
    random = Random(2009)
    within = 0
    for _ in range(400):
        at_ns, stamps = 0.0, []
        while at_ns < 50e6:
            stamps.append(round(at_ns))
            at_ns += 1e9 / hz * (1 + random.gauss(0, 0.002))
        frequency = frequency_from_edges(stamps)
        within += abs(frequency.hz - hz) <= 2 * frequency.uncertainty_hz
    assert within >= 0.93 * 400


@given(
    hz=st.floats(0.5, 50_000.0),
    edges=st.integers(2, 200),
    start_ns=st.integers(0, 2**62),
)
def test_any_steady_wave_is_measured_within_its_stated_error(
    hz: float, edges: int, start_ns: int
) -> None:
    stamps = [start_ns + round(n * 1e9 / hz) for n in range(edges)]
    frequency = frequency_from_edges(stamps)
    assert abs(frequency.hz - hz) <= 3 * frequency.uncertainty_hz
