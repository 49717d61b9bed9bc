"""A BMP280 twin at register level, written from the data sheet and not from the driver.

Power-on values, the copying of the trimming parameters, conversion time, sleep and forced mode,
resolution and noise by oversampling. One thing it borrows: the driver's compensate(), turned
round by bisection. That function is held against printed numbers and exact fractions, never
against this twin.
"""

import struct
import time
from collections.abc import Callable
from random import Random
from typing import Protocol

from ..bmp280 import compensate

# The worked example's chip (data sheet, section 3.12).
TRIMMING = (27504, 26435, -1000, 36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000)

# By the code of osrs_p: noise in Pa rms with the filter off (table 8; skipped: none).
_NOISE_PA = {0: 0.0, 1: 3.3, 2: 2.6, 3: 2.1, 4: 1.6, 5: 1.3, 6: 1.3, 7: 1.3}
# By the code of osrs_*: samples in a conversion, and bits of resolution (tables 4 and 5).
_SAMPLES = {0: 0, 1: 1, 2: 2, 3: 4, 4: 8, 5: 16, 6: 16, 7: 16}
_BITS = {1: 16, 2: 17, 3: 18, 4: 19, 5: 20, 6: 20, 7: 20}

_EMPTY = 0x80000
_COPY_S = 0.0005


class Air(Protocol):
    """What a barometer feels."""

    @property
    def pressure_pa(self) -> float:
        """Station pressure."""

    @property
    def temperature_c(self) -> float:
        """Of the chip."""


class SimulatedBMP280:
    """The registers of a BMP280 in this air; chip_id lets it be another chip.

    noise=False leaves the resolution of the oversampling as the only error.
    """

    def __init__(
        self,
        air: Air,
        *,
        chip_id: int = 0x58,
        noise: bool = True,
        seed: int = 280,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.air = air
        self.chip_id = chip_id
        self._noise = Random(seed) if noise else None
        self._clock = clock
        self.power_on()

    def power_on(self) -> None:
        """Supply back: every register at its reset value, the copying begins."""
        self._registers = bytearray(256)
        self._registers[0xD0] = self.chip_id
        self._store(_EMPTY, _EMPTY)
        self._copied_at = self._clock() + _COPY_S
        self._done_at: float | None = None
        self._coming = (_EMPTY, _EMPTY)

    def read(self, register: int, length: int) -> list[int]:
        """Return registers as one burst sees them."""
        self._advance()
        registers = bytes(self._registers) * 2
        return list(registers[register : register + length])

    def write(self, register: int, value: int) -> None:
        """Take a reset, a control byte or a configuration; anything else is read-only."""
        self._advance()
        if register == 0xE0:
            if value == 0xB6:
                self.power_on()
        elif register == 0xF4 and self._done_at is None:
            self._registers[0xF4] = value
            if value & 0b11 in (0b01, 0b10):
                self._convert(osrs_t=value >> 5, osrs_p=value >> 2 & 7)
        elif register == 0xF5:
            self._registers[0xF5] = value

    def _advance(self) -> None:
        """Let the chip do what it would have done by now."""
        now = self._clock()
        copying = now < self._copied_at
        if not copying and self._registers[0x88] == 0:
            self._registers[0x88:0xA0] = struct.pack("<HhhHhhhhhhhh", *TRIMMING)
        if self._done_at is not None and now >= self._done_at:
            self._store(*self._coming)
            self._registers[0xF4] &= 0b11111100  # forced mode ends in sleep
            self._done_at = None
        self._registers[0xF3] = (0x08 if self._done_at is not None else 0) | copying

    def _convert(self, *, osrs_t: int, osrs_p: int) -> None:
        # Typical times: 1 ms, 2 ms a sample, 0.5 ms more with pressure (the rows of table 13).
        samples = _SAMPLES[osrs_t] + _SAMPLES[osrs_p]
        self._done_at = self._clock() + (1.5 + 2.0 * samples) / 1000
        adc_t = _counts(lambda adc: compensate(adc, 0, TRIMMING)[0], self.air.temperature_c)
        adc_t = _resolved(adc_t, osrs_t)
        pressure_pa = self.air.pressure_pa
        if self._noise is not None:
            pressure_pa += self._noise.gauss(0.0, _NOISE_PA[osrs_p])
        adc_p = _counts(lambda adc: -compensate(adc_t, adc, TRIMMING)[1], -pressure_pa)
        # A skipped measurement gives the reset value; pressure needs the temperature.
        self._coming = (
            _resolved(adc_p, osrs_p) if osrs_p else _EMPTY,
            adc_t if osrs_t else _EMPTY,
        )

    def _store(self, adc_p: int, adc_t: int) -> None:
        self._registers[0xF7:0xFA] = (adc_p << 4).to_bytes(3, "big")
        self._registers[0xFA:0xFD] = (adc_t << 4).to_bytes(3, "big")


def _counts(rising: Callable[[int], float], wanted: float) -> int:
    """The 20-bit count at which a function that rises with it comes nearest to a value."""
    low, high = 0, 2**20 - 1
    while high - low > 1:
        middle = (low + high) // 2
        if rising(middle) < wanted:
            low = middle
        else:
            high = middle
    return min((low, high), key=lambda adc: abs(rising(adc) - wanted))


def _resolved(adc: int, osrs: int) -> int:
    """The count as so many bits of resolution can give it."""
    step = 1 << (20 - _BITS.get(osrs, 20))
    return min(round(adc / step) * step, 2**20 - step)
