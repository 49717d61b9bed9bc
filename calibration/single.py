"""One reading against all classes in plain floats: numpy needs a microsecond to begin anything.

The same formulas as in classes.py and taught.py, for 8 classes in a third of the time.
"""

from collections.abc import Sequence
from math import log, log1p, sqrt
from typing import NamedTuple

from .arrays import FloatArray
from .classes import Classes


class Verdict(NamedTuple):
    """What is said of a reading: the two likeliest classes, and all log-densities.

    second is nearest where there is one class alone.
    """

    nearest: int
    second: int
    squared_distance: float
    evidence: list[float]


class Single:
    """Classes, dark and floor (d,), taken apart once into the numbers that a reading meets."""

    def __init__(self, classes: Classes, dark: FloatArray, floor: FloatArray) -> None:
        self._foot = list(zip(dark.tolist(), floor.tolist(), strict=True))
        self._classes = [_Parts.of(classes, i) for i in range(len(classes.means))]

    def ask(self, raw: Sequence[float]) -> Verdict:
        """What the classes say of one reading of finite numbers, in Hz."""
        light = [
            log(max(hz - dark, floor)) for hz, (dark, floor) in zip(raw, self._foot, strict=True)
        ]
        x0, x1, x2 = light[:3]
        x3 = light[3] if len(light) == 4 else 0.0
        evidence, squares = [], []
        for (
            (m0, m1, m2, m3),
            (a, b, c, d, e, f, g, h, i, j),
            freedom,
            steepness,
            peak,
        ) in self._classes:
            y0, y1, y2, y3 = x0 - m0, x1 - m1, x2 - m2, x3 - m3
            z0 = a * y0
            z1 = b * y0 + c * y1
            z2 = d * y0 + e * y1 + f * y2
            z3 = g * y0 + h * y1 + i * y2 + j * y3
            square = z0 * z0 + z1 * z1 + z2 * z2 + z3 * z3
            squares.append(square)
            evidence.append(peak - steepness * log1p(square / freedom))
        nearest = evidence.index(max(evidence))
        second = nearest
        for k, one in enumerate(evidence):
            if k != nearest and (second == nearest or one > evidence[second]):
                second = k
        return Verdict(nearest, second, squares[nearest], evidence)


class _Parts(NamedTuple):
    """A class as plain numbers; three channels have a fourth that is always 0."""

    mean: tuple[float, ...]
    triangle: tuple[float, ...]
    freedom: float
    steepness: float
    peak: float

    @classmethod
    def of(cls, classes: Classes, i: int) -> "_Parts":
        d = classes.channels
        fresh = 1 / sqrt(1 + 1 / classes.counts[i])
        triangle = [
            fresh * float(classes.whitening[i, row, column]) if row < d else 0.0
            for row in range(4)
            for column in range(row + 1)
        ]
        mean = [*classes.means[i].tolist(), 0.0][:4]
        return cls(
            tuple(mean),
            tuple(triangle),
            float(classes.freedom[i]),
            float(classes.steepness[i]),
            float(classes.peak[i]),
        )
