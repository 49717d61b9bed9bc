"""A sample of pressure, and the position of the station."""

from math import isfinite
from typing import NamedTuple


class Sample(NamedTuple):
    """Station pressure in hPa at a moment (Unix seconds, UTC)."""

    taken_at: float
    pressure_hpa: float
    temperature_c: float | None = None


class Station(NamedTuple):
    """Position of the barometer; without one the rules that need it are left out.

    latitude, longitude: in degrees, north and east positive.
    altitude_m: above mean sea level.
    """

    latitude: float | None = None
    longitude: float | None = None
    altitude_m: float = 0.0


def corrected(sample: Sample, offset_hpa: float) -> Sample:
    """Return a sample with the barometer's offset added, to the nearest pascal."""
    return sample._replace(pressure_hpa=round(sample.pressure_hpa + offset_hpa, 2))


def is_possible(sample: Sample) -> bool:
    """Whether a sample is possible: finite, and within the range of the barometer.

    The lowest and highest on record at sea level are 870 and 1085 hPa; 300 m up take another
    35 hPa, and a lake in the mountains more.
    """
    return isfinite(sample.taken_at) and 300.0 <= sample.pressure_hpa <= 1100.0
