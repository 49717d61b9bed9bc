"""The colour sensor of a board as the colour page asks for it. It alone reads it."""

from collections.abc import Sequence

from sensors.board import Board
from sensors.config import ColourConfig
from sensors.readings import RawColour
from sensors.simulated.scene import surfaces
from sensors.tcs3200.driver import TCS3200
from sensors.tcs3200.filters import Filter

from ..pages.colour.sensor_port import Reading, Surface

# As everywhere: red, green, blue, clear.
_ORDER = (Filter.RED, Filter.GREEN, Filter.BLUE, Filter.CLEAR)


class ColourSensor:
    """A Sight on a board's TCS3200. Its pins are claimed at the first look.

    lies_there: what a simulated one sees at first.
    """

    def __init__(self, board: Board, config: ColourConfig, lies_there: str = "") -> None:
        self._board = board
        self._lies_there = lies_there
        self._config = config
        self._sensor: TCS3200 | None = None

    @property
    def simulated(self) -> bool:
        """Whether it is the twin."""
        return self._board.simulated

    @property
    def scaling(self) -> str:
        """The output scaling; "auto" means 20 % where it is strapped."""
        return self._config.scaling_in_use

    @property
    def surfaces(self) -> Sequence[Surface]:
        """What the twin can be shown."""
        if not self.simulated:
            return ()
        return [Surface(surface.word, surface.xyz) for surface in surfaces().values()]

    @property
    def lies_there(self) -> str:
        """What the twin was shown last; empty for nothing."""
        return self._lies_there

    def look(self) -> Reading:
        """Take one reading; in the dark it lasts some seconds. Raises SensorError."""
        self._sensor = self._board.colour
        measured = self._sensor.measure()
        channels = [
            measured[channel] for channel in (Filter.RED, Filter.GREEN, Filter.BLUE, Filter.CLEAR)
        ]
        return Reading(
            RawColour(*(channel.hz for channel in channels)),
            RawColour(*(channel.uncertainty_hz for channel in channels)),
            sum(channel.lost for channel in channels),
        )

    def rest(self) -> None:
        """Switch the LED off until the next look, where it is on a line of its own."""
        if self._sensor is not None:
            self._sensor.rest()

    def show(self, surface: str, closeness: float) -> None:
        """Put a surface under the twin, or nothing. Raises ConfigError."""
        if surface:
            self._board.scene.show(surface, closeness=closeness)
        else:
            self._board.scene.nothing()
        self._lies_there = surface
