"""From the polls of a line to its rising edges, or to the reason why they cannot be trusted.

Polls come at random distances. That does not matter to a wave of at least three polls a level. A
wave faster than the polls, which an even pace would take for a slow one, changes its level from
one poll to the next and is refused.

    OUT    __|‾‾‾‾‾|_____|‾‾‾‾‾|_____|‾‾‾‾‾|_____|‾‾‾‾‾|_____|‾‾‾‾‾|___
    polls  | || |  || | | || ||  |                 || |  | || |  | ||
             ^           ^          `--- pause ---'^           ^
             timed       timed                     not timed   timed

Linux takes the processor away now and then. An edge first seen after a pause has no known time,
and a pause as long as a level may hide edges: polling_gaps.py bridges it, or it ends the count.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import sqrt
from statistics import median
from typing import NamedTuple

from ..errors import EdgesTooFast
from ..readings import Edges
from .polling_gaps import Edge, bridge_gaps

# With fewer polls of each level edges are missed, and a fast wave passes for a slow one.
_POLLS_A_LEVEL = 3
# Levels seen by a single poll: noise makes some, a wave faster than the polls makes many.
_SINGLE_POLLS = 0.02
# With fewer polls a wave faster than they are may pass for a slow one by chance.
ENOUGH_POLLS = 100
# Polls come 1 to 2 poll times apart; a later one follows a pause.
LATE = 2.25


class Poll(NamedTuple):
    """A poll worth keeping: the level changed, or it came late.

    number: counted from the gate's first poll. before_ns: the end of the poll before it.
    """

    number: int
    before_ns: int
    at_ns: int
    level: int


class PolledGate(NamedTuple):
    """The polls of one gate.

    total: the number of all polls. polls: those worth keeping. late_ns: a longer time between two
    polls is a pause. pace_ns: the mean time from poll to poll.
    """

    opened_ns: int
    closed_ns: int
    total: int
    first_level: int
    polls: Sequence[Poll]
    late_ns: float
    pace_ns: float


class _Change(NamedTuple):
    """A change of level. pauses: their number before it; timed: whether at_ns is exact."""

    number: int
    at_ns: int
    rising: bool
    timed: bool
    pauses: int


def rising_edges(gate: PolledGate, where: str) -> Edges:
    """Return the edges whose time is known, in the middle between two polls.

    They are numbered among all edges seen, and by bridge_gaps() across pauses that may have hidden
    some. Fewer than two come with a shorter elapsed_s, so that the bound (edges + 1) / elapsed_s
    holds for edges that were not timed, or hidden by a pause.
    Raises EdgesTooFast, beginning with `where`, for a wave faster than the polls, and if pauses
    leave no two edges in succession.
    """
    changes, pauses_ns = _changes(gate)
    if gate.total - len(pauses_ns) < ENOUGH_POLLS:
        raise _too_few_polls(where, pauses_ns, f"the line was looked at {gate.total} times only")
    spans = _unbroken_spans(changes)
    _refuse_fast_waves(spans, gate, where)
    level_ns = _shortest_level_ns(spans, gate, pauses_ns)
    broken = [end - start + gate.late_ns > level_ns for start, end in pauses_ns]
    rises = [change for change in changes if change.rising]
    timed = [change for change in rises if change.timed]
    elapsed_s = (gate.closed_ns - gate.opened_ns) / 1e9
    if len(timed) < 2 and len(rises) < 3:
        unbroken_s = _longest_ns(gate, pauses_ns, broken) / 1e9 if any(broken) else elapsed_s
        stamps_ns = [change.at_ns for change in timed]
        return Edges(stamps_ns, None, unbroken_s * (len(timed) + 1) / (len(rises) + 1))
    scatter_ns = gate.pace_ns / sqrt(12)
    edges = bridge_gaps(_runs(rises, broken), scatter_ns)
    if not edges:
        raise _too_few_polls(where, pauses_ns, "no two edges of OUT were seen in succession")
    return Edges(
        [edge.at_ns for edge in edges],
        [edge.number for edge in edges],
        elapsed_s,
        scatter_ns=scatter_ns,
    )


def _runs(rises: list[_Change], broken: list[bool]) -> list[list[Edge]]:
    """Return the timed edges between pauses that may hide some, numbered among all seen."""
    runs: dict[int, list[Edge]] = {}
    for number, rise in enumerate(rises):
        if rise.timed:
            runs.setdefault(sum(broken[: rise.pauses]), []).append(Edge(number, rise.at_ns))
    return list(runs.values())


def _changes(gate: PolledGate) -> tuple[list[_Change], list[tuple[int, int]]]:
    """Return the changes of level, and the pauses as (start, end)."""
    changes: list[_Change] = []
    pauses_ns: list[tuple[int, int]] = []
    level, last_late = gate.first_level, 0  # the first poll may have come before a pause, too
    for number, before_ns, at_ns, level_now in gate.polls:
        late = at_ns - before_ns > gate.late_ns
        if late:
            pauses_ns.append((before_ns, at_ns))
        if level_now != level:
            # The pause may have come after the poll and before its time stamp: then the poll
            # after it counts as late.
            timed = not late and number != last_late + 1
            middle_ns = (before_ns + at_ns) // 2
            changes.append(_Change(number, middle_ns, level_now > level, timed, len(pauses_ns)))
        level = level_now
        if late:
            last_late = number
    return changes, pauses_ns


def _unbroken_spans(changes: list[_Change]) -> list[tuple[_Change, _Change]]:
    """Return the levels with two timed ends and no pause in them."""
    return [(a, b) for a, b in pairwise(changes) if a.timed and b.timed and a.pauses == b.pauses]


def _refuse_fast_waves(spans: list[tuple[_Change, _Change]], gate: PolledGate, where: str) -> None:
    high = [b.number - a.number for a, b in spans if a.rising]
    low = [b.number - a.number for a, b in spans if not a.rising]
    single = sum(polls == 1 for polls in high + low)
    if single > _SINGLE_POLLS * len(spans) or any(
        median(polls) < _POLLS_A_LEVEL for polls in (high, low) if polls
    ):
        raise EdgesTooFast(
            f"{where}: OUT changes too fast to be polled, at one look each"
            f" {gate.pace_ns / 1000:.1f} µs: scale it to 2 %, or install gpiod, which has the"
            " kernel stamp the edges"
        )


def _too_few_polls(where: str, pauses_ns: list[tuple[int, int]], what: str) -> EdgesTooFast:
    longest_ms = max(end - start for start, end in pauses_ns) / 1e6
    return EdgesTooFast(
        f"{where}: the processor was taken away too often, for up to {longest_ms:.1f} ms: {what}."
        " Stop what else runs, scale OUT down, or install gpiod, which has the kernel stamp the"
        " edges"
    )


def _shortest_level_ns(
    spans: list[tuple[_Change, _Change]], gate: PolledGate, pauses_ns: list[tuple[int, int]]
) -> float:
    """Return the shortest time that a level lasts: a shorter pause hides no edge.

    If no whole level was seen, a level lasts longer than half the longest time without a pause:
    otherwise two changes would have been seen in that time.
    """
    high = [b.at_ns - a.at_ns for a, b in spans if a.rising]
    low = [b.at_ns - a.at_ns for a, b in spans if not a.rising]
    if high or low:
        return 0.8 * min(median(levels) for levels in (high, low) if levels)
    return 0.5 * _longest_ns(gate, pauses_ns, [True] * len(pauses_ns))


def _longest_ns(gate: PolledGate, pauses_ns: list[tuple[int, int]], broken: list[bool]) -> int:
    """Return the longest time without one of the pauses that break."""
    pauses_ns = [pause for pause, breaks in zip(pauses_ns, broken, strict=True) if breaks]
    starts = [gate.opened_ns, *(end for _, end in pauses_ns)]
    ends = [*(start for start, _ in pauses_ns), gate.closed_ns]
    return max(1, *(end - start for start, end in zip(starts, ends, strict=True)))
