"""The floating-point listings of the data sheets in exact fractions, which round nothing."""

from fractions import Fraction


def listing(adc_t: float, adc_p: float, trimming: tuple[int, ...]) -> tuple[Fraction, Fraction]:
    """(temperature_c, pressure_pa): BMP280, section 8.1, step by step."""
    t1, t2, t3, p1, p2, p3, p4, p5, p6, p7, p8, p9 = map(Fraction, trimming)
    var1 = (Fraction(adc_t) / 16384 - t1 / 1024) * t2
    var2 = (Fraction(adc_t) / 131072 - t1 / 8192) ** 2 * t3
    t_fine = var1 + var2
    v1 = t_fine / 2 - 64000
    v2 = v1 * v1 * p6 / 32768 + v1 * p5 * 2
    v2 = v2 / 4 + p4 * 65536
    v1 = (p3 * v1 * v1 / 524288 + p2 * v1) / 524288
    v1 = (1 + v1 / 32768) * p1
    pressure = (1048576 - Fraction(adc_p) - v2 / 4096) * 6250 / v1
    v1 = p9 * pressure * pressure / 2147483648
    v2 = pressure * p8 / 32768
    return t_fine / 5120, pressure + (v1 + v2 + p7) / 16


def humidity_listing(adc_h: float, t_fine: float, trimming: tuple[int, ...]) -> Fraction:
    """Percent: BME280, appendix A, step by step and not clamped."""
    h1, h2, h3, h4, h5, h6 = map(Fraction, trimming)
    v = Fraction(t_fine) - 76800
    offset = h4 * 64 + h5 / 16384 * v
    slope = h2 / 65536 * (1 + h6 / 67108864 * v * (1 + h3 / 67108864 * v))
    v = (Fraction(adc_h) - offset) * slope
    return v * (1 - h1 * v / 524288)
