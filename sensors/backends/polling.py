"""From looks at a polled line to its rising edges, or to the reason why there are none to trust.

The looks come at random distances. A wave of at least three looks a level does not care; one that
is faster than the looks, which would pass for a slow one at an even pace, now changes its level
from one look to the next and is refused.

    OUT    __|‾‾‾‾‾|_____|‾‾‾‾‾|_____|‾‾‾‾‾|_____|‾‾‾‾‾|_____|‾‾‾‾‾|___
    looks  | || |  || | | || ||  |                 || |  | || |  | ||
             ^           ^          `--- pause ---'^           ^
             timed       timed                     not timed   timed

Linux takes the processor away now and then. An edge first seen after a pause is not timed, and a
pause as long as a level may hide edges: nothing is counted across it unless it can be `bridged`.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import sqrt
from statistics import median
from typing import NamedTuple

from ..errors import EdgesTooFast
from ..ports import Edges
from .polling_gaps import Edge, bridged

# With fewer looks at each level edges go by unseen, and a fast wave passes for a slow one.
_LOOKS_A_LEVEL = 3
# Levels seen by one look alone: noise makes some, a wave faster than the looks makes many.
_SINGLE_LOOKS = 0.02
# By so few looks a wave faster than they are may pass for a slow one by chance.
ENOUGH_LOOKS = 100
# Looks come 1 to 2 look times apart; what is later than this was a pause.
LATE = 2.25


class Look(NamedTuple):
    """A look worth remembering: its level is not the last one's, or it came late.

    number: counted from the gate's first look. before_ns, at_ns: when the look before it and it
    itself were done.
    """

    number: int
    before_ns: int
    at_ns: int
    level: int


class Watch(NamedTuple):
    """All that was seen in one gate.

    total: of all looks. first_level: at the start. looks: see Look. late_ns: from when on a look
    is late. pace_ns: the mean time from look to look.
    """

    opened_ns: int
    closed_ns: int
    total: int
    first_level: int
    looks: Sequence[Look]
    late_ns: float
    pace_ns: float


class _Change(NamedTuple):
    """A change of level. pauses: how many came before it; timed: whether its moment is known."""

    number: int
    at_ns: int
    rising: bool
    timed: bool
    pauses: int


def rising_edges(watch: Watch, where: str) -> Edges:
    """Return the edges whose moment is known, in the middle between two looks.

    They are numbered by their place among all that were seen, and by `bridged` across pauses that
    may have hidden some. Fewer than two come with a shorter elapsed_s, so that the bound
    (edges + 1) / elapsed_s holds for what was seen but not timed, and for what a pause may have
    hidden.
    Raises EdgesTooFast, beginning with `where`, for a wave faster than the looks, and when pauses
    leave no two edges in succession.
    """
    changes, pauses_ns = _changes(watch)
    if watch.total - len(pauses_ns) < ENOUGH_LOOKS:
        raise _taken_away(where, pauses_ns, f"the line was looked at {watch.total} times only")
    stretches = _unbroken(changes)
    _refuse_the_fast(stretches, watch, where)
    level_ns = _shortest_level_ns(stretches, watch, pauses_ns)
    broken = [end - start + watch.late_ns > level_ns for start, end in pauses_ns]
    rises = [change for change in changes if change.rising]
    timed = [change for change in rises if change.timed]
    elapsed_s = (watch.closed_ns - watch.opened_ns) / 1e9
    if len(timed) < 2 and len(rises) < 3:
        watched_s = _longest_ns(watch, pauses_ns, broken) / 1e9 if any(broken) else elapsed_s
        stamps_ns = [change.at_ns for change in timed]
        return Edges(stamps_ns, None, watched_s * (len(timed) + 1) / (len(rises) + 1))
    scatter_ns = watch.pace_ns / sqrt(12)
    edges = bridged(_runs(rises, broken), scatter_ns)
    if not edges:
        raise _taken_away(where, pauses_ns, "no two edges of OUT were seen in succession")
    return Edges(
        [edge.at_ns for edge in edges],
        [edge.number for edge in edges],
        elapsed_s,
        scatter_ns=scatter_ns,
    )


def _runs(rises: list[_Change], broken: list[bool]) -> list[list[Edge]]:
    """The timed edges between the pauses that may hide some, numbered among all that were seen."""
    runs: dict[int, list[Edge]] = {}
    for number, rise in enumerate(rises):
        if rise.timed:
            runs.setdefault(sum(broken[: rise.pauses]), []).append(Edge(number, rise.at_ns))
    return list(runs.values())


def _changes(watch: Watch) -> tuple[list[_Change], list[tuple[int, int]]]:
    """The changes of level, and the pauses from and to."""
    changes: list[_Change] = []
    pauses_ns: list[tuple[int, int]] = []
    level, last_late = watch.first_level, 0  # the first look may have come before a pause, too
    for number, before_ns, at_ns, seen in watch.looks:
        late = at_ns - before_ns > watch.late_ns
        if late:
            pauses_ns.append((before_ns, at_ns))
        if seen != level:
            # The pause may have come after the late look, before its time was taken: then the
            # next look is the one that came late.
            timed = not late and number != last_late + 1
            middle_ns = (before_ns + at_ns) // 2
            changes.append(_Change(number, middle_ns, seen > level, timed, len(pauses_ns)))
        level = seen
        if late:
            last_late = number
    return changes, pauses_ns


def _unbroken(changes: list[_Change]) -> list[tuple[_Change, _Change]]:
    """The levels of which both ends are timed and which no pause interrupts."""
    return [(a, b) for a, b in pairwise(changes) if a.timed and b.timed and a.pauses == b.pauses]


def _refuse_the_fast(stretches: list[tuple[_Change, _Change]], watch: Watch, where: str) -> None:
    high = [b.number - a.number for a, b in stretches if a.rising]
    low = [b.number - a.number for a, b in stretches if not a.rising]
    single = sum(looks == 1 for looks in high + low)
    if single > _SINGLE_LOOKS * len(stretches) or any(
        median(looks) < _LOOKS_A_LEVEL for looks in (high, low) if looks
    ):
        raise EdgesTooFast(
            f"{where}: OUT changes too fast to be polled, at one look each"
            f" {watch.pace_ns / 1000:.1f} µs: scale it to 2 %, or install gpiod, which has the"
            " kernel stamp the edges"
        )


def _taken_away(where: str, pauses_ns: list[tuple[int, int]], what: str) -> EdgesTooFast:
    longest_ms = max(end - start for start, end in pauses_ns) / 1e6
    return EdgesTooFast(
        f"{where}: the processor was taken away too often, for up to {longest_ms:.1f} ms: {what}."
        " Stop what else runs, scale OUT down, or install gpiod, which has the kernel stamp the"
        " edges"
    )


def _shortest_level_ns(
    stretches: list[tuple[_Change, _Change]], watch: Watch, pauses_ns: list[tuple[int, int]]
) -> float:
    """How long each level lasts at least: a pause shorter than that hides no edge.

    Where no whole level was seen, it lasts for more than half of the longest time without a pause:
    else a change and the next one would have been seen in there.
    """
    high = [b.at_ns - a.at_ns for a, b in stretches if a.rising]
    low = [b.at_ns - a.at_ns for a, b in stretches if not a.rising]
    if high or low:
        return 0.8 * min(median(levels) for levels in (high, low) if levels)
    return 0.5 * _longest_ns(watch, pauses_ns, [True] * len(pauses_ns))


def _longest_ns(watch: Watch, pauses_ns: list[tuple[int, int]], broken: list[bool]) -> int:
    """The longest time that no pause of these broke."""
    pauses_ns = [pause for pause, breaks in zip(pauses_ns, broken, strict=True) if breaks]
    starts = [watch.opened_ns, *(end for _, end in pauses_ns)]
    ends = [*(start for start, _ in pauses_ns), watch.closed_ns]
    return max(1, *(end - start for start, end in zip(starts, ends, strict=True)))
