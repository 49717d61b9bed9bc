"""ColourSorter: pieces are taught by showing them, and sorted into classes, unknown or nothing."""

import math
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..colorimetry.arrays import FloatArray
from ..documents.json_file import now
from ..errors import CalibrationError
from ..teaching import NOTHING
from .advice import advice
from .confusion import Confusion, TooClose, count, too_close
from .cross_validation import choose, left_out
from .gaussian_classes import estimate, membership, sums
from .hotelling import hotelling_limit
from .sorter_file import StoredSorter, read_sorter, write_sorter
from .training_data import TrainingData, readings_of

# Two classes this near in log-density are equally likely: it is what rounding leaves.
_TIE: Final = 1e-9

_LARGEST_EXPONENT: Final = 700.0  # exp of more is beyond a float


class Sorted(NamedTuple):
    """What a reading was sorted into.

    label: the class; "nothing" for the empty place; None for a piece that is of no class, or as
    likely of one as of another.
    confidence: the chance, 0..1, that the label is right, where anything may come along.
    runner_up: the class it would have been next, and for an unknown piece the nearest; None where
    there is no other.
    distance: from the middle of the nearest class, in standard deviations of a fresh reading of
    that class; 0 where there is nothing.
    """

    label: str | None
    confidence: float
    runner_up: str | None
    distance: float


_NOTHING_THERE: Final = Sorted(NOTHING, 1.0, None, 0.0)


