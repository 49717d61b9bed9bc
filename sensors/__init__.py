"""From a wire to a plain value: the TCS3200 colour sensor, the BMP280 and BME280 barometers.

with open_board() as board:             # simulated where there is no Raspberry Pi
    print(board.barometer.read())       # BarometerReading(pressure_hpa=1006.5, ...)
    print(board.colour.read())          # RawColour(red=..., green=..., blue=..., clear=...)

Names are imported at their first use, so that a logger does not load the colour sensor.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .barometer.driver import Barometer as Barometer
    from .bme280 import BME280 as BME280
    from .bmp280 import BMP280 as BMP280
    from .board import Board as Board
    from .board import open_board as open_board
    from .errors import BackendMissing as BackendMissing
    from .errors import BusError as BusError
    from .errors import ConfigError as ConfigError
    from .errors import DeviceNotFound as DeviceNotFound
    from .errors import EdgesTooFast as EdgesTooFast
    from .errors import ImplausibleReading as ImplausibleReading
    from .errors import MeasurementTimeout as MeasurementTimeout
    from .errors import PinError as PinError
    from .errors import RecordError as RecordError
    from .errors import SensorError as SensorError
    from .errors import SupplyLost as SupplyLost
    from .hats.envirophat import EnviroPHAT as EnviroPHAT
    from .readings import BarometerReading as BarometerReading
    from .readings import Frequency as Frequency
    from .readings import RawColour as RawColour
    from .tcs3200.diagnosis import Fault as Fault
    from .tcs3200.diagnosis import Finding as Finding
    from .tcs3200.driver import TCS3200 as TCS3200
    from .tcs3200.filters import Filter as Filter
    from .tcs3200.filters import FrequencyScaling as FrequencyScaling

_NAMES = {
    "barometer.driver": "Barometer",
    "bme280": "BME280",
    "bmp280": "BMP280",
    "board": "Board open_board",
    "tcs3200.diagnosis": "Fault Finding",
    "hats.envirophat": "EnviroPHAT",
    "errors": "BackendMissing BusError ConfigError DeviceNotFound EdgesTooFast ImplausibleReading"
    " MeasurementTimeout PinError RecordError SensorError SupplyLost",
    "tcs3200.filters": "Filter FrequencyScaling",
    "readings": "BarometerReading Frequency RawColour",
    "tcs3200.driver": "TCS3200",
}
_MODULES = {name: module for module, names in _NAMES.items() for name in names.split()}

__all__ = sorted(_MODULES)


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_MODULES[name]}", __name__), name)
    globals()[name] = value  # the next use does not come here
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
