"""Classes as Gaussians on the logarithm of light, each with what its few readings allow.

A class's covariance is a blend of its own and of the one pooled over all classes,

    C = (1 - a) pooled + a own,    a = f / (f + k),    f = n - 1 readings to spare,

where k is how many readings the pooled one is worth: 0 trusts only the class (QDA), infinity
only the pool (LDA). What a fresh reading is expected to be is then a Student t, which is wide
where readings were few: its degrees of freedom are those of the blend (Murphy, Conjugate Bayesian
analysis of the Gaussian, 2007, section 9: the posterior predictive under an inverse Wishart).
"""

from dataclasses import dataclass
from functools import cached_property
from math import inf, lgamma, log, pi
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..colorimetry.arrays import FloatArray

# What is taken to be known before the first reading, as if from this many readings: channels
# scatter by 1 % each, and the distance by 5 % in all of them. It keeps readings that are
# all alike from being a point, and is soon outweighed.
_KNOWN_BEFORE: Final = 2.0
_CHANNEL_SCATTER: Final = 0.01
_DISTANCE_SCATTER: Final = 0.05

# And what no number of readings outweighs: the sensor is linear to 0.2 to 0.5 % (data sheet), so
# that a channel of tomorrow's reading scatters at least by so much.
_SENSOR_SCATTER: Final = 0.003


class Sums(NamedTuple):
    """What a class's covariance needs to know of its readings: (k,), (k, d) and (k, d, d)."""

    number: FloatArray
    total: FloatArray
    squares: FloatArray

    def without(self, other: "Sums") -> "Sums":
        """Return the sums without some of the readings."""
        return Sums(*(all_of - part for all_of, part in zip(self, other, strict=True)))


def membership(classes: NDArray[np.intp], count: int) -> FloatArray:
    """(count, n): 1 where a reading (column) is of a class (row), else 0."""
    return np.asarray(classes == np.arange(count)[:, None], dtype=np.float64)


def sums(light: FloatArray, members: FloatArray) -> Sums:
    """Sum readings (n, d) by class; members (k, n) is 1 for the readings of a class, else 0."""
    products = light[:, :, None] * light[:, None, :]
    width = light.shape[1]
    squares = (members @ products.reshape(len(light), -1)).reshape(-1, width, width)
    return Sums(members.sum(axis=1), members @ light, squares)


@dataclass(frozen=True)
class Classes:
    """Gaussians: means (k, d), whitening (k, d, d), degrees of freedom (k,) and counts (k,).

    A whitening is the lower triangle W for which W (x - mean) has unit covariance.
    """

    means: FloatArray
    whitening: FloatArray
    freedom: FloatArray
    counts: FloatArray

    @property
    def channels(self) -> int:
        return int(self.means.shape[1])

    def squared_distances(self, light: FloatArray) -> FloatArray:
        """Squared distances (n, k) of readings (n, d), in the variances of a fresh reading."""
        squares = np.zeros((len(light), len(self.means)))
        for whitening, offset in self._rows:
            whitened = light @ whitening + offset
            squares += whitened * whitened
        return squares

    def evidence(self, squared_distances: FloatArray) -> FloatArray:
        """Log-densities (n, k) of fresh readings at these distances."""
        return self.peak - self.steepness * np.log1p(squared_distances / self.freedom)

    @cached_property
    def _rows(self) -> list[tuple[FloatArray, FloatArray]]:
        """Row by row of the whitenings: that row of all classes (d, k), and the offsets (k,)."""
        # A fresh reading scatters by 1 + 1/n of the variance, for the mean is uncertain too.
        fresh = self.whitening / np.sqrt(1 + 1 / self.counts)[:, None, None]
        offsets = -np.einsum("kij,kj->ki", fresh, self.means)
        return [
            (np.ascontiguousarray(fresh[:, row].T), offsets[:, row].copy())
            for row in range(self.channels)
        ]

    @cached_property
    def steepness(self) -> FloatArray:
        """How fast the log-density falls, beside log(1 + squared distance / freedom): (k,)."""
        return (self.freedom + 1) / 2

    @cached_property
    def peak(self) -> FloatArray:
        """The log-density (k,) at the mean."""
        d = self.channels
        diagonals = np.einsum("kii->ki", self.whitening)
        log_volume = d / 2 * np.log1p(1 / self.counts) - np.log(diagonals).sum(axis=1)
        normal = [
            lgamma((freedom + 1) / 2) - lgamma((freedom - d + 1) / 2) - d / 2 * log(pi * freedom)
            for freedom in self.freedom
        ]
        peak: FloatArray = np.array(normal) - log_volume
        return peak


def estimate(readings: Sums, pooled_worth: float) -> Classes:
    """Estimate the classes; pooled_worth: how many readings the pooled covariance is worth."""
    number, total, squares = readings
    means = total / number[:, None]
    scatter = squares - total[:, :, None] * means[:, None, :]
    spare = number - 1
    d = means.shape[1]
    pooled_freedom = spare.sum() + _KNOWN_BEFORE
    pooled = (scatter.sum(axis=0) + _KNOWN_BEFORE * _before(d)) / pooled_freedom
    blend = np.zeros_like(number) if pooled_worth == inf else spare / (spare + pooled_worth)
    own = scatter / np.maximum(spare, 1)[:, None, None]
    covariance = (1 - blend)[:, None, None] * pooled + blend[:, None, None] * own
    uncertainty = (1 - blend) ** 2 / pooled_freedom + 1 / (spare + pooled_worth)
    # With less than d + 2 there is no such thing as far out.
    freedom = np.maximum(1 / uncertainty, d + 2)
    return Classes(means, _whitening(covariance), freedom, number)


def _before(channels: int) -> FloatArray:
    distance: FloatArray = np.full((channels, channels), _DISTANCE_SCATTER**2)
    return distance + _CHANNEL_SCATTER**2 * np.eye(channels)


def _whitening(covariance: FloatArray) -> FloatArray:
    sensor = _SENSOR_SCATTER**2 * np.eye(covariance.shape[-1])
    whitening: FloatArray = np.linalg.inv(np.linalg.cholesky(covariance + sensor))
    return np.tril(whitening)
