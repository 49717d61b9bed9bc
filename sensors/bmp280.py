"""BMP280: pressure and temperature on I2C; chip id 0x58. The driver is barometer.py."""

from collections.abc import Mapping
from typing import ClassVar

from .barometer import start_up
from .barometer.compensation import TrimmingParameters, compensate
from .barometer.driver import Barometer
from .ports import I2CBus

__all__ = ["BMP280", "TrimmingParameters", "compensate"]


class BMP280(Barometer):
    """A Barometer that must be a BMP280; for another chip a DeviceNotFound names it."""

    _accepted: ClassVar[Mapping[int, str]] = start_up.BMP280_IDS

    def __init__(
        self,
        bus: I2CBus,
        address: int = 0x77,
        *,
        pressure_oversampling: int = 1,
        temperature_oversampling: int = 1,
    ) -> None:
        super().__init__(
            bus,
            address,
            pressure_oversampling=pressure_oversampling,
            temperature_oversampling=temperature_oversampling,
        )
