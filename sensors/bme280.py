"""BME280: pressure, temperature and humidity on I2C; chip id 0x60. How it is read: barometer.py."""

from collections.abc import Mapping
from typing import ClassVar

from . import start_up
from .barometer import Barometer
from .compensation import HumidityTrimming, compensate_humidity

__all__ = ["BME280", "HumidityTrimming", "compensate_humidity"]


class BME280(Barometer):
    """A Barometer that insists on a BME280; another chip is a DeviceNotFound that names it."""

    _accepted: ClassVar[Mapping[int, str]] = start_up.BME280_IDS
