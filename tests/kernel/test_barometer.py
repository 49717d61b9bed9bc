"""A BMP280 on a real I2C bus: the data sheet's worked example through smbus2 and the kernel."""

import pytest
from machine import Guest


def test_the_data_sheets_example_through_the_kernel(guest: Guest) -> None:
    seen = guest("barometer.py")
    # 25.08 degrees C and 100653.27 Pa (BST-BMP280-DS001, section 3.12)
    assert seen["reading"]["temperature_c"] == pytest.approx(25.08, abs=0.005)
    assert seen["reading"]["pressure_hpa"] == pytest.approx(1006.5327, abs=0.0005)
    assert "nobody answers at address 0x76" in seen["nobody"]
