"""BMP280: pressure and temperature on I2C; chip id 0x58 (see barometer/driver.py)."""

from collections.abc import Mapping
from typing import ClassVar

from .barometer import start_up
from .barometer.compensation import TrimmingParameters, compensate
from .barometer.driver import Barometer

__all__ = ["BMP280", "TrimmingParameters", "compensate"]


class BMP280(Barometer):
    """A Barometer that must be a BMP280; for another chip a DeviceNotFound names it."""

    _accepted: ClassVar[Mapping[int, str]] = start_up.BMP280_IDS
