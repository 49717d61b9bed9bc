"""A simulated BME280: a BMP280 with humidity (data sheet BST-BME280-DS002).

    0xA1, 0xE1..0xE7  trimming parameters H1..H6
    0xF2              ctrl_hum   | - | osrs_h 2..0 |   in effect at the next write of ctrl_meas
    0xFD..0xFE        humidity   MSB LSB, 16 bits

H4 and H5 have 12 bits each and share 0xE5:

    0xE1   0xE2    0xE3   0xE4      0xE5                 0xE6       0xE7
    | H2 low, high | H3 | H4 11..4 | H5 3..0 | H4 3..0 | H5 11..4 | H6 |
"""

import time
from collections.abc import Callable, Sequence
from typing import Protocol

from .bmp280 import SAMPLES, TRIMMING, Air, SimulatedBMP280
from .counts import HumidityCounts

# Typical H1..H6; the data sheet prints none.
HUMIDITY_TRIMMING = (75, 364, 0, 311, 50, 30)

# Noise in percent of relative humidity, by samples (section 3.6), which is not filtered.
_NOISE_PERCENT = {1: 0.07, 2: 0.05, 4: 0.04, 8: 0.03, 16: 0.02}

_CTRL_HUM, _HUMIDITY = 0xF2, 0xFD
_EMPTY = 0x8000


class HumidAir(Air, Protocol):
    """Air with humidity."""

    @property
    def humidity_percent(self) -> float: ...


class SimulatedBME280(SimulatedBMP280):
    """The registers of a BME280 in this air, as SimulatedBMP280; humidity_trimming: H1..H6."""

    # Section 5.4.6: the last two codes are not the BMP280's.
    standby_s = (0.0005, 0.0625, 0.125, 0.25, 0.5, 1.0, 0.01, 0.02)
    air: HumidAir

    def __init__(
        self,
        air: HumidAir,
        *,
        chip_id: int = 0x60,
        trimming: Sequence[int] = TRIMMING,
        humidity_trimming: Sequence[int] = HUMIDITY_TRIMMING,
        noise: bool = True,
        seed: int = 280,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(
            air, chip_id=chip_id, trimming=trimming, noise=noise, seed=seed, clock=clock
        )
        self._humidity_counts = HumidityCounts(humidity_trimming)
        self._memory |= _memory(humidity_trimming)

    def power_on(self) -> None:
        super().power_on()
        self._registers[_HUMIDITY : _HUMIDITY + 2] = _EMPTY.to_bytes(2, "big")
        self._osrs_h = 0
        self._sample_h = 0.0

    def write(self, register: int, value: int) -> None:
        """Write a register; ctrl_hum unless a mode change is pending (section 3.3.1)."""
        if register != _CTRL_HUM:
            super().write(register, value)
            return
        self._advance()
        if self._pending_control is None:
            self._registers[_CTRL_HUM] = value & 0b111

    def _control(self, value: int, now: float) -> None:
        self._osrs_h = self._registers[_CTRL_HUM]
        super()._control(value, now)

    def _conversion_s(self) -> float:  # appendix B
        samples = SAMPLES[self._osrs_h]
        return super()._conversion_s() + ((2.0 * samples + 0.5) / 1000 if samples else 0.0)

    def _measure(self) -> None:
        super()._measure()
        samples = SAMPLES[self._osrs_h]
        if samples:
            humidity_percent = self.air.humidity_percent
            if self._noise is not None:
                humidity_percent += self._noise.gauss(0.0, _NOISE_PERCENT[samples])
            self._sample_h = self._humidity_counts.humidity(humidity_percent, self._t_fine)

    def _results(self) -> bytes:
        adc_h = min(max(int(self._sample_h + 0.5), 0), 2**16 - 1) if self._osrs_h else _EMPTY
        return super()._results() + adc_h.to_bytes(2, "big")


def _memory(humidity_trimming: Sequence[int]) -> dict[int, bytes]:
    """Return the registers of H1..H6 (table 16)."""
    h1, h2, h3, h4, h5, h6 = humidity_trimming
    shared = (h5 & 0xF) << 4 | h4 & 0xF
    low, high = h2 & 0xFF, h2 >> 8 & 0xFF
    return {
        0xA1: bytes([h1]),
        0xE1: bytes([low, high, h3, h4 >> 4 & 0xFF, shared, h5 >> 4 & 0xFF, h6 & 0xFF]),
    }
