"""From a wire to a plain value: the TCS3200 colour sensor, the BMP280 and BME280 barometers.

with open_board() as board:             # simulated where there is no Raspberry Pi
    print(board.barometer.read())       # BarometerReading(pressure_hpa=1006.5, ...)
    print(board.colour.read())          # RawColour(red=..., green=..., blue=..., clear=...)

Names are imported at their first use, so that a logger does not load the colour sensor.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .barometer import Barometer
    from .bme280 import BME280
    from .bmp280 import BMP280
    from .board import Board, open_board
    from .diagnosis import Fault, Finding
    from .envirophat import EnviroPHAT
    from .errors import (
        BackendMissing,
        BusError,
        ConfigError,
        DeviceNotFound,
        EdgesTooFast,
        ImplausibleReading,
        MeasurementTimeout,
        PinError,
        RecordError,
        SensorError,
        SupplyLost,
    )
    from .filters import Filter, FrequencyScaling
    from .readings import BarometerReading, Frequency, RawColour
    from .tcs3200 import TCS3200

__all__ = [
    "BME280",
    "BMP280",
    "TCS3200",
    "BackendMissing",
    "Barometer",
    "BarometerReading",
    "Board",
    "BusError",
    "ConfigError",
    "DeviceNotFound",
    "EdgesTooFast",
    "EnviroPHAT",
    "Fault",
    "Filter",
    "Finding",
    "Frequency",
    "FrequencyScaling",
    "ImplausibleReading",
    "MeasurementTimeout",
    "PinError",
    "RawColour",
    "RecordError",
    "SensorError",
    "SupplyLost",
    "open_board",
]

_HOMES = {
    "Barometer": "barometer",
    "BME280": "bme280",
    "BMP280": "bmp280",
    "Board": "board",
    "open_board": "board",
    "Fault": "diagnosis",
    "Finding": "diagnosis",
    "EnviroPHAT": "envirophat",
    "BackendMissing": "errors",
    "BusError": "errors",
    "ConfigError": "errors",
    "DeviceNotFound": "errors",
    "EdgesTooFast": "errors",
    "ImplausibleReading": "errors",
    "MeasurementTimeout": "errors",
    "PinError": "errors",
    "RecordError": "errors",
    "SensorError": "errors",
    "SupplyLost": "errors",
    "BarometerReading": "readings",
    "Frequency": "readings",
    "RawColour": "readings",
    "Filter": "filters",
    "FrequencyScaling": "filters",
    "TCS3200": "tcs3200",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value  # the next use does not come here
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
