"""Air and time of a barometer's tests: time passes when somebody sleeps."""

from sensors import BarometerReading


class Clock:
    """Seconds that pass when somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds += seconds


class Cabin:
    """Air that moves slowly, by 1 Pa in 100 s."""

    temperature_c = 18.0
    humidity_percent = 66.0
    base_pa = 100_000.0

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    @property
    def pressure_pa(self) -> float:
        """Station pressure now."""
        return self.base_pa + 0.01 * (self._clock.seconds - 1000.0)


def is_true(reading: BarometerReading, cabin: Cabin) -> bool:
    """Whether a reading is the air's: 0.2 hPa are six times the noise, and the steps."""
    return (
        abs(reading.pressure_hpa * 100 - cabin.pressure_pa) < 20
        and abs(reading.temperature_c - cabin.temperature_c) < 0.05
    )
