"""From a wire to a plain value: the TCS3200 colour sensor and the BMP280 barometer.

with open_board() as board:             # simulated where there is no Raspberry Pi
    print(board.barometer.read())       # BarometerReading(pressure_hpa=1006.5, ...)
    print(board.colour.read())          # RawColour(red=..., green=..., blue=..., clear=...)
"""

from .bmp280 import BMP280
from .board import Board, open_board
from .diagnosis import Fault, Finding
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
)
from .readings import BarometerReading, Frequency, RawColour
from .selection import Filter, FrequencyScaling
from .tcs3200 import TCS3200

__all__ = [
    "BMP280",
    "TCS3200",
    "BackendMissing",
    "BarometerReading",
    "Board",
    "BusError",
    "ConfigError",
    "DeviceNotFound",
    "EdgesTooFast",
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
    "open_board",
]
