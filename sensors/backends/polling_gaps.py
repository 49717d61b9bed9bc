"""Count the edges in a pause of the polling, by the period on both sides of it.

    run                    pause                  run
    |    |    |    |- - - - - - - - - - - - -|    |    |
    3 periods            5.03 -> 5                2 periods

A pause is bridged if the period is known well enough to leave no doubt about the number of periods
in it. Otherwise the run beyond it is left out: a guess would be wrong by whole periods.
"""

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

# A count holds if its doubt, at three standard deviations, is below this share of a period.
_NO_DOUBT = 0.35
# The period may wander this far in a pause without a trace on either side.
_WANDER = 0.01


class Edge(NamedTuple):
    """A rising edge: its number in the wave, and its time."""

    number: int
    at_ns: int


def bridge_gaps(runs: Sequence[Sequence[Edge]], scatter_ns: float) -> list[Edge]:
    """Return the edges of the longest run and of all runs joined to it, numbered throughout.

    runs: oldest first, with edges numbered within each. scatter_ns: a stamp's standard deviation.
    Runs of a single edge have no period and are left out; without any other the result is empty.
    """
    runs = [run for run in runs if len(run) > 1]
    if not runs:
        return []
    longest = max(range(len(runs)), key=lambda n: runs[n][-1].number - runs[n][0].number)
    chain = list(runs[longest])
    before, after = list(runs[:longest]), list(runs[:longest:-1])
    while before or after:
        if after and (periods := _periods(chain, chain[-1], after[-1][0], after[-1], scatter_ns)):
            chain += _from(chain[-1].number + periods, after.pop())
        elif before and (
            periods := _periods(chain, before[-1][-1], chain[0], before[-1], scatter_ns)
        ):
            run = before.pop()
            chain[:0] = _from(chain[0].number - periods - (run[-1].number - run[0].number), run)
        else:
            break
    return chain


def _periods(
    chain: Sequence[Edge], last: Edge, first: Edge, run: Sequence[Edge], scatter_ns: float
) -> int:
    """Return the number of periods between the last edge before a pause and the first after it.

    0 if in doubt: the stamps scatter, or the two sides disagree on the period because the light
    changes.
    """
    period_ns, relative = _period(chain, scatter_ns)
    other_ns, other_relative = _period(run, scatter_ns)
    apart = abs(other_ns / period_ns - 1)
    if apart < 3 * (relative + other_relative):  # a short run may disagree by its scatter
        apart = min(apart, _WANDER)
    share = (first.at_ns - last.at_ns) / period_ns
    doubt = share * (3 * relative + apart)
    doubt += 3 * sqrt(2) * scatter_ns / period_ns
    whole = round(share)
    return whole if doubt < _NO_DOUBT and abs(share - whole) < doubt else 0


def _period(edges: Sequence[Edge], scatter_ns: float) -> tuple[float, float]:
    """Return the mean period and its relative standard deviation."""
    span_ns = edges[-1].at_ns - edges[0].at_ns
    return span_ns / (edges[-1].number - edges[0].number), sqrt(2) * scatter_ns / span_ns


def _from(number: int, run: Sequence[Edge]) -> list[Edge]:
    return [Edge(number + edge.number - run[0].number, edge.at_ns) for edge in run]
