"""The tree of errors. Each is also a built-in, so that `except OSError` keeps working.

    SensorError
     ├─ ConfigError (ValueError)          an unknown key, a pin used twice, a bad gate time
     ├─ RecordError (ValueError)          a pressure record that cannot be played: line, column
     ├─ BackendMissing (ImportError)      smbus2, gpiod or RPi.GPIO is not installed
     ├─ DeviceNotFound (OSError)          no bus, no chip, or another chip
     ├─ BusError (OSError)                a transfer failed midway; the next may work
     ├─ PinError (OSError)                a GPIO line is busy, forbidden or not there
     ├─ EdgesTooFast (OverflowError)      a wave faster than these pins can follow
     ├─ MeasurementTimeout (TimeoutError) a chip busy for longer than its data sheet allows
     └─ ImplausibleReading (ValueError)   an answer no working sensor gives
         └─ SupplyLost                    that of a chip at power-on, which has converted nothing

The message says what happened, where, and what to do. Darkness is not an error: it is a reading.
"""


class SensorError(Exception):
    """The root: anything that keeps a sensor from a true reading."""


class ConfigError(SensorError, ValueError):
    """An invalid setting: the message names the table and the key."""


class RecordError(SensorError, ValueError):
    """A pressure record that cannot be played: the message names the file, line and column."""


class BackendMissing(SensorError, ImportError):
    """A hardware library is not installed; the message says which to install on this machine."""


class DeviceNotFound(SensorError, OSError):
    """There is no bus, no chip answers, or the chip that answers is another one."""


class BusError(SensorError, OSError):
    """A transfer failed although the chip was there before: noise, a loose wire, a power dip."""


class PinError(SensorError, OSError):
    """A GPIO line cannot be used: busy, not permitted, or not on this machine."""


class EdgesTooFast(SensorError, OverflowError):
    """Edges come faster than the pins can separate: a frequency from them would be too low."""


class MeasurementTimeout(SensorError, TimeoutError):
    """A chip stayed busy for more than 120 % of the longest time in its data sheet."""


class ImplausibleReading(SensorError, ValueError):
    """Results that no working sensor gives; some would look like fair weather."""


class SupplyLost(ImplausibleReading):
    """The chip has its power-on values: a calm, believable, false reading."""
