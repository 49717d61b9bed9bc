"""Air and time of a barometer's tests: time passes when somebody sleeps, or sets it."""

from sensors import BarometerReading
from sensors.simulated.bmp280 import TRIMMING
from sensors.simulated.counts import T_FINE_PER_C, Counts


class Clock:
    """Seconds that pass when somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds += seconds


class StillAir:
    """Air that stays as it is told."""

    def __init__(self) -> None:
        self.pressure_pa = 98765.4
        self.temperature_c = 21.5
        self.humidity_percent = 63.0

    @property
    def counts(self) -> tuple[int, int]:
        """(adc_P, adc_T) at 20 bits, of the worked example's chip."""
        counts, t_fine = Counts(TRIMMING), self.temperature_c * T_FINE_PER_C
        return round(counts.pressure(self.pressure_pa, t_fine)), round(counts.temperature(t_fine))


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
