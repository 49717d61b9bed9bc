"""Which classes are taken for which: by count of what was left out, and by how near they lie."""

from dataclasses import dataclass
from math import erfc, sqrt
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..colorimetry.arrays import FloatArray
from .gaussian_classes import Classes

# Mixed up so often, two classes are too close.
_TOO_OFTEN: Final = 0.01


@dataclass(frozen=True, eq=False)
class Confusion:
    """What the taught readings were sorted into while each stretch of them was left out in turn.

    counts (k, k + 1): rows are the classes taught, columns the answers, the last one unknown.
    """

    labels: tuple[str, ...]
    counts: NDArray[np.intp]

    @property
    def accuracy(self) -> float:
        """The share of readings sorted into their own class, each class counting alike."""
        shares = np.diagonal(self.counts) / self.counts.sum(axis=1)
        return float(shares.mean())

    @property
    def unknown(self) -> float:
        """The share of readings called unknown, each class counting alike."""
        shares = self.counts[:, -1] / self.counts.sum(axis=1)
        return float(shares.mean())


class TooClose(NamedTuple):
    """Two classes that get mixed up.

    mixed_up: the share of their readings that was taken for the other when left out.
    expected: the share to be expected from how near they lie, 0..0.5.
    """

    one: str
    other: str
    mixed_up: float
    expected: float


def count(
    labels: tuple[str, ...], classes: NDArray[np.intp], answers: NDArray[np.intp]
) -> Confusion:
    """Count the answers for readings: the index of a class, or k for unknown."""
    k = len(labels)
    counts = np.bincount(classes * (k + 1) + answers, minlength=k * (k + 1)).reshape(k, k + 1)
    return Confusion(labels, counts)


def too_close(confusion: Confusion, classes: Classes) -> list[TooClose]:
    """List the pairs mixed up too often, or so near that they would be; the worst first."""
    labels, counts = confusion.labels, confusion.counts
    pairs = []
    for i, one in enumerate(labels):
        for j in range(i + 1, len(labels)):
            readings = counts[[i, j]].sum()
            mixed_up = float((counts[i, j] + counts[j, i]) / readings)
            expected = _expected(classes, i, j)
            if max(mixed_up, expected) >= _TOO_OFTEN:
                pairs.append(TooClose(one, labels[j], mixed_up, expected))
    return sorted(pairs, key=lambda pair: max(pair.mixed_up, pair.expected), reverse=True)


def _expected(classes: Classes, i: int, j: int) -> float:
    """Return the share on the wrong side of the border of two Gaussians: half way between."""
    apart: FloatArray = classes.means[j] - classes.means[i]
    either = [float(np.linalg.norm(classes.whitening[k] @ apart)) for k in (i, j)]
    # Of the border at s1 + s2 = apart, where a class is wider the more of the way is its own.
    sigmas = 1 / (1 / either[0] + 1 / either[1]) if min(either) > 0 else 0.0
    return 0.5 * erfc(sigmas / sqrt(2))
