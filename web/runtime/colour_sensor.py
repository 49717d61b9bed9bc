"""The colour sensor of a board, as the colour page needs it; nothing else reads it."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sensors.config import ColourConfig
from sensors.readings import RawColour

from ..pages.colour.sensor_port import Reading, Surface

if TYPE_CHECKING:
    from sensors.board import Board
    from sensors.tcs3200.driver import TCS3200


class ColourSensor:
    """A ColourSensorPort on a board's TCS3200. Its pins are claimed at the first reading.

    board: returns the board, from the first use on. simulated: whether it is. lies_there: what a
    simulated sensor sees at first.
    """

    def __init__(
        self,
        board: "Callable[[], Board]",
        config: ColourConfig,
        lies_there: str = "",
        *,
        simulated: bool = True,
    ) -> None:
        self._board, self._simulated = board, simulated
        self._lies_there = lies_there
        self._config = config
        self._sensor: TCS3200 | None = None

    @property
    def simulated(self) -> bool:
        return self._simulated

    @property
    def scaling(self) -> str:
        return self._config.scaling_in_use

    @property
    def surfaces(self) -> Sequence[Surface]:
        if not self.simulated:
            return ()
        from sensors.simulated.scene import surfaces

        return [Surface(surface.word, surface.xyz) for surface in surfaces().values()]

    @property
    def lies_there(self) -> str:
        return self._lies_there

    def look(self) -> Reading:
        """Take one reading, which takes some seconds in the dark. Raises SensorError."""
        from sensors.tcs3200.filters import Filter  # a page of weather does without it

        order = Filter.RED, Filter.GREEN, Filter.BLUE, Filter.CLEAR
        self._sensor = self._board().colour
        measured = self._sensor.measure()
        channels = [measured[channel] for channel in order]
        return Reading(
            RawColour(*(channel.hz for channel in channels)),
            RawColour(*(channel.uncertainty_hz for channel in channels)),
            sum(channel.lost for channel in channels),
        )

    def rest(self) -> None:
        """Switch the LED off until the next reading, if it has its own line."""
        if self._sensor is not None:
            self._sensor.rest()

    def show(self, surface: str, closeness: float) -> None:
        """Put a surface under the simulated sensor; "" for none. Raises ConfigError."""
        if surface:
            self._board().scene.show(surface, closeness=closeness)
        else:
            self._board().scene.nothing()
        self._lies_there = surface
