"""A small boat in real weather: what its barometer reads once a second.

    reading = air + heave + gusts past the vents + open hatches + the sensor's own noise
              and now and then a glitch, a gap, and once another sensor

The air is an hourly record, joined by a smooth curve that overshoots nowhere (Fritsch and Carlson,
SIAM Journal on Numerical Analysis 17, 1980). Sizes: heave 0.12 hPa a metre; half the density of air
times the wind squared times the vents' coefficient, which turns with the boat; hatches that let
that pressure in at once; data sheet noise.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from web.weather import Sample

Numbers = NDArray[np.float64]

HOUR_S: Final = 3600
_HEAVE_HPA_M, _WAVE_S = 0.12, 8.0
_AIR_KG_M3, _PA_A_HPA = 1.25, 100.0
_NOISE_HPA = 0.013
_GLITCH_EVERY_S = 500
_GLITCHES = (0.0, 900.0, 1100.0, 604.0, float("nan"), 1250.0)
_GAPS_A_WEEK, _HATCHES_A_DAY = 3, 6
_OTHER_SENSOR_HPA = 1.3


class Weather(NamedTuple):
    """Hour by hour from a moment on (Unix seconds): pressure in hPa and mean wind in m/s."""

    begins: float
    pressures_hpa: Numbers
    winds_ms: Numbers

    @property
    def seconds(self) -> int:
        """How long it lasts."""
        return (len(self.pressures_hpa) - 1) * HOUR_S


def calm(weather: Weather) -> Iterator[Sample]:
    """What a perfect barometer would read, once a second."""
    pressures = smooth(weather.pressures_hpa)
    for second, hpa in enumerate(pressures.tolist()):
        yield Sample(weather.begins + second, hpa)


def at_sea(weather: Weather, seed: int) -> Iterator[Sample]:
    """What the boat's barometer reads; where it is off, nothing comes."""
    random = np.random.default_rng(seed)
    seconds = weather.seconds
    winds = np.maximum(0.0, smooth(weather.winds_ms))
    reading = smooth(weather.pressures_hpa)
    reading += _heave(winds, random)
    dynamic = _AIR_KG_M3 / 2 * _gusts(winds, random) ** 2 / _PA_A_HPA
    reading += dynamic * _exposure(seconds, random)
    reading += dynamic * _hatches(seconds, random)
    reading += _NOISE_HPA * random.standard_normal(seconds)
    reading[seconds // 2 :] += _OTHER_SENSOR_HPA
    glitches = random.integers(_GLITCH_EVERY_S, size=seconds) == 0
    reading[glitches] = random.choice(_GLITCHES, glitches.sum())
    there = _running(seconds, random)
    for second, hpa in enumerate(reading.tolist()):
        if there[second]:
            yield Sample(weather.begins + second, hpa)


def smooth(hourly: Sequence[float] | Numbers) -> Numbers:
    """An hourly record once a second, monotone between its hours."""
    values = np.asarray(hourly, dtype=np.float64)
    steps = np.diff(values)
    slopes = np.zeros(len(values))
    same = steps[:-1] * steps[1:] > 0
    harmonic = 2 * steps[:-1] * steps[1:] / np.where(same, steps[:-1] + steps[1:], 1.0)
    slopes[1:-1] = np.where(same, harmonic, 0.0)
    slopes[0], slopes[-1] = steps[0], steps[-1]
    t = np.arange(HOUR_S) / HOUR_S
    basis = np.stack(
        [2 * t**3 - 3 * t**2 + 1, t**3 - 2 * t**2 + t, 3 * t**2 - 2 * t**3, t**3 - t**2]
    )
    ends = np.stack([values[:-1], slopes[:-1], values[1:], slopes[1:]], axis=1)
    curve: Numbers = (ends @ basis).ravel()
    return curve


def _heave(winds: Numbers, random: Generator) -> Numbers:
    """A swell that grows with the wind: significant height 0.0246 v2, eight metres at the most."""
    height_m = np.minimum(8.0, 0.0246 * winds**2)
    phase = 2 * np.pi * np.arange(len(winds)) / _WAVE_S + _wander(len(winds), 60, random)
    heave: Numbers = _HEAVE_HPA_M * height_m / 4 * np.sqrt(2) * np.sin(phase)
    return heave


def _gusts(winds: Numbers, random: Generator) -> Numbers:
    """The wind with gusts of some fifteen per cent that last a minute."""
    return np.maximum(0.0, winds * (1 + 0.15 * _wander(len(winds), 60, random)))


def _exposure(seconds: int, random: Generator) -> Numbers:
    """The vents' coefficient: it changes with course and sails, over hours."""
    return np.clip(0.15 * _wander(seconds, 3 * HOUR_S, random), -0.5, 0.5)


def _hatches(seconds: int, random: Generator) -> Numbers:
    """What an open hatch adds to the coefficient, for minutes to an hour."""
    added = np.zeros(seconds)
    for _ in range(round(_HATCHES_A_DAY * seconds / 86400)):
        begin, length = random.integers(seconds), random.integers(60, HOUR_S)
        added[begin : begin + length] = random.uniform(-0.3, 0.3)
    return added


def _running(seconds: int, random: Generator) -> NDArray[np.bool_]:
    there = np.full(seconds, True)
    for _ in range(round(_GAPS_A_WEEK * seconds / (7 * 86400))):
        begin, length = random.integers(seconds), random.integers(600, 3 * HOUR_S)
        there[begin : begin + length] = False
    return there


def _wander(count: int, lasting_s: float, random: Generator) -> Numbers:
    """Standard normal values that are like their neighbours for so long."""
    knots = random.standard_normal(int(count / lasting_s) + 3)
    places = np.arange(count) / lasting_s
    left = places.astype(np.intp)
    turn = (1 - np.cos(np.pi * (places - left))) / 2
    mixed = knots[left] * np.cos(np.pi / 2 * turn) + knots[left + 1] * np.sin(np.pi / 2 * turn)
    return np.asarray(mixed)
