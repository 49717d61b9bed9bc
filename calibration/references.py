"""Dark and white: two readings that turn frequencies into reflectance."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from numbers import Real
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from .arrays import FloatArray, real_numbers, within
from .errors import CalibrationError

Channels = tuple[float, float, float, float]

CHANNEL_NAMES: Final = ("red", "green", "blue", "clear")

# From the darkest white card to a saturated sensor is a factor under a million.
_LARGEST_REFLECTANCE: Final = 1e6


@dataclass(frozen=True, init=False)
class References:
    """The two readings that every other reading is measured against.

    ``dark`` is read with the lamp on and nothing in front, for the stray light belongs to it (a
    black card does not do: it reflects 3 to 5 %). ``white`` is read from a card that reflects
    ``white_reflectance`` in every channel: printer paper about 0.9, PTFE tape about 0.95.

    Both are red, green, blue, clear in Hz at 100 % output scaling; a RawColour will do, and so
    will an array of shape (4,). They are kept as tuples, so equal references compare equal.

    Raises CalibrationError: not four finite numbers, white not brighter than dark in a channel, or
    a white reflectance outside 0..1.
    """

    dark: Channels
    white: Channels
    white_reflectance: float = 0.9

    def __init__(self, dark: ArrayLike, white: ArrayLike, white_reflectance: float = 0.9) -> None:
        object.__setattr__(self, "dark", _one_reading(dark, "dark reference"))
        object.__setattr__(self, "white", _one_reading(white, "white reference"))
        object.__setattr__(self, "white_reflectance", _share(white_reflectance))
        for channel, dark_hz, white_hz in zip(CHANNEL_NAMES, self.dark, self.white, strict=True):
            if not 0 < white_hz - dark_hz < math.inf:
                raise CalibrationError(
                    f"the white reference is not brighter than the dark one in {channel}: "
                    f"white {white_hz:g} Hz, dark {dark_hz:g} Hz; read dark with nothing in front "
                    "of the lit sensor and white from a white card"
                )

    def reflectance(self, raw: ArrayLike) -> FloatArray:
        """Reflectance (..., 4) of readings (..., 4) in Hz: 0 is dark, 1 the perfect white.

        It is ``white_reflectance * (raw - dark) / (white - dark)``. Noise may take it below 0, a
        glossy thing above 1.

        Raises CalibrationError: not (..., 4), not finite, or brighter than any surface can be.
        """
        readings = real_numbers(raw, 4, "raw reading")
        with np.errstate(over="ignore", invalid="ignore"):
            reflectance = self.white_reflectance * ((readings - self._dark) / self._span)
        return within(reflectance, _LARGEST_REFLECTANCE, "raw reading, as a share of white")

    @cached_property
    def _dark(self) -> FloatArray:
        return np.array(self.dark)

    @cached_property
    def _span(self) -> FloatArray:
        return np.array(self.white) - self._dark


def _one_reading(values: ArrayLike, what: str) -> Channels:
    reading = real_numbers(values, 4, what)
    if reading.ndim != 1:
        raise CalibrationError(
            f"{what}: expected one reading of 4 numbers, got an array of shape {reading.shape}; "
            "take the mean of the repeats first"
        )
    return as_channels(reading.tolist())


def as_channels(numbers: Iterable[float]) -> Channels:
    """Four numbers as the tuple that is kept."""
    red, green, blue, clear = numbers
    return red, green, blue, clear


def _share(white_reflectance: float) -> float:
    # A whole number too large for a float compares rightly, so it is refused before conversion.
    is_number = isinstance(white_reflectance, Real) and not isinstance(white_reflectance, bool)
    if not is_number or not 0 < white_reflectance <= 1:
        raise CalibrationError(
            f"white_reflectance is {white_reflectance!r}; it must be above 0 and at most 1 "
            "(printer paper about 0.9)"
        )
    return float(white_reflectance)
