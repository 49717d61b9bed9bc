"""The formulas against printed vectors and exact fractions."""

from fractions import Fraction
from random import Random

import pytest

from sensors.bme280 import compensate_humidity
from sensors.bmp280 import compensate

# Data sheet BST-BMP280-DS001, section 3.12.
DATA_SHEET = (27504, 26435, -1000, 36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000)
# A chip of Pimoroni's, with humidity (their bme280 library's tests); its T3 lies outside Bosch's
# limits and its readings are fine.
SECOND_CHIP = (28009, 25654, 50, 39145, -10750, 3024, 5667, -120, -7, 15500, -14600, 6000)
HUMIDITY_TRIMMING = (75, 376, 0, 286, 50, 30)


def test_the_data_sheets_worked_example() -> None:
    temperature_c, pressure_pa = compensate(519888, 415148, DATA_SHEET)
    assert temperature_c == pytest.approx(25.08, abs=0.005)
    assert pressure_pa == pytest.approx(100653.27, abs=0.005)


def test_the_second_vector() -> None:
    temperature_c, pressure_pa = compensate(529191, 326816, SECOND_CHIP)
    assert temperature_c == pytest.approx(24.78949, abs=5e-6)
    assert pressure_pa == pytest.approx(100661.518, abs=5e-4)


def test_doubles_agree_with_exact_fractions_over_20_000_sets_of_trimming_parameters() -> None:
    """Bosch's own limits of each parameter, and both signs of T3 and P9."""
    random = Random(280)
    limits = [(19000, 35000), (22000, 30000), (-3000, 3000), (30000, 42000), (-12970, -8000)]
    limits += [(-5000, 8000), (-10000, 18000), (-500, 1100), (-1000, 1000), (-32768, 32767)]
    limits += [(-30000, 10000), (-10000, 30000)]
    worst_c = worst_pa = 0.0
    for _ in range(20_000):
        trimming = tuple(random.randint(*limit) for limit in limits)
        adc = random.randint(400_000, 650_000), random.randint(250_000, 500_000)
        temperature_c, pressure_pa = compensate(*adc, trimming)
        exact_c, exact_pa = exactly(*adc, trimming)
        worst_c = max(worst_c, abs(temperature_c - float(exact_c)))
        worst_pa = max(worst_pa, abs(pressure_pa - float(exact_pa)))
    assert worst_c < 1e-9
    assert worst_pa < 1e-6


def exactly(adc_t: int, adc_p: int, trimming: tuple[int, ...]) -> tuple[Fraction, Fraction]:
    """The data sheet's floating-point listing (section 8.1), step by step, without rounding."""
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


def test_humidity_by_the_published_vector() -> None:
    assert compensate_humidity(30281, 24.789487767560992, HUMIDITY_TRIMMING) == pytest.approx(
        68.66996648709039, abs=1e-9
    )


def test_humidity_agrees_with_exact_fractions() -> None:
    """The BME280 data sheet's floating-point listing (section 8.1), without rounding."""
    random = Random(60)
    for _ in range(2_000):
        h1, h3 = random.randint(0, 255), random.randint(0, 255)
        h2, h6 = random.randint(200, 600), random.randint(-128, 127)
        h4, h5 = random.randint(-2048, 2047), random.randint(-2048, 2047)
        adc, t_fine = random.randint(0, 65535), random.randint(-200_000, 430_000)
        v = Fraction(t_fine) - 76800
        h = (adc - (h4 * 64 + h5 * v / 16384)) * (
            Fraction(h2, 65536) * (1 + h6 * v / 67108864 * (1 + h3 * v / 67108864))
        )
        h *= 1 - h1 * h / 524288
        exact = float(min(max(h, Fraction(0)), Fraction(100)))
        said = compensate_humidity(adc, t_fine / 5120, (h1, h2, h3, h4, h5, h6))
        assert said == pytest.approx(exact, abs=1e-6)
