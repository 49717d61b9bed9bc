"""The kernel model, held against what reference boards are said to do, and its own bookkeeping."""

from itertools import pairwise
from random import Random

import pytest

from sensors.simulated.kernel import PERFECT, PI_4, PI_ZERO, Kernel, deliver


def wave(hz: float, edges: int) -> list[float]:
    return [n * 1e9 / hz for n in range(1, edges + 1)]


@pytest.mark.parametrize("kernel", [PI_4, PI_ZERO, PERFECT])
@pytest.mark.parametrize("hz", [120.0, 12_000.0, 300_000.0])
def test_every_edge_is_delivered_merged_or_dropped(kernel: Kernel, hz: float) -> None:
    stamps_ns, numbers, merged, dropped = deliver(wave(hz, 3_000), kernel, Random(1))
    assert len(stamps_ns) + merged + dropped == 3_000
    assert numbers == list(range(dropped + 1, dropped + 1 + len(stamps_ns)))
    assert all(before < after for before, after in pairwise(stamps_ns))
    assert len(stamps_ns) <= kernel.queue


def test_a_perfect_kernel_stamps_each_edge_at_its_own_time() -> None:
    edges_ns = wave(12_345.6, 2_000)
    assert deliver(edges_ns, PERFECT, Random(1)).timestamps_ns == [int(ns) for ns in edges_ns]


def test_slow_edges_come_late_by_the_mean_latency_and_are_all_there() -> None:
    edges_ns = wave(120.0, 1_000)
    stamps_ns, _, merged, _ = deliver(edges_ns, PI_ZERO, Random(1))
    assert merged == 0
    late_ns = [stamp - edge for stamp, edge in zip(stamps_ns, edges_ns, strict=True)]
    assert min(late_ns) > -1
    # 8 us, and 120 us more in one of a hundred
    assert sum(late_ns) / len(late_ns) == pytest.approx(9_200, rel=0.2)


@pytest.mark.parametrize(
    ("kernel", "hz", "share"), [(PI_4, 8_000, 0.0), (PI_4, 20_000, 0.0045), (PI_ZERO, 12_000, 0.08)]
)
def test_as_many_edges_merge_as_counting_events_would_miss(
    kernel: Kernel, hz: float, share: float
) -> None:
    merged = deliver(wave(hz, 20_000), kernel._replace(queue=1 << 20), Random(1)).merged
    assert merged / 20_000 == pytest.approx(share, rel=0.35, abs=0.001)


def test_merged_edges_are_one_event_with_the_later_stamp() -> None:
    sleepy = PERFECT._replace(thread_ns=1e9)
    assert deliver([1_000.0, 2_000.0, 3_000.0], sleepy, Random(1)) == ([3_000], [1], 2, 0)


def test_a_full_queue_lets_the_oldest_go_and_the_numbers_count_them() -> None:
    short = PERFECT._replace(queue=16)
    stamps_ns, numbers, merged, dropped = deliver(wave(1_000, 600), short, Random(1))
    assert (merged, dropped) == (0, 584)
    assert numbers == list(range(585, 601))
    assert stamps_ns[-1] == 600_000_000


def test_no_edges_are_no_events() -> None:
    assert deliver([], PI_4, Random(1)) == ([], [], 0, 0)
