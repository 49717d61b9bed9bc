"""Dark and white: two readings that turn frequencies into reflectance."""

import math
from dataclasses import dataclass, field
from functools import cached_property
from numbers import Real
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from ..colorimetry.arrays import (
    CHANNEL_NAMES,
    Channels,
    FloatArray,
    as_channels,
    one_edge_hz,
    real_numbers,
    within,
)
from ..errors import CalibrationError
from .repeated_readings import MedianReading, check_scaling

# From the darkest white card to a saturated sensor is a factor under a million.
_LARGEST_REFLECTANCE: Final = 1e6

_MOST_READINGS: Final = 1_000_000

_LARGEST_NOISE: Final = 0.02  # of white above dark; every reading is divided by it

# White is to give this many edges a second, so that a surface a quarter as bright gives one.
_FEWEST_EDGES: Final = 4

# A white read again may be as much brighter or dimmer. Twice the distance makes a quarter of the
# light; a scaling other than the one given makes at least a fifth.
_LARGEST_LEVEL: Final = 4.0

# And its channels may part by as much. Ageing and warmth tilt a white LED by some 3 %.
_LARGEST_TINT: Final = 0.15


@dataclass(frozen=True, init=False)
class References:
    """The two readings that every other reading is measured against.

    ``dark`` is read with the lamp on and nothing in front, for the stray light belongs to it (a
    black card does not do: it reflects 3 to 5 %). ``white`` is read from a card that reflects
    ``white_reflectance`` in every channel: printer paper about 0.9, PTFE tape about 0.95.

    Both are red, green, blue, clear in Hz at 100 % output scaling; a RawColour will do, and so
    will an array of shape (4,). They are stored as tuples, so equal references compare equal.

    Those made by ``of`` also know how far the readings scattered (in Hz), how many there were and
    the scaling they were read at. That takes no part in comparisons, for it changes no answer.

    Raises CalibrationError: not four finite numbers, white not brighter than dark in a channel, or
    a white reflectance outside 0..1.
    """

    dark: Channels
    white: Channels
    white_reflectance: float = 0.9
    dark_spread: Channels | None = field(default=None, init=False, compare=False)
    white_spread: Channels | None = field(default=None, init=False, compare=False)
    dark_count: int = field(default=0, init=False, compare=False)
    white_count: int = field(default=0, init=False, compare=False)
    scaling: str = field(default="", init=False, compare=False)

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

    @classmethod
    def of(
        cls, dark: MedianReading, white: MedianReading, white_reflectance: float = 0.9
    ) -> "References":
        """Make references from combined readings.

        Raises CalibrationError: as above, and when the two were read at different scalings, or
        white is so dim that noise would rule every colour.
        """
        _check_scalings("dark", dark.scaling, white)
        references = cls(dark.raw, white.raw, white_reflectance)
        details = {
            "dark_spread": _spread(dark, "dark reference"),
            "white_spread": _spread(white, "white reference"),
            "dark_count": dark.count,
            "white_count": white.count,
            "scaling": white.scaling or dark.scaling,
        }
        for name, value in details.items():
            object.__setattr__(references, name, value)
        references._check_light()
        return references

    def with_white(self, white: ArrayLike | MedianReading) -> "References":
        """Return the same dark with another white: for a new day or an aged lamp.

        What ``combine`` made is compared with the old white as well: the lamp may have aged or the
        distance be another, but a white that is four times as bright or a quarter as bright, or of
        another tint, is refused. Four plain numbers are not compared.

        Raises CalibrationError: as above, as ``of``, and for such a white.
        """
        if not isinstance(white, MedianReading):
            return References(self.dark, white, self.white_reflectance)
        _check_scalings("the references", self.scaling, white)
        again = References.of(self._dark_reading, white, self.white_reflectance)
        level, tint = again.change_from(self)
        if not 1 / _LARGEST_LEVEL <= level <= _LARGEST_LEVEL:
            raise CalibrationError(
                f"this white is {level:.2g} times as bright as the one before, and a lamp that "
                "ages or another distance do not make that; check that the white card lies in "
                "front and the output scaling is as before, or calibrate again"
            )
        if abs(tint[worst := int(np.abs(tint).argmax())]) > _LARGEST_TINT:
            raise CalibrationError(
                f"this white has another tint than the one before: {CHANNEL_NAMES[worst]} is off "
                f"by {tint[worst]:+.0%} against the other channels; use the same white card and "
                "keep the light of the room out, or, if the lamp is another one, calibrate again"
            )
        return again

    def change_from(self, old: "References") -> tuple[float, FloatArray]:
        """How white has changed: its level as a factor, and each channel's share beside that (4,).

        A lamp that has lost 15 % evenly gives 0.85 and four zeros.
        """
        ratio = np.log(self._span) - np.log(old._span)
        level = float(ratio.mean())
        return math.exp(level), np.expm1(ratio - level)

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

    @property
    def balance(self) -> FloatArray:
        """How white reads: log of red, green and blue over clear (3,). It tells lamps apart."""
        levels = np.log(self._span)
        return np.asarray(levels[:3] - levels[3])

    @cached_property
    def _dark(self) -> FloatArray:
        return np.array(self.dark)

    @cached_property
    def _span(self) -> FloatArray:
        return np.array(self.white) - self._dark

    @property
    def _dark_reading(self) -> MedianReading:
        spread = (0.0, 0.0, 0.0, 0.0) if self.dark_spread is None else self.dark_spread
        return MedianReading(self.dark, spread, self.dark_count, self.scaling)

    def _check_light(self) -> None:
        """Raise CalibrationError when there is too little light between dark and white."""
        least_hz = _FEWEST_EDGES * one_edge_hz(self.scaling)
        noise_hz = np.hypot(
            _error_of_median(self.dark_spread, self.dark_count),
            _error_of_median(self.white_spread, self.white_count),
        )
        for channel, name in enumerate(CHANNEL_NAMES):
            light_hz = self._span[channel]
            if light_hz < least_hz or noise_hz[channel] > _LARGEST_NOISE * light_hz:
                raise CalibrationError(
                    f"the white reference is too dim in {name}, noise would rule: it is "
                    f"{light_hz:.3g} Hz above dark (at 100 % scaling), known to "
                    f"± {max(noise_hz[channel], least_hz / _FEWEST_EDGES):.2g} Hz; bring the card "
                    "nearer, light it better, or keep the light of the room out"
                )


