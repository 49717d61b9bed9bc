"""[matrix]: the pressure of the last hours on the LEDs of a Scroll pHAT HD.

The matrix may hang on the barometer's bus: the kernel lets one transfer end before the next, each
names its chip, and what is set in the matrix is of no concern to the barometer. A matrix that is
absent, or gone, is a publisher that fails: it is looked for again, and nothing waits for it.
"""

import logging
from collections.abc import Callable
from functools import partial

from sensors.backends.i2c import LinuxI2C, default_bus
from sensors.backends.platform import pi_model
from sensors.hats.scroll_phat_hd import ADDRESS, ScrollPHATHD
from sensors.ports import I2CBus

from ...config.publishers import MatrixConfig
from ...display.times import late_after_s
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
# The past comes from the history in so many stretches: each column has the end of its time in one.
_STRETCHES = 720


class Matrix:
    """The Publisher that draws: it looks at what it knows every second, and shows it."""

    backlog = 1  # what it missed is in the history

    def __init__(
        self, display: ScrollPHATHD, config: MatrixConfig, station: StationContext
    ) -> None:
        self.name = config.title
        self._display, self._config, self._station = display, config, station
        self._columns = Columns(config.hours * 3600 / COLUMNS)
        self._offset_hpa = 0.0
        self._newest = Conditions()

    def connect(self) -> None:
        """See whether there is a matrix: it shows what is known so far."""
        self.listen()

    def tell(self, conditions: Conditions) -> None:
        """Take the sample and the level; the matrix follows within a second."""
        self._newest, sample = conditions, conditions.sample
        if sample is not None:
            offset_hpa = self._station.calls.preferences().offset_hpa
            is_corrected_so = offset_hpa == self._offset_hpa
            if not self._columns.goes_on(sample.taken_at) or not is_corrected_so:
                self._offset_hpa = offset_hpa
                self._recall(sample)
            self._columns.add(sample.taken_at, sample.pressure_hpa)

    def listen(self) -> None:
        """Show this moment."""
        now, outlook = self._station.calls.now(), self._newest.outlook
        sample = self._fresh(now)
        drawn = picture(
            self._columns.pressures(now),
            StormLevel.CALM if outlook is None else outlook.level,
            number=sample.pressure_hpa if sample and self._is_full_minute(now) else None,
            is_silent=sample is None,
            is_simulated=self._station.simulated,
        )
        self._display.show(drawn, self._brightness(now))

    def disconnect(self) -> None:
        """Leave it dark."""
        self._display.close()

    def _recall(self, sample: Sample) -> None:
        """Take the past from the history: at the start, after a gap, and when the clock was set.

        The history knows the right times of what came before that.
        """
        if self._station.history is None:
            return
        begin = sample.taken_at - self._config.hours * 3600
        try:
            with HistoryReader(self._station.history, self._offset_hpa) as history:
                for span in history.spans(begin, sample.taken_at, _STRETCHES):
                    self._columns.add(span.taken_at, span.mean_hpa)
        except HistoryError as error:
            log.warning("%s does without its past: %s", self.name, error)

    def _fresh(self, now: float) -> Sample | None:
        """The newest sample; None when it is old, and in an outage."""
        sample, oldest = self._newest.sample, now - late_after_s(self._station.period_s)
        if sample is None or sample.taken_at < oldest or self._newest.outage:
            return None
        return sample

    def _is_full_minute(self, now: float) -> bool:
        every_s = self._config.number_every_min * 60
        return bool(every_s) and now % every_s < _NUMBER_S

    def _brightness(self, now: float) -> float:
        place = self._station.calls.preferences().station
        latitude, longitude = place.latitude, place.longitude
        if latitude is None or longitude is None or not is_down(now, latitude, longitude):
            return self._config.brightness
        return self._config.night_brightness


def publisher_of(config: MatrixConfig) -> Callable[[StationContext], Matrix]:
    """Return what makes the publisher; the bus is opened when it is first shown."""
    return partial(_matrix, config)


def _matrix(config: MatrixConfig, station: StationContext) -> Matrix:
    bus = bus_of(config, is_simulated=station.simulated)
    return Matrix(ScrollPHATHD(bus, upside_down=config.rotate == 180), config, station)


def bus_of(config: MatrixConfig, *, is_simulated: bool) -> I2CBus:
    """The bus that is given, else a twin's on a simulated board, else the header's."""
    if config.bus is not None or not is_simulated:
        return LinuxI2C(default_bus(pi_model()) if config.bus is None else config.bus)
    from sensors.simulated.i2c import SimulatedI2C
    from sensors.simulated.is31fl3731 import SimulatedIS31FL3731

    log.info("[matrix] is simulated as the board is; give its bus to see this on a real one")
    return SimulatedI2C({ADDRESS: SimulatedIS31FL3731()})
