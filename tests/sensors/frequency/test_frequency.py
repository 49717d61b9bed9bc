"""Frequencies from edges: against waves whose frequency is known."""

from itertools import accumulate
from math import inf, sqrt
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sensors import ImplausibleReading
from sensors.frequency.estimate import frequency_from_edges, frequency_of
from sensors.frequency.jitter import jitter
from sensors.frequency.phase_unwrapping import unwrap
from sensors.readings import Edges


def wave(hz: float, seconds: float, start_ns: int = 10**15) -> list[int]:
    return [start_ns + round(n * 1e9 / hz) for n in range(int(hz * seconds))]


@pytest.mark.parametrize("hz", [2.5, 120.0, 1_100.0, 12_345.6])
def test_a_perfect_wave_gives_its_frequency(hz: float) -> None:
    frequency = frequency_from_edges(wave(hz, 2.0))
    assert frequency.hz == pytest.approx(hz, rel=1e-6)
    assert frequency.edges == int(hz * 2.0)
    assert frequency.lost == 0


def test_two_edges_are_one_period() -> None:
    assert frequency_from_edges([0, 10_000_000]).hz == pytest.approx(100.0, rel=1e-12)


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


def test_of_two_numbers_the_nearer_way_round_is_the_way_that_was_gone() -> None:
    """Serial number arithmetic (RFC 1982): forward by less than half of the count."""
    frequency = frequency_from_edges([0, 10**9], [7, 6 + 2**31])
    assert frequency.hz == pytest.approx(2**31 - 1, rel=1e-12)
    assert frequency.lost == 2**31 - 2
    with pytest.raises(ImplausibleReading, match="numbers stand still or run backwards"):
        frequency_from_edges([0, 10**9], [7, 8 + 2**31])


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
    with pytest.raises(ImplausibleReading, match=r"backwards|3 edges came with 2|whole numbers"):
        frequency_from_edges(stamps, numbers)


@pytest.mark.parametrize("before", [[], [0, 1_000]])
def test_stamps_farther_apart_than_doubles_can_tell_are_of_two_clocks(before: list[int]) -> None:
    """IEEE 754: whole numbers are exact up to 2**53, which in nanoseconds are 104 days."""
    stamps = before or [0]
    assert frequency_from_edges([*stamps, 2**53]).edges == len(stamps) + 1
    with pytest.raises(ImplausibleReading, match="time stamps span months"):
        frequency_from_edges([*stamps, 2**53 + 1])


def test_a_clock_that_errs_once_in_ten_is_borne_and_one_that_errs_twice_is_not() -> None:
    stamps = wave(5_000.0, 0.004)
    stamps[3] += 210_000
    stamps[12] += 210_000
    assert frequency_from_edges(stamps).hz == pytest.approx(5_000.0, rel=1e-4)
    stamps[7] += 210_000
    stamps[16] += 210_000
    with pytest.raises(ImplausibleReading, match="the clock that stamps them is not monotonic"):
        frequency_from_edges(stamps)


@pytest.mark.parametrize("scatter_ns", [-1.0, inf, float("nan")])
def test_a_scatter_that_cannot_be_is_refused(scatter_ns: float) -> None:
    with pytest.raises(ImplausibleReading, match="scatter_ns"):
        frequency_from_edges([0, 10_000_000], scatter_ns=scatter_ns)


@pytest.mark.parametrize("scatter_ns", [0.0, 0.5])
def test_stamps_that_are_said_to_be_perfect_are_none_the_worse(scatter_ns: float) -> None:
    assert frequency_from_edges([0, 10_000_000], scatter_ns=scatter_ns).hz == pytest.approx(100.0)


def test_stamps_that_are_known_to_be_coarse_widen_the_error_by_as_much() -> None:
    """One period between two stamps, each good to 0.1 ms: good to 0.1 ms times the root of two."""
    frequency = frequency_from_edges([0, 10_000_000], scatter_ns=100_000.0)
    least = frequency.hz * sqrt(2) * 100_000 / 10_000_000
    assert least <= frequency.uncertainty_hz <= 2 * least
    assert frequency_from_edges([0, 10_000_000]).uncertainty_hz < least / 2


def test_what_pins_deliver_is_taken_whole() -> None:
    """Their numbers, their gate, their scatter, and what their queue dropped before the first."""
    stamps, numbers = [0, 10_000_000, 40_000_000], [5, 6, 9]
    edges = Edges(stamps, numbers, 0.1, dropped=7, scatter_ns=100_000.0)
    frequency = frequency_of(edges)
    alone = frequency_from_edges(stamps, numbers, scatter_ns=100_000.0)
    assert frequency == alone._replace(lost=2 + 7)
    assert frequency.hz == pytest.approx(100.0)
    assert frequency_of(Edges([], None, 0.25)) == (0.0, 4.0, 0, 0)


