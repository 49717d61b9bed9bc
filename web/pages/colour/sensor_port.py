"""What the colour page asks of a sensor; the program that opened the board answers."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from sensors.readings import RawColour


class Reading(NamedTuple):
    """One reading, and how sure each channel is, in Hz at 100 % scaling.

    lost: edges that happened and were not delivered, in all channels together.
    """

    raw: RawColour
    uncertainty_hz: RawColour
    lost: int


class Surface(NamedTuple):
    """A card, or what can be put under a simulated sensor: XYZ under D65, white Y = 1."""

    name: str
    xyz: tuple[float, float, float]


class ColourSensorPort(Protocol):
    """A colour sensor.

    simulated: whether it is a twin. scaling: the output scaling, as the settings call it.
    surfaces: all that a simulated sensor can be shown; nothing for a real one. lies_there: which
    of them it sees now; empty for none.
    """

    @property
    def simulated(self) -> bool: ...
    @property
    def scaling(self) -> str: ...
    @property
    def surfaces(self) -> Sequence[Surface]: ...
    @property
    def lies_there(self) -> str: ...

    def look(self) -> Reading:
        """Take one reading; it lasts up to some seconds. Raises what the sensor raises."""

    def rest(self) -> None:
        """Spare the sensor and its LED until the next look."""

    def show(self, surface: str, closeness: float) -> None:
        """Put a surface under a simulated sensor, or nothing: "". closeness: 1 is the usual."""
