"""What readings that were left out say: how to blend, how sure to be, how far out is unknown.

Readings taken one after the other are alike, so that to leave out one of them tells nothing: its
neighbour stays. Each class is cut into five stretches of time, and each stretch is left out in
turn, of all classes at once:

    red     |111|222|333|444|555|        the first turn is taught with 2 to 5 and asked about 1
    yellow  |11|22|33|44|55|
"""

from collections.abc import Iterator
from math import inf
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..colorimetry.arrays import FloatArray
from .gaussian_classes import Classes, Sums, estimate, membership, sums
from .hotelling import hotelling_tail

Places = NDArray[np.intp]

STRETCHES: Final = 5

# How many readings the pooled covariance may be worth.
_POOLED_WORTHS: Final = (3.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0, inf)
# What counts is the log-probability of the right class. Where that is the same, the density of
# the readings themselves decides, for by it the unknown is found.
_DENSITY_COUNTS: Final = 0.05
# Evidence from readings that drift together is less than it seems: only this share counts.
_BELIEFS: Final = (1.0, 0.7, 0.5, 0.35, 0.25, 0.18, 0.12)

# False rejects aimed at. The theory of the tail counts as a hundred readings of experience, and a
# reading that was refused as two of them: another day lies farther out than another stretch.
FALSE_REJECTS: Final = 0.01
_THEORY_COUNTS: Final = 100
_REFUSED_COUNTS: Final = 2
_TAILS: Final = (1e-9, 0.05)


class Answers(NamedTuple):
    """The answers for each reading while it was left out.

    evidence: log-densities (n, k). tails (n,): how rare a reading so far out is in the class it
    was given to.
    """

    evidence: FloatArray
    tails: FloatArray


class Choice(NamedTuple):
    """How much the pooled covariance is worth, the evidence is believed, and what tail is rare."""

    pooled_worth: float
    belief: float
    tail: float


def stretches(classes: Places, count: int = STRETCHES) -> Places:
    """Which stretch (n,) each reading belongs to; of fewer readings than five, each is one."""
    stretch = np.zeros(len(classes), dtype=np.intp)
    for one in np.unique(classes):
        rows = np.flatnonzero(classes == one)
        parts = min(count, len(rows))
        stretch[rows] = np.arange(len(rows)) * parts // len(rows)
    return stretch


def choose(light: FloatArray, classes: Places, count: int) -> Choice:
    """Ask the readings that are left out, turn by turn."""
    turns = _Turns.of(light, classes, count)
    members = membership(classes, count)
    shares = (members / members.sum(axis=1)[:, None]).sum(axis=0) / count  # classes count alike
    rows = np.arange(len(light))

    best, pooled_worth, evidence = -inf, inf, turns.ask(inf)
    for worth in _POOLED_WORTHS if count > 1 else ():
        densities = turns.ask(worth)
        right = (
            _log_probabilities(densities, classes, 1.0) + _DENSITY_COUNTS * densities[rows, classes]
        )
        if shares @ right >= best:
            best, pooled_worth, evidence = float(shares @ right), worth, densities
    belief = max(
        _BELIEFS, key=lambda belief: float(shares @ _log_probabilities(evidence, classes, belief))
    )
    return Choice(pooled_worth, belief, rare_tail(turns.answers(pooled_worth).tails))


def _log_probabilities(evidence: FloatArray, classes: Places, belief: float) -> FloatArray:
    """Of the right class, for each reading."""
    behind = belief * (evidence - evidence.max(axis=1)[:, None])
    rows = np.arange(len(classes))
    return np.asarray(behind[rows, classes] - np.log(np.exp(behind).sum(axis=1)))


def left_out(light: FloatArray, classes: Places, count: int, pooled_worth: float) -> Answers:
    """Sort readings (n, d) of classes (n,) while their stretch is left out."""
    return _Turns.of(light, classes, count).answers(pooled_worth)


class _Turns(NamedTuple):
    light: FloatArray
    stretch: Places
    whole: Sums
    parts: list[Sums]

    @classmethod
    def of(cls, light: FloatArray, classes: Places, count: int) -> "_Turns":
        stretch = stretches(classes)
        members = membership(classes, count)
        parts = [sums(light, members * (stretch == turn)) for turn in range(stretch.max() + 1)]
        whole = Sums(*(np.sum(part, axis=0) for part in zip(*parts, strict=True)))
        return cls(light, stretch, whole, parts)

    def ask(self, pooled_worth: float) -> FloatArray:
        """Return the log-densities (n, k) of the readings."""
        evidence = np.empty((len(self.light), len(self.whole.number)))
        for rows, classes in self._taught(pooled_worth):
            evidence[rows] = classes.evidence(classes.squared_distances(self.light[rows]))
        return evidence

    def answers(self, pooled_worth: float) -> Answers:
        """Return the log-densities, and how far out the readings lie."""
        evidence = self.ask(pooled_worth)
        nearest = evidence.argmax(axis=1)
        rarities = np.empty(len(self.light))
        for rows, classes in self._taught(pooled_worth):
            distances = classes.squared_distances(self.light[rows])
            rarities[rows] = tails(classes, distances, nearest[rows])
        return Answers(evidence, rarities)

    def _taught(self, pooled_worth: float) -> Iterator[tuple[Places, Classes]]:
        for turn, part in enumerate(self.parts):
            rows = np.flatnonzero(self.stretch == turn)
            yield rows, estimate(self.whole.without(part), pooled_worth)


def tails(taught: Classes, squared_distances: FloatArray, given: Places) -> FloatArray:
    """How rare so distant a reading is in the class it was given to."""
    rare = np.empty(len(given))
    for one in np.unique(given):
        rows = np.flatnonzero(given == one)
        rare[rows] = hotelling_tail(
            squared_distances[rows, one], taught.channels, float(taught.freedom[one])
        )
    return rare


def rare_tail(tails: FloatArray) -> float:
    """Return the tail beyond which 1 % of the readings lie, by theory and by experience together.

    By theory it is 1 %. Experience counts as many readings as there were, theory a hundred, so
    that with few readings one stray piece does not make everything welcome.
    """
    ordered = np.sort(tails)
    low, high = np.log(_TAILS)
    for _ in range(60):
        middle = (low + high) / 2
        beyond = np.searchsorted(ordered, np.exp(middle))
        expected = _REFUSED_COUNTS * beyond + _THEORY_COUNTS * np.exp(middle)
        if expected > FALSE_REJECTS * (len(ordered) + _THEORY_COUNTS):
            high = middle
        else:
            low = middle
    return float(np.exp((low + high) / 2))
