"""The formulas against printed vectors and exact fractions."""

from fractions import Fraction
from random import Random

import pytest

from sensors.bme280 import compensate_humidity
from sensors.bmp280 import compensate
from tests.support.exact_compensation import humidity_listing, listing

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


@pytest.mark.long("20,000 exact fractions")
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
        exact_c, exact_pa = listing(*adc, trimming)
        worst_c = max(worst_c, abs(temperature_c - float(exact_c)))
        worst_pa = max(worst_pa, abs(pressure_pa - float(exact_pa)))
    assert worst_c < 1e-9
    assert worst_pa < 1e-6


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
        trimming = (h1, h2, h3, h4, h5, h6)
        exact = float(min(max(humidity_listing(adc, t_fine, trimming), Fraction(0)), Fraction(100)))
        humidity = compensate_humidity(adc, t_fine / 5120, trimming)
        assert humidity == pytest.approx(exact, abs=1e-6)
