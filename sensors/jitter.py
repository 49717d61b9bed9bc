"""How far to trust edges: what the sensor's periods wander, and what the stamps scatter.

Both bend the times of the edges, and only the first for good:

    wander     each period is a little long or short, and all that follow shift with it: a random
               walk of the phase
    scatter    each stamp is a little late by itself

Averages of 1, 2, 4, 8 ... neighbouring edges tell them apart, as an Allan variance tells the
noises of a clock: scatter averages out, wander does not. (IEEE Std 1139: white phase and white
frequency noise.)
"""

from collections.abc import Iterator
from operator import mul
from typing import NamedTuple

from .edges import STAMP_NS, WANDER, differences

# The expected wander counts as much as so many observations. The expected scatter is a mere hint:
# it differs too much from one machine to the next.
_WEIGHT = 2.0
_HINT = 0.2
_ROUNDS, _SETTLED = 20, 0.01


class Jitter(NamedTuple):
    """Variances in square nanoseconds: what one period adds, and what one stamp has."""

    wander_ns2: float
    scatter_ns2: float


def jitter(
    lateness_ns: list[list[float]], period_ns: float, scatter_ns: float | None = None
) -> Jitter:
    """Estimate both from how late the edges of each unbroken run are.

    scatter_ns: one standard deviation of a stamp, if the source knows it.

    A second difference of averages of n edges has the variance wander * (n + 1/n) + scatter * 6/n.
    The most likely pair is found by scaling each with the ratio of what is seen to what it
    explains, until they agree (a minorise-maximise iteration for variance components).
    """
    wander, scatter = (WANDER * period_ns) ** 2, max(STAMP_NS, scatter_ns or 0.0) ** 2
    hint = _HINT if scatter_ns is None else _WEIGHT
    observations = [
        (1.0, 0.0, wander, _WEIGHT),
        (2.0, 6.0, 2 * wander + 6 * scatter, hint),
        *((n + 1 / n, 6 / n, seen_ns2, weight) for n, seen_ns2, weight in _scales(lateness_ns)),
    ]
    for _ in range(_ROUNDS):
        wander_seen = wander_told = scatter_seen = scatter_told = 0.0
        for of_wander, of_scatter, seen_ns2, weight in observations:
            told_ns2 = wander * of_wander + scatter * of_scatter
            share = weight / told_ns2
            ratio = seen_ns2 / told_ns2
            wander_seen += share * of_wander * ratio
            wander_told += share * of_wander
            scatter_seen += share * of_scatter * ratio
            scatter_told += share * of_scatter
        wander_step, scatter_step = wander_seen / wander_told, scatter_seen / scatter_told
        wander *= wander_step
        scatter *= scatter_step
        if abs(wander_step - 1) + abs(scatter_step - 1) < _SETTLED:
            break
    return Jitter(wander, scatter)


def _scales(runs: list[list[float]]) -> Iterator[tuple[int, float, float]]:
    """Averages of how many edges, their mean squared second difference, its weight."""
    n = 1
    while True:
        bends = [bend for run in runs for bend in differences(differences(run))]
        if not bends:
            return
        # Neighbouring second differences share edges: about every other one is news.
        yield n, sum(map(mul, bends, bends)) / len(bends), 0.5 * len(bends)
        runs = [_halved(run) for run in runs]
        n *= 2


def _halved(run: list[float]) -> list[float]:
    """The averages of two and two; the last one of an odd number stays as it is."""
    pairs = [(a + b) / 2 for a, b in zip(run[::2], run[1::2], strict=False)]
    return pairs + run[len(pairs) * 2 :]
