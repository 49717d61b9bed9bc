"""Combine repeated readings into one, their median, or say why they cannot be used.

    readings     ..  .:.          .       the four channels one by one
    median          |
    quartiles      [ ]                    their distance gives the spread

One of five readings may be spoilt by a hand that came too late: the median does not see it. What it
cannot mend is refused here, while the card still lies under the sensor.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from ..colorimetry.arrays import (
    CHANNEL_NAMES,
    SATURATED_HZ,
    SCALINGS,
    Channels,
    FloatArray,
    as_channels,
    one_edge_hz,
    real_numbers,
)
from ..errors import CalibrationError

FEWEST_READINGS: Final = 3

_STEADY: Final = 0.02  # of the reading; a sensor that lies still scatters by some 0.3 %


@dataclass(frozen=True)
class MedianReading:
    """One reference, card or piece, from several readings in a row.

    raw: the medians, in Hz at 100 % output scaling. spread: how far the readings of each channel
    scatter, in Hz (one standard deviation, robust). count: how many readings. scaling: the output
    scaling they were read at, as the sensor's settings call it ("auto", "2%", "20%", "100%");
    empty where it is not known.
    """

    raw: Channels
    spread: Channels
    count: int
    scaling: str = ""


def combine(readings: ArrayLike, what: str, *, scaling: str = "") -> MedianReading:
    """Make one of ``readings`` (n, 4) in Hz, in the order red, green, blue, clear; n >= 3.

    ``what`` names the thing in messages: "white", "the red card".

    Raises CalibrationError with the channel and the remedy: too few readings, not finite, negative,
    saturated, or unsteady: a scatter of more than 2 % that is also more than one edge a second.
    Also for an unknown scaling.
    """
    check_scaling(scaling)
    rows = np.atleast_2d(real_numbers(readings, 4, what))
    if rows.ndim != 2 or len(rows) < FEWEST_READINGS:
        count = len(rows) if rows.ndim == 2 else f"an array of shape {rows.shape}"
        raise CalibrationError(
            f"{what}: {FEWEST_READINGS} or more readings of 4 numbers are needed, and there are "
            f"{count}; take more of them in a row, with nothing moved in between"
        )
    _check_range(rows, what)
    median = np.median(rows, axis=0)
    spread = _spread(rows)
    _check_steady(median, spread, scaling, what)
    return MedianReading(
        as_channels(median.tolist()), as_channels(spread.tolist()), len(rows), scaling
    )


def check_scaling(scaling: str) -> None:
    """Raise CalibrationError for a word that is no output scaling."""
    if not isinstance(scaling, str) or scaling not in SCALINGS:
        names = ", ".join(name for name in SCALINGS if name)
        raise CalibrationError(f"{scaling!r} is no output scaling; there are {names}")


def _check_range(rows: FloatArray, what: str) -> None:
    lowest, highest = rows.min(axis=0), rows.max(axis=0)
    if lowest.min() < 0:
        channel = int(lowest.argmin())
        raise CalibrationError(
            f"{what}: {CHANNEL_NAMES[channel]} is {lowest[channel]:g} Hz, and no frequency is "
            "negative; give the readings as the sensor says them, with nothing taken off"
        )
    if highest.max() > SATURATED_HZ:
        channel = int(highest.argmax())
        raise CalibrationError(
            f"{what}: {CHANNEL_NAMES[channel]} is saturated: {highest[channel]:.0f} Hz, and the "
            f"sensor is to be trusted up to {SATURATED_HZ:.0f} Hz (at 100 % scaling); "
            "take the sensor farther away, dim the lamp or keep the sun out"
        )


def _spread(rows: FloatArray) -> FloatArray:
    """Return the standard deviation (4,), from the distance of the quartiles.

    Of three readings one that is off already counts, of five it does not. For normal noise the
    quartiles lie 1.349 standard deviations apart, those of n readings a little less: the factor is
    good to 4 %.
    """
    count = len(rows)
    lower, upper = np.quantile(rows, (0.25, 0.75), axis=0)
    spread: FloatArray = (upper - lower) * (count + 0.3) / (1.349 * (count - 1))
    return spread


def _check_steady(median: FloatArray, spread: FloatArray, scaling: str, what: str) -> None:
    excess = spread - np.maximum(_STEADY * median, one_edge_hz(scaling))
    channel = int(excess.argmax())
    if excess[channel] > 0:
        raise CalibrationError(
            f"{what}: {CHANNEL_NAMES[channel]} is not steady: {median[channel]:.4g} Hz ± "
            f"{spread[channel]:.2g} Hz, and up to {_STEADY:.0%} would do; keep sensor and card "
            "still, keep the light of the room out, and read again"
        )
