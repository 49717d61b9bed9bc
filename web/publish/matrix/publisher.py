"""[matrix]: the pressure of the last hours on the LEDs of a Scroll pHAT HD.

The matrix may share the barometer's bus: the kernel ends one transfer before the next, and each
names its chip. A missing matrix is like any peer that is down: the thread tries again.
"""

import logging
from collections.abc import Callable

from sensors.backends.i2c import LinuxI2C, default_bus
from sensors.backends.platform import pi_model
from sensors.hats.scroll_phat_hd import ADDRESS, ScrollPHATHD
from sensors.ports import I2CBus

from ...alarm.state import AlarmSignal
from ...config.publishers import MatrixConfig
from ...history.database import HistoryError
from ...history.reader import HistoryReader
from ...recorder.conditions import Conditions
from ...weather import Sample, StormLevel
from ...weather.sun import is_down
from ..publisher import StationContext
from .columns import COLUMNS, Columns
from .picture import picture

log = logging.getLogger(__name__)

_NUMBER_S = 5.0
# Spans in which the history is read: short enough for each column to get its newest sample.
_SPANS = 720


class Matrix:
    """Draws the newest conditions every second."""

    backlog = 1  # earlier samples come from the history

    def __init__(
        self, display: ScrollPHATHD, config: MatrixConfig, station: StationContext
    ) -> None:
        self.name = config.title
        self._display, self._config, self._station = display, config, station
        self._columns = Columns(config.hours * 3600 / COLUMNS)
        self._offset_hpa = 0.0
        self._newest = Conditions()
        self.drilled: set[AlarmSignal] = set()

    def connect(self) -> None:
        self.poll()

    def publish(self, conditions: Conditions) -> None:
        self._newest, sample = conditions, conditions.sample
        if sample is not None:
            offset_hpa = self._station.preferences().offset_hpa
            if offset_hpa != self._offset_hpa or not self._columns.continues(sample.taken_at):
                self._offset_hpa = offset_hpa
                self._load_history(sample)
            self._columns.add(sample.taken_at, sample.pressure_hpa)

    def poll(self) -> None:
        now, sample = self._station.now(), self._station.live(self._newest).sample
        outlook = self._station.present(self._newest).outlook
        every_s = self._config.number_every_min * 60
        shows_number = sample and every_s and now % every_s < _NUMBER_S
        level = StormLevel.CALM if outlook is None else outlook.level
        no_data, drill = (alarm := self._station.alarm()).no_data, alarm.drill
        if drill:
            no_data = drill is AlarmSignal.NO_DATA
            level = StormLevel.CALM if no_data else StormLevel[drill.name]
        shown = picture(
            self._columns.pressures(now),
            level,
            number=sample.pressure_hpa if sample and shows_number else None,
            has_data=sample is not None,
            no_data=no_data,
            is_simulated=self._station.simulated,
            is_drill=drill is not None,
        )
        self._display.show(shown, self._brightness(now))
        if drill:
            self.drilled.add(drill)

    def disconnect(self) -> None:
        self._display.close()

    def _load_history(self, sample: Sample) -> None:
        """Fill the columns from the history: at the start, after a gap or a step of the clock."""
        if self._station.history is None:
            return
        begin = sample.taken_at - self._config.hours * 3600
        try:
            with HistoryReader(self._station.history, self._offset_hpa) as history:
                for span in history.spans(begin, sample.taken_at, _SPANS):
                    self._columns.add(span.taken_at, span.mean_hpa)
        except HistoryError as error:
            log.warning("%s starts without its past: %s", self.name, error)

    def _brightness(self, now: float) -> float:
        place = self._station.preferences().station
        latitude, longitude = place.latitude, place.longitude
        if latitude is None or longitude is None or not is_down(now, latitude, longitude):
            return self._config.brightness
        return self._config.night_brightness


def publisher_of(config: MatrixConfig) -> Callable[[StationContext], Matrix]:
    """Return the factory; the bus is opened by the first picture."""

    def matrix(station: StationContext) -> Matrix:
        bus = bus_of(config, is_simulated=station.simulated)
        return Matrix(ScrollPHATHD(bus, upside_down=config.rotate == 180), config, station)

    return matrix


def bus_of(config: MatrixConfig, *, is_simulated: bool) -> I2CBus:
    """Return the configured bus, else a simulated one on a simulated board, else the header's."""
    if config.bus is not None or not is_simulated:
        return LinuxI2C(default_bus(pi_model()) if config.bus is None else config.bus)
    from sensors.simulated.i2c import SimulatedI2C
    from sensors.simulated.is31fl3731 import SimulatedIS31FL3731

    log.info("[matrix] is simulated as the board is; give its bus to see this on a real one")
    return SimulatedI2C({ADDRESS: SimulatedIS31FL3731()})
