"""The one tree of errors. Each is also a built-in, so that `except OSError` keeps working.

    SensorError
     ├─ ConfigError (ValueError)          an unknown key, a pin used twice, a bad gate time
     ├─ RecordError (ValueError)          a pressure record that cannot be played: line, column
     ├─ BackendMissing (ImportError)      smbus2, gpiod or RPi.GPIO is not installed
     ├─ DeviceNotFound (OSError)          no bus, nobody answers, or it is another chip
     ├─ BusError (OSError)                a transfer failed midway; the next may work
     ├─ PinError (OSError)                a GPIO line is busy, forbidden or not there
     ├─ EdgesTooFast (OverflowError)      a wave faster than these pins can follow
     ├─ MeasurementTimeout (TimeoutError) a chip busy for longer than its data sheet allows
     └─ ImplausibleReading (ValueError)   an answer no working sensor gives
         └─ SupplyLost                    that of a chip at power-on, which has converted nothing

The message says what happened, where, and what to do. Darkness is not an error: it is a reading.
"""


class SensorError(Exception):
    """Anything that keeps a sensor from giving a true reading."""


class ConfigError(SensorError, ValueError):
    """A setting that cannot be meant: the message names the table and the key."""


class RecordError(SensorError, ValueError):
    """A pressure record that cannot be played: the message names the file, line and column."""


class BackendMissing(SensorError, ImportError):
    """A hardware library is not installed; the message says which to install on this machine."""


class DeviceNotFound(SensorError, OSError):
    """Nobody answers on the bus, there is no bus, or the chip that answers is another one."""


class BusError(SensorError, OSError):
    """A transfer failed although the chip was there before: noise, a loose wire, a power dip."""


class PinError(SensorError, OSError):
    """A GPIO line could not be had: busy, not permitted, or not on this machine."""


class EdgesTooFast(SensorError, OverflowError):
    """Edges come faster than the pins can tell apart: a frequency from them would be too low."""


class MeasurementTimeout(SensorError, TimeoutError):
    """A chip stayed busy for longer than the longest time of its data sheet and a fifth."""


class ImplausibleReading(SensorError, ValueError):
    """Results no working sensor gives: refused, because they would look like fair weather."""


class SupplyLost(ImplausibleReading):
    """The chip holds what it has at power-on: a calm, believable reading, and a false one."""
