"""From raw results to physical values: the formulas of the data sheets, in double precision.

Each chip has its own trimming parameters from the factory. Terms that depend only on them are
computed once, so that a reading costs a few multiplications.
(BMP280: BST-BMP280-DS001, section 8.1; humidity: BME280, BST-BME280-DS002, section 8.1)
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ..errors import ImplausibleReading


class TrimmingParameters(NamedTuple):
    """The twelve factory constants of one chip, in the order of its registers."""

    t1: int
    t2: int
    t3: int
    p1: int
    p2: int
    p3: int
    p4: int
    p5: int
    p6: int
    p7: int
    p8: int
    p9: int


class HumidityTrimming(NamedTuple):
    """The six further constants of a BME280."""

    h1: int
    h2: int
    h3: int
    h4: int
    h5: int
    h6: int


def compensate(
    adc_temperature: int, adc_pressure: int, trimming: Sequence[int]
) -> tuple[float, float]:
    """Return (temperature_c, pressure_pa) of two raw 20-bit results.

    Double precision with t_fine not truncated (BST-BMP280-DS001, section 8.1).

    trimming: T1..T3, P1..P9 in that order; a TrimmingParameters will do.
    Raises ImplausibleReading if the trimming parameters allow no pressure.
    """
    return compensation(trimming)(adc_temperature, adc_pressure)


def compensate_humidity(
    adc_humidity: int, temperature_c: float, trimming: HumidityTrimming | Sequence[int]
) -> float:
    """Return the relative humidity in percent, from 0 to 100, of a raw 16-bit result.

    temperature_c: from the same conversion, not rounded. trimming: H1..H6 in that order. Like the
    data sheet's formula (section 8.1), this clips to 0 and 100.
    """
    return humidity_compensation(trimming)(adc_humidity, temperature_c)


def compensation(trimming: Sequence[int]) -> Callable[[int, int], tuple[float, float]]:
    """Return compensate() for one chip: (adc_temperature, adc_pressure) -> (degrees C, Pa).

    The data sheet's steps as three polynomials, each evaluated from its highest power:

        t_fine   = x T2/2^14 + x^2 T3/2^34               with x = adc_T - 16 T1
        offset   = 16 P4 + v P5/2^13 + v^2 P6/2^29       with v = t_fine/2 - 64000
        slope    = (P1 + v P1 P2/2^34 + v^2 P1 P3/2^53) / 6250
        p0       = (2^20 - adc_P - offset) / slope
        pressure = P7/16 + p0 (1 + P8/2^19) + p0^2 P9/2^35

    A division by a power of two is exact.
    """
    t1, t2, t3, p1, p2, p3, p4, p5, p6, p7, p8, p9 = trimming
    x_0, t_1, t_2 = 16.0 * t1, t2 / 2**14, t3 / 2**34
    offset_0, offset_1, offset_2 = 2**20 - 16.0 * p4, p5 / 2**13, p6 / 2**29
    slope_0, slope_1, slope_2 = p1 / 6250, p1 * p2 / 2**34 / 6250, p1 * p3 / 2**53 / 6250
    pa_0, pa_1, pa_2 = p7 / 16, 1 + p8 / 2**19, p9 / 2**35

    def compensated(adc_temperature: int, adc_pressure: int) -> tuple[float, float]:
        x = adc_temperature - x_0
        t_fine = x * (t_1 + x * t_2)
        v = t_fine * 0.5 - 64000.0
        offset = v * (offset_1 + v * offset_2)
        try:
            p = (offset_0 - adc_pressure - offset) / (slope_0 + v * (slope_1 + v * slope_2))
        except ZeroDivisionError:
            raise ImplausibleReading(
                f"the trimming parameters give no pressure (P1 = {p1}, P2 = {p2}, P3 = {p3}): no"
                " working chip has these"
            ) from None
        return t_fine / 5120.0, pa_0 + p * (pa_1 + p * pa_2)

    return compensated


def humidity_compensation(trimming: Sequence[int]) -> Callable[[int, float], float]:
    """Return compensate_humidity() for one chip: (adc_humidity, temperature_c) -> percent."""
    h1, h2, h3, h4, h5, h6 = trimming

    def compensated(adc_humidity: int, temperature_c: float) -> float:
        v = temperature_c * 5120 - 76800
        h = adc_humidity - (h4 * 64 + h5 / 2**14 * v)
        h *= h2 / 2**16 * (1 + h6 / 2**26 * v * (1 + h3 / 2**26 * v))
        h *= 1 - h1 * h / 2**19
        return min(max(h, 0.0), 100.0)

    return compensated


def unusual(trimming: TrimmingParameters) -> list[str]:
    """Return the parameters outside the limits of Bosch's own self-test, such as "T3 = 50".

    A warning, not an error: good chips outside them are known. (BMP2 SensorAPI, self-test)
    """
    return [
        f"{name.upper()} = {value}"
        for name, value in trimming._asdict().items()
        if name in _USUAL and not _USUAL[name][0] <= value <= _USUAL[name][1]
    ]


_USUAL = {
    "t1": (19000, 35000),
    "t2": (22000, 30000),
    "t3": (-3000, -1000),
    "p1": (30000, 42000),
    "p2": (-12970, -8000),
    "p3": (-5000, 8000),
    "p4": (-10000, 18000),
    "p5": (-500, 1100),
    "p6": (-1000, 1000),
    "p8": (-30000, 10000),
    "p9": (-10000, 30000),
}
