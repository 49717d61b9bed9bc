"""What a sorter was taught: readings with their labels, and the place without a piece."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..colorimetry.arrays import FloatArray, real_numbers, within
from ..errors import CalibrationError
from ..teaching import ENOUGH_PIECES, FEWEST_PIECES, NOTHING

# No sensor counts so fast, none so slowly: between them logarithms and their squares are small.
_BRIGHTEST_HZ: Final = 1e12
_LEAST_LIGHT_HZ: Final = 1e-6

# A channel with less light than this share of the brightest piece says no more than "black".
_FLOOR: Final = 0.002

# Empty is what reads within this share of the brightest in each channel, or within this number of
# standard deviations of the empty readings.
_EMPTY: Final = 0.02
_EMPTY_SPREADS: Final = 4.0
_DEVIATION_OF_MEDIAN: Final = 1.4826  # the median deviation of a Gaussian times this is its sigma


@dataclass(frozen=True, eq=False)
class TrainingData:
    """Readings raw (n, d) in Hz with the class (n,) of each, an index into labels.

    dark (d,) is taken off every reading; empty (m, d) is None where nothing is never looked for.
    """

    raw: FloatArray
    labels: tuple[str, ...]
    classes: NDArray[np.intp]
    dark: FloatArray
    empty: FloatArray | None

    @classmethod
    def of(
        cls,
        raw: ArrayLike,
        labels: Iterable[str],
        dark: ArrayLike | None = None,
        empty: ArrayLike | None = None,
    ) -> "TrainingData":
        """Check the shapes, finite numbers, enough readings of each class, light in each channel.

        Raises CalibrationError for anything else.
        """
        readings = _readings(raw)
        channels = readings.shape[1]
        words, classes = _numbered(labels, len(readings))
        stray = np.zeros(channels) if dark is None else _median(dark, channels, "dark reading")
        nothing = None if empty is None else _several(empty, channels, "empty reading")
        taught = cls(readings, words, classes, stray, nothing)
        for channel, most in enumerate(taught.brightest):
            if not most > _LEAST_LIGHT_HZ:
                raise CalibrationError(
                    f"no piece is brighter than dark in channel {channel + 1} of {channels}; read "
                    "dark with nothing in front of the lit sensor, and see that the lamp is on"
                )
        return taught

    @property
    def channels(self) -> int:
        return int(self.raw.shape[1])

    @property
    def counts(self) -> NDArray[np.intp]:
        """How many readings (k,) each class was taught with."""
        return np.bincount(self.classes, minlength=len(self.labels))

    @cached_property
    def brightest(self) -> FloatArray:
        """The brightest piece above dark, by channel (d,), in Hz."""
        most: FloatArray = (self.raw - self.dark).max(axis=0)
        return most

    def light(self, raw: FloatArray) -> FloatArray:
        """Return the logarithm of the light above dark, of readings (..., d).

        Distance, lamp power and gain shift it alike in all channels, so that a covariance learns
        them as the direction that matters little.
        """
        light: FloatArray = np.log(np.maximum(raw - self.dark, self.floor))
        return light

    def nothing(self, raw: FloatArray) -> NDArray[np.bool_]:
        """Whether readings (n, d) are those of the empty place.

        All channels must be near, not only clear: a grey belt is as bright as many pieces.
        """
        if self.empty_bounds is None:
            return np.zeros(len(raw), dtype=np.bool_)
        least, most = self.empty_bounds
        near = (least <= raw) & (raw <= most)
        return np.asarray(near.all(axis=1))

    @cached_property
    def floor(self) -> FloatArray:
        """The light (d,) in Hz that a channel is taken to have at least."""
        floor: FloatArray = _FLOOR * self.brightest
        return floor

    @cached_property
    def empty_bounds(self) -> tuple[FloatArray, FloatArray] | None:
        """Between which readings (d,) in Hz the place is empty."""
        if self.empty is None:
            return None
        middle = np.median(self.empty, axis=0)
        spread = _DEVIATION_OF_MEDIAN * np.median(np.abs(self.empty - middle), axis=0)
        brightest = np.maximum(self.brightest, middle - self.dark)
        allowed = np.maximum(_EMPTY * brightest, _EMPTY_SPREADS * spread)
        return middle - allowed, middle + allowed


def readings_of(raw: ArrayLike, channels: int, what: str) -> FloatArray:
    """Check readings (..., channels). Raises CalibrationError."""
    return within(real_numbers(raw, channels, what), _BRIGHTEST_HZ, what)


def _readings(raw: ArrayLike) -> FloatArray:
    try:
        width = np.shape(raw)[-1:]
    except ValueError:  # ragged; refused below, in better words
        width = ()
    readings = readings_of(raw, 3 if width == (3,) else 4, "taught readings")
    if readings.ndim != 2:
        raise CalibrationError(
            f"taught readings: expected an array of shape (n, 3) or (n, 4), got {readings.shape}"
        )
    return readings.copy()


def _several(raw: ArrayLike, channels: int, what: str) -> FloatArray:
    """One reading (d,) or several (m, d), as (m, d)."""
    readings = readings_of(raw, channels, what)
    if readings.ndim > 2 or not len(readings):
        raise CalibrationError(
            f"{what}: expected one or several readings of {channels} channels, "
            f"got an array of shape {readings.shape}"
        )
    return np.atleast_2d(readings).copy()


def _median(raw: ArrayLike, channels: int, what: str) -> FloatArray:
    middle: FloatArray = np.median(_several(raw, channels, what), axis=0)
    return middle


def _numbered(labels: Iterable[Any], expected: int) -> tuple[tuple[str, ...], NDArray[np.intp]]:
    """Return the labels in the order they were taught, and the index of each reading's label."""
    if isinstance(labels, str) or not isinstance(labels, Iterable):
        raise CalibrationError(f"labels: expected one word for each reading, got {labels!r:.40}")
    places: dict[str, int] = {}
    classes = [places.setdefault(_word(label), len(places)) for label in labels]
    if len(classes) != expected:
        raise CalibrationError(f"{expected} readings were taught with {len(classes)} labels")
    if not classes:
        raise CalibrationError("nothing was taught: show at least three pieces of a class")
    numbered = np.array(classes, dtype=np.intp)
    for word, count in zip(places, np.bincount(numbered), strict=True):
        if count < FEWEST_PIECES:
            raise CalibrationError(
                f"{word!r} was taught with {count} of the {FEWEST_PIECES} readings it needs; "
                f"show more pieces, {ENOUGH_PIECES} if you have them, or leave this class out"
            )
    return tuple(places), numbered


def _word(label: Any) -> str:
    if not isinstance(label, str) or not label.strip() or not label.isprintable():
        raise CalibrationError(
            f"a label is {label!r:.40}: labels are words (None is kept for what is unknown)"
        )
    if label == NOTHING:
        raise CalibrationError(
            f"the label {NOTHING!r} is kept for the empty place; pass its readings as empty"
        )
    return str(label)
