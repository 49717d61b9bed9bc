"""Readings of the sensors and the values they come from: frozen, with units in their names."""

from collections.abc import Sequence
from typing import Final, NamedTuple


class RawColour(NamedTuple):
    """Output frequency behind each filter, in Hz, normalised to 100 % output scaling.

    Linear in light; 0.0 in darkness. The numbers belong to one sensor, lamp and distance:
    `calibration` turns them into a colour.
    """

    red: float
    green: float
    blue: float
    clear: float


# What a BMP280 and a BME280 measure (data sheets, table 2).
PRESSURE_RANGE_HPA: Final = (300.0, 1100.0)


class BarometerReading(NamedTuple):
    """Station pressure in hPa, temperature in degrees C, relative humidity in percent.

    The temperature is the chip's, some degrees above the air's. A BMP280 has no humidity: None.
    """

    pressure_hpa: float
    temperature_c: float
    humidity_percent: float | None = None


class Edges(NamedTuple):
    """The rising edges of one gate, oldest first.

    timestamps_ns: nanoseconds of a monotonic clock, stamped as close to the pin as possible.
    sequence_numbers: one for each edge, with gaps for edges dropped from a full queue or left out
    because their time is unknown; None if the source has no numbers. elapsed_s: the time that the
    gate was open. dropped: edges that a full queue dropped before the first of these. scatter_ns:
    one standard deviation of a stamp, if the source knows it.
    """

    timestamps_ns: Sequence[int]
    sequence_numbers: Sequence[int] | None
    elapsed_s: float
    dropped: int = 0
    scatter_ns: float | None = None


class Frequency(NamedTuple):
    """A measured frequency with its uncertainty.

    hz: 0.0 if fewer than two edges came in the gate.
    uncertainty_hz: one standard deviation; if hz is 0.0, the upper bound of the frequency.
    edges: rising edges delivered.
    lost: edges that happened and were not delivered.
    """

    hz: float
    uncertainty_hz: float
    edges: int
    lost: int