def _one_reading(values: ArrayLike, what: str) -> Channels:
    reading = real_numbers(values, 4, what)
    if reading.ndim != 1:
        raise CalibrationError(
            f"{what}: expected one reading of 4 numbers, got an array of shape {reading.shape}; "
            "take the mean of the repeats first"
        )
    return as_channels(reading.tolist())


def _check_scalings(before: str, scaling: str, white: MedianReading) -> None:
    check_scaling(scaling)
    check_scaling(white.scaling)
    if scaling and white.scaling and scaling != white.scaling:
        raise CalibrationError(
            f"{before} and this white were read at different output scalings, {scaling} and "
            f"{white.scaling}; set the sensor as it was, or read dark and white again"
        )


def _spread(reading: MedianReading, what: str) -> Channels:
    spread = _one_reading(reading.spread, f"spread of the {what}")
    if (
        min(spread) < 0
        or type(reading.count) is not int
        or not 0 <= reading.count <= _MOST_READINGS
    ):
        raise CalibrationError(
            f"{what}: {reading.count!r:.20} readings with a spread of {min(spread):g} Hz cannot be"
        )
    return spread


def _error_of_median(spread: Channels | None, count: int) -> FloatArray:
    """One standard error of the median of normal noise: sqrt(pi / 2) spread / sqrt(n)."""
    return np.array(spread or (0.0,) * 4) * math.sqrt(math.pi / 2 / max(count, 1))


def _share(white_reflectance: float) -> float:
    # A whole number too large for a float compares rightly, so it is refused before conversion.
    is_number = isinstance(white_reflectance, Real) and not isinstance(white_reflectance, bool)
    if not is_number or not 0 < white_reflectance <= 1:
        raise CalibrationError(
            f"white_reflectance is {white_reflectance!r}; it must be above 0 and at most 1 "
            "(printer paper about 0.9)"
        )
    return float(white_reflectance)
