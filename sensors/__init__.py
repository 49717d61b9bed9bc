"""From a wire to a plain value: the TCS3200 colour sensor, the BMP280 and BME280 barometers.

with open_board() as board:             # simulated where there is no Raspberry Pi
    print(board.barometer.read())       # BarometerReading(pressure_hpa=1006.5, ...)
    print(board.colour.read())          # RawColour(red=..., green=..., blue=..., clear=...)
"""

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
from .readings import BarometerReading, Frequency, RawColour
from .selection import Filter, FrequencyScaling
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
