"""Station pressure to sea level and back: QNH and QFF, each by its own name.

    QNH   by the standard atmosphere: what an altimeter is set to, and a METAR tells
    QFF   by the real temperature outdoors: what a weather map shows

Pressures in hPa, heights in metres above the sea. At 0 m both are the station pressure, to the
last bit. A metre is 0.12 hPa, so that on a boat the two differ by less than any barometer errs:
station 1000 hPa at 2 m is 1000.24 as QNH and 1000.22 to 1000.25 as QFF from 30 to 0 degrees.
"""

from math import exp, isfinite
from typing import Final

from ..errors import CalibrationError

# ICAO standard atmosphere (Doc 7488): 1013.25 hPa and 15 degrees at sea level, 6.5 K less each km.
_STANDARD_HPA: Final = 1013.25
_STANDARD_K: Final = 288.15
_LAPSE_K_PER_M: Final = 0.0065
# R L / g with R = 287.05287 J/(kg K) and g = 9.80665 m/s2: pressure to this power falls with
# height in a straight line.
_EXPONENT: Final = 287.05287 * _LAPSE_K_PER_M / 9.80665

# R / g, as rounded by those who reduce: metres for each kelvin of an air that is equally warm.
_SCALE_M_PER_K: Final = 29.263
_ZERO_C_IN_K: Final = 273.15

# Of mercury at 0 °C under standard gravity (NIST Special Publication 811, appendix B.8).
HPA_PER_INHG: Final = 33.86389
HPA_PER_MMHG: Final = 1.333224

HEIGHTS_M: Final = (-500.0, 9000.0)
_OUTDOORS_C: Final = (-90.0, 60.0)


def qnh(station_hpa: float, height_m: float) -> float:
    """Station pressure reduced to the sea with the standard atmosphere, in hPa.

    Source: ICAO Doc 7488 (the atmosphere) and Doc 8896 (QNH). Raises CalibrationError for a
    pressure or a height that cannot be.
    """
    _check(station_hpa, height_m)
    below = (_STANDARD_HPA / station_hpa) ** _EXPONENT * _warmer_below(height_m)
    return float(station_hpa * (1 + below) ** (1 / _EXPONENT))


def station_from_qnh(qnh_hpa: float, height_m: float) -> float:
    """Return the station pressure at a height from the QNH, in hPa."""
    _check(qnh_hpa, height_m)
    above = (_STANDARD_HPA / qnh_hpa) ** _EXPONENT * _warmer_below(height_m)
    return float(qnh_hpa * (1 - above) ** (1 / _EXPONENT))


def qff(station_hpa: float, height_m: float, outdoor_c: float) -> float:
    """Station pressure reduced to the sea with the real temperature, in hPa.

    outdoor_c: of the air outdoors and in the shade, in degrees Celsius. Never the board's: the
    heat of the Pi beside it is no property of the air, and would change the pressure shown with
    the work the Pi does. Source: the barometric formula for air that is equally warm, as weewx
    uses it (uwxutils), without humidity. Raises CalibrationError for what cannot be.
    """
    _check(station_hpa, height_m)
    return station_hpa * exp(_scale_heights(height_m, outdoor_c))


def station_from_qff(qff_hpa: float, height_m: float, outdoor_c: float) -> float:
    """Return the station pressure at a height from the QFF, in hPa."""
    _check(qff_hpa, height_m)
    return qff_hpa * exp(-_scale_heights(height_m, outdoor_c))


def check_height(height_m: float) -> None:
    """Raise CalibrationError for a height above the sea that no station of this toolkit has."""
    lowest_m, highest_m = HEIGHTS_M
    if not lowest_m <= height_m <= highest_m:
        raise CalibrationError(
            f"a height of {height_m:g} m: give the sensor's own, in metres above the sea, from"
            f" {lowest_m:g} to {highest_m:g}"
        )


def _warmer_below(height_m: float) -> float:
    """By which share of it the standard atmosphere is warmer at the sea than at this height."""
    return _LAPSE_K_PER_M * height_m / _STANDARD_K


def _scale_heights(height_m: float, outdoor_c: float) -> float:
    coldest_c, warmest_c = _OUTDOORS_C
    if not coldest_c <= outdoor_c <= warmest_c:
        raise CalibrationError(
            f"an outdoor temperature of {outdoor_c:g}: give degrees Celsius, from {coldest_c:g} to"
            f" {warmest_c:g}"
        )
    return height_m / (_SCALE_M_PER_K * (_ZERO_C_IN_K + outdoor_c))


def _check(pressure_hpa: float, height_m: float) -> None:
    if not (isfinite(pressure_hpa) and 100 <= pressure_hpa <= 1500):
        raise CalibrationError(f"a pressure of {pressure_hpa:g} hPa: no air at any height has it")
    check_height(height_m)
