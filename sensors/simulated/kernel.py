"""The delivery of GPIO edges by Linux: late, sometimes merged, from a short queue.

    OUT             _|‾‾‾‾|____|‾‾‾‾|____|‾‾‾‾|____
    hard handler      S             S  S                S: stamps, a little late, and wakes
    thread               1                2             the thread, which queues one event

The hard handler only stores the stamp. If a second edge is stamped before the thread has run, its
stamp replaces the first and both become one event with one number, without a gap. The pin
controller holds one edge while another waits for its handler; a third is lost. A full queue drops
its oldest event, which leaves a gap in the numbers.
"""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from random import Random
from typing import NamedTuple


class Kernel(NamedTuple):
    """The delays of one machine: exponential, by their means in nanoseconds.

    stamp_ns: from an edge to its stamp; in tail_share of the cases tail_ns more, while interrupts
    were off. thread_ns: from the stamp until the thread has queued the event. queue: its length in
    events. fastest_hz: the rate of edges timed without losing many.
    """

    stamp_ns: float
    tail_share: float
    tail_ns: float
    thread_ns: float
    queue: int
    fastest_hz: float


# Assumed from reports, not measured.
PI_4 = Kernel(2_000, 0.003, 40_000, 8_000, queue=1024, fastest_hz=20_000)
PI_ZERO = Kernel(8_000, 0.01, 120_000, 30_000, queue=1024, fastest_hz=12_000)
# Every edge exactly; as fast as the sensor.
PERFECT = Kernel(0, 0, 0, 0, queue=1 << 30, fastest_hz=600_000)


class Delivery(NamedTuple):
    """The events in the queue at the end of a gate, oldest first.

    merged: edges merged into another's event. dropped: events dropped from the full queue.
    Edges = events delivered + merged + dropped.
    """

    timestamps_ns: list[int]
    sequence_numbers: list[int]
    merged: int
    dropped: int


def deliver(
    edges_ns: Sequence[float], kernel: Kernel, random: Random, drains_ns: Sequence[float] = ()
) -> Delivery:
    """Return what this kernel delivers of rising edges at these true times (ns, increasing).

    The queue is read at drains_ns and at the end. Sequence numbers count events from 1, as on a
    new request.
    """
    events_ns = _events(_stamps(edges_ns, kernel, random), kernel, random)
    drains = [0, *(bisect_left(events_ns, drain_ns) for drain_ns in drains_ns), len(events_ns)]
    delivered = [
        place
        for start, end in pairwise(drains)
        for place in range(max(start, end - kernel.queue), end)
    ]
    return Delivery(
        [events_ns[place] for place in delivered],
        [place + 1 for place in delivered],
        len(edges_ns) - len(events_ns),
        len(events_ns) - len(delivered),
    )


def _stamps(edges_ns: Sequence[float], kernel: Kernel, random: Random) -> list[int]:
    """Return the times of the hard handler; a late run delays the next one."""
    stamps_ns: list[int] = []
    last_ns = before_last_ns = -1
    for edge_ns in edges_ns:
        if edge_ns < before_last_ns:  # one waits for its handler, one is held: this one is lost
            continue
        late_ns = _exponential(kernel.stamp_ns, random)
        if random.random() < kernel.tail_share:
            late_ns += _exponential(kernel.tail_ns, random)
        stamp_ns = int(edge_ns + late_ns)
        before_last_ns, last_ns = last_ns, stamp_ns if stamp_ns > last_ns else last_ns + 1
        stamps_ns.append(last_ns)
    return stamps_ns


def _events(stamps_ns: list[int], kernel: Kernel, random: Random) -> list[int]:
    """Return the stamps that the thread finds: the latest since its last run."""
    events_ns: list[int] = []
    runs_ns = 0.0
    for stamp_ns in stamps_ns:
        if events_ns and stamp_ns < runs_ns:
            events_ns[-1] = stamp_ns
        else:
            events_ns.append(stamp_ns)
            runs_ns = stamp_ns + _exponential(kernel.thread_ns, random)
    return events_ns


def _exponential(mean_ns: float, random: Random) -> float:
    return random.expovariate(1 / mean_ns) if mean_ns else 0.0
