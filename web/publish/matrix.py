"""[matrix]: the pressure of the last hours on the LEDs of a Scroll pHAT HD.

The matrix may hang on the barometer's bus: the kernel lets one transfer end before the next, each
names its chip, and what is set in the matrix is of no concern to the barometer. A matrix that is
absent, or gone, is a plug that fails: it is looked for again and again, and nobody waits for it.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sensors.backends.i2c import LinuxI2C, default_bus
from sensors.config import section
from sensors.platform import pi_model
from sensors.ports import I2CBus
from sensors.scroll_phat_hd import ADDRESS, ScrollPHATHD

from ..bulletin import Bulletin
from ..config import StationConfig
from ..history_file import HistoryError
from ..sun import is_down
from ..times import late_after_s
from ..weather import Sample, StormLevel
from .columns import COLUMNS, Columns
from .matrix_picture import picture
from .plug import Ship

log = logging.getLogger(__name__)

_NUMBER_S = 5.0
# The past comes from the history in so many stretches: each column has the end of its time in one.
_STRETCHES = 720


@dataclass(frozen=True)
class MatrixConfig:
    """[matrix]: a Scroll pHAT HD.

    bus: N of /dev/i2c-N; left out, the header's of this model. hours: from left to right.
    brightness, night_brightness: shares of the LEDs' full power; the second when the sun is down
    at the station. rotate: 0 or 180 degrees. number_every_min: the pressure is shown as a number
    for five seconds whenever so many minutes are full; 0: never.
    """

    bus: int | None = None
    hours: float = 17.0
    brightness: float = 0.3
    night_brightness: float = 0.05
    rotate: int = 0
    number_every_min: int = 15

    def __post_init__(self) -> None:
        if self.bus is not None and not 0 <= self.bus <= 255:
            raise ValueError(f"bus = {self.bus}: /dev/i2c-N has N from 0 to 255")
        if not 1 <= self.hours <= 168:
            raise ValueError(f"hours = {self.hours}: from 1 to 168")
        for key in ("brightness", "night_brightness"):
            if not 0.01 <= getattr(self, key) <= 1:
                raise ValueError(f"{key} = {getattr(self, key)}: from 0.01 to 1.0")
        if self.rotate not in (0, 180):
            raise ValueError(f"rotate = {self.rotate}: 0 or 180")
        if not 0 <= self.number_every_min <= 1440:
            raise ValueError(f"number_every_min = {self.number_every_min}: from 0 to 1440")


class Matrix:
    """The Plug that draws: it looks at what it knows every second, and shows it."""

    name = "the LED matrix"
    backlog = 1  # what it missed is in the history

    def __init__(
        self, display: ScrollPHATHD, config: MatrixConfig, station: StationConfig, ship: Ship
    ) -> None:
        self._display, self._config, self._station, self._ship = display, config, station, ship
        self._columns = Columns(config.hours * 3600 / COLUMNS)
        self._newest = Bulletin()

    def connect(self) -> None:
        """See whether there is a matrix: it shows what is known so far."""
        self.listen()

    def tell(self, bulletin: Bulletin) -> None:
        """Take the sample and the level; the matrix follows within a second."""
        self._newest, sample = bulletin, bulletin.sample
        if sample is not None:
            if not self._columns.goes_on(sample.taken_at):
                self._recall(sample)
            self._columns.add(sample.taken_at, sample.pressure_hpa)

    def listen(self) -> None:
        """Show this moment."""
        now, outlook = self._ship.now(), self._newest.outlook
        sample = self._fresh(now)
        drawn = picture(
            self._columns.pressures(now),
            StormLevel.CALM if outlook is None else outlook.level,
            number=sample.pressure_hpa if sample and self._is_full_minute(now) else None,
            is_silent=sample is None,
            is_simulated=bool(self._ship.simulated),
        )
        self._display.show(drawn, self._brightness(now))

    def disconnect(self) -> None:
        """Leave it dark."""
        self._display.close()

    def _recall(self, sample: Sample) -> None:
        """Take the past from the history: at the start, after a gap, and when the clock was set.

        The history knows the right times of what came before that.
        """
        if self._ship.history is None:
            return
        begin = sample.taken_at - self._config.hours * 3600
        try:
            with self._ship.history() as history:
                for span in history.spans(begin, sample.taken_at, _STRETCHES):
                    self._columns.add(span.taken_at, span.mean_hpa)
        except HistoryError as error:
            log.warning("%s does without its past: %s", self.name, error)

    def _fresh(self, now: float) -> Sample | None:
        """The newest sample; None when it is old, and in an outage."""
        sample, oldest = self._newest.sample, now - late_after_s(self._ship.period_s)
        if sample is None or sample.taken_at < oldest or self._newest.outage:
            return None
        return sample

    def _is_full_minute(self, now: float) -> bool:
        every_s = self._config.number_every_min * 60
        return bool(every_s) and now % every_s < _NUMBER_S

    def _brightness(self, now: float) -> float:
        latitude, longitude = self._station.latitude, self._station.longitude
        if latitude is None or longitude is None or not is_down(now, latitude, longitude):
            return self._config.brightness
        return self._config.night_brightness


def plug_of(tables: Mapping[str, Any], where: str, ship: Ship) -> Matrix:
    """The matrix by its table. Raises ConfigError; the bus is opened when it is first shown."""
    config = section(tables, "matrix", MatrixConfig, where)
    station = section(tables, "station", StationConfig, where)
    bus = bus_of(config, is_simulated=bool(ship.simulated))
    display = ScrollPHATHD(bus, upside_down=config.rotate == 180)
    return Matrix(display, config, station, ship)


def bus_of(config: MatrixConfig, *, is_simulated: bool) -> I2CBus:
    """The bus that is given, else a twin's on a simulated board, else the header's."""
    if config.bus is not None or not is_simulated:
        return LinuxI2C(default_bus(pi_model()) if config.bus is None else config.bus)
    from sensors.simulated.i2c import SimulatedI2C
    from sensors.simulated.is31fl3731 import SimulatedIS31FL3731

    log.info("[matrix] is simulated as the board is; give its bus to see this on a real one")
    return SimulatedI2C({ADDRESS: SimulatedIS31FL3731()})
