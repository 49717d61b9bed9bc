"""Doubts about a reading, from the references and the data of the sensor.

The clear photodiodes see what the red, green and blue ones see together, at every wavelength in
about the same proportion:

    clear / (red + green + blue)    0.80 .. 0.95   400 to 650 nm   (data sheet TAOS099, figure 1)
                                    0.59 .. 0.81   650 to 750 nm
                                    0.32 .. 0.59   beyond, the infrared

A reading is a mean over wavelengths, so beside that of white it lies between 0.68 and 1.10 under
any LED. A program that is too slow loses every second edge of clear first, the fastest channel of
the four, and half a reading lies between 0.34 and 0.55. Half way between the two is the border.
"""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..colorimetry.arrays import (
    CHANNEL_NAMES,
    SATURATED_HZ,
    FloatArray,
    one_edge_hz,
    real_numbers,
    within,
)
from ..errors import CalibrationError
from .references import References

_LOST: Final = 0.61  # sqrt(0.55 * 0.68)

# Half of the largest proportion there is. A white below it has lost edges itself, or the light is
# a bulb's, which is infrared for the most part: then clear cannot be judged, and is doubted.
_HALF_WHITE: Final = 0.475

_DARKEST: Final = 0.015  # share of white; black card reflects 3 to 5 %, velvet about 1 %
_BRIGHTEST: Final = 1.2  # reflectance; paper with a brightener comes to 1.1
_BELOW_DARK: Final = 0.01  # share of white

_LARGEST_PROPORTION: Final = 1e6
_LARGEST_HZ: Final = 1e12


def doubtful(references: References, raw: ArrayLike) -> NDArray[np.bool_]:
    """Whether the clear channel has lost edges, for readings (..., 4) in Hz; of shape (...).

    Raises CalibrationError: not (..., 4), not finite, or beyond any sensor.
    """
    readings = _readings(raw)
    expected = _expected_clear(references, readings)
    clear = readings[..., 3]
    lost: NDArray[np.bool_] = np.asarray(
        (clear < _LOST * expected) & (expected - clear > one_edge_hz(references.scaling))
    )
    return lost


def doubts(references: References, raw: ArrayLike) -> tuple[str, ...]:
    """List what speaks against one reading (4 numbers in Hz), in words; empty if nothing does.

    Raises CalibrationError: not 4 finite numbers, or beyond any sensor.
    """
    reading = _readings(raw)
    if reading.ndim != 1:
        raise CalibrationError(
            f"doubts() takes one reading, not an array of shape {reading.shape}; "
            "doubtful() takes many"
        )
    answers = (
        _negative(reading),
        _saturated(reading),
        _white_miscounted(references),
        _miscounted(references, reading),
        _too_bright(references, reading),
        _too_dark(references, reading),
        _below_dark(references, reading),
    )
    return tuple(doubt for doubt in answers if doubt)


def _readings(raw: ArrayLike) -> FloatArray:
    return within(real_numbers(raw, 4, "raw reading"), _LARGEST_HZ, "raw reading")


def _proportion(references: References) -> float:
    """Clear to the three colours together, of white."""
    red, green, blue, clear = np.subtract(references.white, references.dark).tolist()
    return min(float(clear / (red + green + blue)), _LARGEST_PROPORTION)


def _expected_clear(references: References, readings: FloatArray) -> FloatArray:
    """Return the clear frequency (...) that the other three imply."""
    within(np.array((references.dark, references.white)), _LARGEST_HZ, "references")
    proportion = _proportion(references)
    if proportion < _HALF_WHITE:
        proportion *= 2
    colours_hz, dark_hz = readings[..., :3].sum(axis=-1), sum(references.dark[:3])
    light = np.maximum(colours_hz - dark_hz, 0.0)
    # Darker than dark is a lamp that has faded or is off, and clear loses the same share.
    share = np.clip(colours_hz, 0.0, dark_hz) / dark_hz if dark_hz > 0 else 1.0
    expected: FloatArray = references.dark[3] * share + proportion * light
    return expected


def _negative(reading: FloatArray) -> str:
    if reading.min() >= 0:
        return ""
    return f"negative: {_worst(reading, int(reading.argmin()))}, and a frequency is not"


def _saturated(reading: FloatArray) -> str:
    if reading.max() <= SATURATED_HZ:
        return ""
    return (
        f"saturated: {_worst(reading, int(reading.argmax()))}; the sensor is to be trusted up to "
        f"{SATURATED_HZ:.0f} Hz"
    )


def _white_miscounted(references: References) -> str:
    proportion = _proportion(references)
    if proportion >= _HALF_WHITE:
        return ""
    return (
        f"the white reference: clear is only {proportion:.2f} of red, green and blue together; it "
        "lost edges, or the light is infrared for the most part, as a bulb's; read white again at "
        "a lower output scaling, under the sensor's own LED"
    )


def _miscounted(references: References, reading: FloatArray) -> str:
    expected = float(_expected_clear(references, reading))
    if doubtful(references, reading):
        return (
            f"the clear channel lost edges: {_hz(reading[3])}, where red, green and blue together "
            f"call for {_hz(expected)}; read at a lower output scaling, or with kernel time stamps"
        )
    if reading[3] * _LOST > expected + one_edge_hz(references.scaling):
        return (
            f"clear is too bright beside the colours: {_hz(reading[3])}, where they call for "
            f"{_hz(expected)}; red, green or blue lost edges, here or in the white reference"
        )
    return ""


def _too_bright(references: References, reading: FloatArray) -> str:
    reflectance = references.reflectance(reading)
    channel = int(reflectance.argmax())
    if reflectance[channel] <= _BRIGHTEST:
        return ""
    return (
        f"brighter than white: {CHANNEL_NAMES[channel]} is at {reflectance[channel]:.0%} of a "
        "perfect white; it shines, lies nearer than the white card did, or other light falls in"
    )


def _too_dark(references: References, reading: FloatArray) -> str:
    share = float(references.reflectance(reading).max()) / references.white_reflectance
    if share >= _DARKEST:
        return ""
    return (
        f"too dark: {max(share, 0.0):.1%} of white in the brightest channel, so the colour is "
        "noise; nothing lies there, or it is too far away"
    )


def _below_dark(references: References, reading: FloatArray) -> str:
    share = references.reflectance(reading) / references.white_reflectance
    under = np.subtract(references.dark, reading)
    channel = int(share.argmin())
    if share[channel] >= -_BELOW_DARK or under[channel] <= one_edge_hz(references.scaling):
        return ""
    return (
        f"darker than dark: {_worst(reading, channel)}, and the dark reference has "
        f"{_hz(references.dark[channel])}; the lamp is off, or light fell in when dark was read"
    )


def _worst(reading: FloatArray, channel: int) -> str:
    return f"{CHANNEL_NAMES[channel]} is at {_hz(reading[channel])}"


def _hz(number: float) -> str:
    return f"{number:.1f} Hz" if abs(number) < 1000 else f"{number:.0f} Hz"
