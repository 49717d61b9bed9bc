"""What a sensor says upward: plain frozen values, with their units in their names."""

from typing import NamedTuple


class RawColour(NamedTuple):
    """Output frequency behind each filter, in Hz, normalised to 100 % output scaling.

    Linear in light; a channel in darkness is 0.0. The numbers belong to one sensor, one lamp and
    one distance: `calibration` turns them into a colour.
    """

    red: float
    green: float
    blue: float
    clear: float


class BarometerReading(NamedTuple):
    """Station pressure in hPa and the chip's own temperature in degrees C.

    The temperature is the board's, some degrees above the air's; humidity is in percent, or None
    from a chip that does not measure it.
    """

    pressure_hpa: float
    temperature_c: float
    humidity_percent: float | None = None


class Frequency(NamedTuple):
    """A measured frequency with its honest error bar.

    hz: the frequency, 0.0 when fewer than two edges came in the time.
    uncertainty_hz: one standard deviation; when hz is 0.0, the upper bound of the frequency.
    edges: rising edges delivered.
    lost: edges that happened and were not delivered.
    """

    hz: float
    uncertainty_hz: float
    edges: int
    lost: int
