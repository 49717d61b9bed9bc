"""BME280: pressure, temperature and humidity on I2C; chip id 0x60 (see barometer/driver.py)."""

from collections.abc import Mapping
from typing import ClassVar

from .barometer import start_up
from .barometer.compensation import HumidityTrimming, compensate_humidity
from .barometer.driver import Barometer

__all__ = ["BME280", "HumidityTrimming", "compensate_humidity"]


class BME280(Barometer):
    """A Barometer that must be a BME280; for another chip a DeviceNotFound names it."""

    _accepted: ClassVar[Mapping[int, str]] = start_up.BME280_IDS