@pytest.mark.parametrize("elapsed_s", [0.0, -1.0, inf, float("nan")])
def test_a_gate_that_was_never_open_is_refused(elapsed_s: float) -> None:
    with pytest.raises(ImplausibleReading, match="elapsed_s"):
        frequency_from_edges([], elapsed_s=elapsed_s)


@pytest.mark.parametrize("scatter_ns", [-1.0, 1e300, inf, float("nan")])
def test_a_scatter_that_no_clock_has_is_refused(scatter_ns: float) -> None:
    with pytest.raises(ImplausibleReading, match="scatter_ns"):
        frequency_from_edges([0, 100_000, 200_100, 300_000], scatter_ns=scatter_ns)


@pytest.mark.parametrize("hz", [500.0, 5_000.0])
def test_the_truth_lies_within_two_sigma_nineteen_times_in_twenty(hz: float) -> None:
    """Periods that wander by 0.2 % each, as a random walk of the phase."""
    random = Random(2009)
    within = nearer = 0
    for _ in range(400):
        at_ns, stamps = 0.0, []
        while at_ns < 50e6:
            stamps.append(round(at_ns))
            at_ns += 1e9 / hz * (1 + random.gauss(0, 0.002))
        frequency = frequency_from_edges(stamps)
        within += abs(frequency.hz - hz) <= 2 * frequency.uncertainty_hz
        nearer += abs(frequency.hz - hz) <= frequency.uncertainty_hz
    assert within >= 0.93 * 400
    # Nor is the error bar wider than need be: of a normal error 68 % lie within one sigma.
    assert 0.6 * 400 <= nearer <= 0.8 * 400


def by_aitken(stamps: list[int], numbers: list[int] | None) -> tuple[float, float]:
    """The period and its variance by Aitken's generalised least squares, with whole matrices.

    Intervals d of n periods, d = n * period + error. The wandering of each period adds to its own
    interval; the scatter of a stamp to the interval before it, and, turned over, to that behind it.
    """
    unwrapped = unwrap([float(stamp - stamps[0]) for stamp in stamps], numbers)
    assert unwrapped is not None
    runs = [(np.array(run.at_ns), np.array(run.periods)) for run in unwrapped.segments]
    span_ns = sum(at_ns[-1] - at_ns[0] for at_ns, _ in runs)
    period_ns = span_ns / sum(count[-1] - count[0] for _, count in runs)
    found = jitter([(at_ns - period_ns * count).tolist() for at_ns, count in runs], period_ns)
    above, weight = 0.0, 0.0
    for at_ns, count in runs:
        intervals_ns, periods = np.diff(at_ns), np.diff(count)
        size = len(periods)
        shared = 2 * np.eye(size) - np.eye(size, k=1) - np.eye(size, k=-1)
        covariance = found.wander_ns2 * np.diag(periods) + found.scatter_ns2 * shared
        above += periods @ np.linalg.solve(covariance, intervals_ns)
        weight += periods @ np.linalg.solve(covariance, periods)
    return above / weight, 1 / weight


@pytest.mark.parametrize("scatter_ns", [100.0, 4_000.0, 30_000.0])
@pytest.mark.parametrize("numbered", [True, False])
def test_the_period_is_that_of_generalised_least_squares(numbered: bool, scatter_ns: float) -> None:
    """With a gap, and a stretch in which every third edge is missing."""
    random = Random(f"{numbered} {scatter_ns}")
    at_ns = list(accumulate((200_000 * (1 + random.gauss(0, 0.004)) for _ in range(70)), initial=0))
    stamps = [round(at + random.gauss(0, scatter_ns)) for at in at_ns]
    kept = [n for n in range(71) if n < 20 or 24 < n < 45 or n % 3]
    if not numbered:
        kept = [n for n in kept if n < 45]
        stamps = [stamp + 10**9 * (n > 24) for n, stamp in enumerate(stamps)]
    there, numbers = [stamps[n] for n in kept], kept if numbered else None
    frequency = frequency_from_edges(there, numbers)
    period_ns, variance_ns2 = by_aitken(there, numbers)
    assert frequency.hz == pytest.approx(1e9 / period_ns, rel=1e-12)
    # As Student's t of so few degrees of freedom is wider, but never by twice in variance.
    least = frequency.hz * sqrt(variance_ns2) / period_ns
    assert least < frequency.uncertainty_hz < sqrt(2) * least