@dataclass(frozen=True, eq=False)
class ColourSorter:
    """Tells apart the kinds of things that it was shown, and says when a thing belongs to no class.

    It holds the classes as they were taught, and what was learned from them. ``fit`` and ``load``
    make one.

    Raw readings are red, green, blue and, if it was taught with it, clear: arrays of shape
    (..., 3) or (..., 4) in Hz at 100 % output scaling; a RawColour will do. Each class is a
    Gaussian on the logarithm of the light, so that distance and lamp power matter little.

    ``pooled_worth``, ``belief`` and ``tail`` were chosen by asking about stretches of the taught
    readings that were left out: how many readings the covariance of all classes is worth beside
    a class's own, how much of the evidence is believed, and how rare a piece must be in the
    nearest class to be unknown. Aimed at is that 1 % of the pieces of a class are refused.
    """

    learned: StoredSorter

    @classmethod
    def fit(
        cls,
        raw: ArrayLike,
        labels: Iterable[str],
        dark: ArrayLike | None = None,
        empty: ArrayLike | None = None,
        *,
        simulated: bool = False,
    ) -> "ColourSorter":
        """Learn the classes from readings (n, 3) or (n, 4) and their n labels, in taught order.

        Ten pieces of a class are good, at varying distance; fewer than three are refused.
        ``dark``, one reading or several: the lit sensor with nothing in front; without it nothing
        is taken off, which is right for readings that are zero in the dark. ``empty``, likewise:
        the place or belt without a piece; without it, no reading is ever "nothing".

        Raises CalibrationError: shapes that do not fit, numbers that are not finite, a label that
        is no word or is "nothing", a class with fewer than three readings, no light above dark.
        """
        taught = TrainingData.of(raw, labels, dark, empty)
        light = taught.light(taught.raw)
        choice = choose(light, taught.classes, len(taught.labels))
        classes = estimate(
            sums(light, membership(taught.classes, len(taught.labels))), choice.pooled_worth
        )
        learned = StoredSorter(
            taught, classes, choice.pooled_worth, choice.belief, choice.tail, simulated, now()
        )
        return cls(learned)

    @property
    def labels(self) -> tuple[str, ...]:
        """The classes, in the order they were first taught."""
        return self.learned.taught.labels

    @property
    def raw(self) -> FloatArray:
        """The readings it was taught with, in Hz."""
        return self.learned.taught.raw.copy()

    @property
    def taught(self) -> tuple[str, ...]:
        """Return the label of each reading (n, 3) or (n, 4), in an array of objects (n,)."""
        return tuple(self.labels[i] for i in self.learned.taught.classes)

    @property
    def dark(self) -> FloatArray:
        """The dark reading, subtracted from every reading, in Hz; zeros where none was given."""
        return self.learned.taught.dark.copy()

    @property
    def empty(self) -> FloatArray | None:
        """The readings (m, 3) or (m, 4) of the empty place in Hz; None where none was given."""
        empty = self.learned.taught.empty
        return None if empty is None else empty.copy()

    @property
    def simulated(self) -> bool:
        """Whether it was taught by a simulated sensor."""
        return self.learned.simulated

    @property
    def created(self) -> datetime:
        """When it was taught (UTC)."""
        return self.learned.created

    def sort(self, raw: ArrayLike) -> Sorted:
        """Sort one reading of 3 or 4 numbers, as many as it was taught with.

        Raises CalibrationError: another shape, or a number that is not finite.
        """
        reading = readings_of(raw, self.learned.taught.channels, "raw reading")
        if reading.ndim != 1:
            raise CalibrationError(
                f"sort takes one reading, not an array of shape {reading.shape}; "
                "sort_many takes many"
            )
        readings = reading[np.newaxis]
        if self.learned.taught.nothing(readings)[0]:
            return _NOTHING_THERE
        distances, evidence = self._ask(readings)
        return self._judge(distances[0], evidence[0])

    def sort_many(self, raw: ArrayLike) -> NDArray[Any]:
        """Return the label of each reading (n, 3) or (n, 4), in an array of objects (n,).

        Raises CalibrationError: another shape, or a number that is not finite.
        """
        readings = readings_of(raw, self.learned.taught.channels, "raw readings")
        if readings.ndim != 2:
            raise CalibrationError(
                f"sort_many takes readings (n, {self.learned.taught.channels}), not an array of "
                f"shape {readings.shape}; sort takes one"
            )
        distances, evidence = self._ask(readings)
        answers = self._say(distances, evidence)
        answers[self.learned.taught.nothing(readings)] = len(self.labels) + 1
        words: NDArray[Any] = self._words[answers]
        return words

    def light(self, raw: ArrayLike) -> FloatArray:
        """Return the logarithm of the light above dark of readings (..., 3) or (..., 4).

        Raises CalibrationError: another shape, or a number that is not finite.
        """
        taught = self.learned.taught
        return taught.light(readings_of(raw, taught.channels, "raw readings"))

    def confusion(self) -> Confusion:
        """Sort the taught readings, each stretch of them left out in turn.

        A stretch is a fifth of a class's readings, one after the other as they were taught; of
        fewer than five readings it is one.
        """
        return self._confusion

    def too_close(self) -> list[TooClose]:
        """List the pairs of classes mixed up in 1 % of their pieces, or that would be; worst first.

        Empty when all are well apart.
        """
        return too_close(self._confusion, self.learned.classes)

    def advice(self) -> tuple[str, ...]:
        """List what would improve the sorter, in words; empty if nothing is missing."""
        return advice(self.learned.taught, self.too_close())

    def save(self, path: str | os.PathLike[str]) -> None:
        """Save as versioned JSON, in one step: a power cut leaves the old file or the new one.

        Raises CalibrationError: the file cannot be written.
        """
        write_sorter(path, self.learned)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "ColourSorter":
        """Load a sorter; it gives the same answers as the saved one, to the last bit.

        Raises CalibrationError: the file is missing, damaged, of a newer version or not a sorter.
        """
        return cls(read_sorter(path))

    def _ask(self, raw: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Squared distances and log-densities (n, k)."""
        classes = self.learned.classes
        distances = classes.squared_distances(self.learned.taught.light(raw))
        return distances, classes.evidence(distances)

    def _say(self, distances: FloatArray, evidence: FloatArray) -> NDArray[np.intp]:
        """Return the index of the class, or k for unknown."""
        rows = np.arange(len(evidence))
        winner = evidence.argmax(axis=1)
        unknown = distances[rows, winner] > self._limits[winner]
        if evidence.shape[1] > 1:
            best = evidence[rows, winner]
            others = evidence.copy()
            others[rows, winner] = -np.inf
            unknown |= best - others.max(axis=1) <= _TIE
        answers: NDArray[np.intp] = np.where(unknown, evidence.shape[1], winner)
        return answers

    def _judge(self, squared_distances: FloatArray, evidence: FloatArray) -> Sorted:
        """Make a result of squared distances (k,) and log-densities (k,)."""
        order = evidence.argsort()[::-1]
        nearest, best = order[0], evidence[order[0]]
        # Of no class: as dense everywhere as the nearest class is where its pieces end.
        every = np.append(evidence, self._evidence_at_limits[nearest])
        likelihoods = np.exp(np.minimum(self.learned.belief * (every - best), _LARGEST_EXPONENT))
        chance = 1 / float(likelihoods.sum())
        distance = math.sqrt(squared_distances[nearest])
        tie = len(order) > 1 and best - evidence[order[1]] <= _TIE
        if tie or squared_distances[nearest] > self._limits[nearest]:
            return Sorted(None, 1 - chance, self.labels[nearest], distance)
        runner_up = self.labels[order[1]] if len(order) > 1 else None
        return Sorted(self.labels[nearest], chance, runner_up, distance)

    @cached_property
    def _limits(self) -> FloatArray:
        """The squared distance (k,) beyond which a piece is of no class."""
        classes = self.learned.classes
        return np.array(
            [
                hotelling_limit(self.learned.tail, classes.channels, float(freedom))
                for freedom in classes.freedom
            ]
        )

    @cached_property
    def _evidence_at_limits(self) -> FloatArray:
        """The log-density (k,) of each class there."""
        return self.learned.classes.evidence(self._limits)

    @cached_property
    def _words(self) -> NDArray[Any]:
        return np.array([*self.labels, None, NOTHING], dtype=object)

    @cached_property
    def _confusion(self) -> Confusion:
        taught = self.learned.taught
        results = left_out(
            taught.light(taught.raw), taught.classes, len(self.labels), self.learned.pooled_worth
        )
        answers = np.where(
            results.tails < self.learned.tail, len(self.labels), results.evidence.argmax(axis=1)
        )
        return count(self.labels, taught.classes, answers)
