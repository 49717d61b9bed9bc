"""The faults of a voyage, by a seed: of sensor, disk, network and clock, restarts, and people."""

from collections.abc import Callable, Iterator
from math import pi, sin
from random import Random
from typing import NamedTuple

DAY_S = 86_400
# How many a day, and how long: from and to, in seconds; by the logarithm.
_SPANS = {
    "dead": (8.0, 3, 7_000),
    "stuck": (3.0, 3, 7_000),
    "disk": (1.5, 30, 5_000),
    "network": (1.5, 60, 18_000),
    "clock": (1.0, 60, 20_000),
}
_MOMENTS = {
    "restart": 2.0,
    "crash": 2.0,
    "power": 1.5,
    "phone": 0.5,
    "acknowledge": 8.0,
    "silence": 3.0,
}
_APART_S = 120


class Fault(NamedTuple):
    """A fault; end_s is begin_s for what happens at a moment. Seconds of the voyage."""

    kind: str
    begin_s: int
    end_s: int


def faults_of(random: Random, length_s: int) -> list[Fault]:
    """All faults, by their beginning. Spans of one kind do not touch.

    A restart while the disk refuses is left out: what only the memory knows is lost with it; and
    one while the clock is wrong: the rule then begins again, as the past has an impossible time.
    """
    spans: list[Fault] = []
    for kind, (a_day, shortest_s, longest_s) in _SPANS.items():
        spans += _spans(random, kind, _count(a_day, length_s), length_s, shortest_s, longest_s)
    alone = [span for span in spans if span.kind in ("disk", "clock")]
    moments = [
        Fault(kind, moment, moment)
        for kind, a_day in _MOMENTS.items()
        for moment in sorted(random.sample(range(600, length_s), _count(a_day, length_s)))
        if kind not in ("restart", "crash", "power")
        or not any(span.begin_s - _APART_S < moment < span.end_s + _APART_S for span in alone)
    ]
    return sorted([*spans, *moments], key=lambda fault: fault.begin_s)


def air_of(random: Random) -> Callable[[float], float]:
    """Highs and lows, and some of them deepen fast: the pressure at a second, in hPa."""
    waves = [
        (random.uniform(6.0, 11.0), random.uniform(16.0, 60.0) * 3600, random.uniform(0.0, 2 * pi))
        for _ in range(3)
    ]

    def pressure_hpa(second: float) -> float:
        low = sum(a * sin(2 * pi * second / period_s + phase) for a, period_s, phase in waves)
        return round(1000.0 + low + 0.01 * (int(second) * 7919 % 5 - 2), 2)

    return pressure_hpa


def _count(a_day: float, length_s: int) -> int:
    """One of each at least, also in some hours."""
    return max(1, round(a_day * length_s / DAY_S))


def _spans(
    random: Random, kind: str, count: int, length_s: int, shortest_s: int, longest_s: int
) -> Iterator[Fault]:
    last_s = 0
    for begin_s in sorted(random.sample(range(900, length_s), count)):
        lasts_s = round(shortest_s * (longest_s / shortest_s) ** random.random())
        if begin_s > last_s + _APART_S:
            last_s = min(length_s, begin_s + lasts_s)
            yield Fault(kind, begin_s, last_s)