def test_runs_between_pauses_are_joined_by_their_phase() -> None:
    """No numbers, and every tenth millisecond nobody looked."""
    stamps = [stamp for stamp in wave(5_000.0, 0.1) if stamp // 1_000_000 % 10]
    frequency = frequency_from_edges(stamps)
    assert frequency.hz == pytest.approx(5_000.0, rel=1e-5)
    assert frequency.lost == (stamps[-1] - stamps[0]) // 200_000 + 1 - len(stamps)


def test_a_gap_too_long_to_be_counted_is_left_out() -> None:
    """Two bursts a second apart, ten wandering edges each: no phase bridges that."""
    random = Random(10)
    first, second = ([round(k * 200_000 + random.gauss(0, 2_000)) for k in range(10)] for _ in "12")
    stamps = [*first, *(10**9 + stamp for stamp in second)]
    frequency = frequency_from_edges(stamps)
    assert abs(frequency.hz - 5_000.0) <= 3 * frequency.uncertainty_hz
    assert frequency.uncertainty_hz > 1.0  # and it does not pretend to have bridged it


@pytest.mark.parametrize("late", [0, 1, 37, 298, 299])
def test_one_late_stamp_bends_nothing_wherever_it_is(late: int) -> None:
    stamps = wave(5_000.0, 0.06)
    stamps[late] += 90_000
    assert frequency_from_edges(stamps).hz == pytest.approx(5_000.0, rel=2e-5)
    assert frequency_from_edges(stamps).lost == 0


def test_a_stamp_later_than_the_next_edge_is_put_aside() -> None:
    stamps = wave(5_000.0, 0.06)
    stamps[100] += 210_000
    assert frequency_from_edges(stamps).hz == pytest.approx(5_000.0, rel=2e-5)
    assert frequency_from_edges(stamps, range(300)).lost == 0


@pytest.mark.parametrize(("hz", "then_hz"), [(300, 3_000), (3_000, 300), (1_000, 20_000)])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_a_light_that_jumps_within_the_gate_loses_no_edges(
    hz: int, then_hz: int, share: float
) -> None:
    at_ns, stamps = 0.0, []
    while at_ns < 50e6:
        stamps.append(round(at_ns))
        at_ns += 1e9 / (hz if at_ns < share * 50e6 else then_hz)
    frequency = frequency_from_edges(stamps, range(len(stamps)))
    mean_hz = (len(stamps) - 1) * 1e9 / stamps[-1]
    assert abs(frequency.hz - mean_hz) <= 2 * frequency.uncertainty_hz
    assert frequency.lost == 0


def test_edges_without_a_rhythm_are_counted_with_the_error_of_a_count() -> None:
    """Noise on a wire that hangs in the air: the count of a Poisson process errs by its root."""
    random = Random(7)
    within = 0
    for _ in range(100):
        at_ns, stamps = 0.0, []
        while at_ns < 50e6:
            at_ns += random.expovariate(5_000.0 / 1e9)
            stamps.append(round(at_ns))
        frequency = frequency_from_edges(stamps)
        within += abs(frequency.hz - 5_000.0) <= 2 * frequency.uncertainty_hz
        assert frequency.uncertainty_hz > 100.0
    assert within >= 90


@pytest.mark.parametrize("numbered", [True, False])
def test_noise_is_counted_from_its_first_edge_to_its_last(numbered: bool) -> None:
    """And the intervals of a Poisson process spread by as much as they are long."""
    random = Random(70)
    stamps = list(accumulate((round(random.expovariate(5e-6)) + 1 for _ in range(299)), initial=0))
    kept = [n for n in range(300) if not numbered or n % 5 != 2]
    there, numbers = [stamps[n] for n in kept], [n + 40 for n in kept] if numbered else None
    frequency = frequency_from_edges(there, numbers)
    assert frequency.hz == pytest.approx(299e9 / stamps[-1], rel=1e-12)
    assert frequency.edges == len(kept)
    assert frequency.lost == 300 - len(kept)
    assert frequency.uncertainty_hz == pytest.approx(frequency.hz, rel=0.2)


@given(
    intervals=st.lists(st.integers(-2, 10**7) | st.sampled_from([1, 50_000, 100_000]), max_size=80),
    steps=st.lists(st.integers(1, 3), min_size=80, max_size=80) | st.none(),
)
@example(intervals=[10**18, 1, 1], steps=[1] * 80)
@example(intervals=[30_000] * 4 + [100_000] * 60 + [200_000] * 20, steps=None)
@settings(max_examples=400, deadline=None)
def test_whatever_the_stamps_there_is_an_answer_or_a_clear_error(
    intervals: list[int], steps: list[int] | None
) -> None:
    stamps = list(accumulate(intervals, initial=10**12))
    numbers = steps and list(accumulate(steps, initial=2**32 - 5))[: len(stamps)]
    try:
        frequency = frequency_from_edges(
            stamps, numbers and [number % 2**32 for number in numbers], elapsed_s=1.0
        )
    except ImplausibleReading:
        return
    assert 0 <= frequency.hz <= 3e9
    assert 0 < frequency.uncertainty_hz < inf
    assert frequency.edges == len(stamps)
    assert frequency.lost >= 0


@settings(deadline=None)
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
