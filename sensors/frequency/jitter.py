"""The jitter of edges: the wander of the sensor's periods, and the scatter of the stamps.

    wander     each period is a little long or short and shifts all later edges: a random walk of
               the phase
    scatter    each stamp is a little late, independently of the others

Averages of 1, 2, 4, 8 ... neighbouring edges tell them apart, as an Allan variance tells the
noises of a clock: scatter averages out, wander does not. (IEEE Std 1139: white phase and white
frequency noise.)
"""

from collections.abc import Iterator
from operator import mul
from typing import NamedTuple

from .edges import STAMP_NS, WANDER, differences

# The expected wander counts as much as this number of observations, the expected scatter less: it
# differs too much between machines.
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
    """Estimate both from the lateness of the edges in each unbroken segment.

    scatter_ns: one standard deviation of a stamp, if the source knows it.

    A second difference of averages of n edges has the variance wander * (n + 1/n) + scatter * 6/n.
    The most likely pair comes from scaling each by the ratio of observed to expected variance until
    they agree (a minorise-maximise iteration for variance components).
    """
    wander, scatter = (WANDER * period_ns) ** 2, max(STAMP_NS, scatter_ns or 0.0) ** 2
    hint = _HINT if scatter_ns is None else _WEIGHT
    observations = [
        (1.0, 0.0, wander, _WEIGHT),
        (2.0, 6.0, 2 * wander + 6 * scatter, hint),
        *(
            (n + 1 / n, 6 / n, observed_ns2, weight)
            for n, observed_ns2, weight in _scales(lateness_ns)
        ),
    ]
    for _ in range(_ROUNDS):
        wander_observed = wander_expected = scatter_observed = scatter_expected = 0.0
        for of_wander, of_scatter, observed_ns2, weight in observations:
            expected_ns2 = wander * of_wander + scatter * of_scatter
            share = weight / expected_ns2
            ratio = observed_ns2 / expected_ns2
            wander_observed += share * of_wander * ratio
            wander_expected += share * of_wander
            scatter_observed += share * of_scatter * ratio
            scatter_expected += share * of_scatter
        wander_step, scatter_step = (
            wander_observed / wander_expected,
            scatter_observed / scatter_expected,
        )
        wander *= wander_step
        scatter *= scatter_step
        if abs(wander_step - 1) + abs(scatter_step - 1) < _SETTLED:
            break
    return Jitter(wander, scatter)


def _scales(runs: list[list[float]]) -> Iterator[tuple[int, float, float]]:
    """Yield the edges in an average, the mean squared second difference, and its weight."""
    n = 1
    while True:
        bends = [bend for run in runs for bend in differences(differences(run))]
        if not bends:
            return
        # Neighbouring second differences share edges: about half of them are independent.
        yield n, sum(map(mul, bends, bends)) / len(bends), 0.5 * len(bends)
        runs = [_halved(run) for run in runs]
        n *= 2


def _halved(run: list[float]) -> list[float]:
    """Return the averages of pairs; an odd last value stays as it is."""
    pairs = [(a + b) / 2 for a, b in zip(run[::2], run[1::2], strict=False)]
    return pairs + run[len(pairs) * 2 :]
