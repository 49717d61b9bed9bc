"""A matrix with its publisher, its chip and the bus between them, at a time that is set."""

from dataclasses import replace
from pathlib import Path

from sensors.hats.scroll_phat_hd import ScrollPHATHD
from sensors.simulated.i2c import SimulatedI2C
from sensors.simulated.is31fl3731 import SimulatedIS31FL3731
from tests.support.matrix_leds import seen
from tests.support.storm_conditions import preferences, station_context
from web.alarm.state import AlarmState
from web.config.publishers import MatrixConfig
from web.config.settings import Config
from web.config.tables import StationConfig
from web.publish.matrix.publisher import Matrix
from web.recorder.conditions import Conditions
from web.weather import Outlook, Sample, StormLevel

HOUR = 3600.0
NOON = 1_392_206_400.0  # 12 February 2014, 12:00 UTC
LATER = NOON + 60  # a minute after a full quarter of an hour: no number
DARK = "." * 17


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def outlook(level: StormLevel) -> Outlook:
    return Outlook(level, NOON, (), None, None, None)


class Station:
    """It is a minute past noon, and nothing was told yet."""

    def __init__(
        self,
        config: MatrixConfig | None = None,
        station: StationConfig | None = None,
        *,
        simulated: str = "",
        period_s: float = 60.0,
        history: Path | None = None,
    ) -> None:
        self.now = LATER
        self.alarm = AlarmState()
        self.blink = Clock()
        self.chip = SimulatedIS31FL3731(clock=self.blink)
        self.bus = SimulatedI2C({0x74: self.chip})
        self.preferences = replace(
            preferences(Config.load(None)), station=station or StationConfig()
        )
        context = replace(
            station_context(lambda: self.now, simulated, period_s, history=history),
            preferences=lambda: self.preferences,
            alarm=lambda: self.alarm,
        )
        self.publisher = Matrix(ScrollPHATHD(self.bus), config or MatrixConfig(), context)

    def tell(
        self, pressure_hpa: float, level: StormLevel = StormLevel.CALM, outage: str = ""
    ) -> None:
        sample = Sample(self.now, pressure_hpa)
        self.publisher.publish(Conditions(sample, outlook(level), outage, is_gap=bool(outage)))

    def tell_hourly(self, *pressures_hpa: float, level: StormLevel = StormLevel.CALM) -> None:
        end = self.now
        for n, hpa in enumerate(pressures_hpa, 1 - len(pressures_hpa)):
            self.now = end + n * HOUR
            self.tell(hpa, level)

    def seen(self) -> list[str]:
        self.publisher.poll()
        return seen(self.chip)

    def seen_at(self, *moments_s: float) -> list[list[str]]:
        """What is seen so many seconds into the blinking."""
        self.publisher.poll()
        looks = []
        for self.blink.now_s in moments_s:
            looks.append(seen(self.chip))
        return looks


FALL = (1012.0, 1011.0, 1010.0, 1008.0, 1006.0)
FALLEN = [
    DARK[:12] + "#....",
    DARK[:12] + "-#...",
    DARK[:12] + "--#..",
    DARK[:12] + "---..",
    DARK[:12] + "---#.",
    DARK[:12] + "----.",
    DARK[:12] + "----#",
]
