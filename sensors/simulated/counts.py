"""The counts of a BMP280 or BME280 in an air: the compensation formulas, inverted.

The data sheets' floating-point listings (BMP280: section 8.1; BME280: appendix A) lead from counts
to physical values. Each step is a line or a quadratic, and so can be solved:

    temperature -> t_fine -> x by the quadratic in T2, T3 -> adc_T
    pressure -> p0 by the quadratic in P7..P9 -> adc_P by the line whose offset and slope P1..P6
                and t_fine give
    humidity -> y by the quadratic in H1 -> adc_H by the line that H2..H6 and t_fine give

Counts are real numbers here; a chip rounds them to its resolution.
"""

from collections.abc import Sequence
from math import sqrt

T_FINE_PER_C = 5120.0


class Counts:
    """The counts of one chip, by its trimming parameters T1..T3, P1..P9."""

    def __init__(self, trimming: Sequence[int]) -> None:
        t1, t2, t3, p1, p2, p3, p4, p5, p6, p7, p8, p9 = trimming
        self._t0, self._t1, self._t2 = 16.0 * t1, t2 / 2**14, t3 / 2**34
        # Offset and slope as polynomials of v = t_fine / 2 - 64000.
        self._offset = (2**20 - 16.0 * p4, -p5 / 2**13, -p6 / 2**29)
        slope = p1 / 6250.0
        self._slope = (slope, slope * p2 / 2**34, slope * p3 / 2**53)
        self._p0, self._p1, self._p2 = p7 / 16.0, 1.0 + p8 / 2**19, p9 / 2**35

    def temperature(self, t_fine: float) -> float:
        """Return adc_T at t_fine, of which 5120 are one degree C."""
        return self._t0 + _solve(self._t2, self._t1, t_fine)

    def pressure(self, pressure_pa: float, t_fine: float) -> float:
        """Return adc_P at a pressure and a temperature."""
        v = t_fine / 2 - 64000.0
        offset, offset_1, offset_2 = self._offset
        slope, slope_1, slope_2 = self._slope
        p0 = _solve(self._p2, self._p1, pressure_pa - self._p0)
        return offset + (offset_1 + offset_2 * v) * v - (slope + (slope_1 + slope_2 * v) * v) * p0


class HumidityCounts:
    """The counts of one chip's humidity, by its trimming parameters H1..H6."""

    def __init__(self, trimming: Sequence[int]) -> None:
        h1, h2, h3, h4, h5, h6 = trimming
        self._h1 = -h1 / 2**19
        self._h2, self._h3, self._h6 = h2 / 2**16, h3 / 2**26, h6 / 2**26
        self._h4, self._h5 = 64.0 * h4, h5 / 2**14

    def humidity(self, humidity_percent: float, t_fine: float) -> float:
        """Return adc_H at a relative humidity and a temperature."""
        v = t_fine - 76800.0
        slope = self._h2 * (1.0 + self._h6 * v * (1.0 + self._h3 * v))
        return self._h4 + self._h5 * v + _solve(self._h1, 1.0, humidity_percent) / slope


def _solve(a: float, b: float, w: float) -> float:
    """Return the q of a·q² + b·q = w near w / b, or the vertex if there is no solution.

    This form loses no digits if a is small or zero.
    """
    return 2.0 * w / (b + sqrt(max(b * b + 4.0 * a * w, 0.0)))
