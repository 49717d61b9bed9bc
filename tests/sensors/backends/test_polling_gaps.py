"""Counting periods across a pause: by the period beside it, and never by a guess."""

import random
from itertools import pairwise

import pytest

from sensors.backends.polling_gaps import Edge, bridge_gaps


def run(first: int, edges: int, period_ns: float = 1e6, scatter_ns: float = 0.0) -> list[Edge]:
    """Edges of a wave from its first-th on, numbered from 0 as a watcher would."""
    rng = random.Random(first)
    return [
        Edge(n, round((first + n) * period_ns + rng.gauss(0, scatter_ns))) for n in range(edges)
    ]


def test_runs_are_numbered_through() -> None:
    edges = bridge_gaps([run(0, 3), run(6, 5), run(14, 2)], scatter_ns=1_000.0)
    assert [edge.number - edges[0].number for edge in edges] == [0, 1, 2, 6, 7, 8, 9, 10, 14, 15]
    assert all(a.at_ns < b.at_ns for a, b in pairwise(edges))


def test_what_was_bridged_first_helps_to_bridge_the_next() -> None:
    runs = [run(0, 8, scatter_ns=10_000), run(12, 8, scatter_ns=10_000), run(60, 9)]
    edges = bridge_gaps(runs, scatter_ns=10_000.0)
    assert edges[-1].number - edges[0].number == 68 or len(edges) < 25


@pytest.mark.parametrize("gap", [40, 400])
def test_a_pause_too_long_for_the_period_s_doubt_leaves_the_shorter_run_out(gap: int) -> None:
    edges = bridge_gaps([run(0, 3), run(3 + gap, 6)], scatter_ns=40_000.0)
    assert edges == run(3 + gap, 6)


def test_runs_that_disagree_on_the_period_are_not_joined() -> None:
    """A lamp flickers: the period in the pause is anybody's guess."""
    slower = [Edge(n, 30_000_000 + round(n * 1.1e6)) for n in range(6)]
    assert bridge_gaps([run(0, 8), slower], scatter_ns=1_000.0) == run(0, 8)


def test_single_edges_alone_are_nothing() -> None:
    assert bridge_gaps([run(0, 1), run(4, 1)], scatter_ns=1_000.0) == []
    assert bridge_gaps([], scatter_ns=1_000.0) == []
