"""A simulated BMP280 at register level, written from the data sheet and not from the driver.

    0x88..0x9F  trimming parameters T1..T3, P1..P9, low byte first
    0xD0        chip id            0xE0  reset (write 0xB6)
    0xF3        status             bit 3 measuring, bit 0 copying the trimming parameters
    0xF4        ctrl_meas          | osrs_t 7..5 | osrs_p 4..2 | mode 1..0 |
    0xF5        config             | standby 7..5 | filter 4..2 | - | 3-wire SPI |
    0xF7..0xFC  results            pressure MSB LSB XLSB, temperature MSB LSB XLSB, 20 bits each

Each access to a register brings the chip up to the present. A burst sees one moment; registers read
one by one may see two conversions.

    forced   ctrl_meas written -> | copying | T samples | P samples | -> results, mode 00 (sleep)
    normal   the same, then standby, and again, until another mode is written

Where the sheet leaves a choice: config is ignored in normal mode ("may be ignored"), a control byte
written during a conversion is pending until its end, and the air is that of a conversion's start.
"""

import struct
import time
from collections.abc import Callable, Sequence
from math import sqrt
from random import Random
from typing import Protocol

from .counts import T_FINE_PER_C, Counts

# The worked example's chip (data sheet, section 3.12).
TRIMMING = (27504, 26435, -1000, 36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000)

# By the codes of osrs_*, of the filter and of the standby time (tables 21 to 23, 6 and 11).
SAMPLES = (0, 1, 2, 4, 8, 16, 16, 16)
_BITS = (20, 16, 17, 18, 19, 20, 20, 20)
_COEFFICIENTS = (1, 2, 4, 8, 16, 16, 16, 16)
_STANDBY_S = (0.0005, 0.0625, 0.125, 0.25, 0.5, 1.0, 2.0, 4.0)

# Noise of the pressure in Pa rms, by samples and filter coefficient (table 8).
_TABLE_8 = {
    1: {1: 3.3, 2: 1.9, 4: 1.2, 8: 0.9, 16: 0.4},
    2: {1: 2.6, 2: 1.5, 4: 1.0, 8: 0.6, 16: 0.4},
    4: {1: 2.1, 2: 1.2, 4: 0.8, 8: 0.5, 16: 0.3},
    8: {1: 1.6, 2: 1.0, 4: 0.6, 8: 0.4, 16: 0.2},
    16: {1: 1.3, 2: 0.8, 4: 0.5, 8: 0.4, 16: 0.2},
}
# The same before the filter, which lessens independent noise to 1 / sqrt(2c - 1).
_NOISE_PA = {
    n: {c: rms_pa * sqrt(2 * c - 1) for c, rms_pa in row.items()} for n, row in _TABLE_8.items()
}
# Noise of the temperature by samples, before the filter.
_NOISE_C = {1: 0.005, 2: 0.004, 4: 0.003, 8: 0.003, 16: 0.002}

_STATUS, _CTRL_MEAS, _CONFIG, _RESULTS = 0xF3, 0xF4, 0xF5, 0xF7
_SLEEP, _NORMAL = 0b00, 0b11
_EMPTY = 0x80000
# The time of the copying; the sheet gives only the 2 ms of start-up as a limit.
_COPY_S = 0.0005
# After this many times its coefficient a filter keeps less than a count of the past.
_MEMORY = 20


class Air(Protocol):
    """The air at a barometer."""

    @property
    def pressure_pa(self) -> float: ...

    @property
    def temperature_c(self) -> float: ...


class SimulatedBMP280:
    """The registers of a BMP280 in this air; chip_id: for another chip.

    trimming: T1..T3, P1..P9; impossible ones (all zero, say) simulate a bad memory: the counts are
    then those of the worked example's chip. noise=False: the resolution is the only error. stuck:
    bits of the status register that are always 1. converts=False: conversions leave the results
    unchanged.
    """

    standby_s = _STANDBY_S

    def __init__(
        self,
        air: Air,
        *,
        chip_id: int = 0x58,
        trimming: Sequence[int] = TRIMMING,
        noise: bool = True,
        seed: int = 280,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.air = air
        self.chip_id = chip_id
        self.stuck = 0
        self.converts = True
        self._memory = {0x88: struct.pack("<HhhHhhhhhhhh", *trimming)}
        self._counts = Counts(trimming if _is_plausible(trimming) else TRIMMING)
        self._noise = Random(seed) if noise else None
        self._clock = clock
        self.power_on()

    def power_on(self) -> None:
        self._registers = bytearray(256)
        self._registers[0xD0] = self.chip_id
        self._registers[_RESULTS : _RESULTS + 6] = (_EMPTY << 28 | _EMPTY << 4).to_bytes(6, "big")
        self._copying = True
        self._copied_at = self._clock() + _COPY_S
        self._ends_at: float | None = None  # the conversion under way
        self._begins_at: float | None = None  # the next one, in standby
        self._pending_control: int | None = None  # the control byte written during a conversion
        self._sample_t = self._sample_p = 0.0
        self._empty_filter()

    def read(self, register: int, length: int) -> list[int]:
        self._advance()
        self._registers[_STATUS] = (
            (0x08 if self._ends_at is not None else 0) | self._copying | self.stuck
        )
        end = register + length
        registers = self._registers if end <= 256 else self._registers * 2
        return list(registers[register:end])

    def write(self, register: int, value: int) -> None:
        """Write reset, ctrl_meas or config; the other registers are read-only."""
        now = self._advance()
        if register == _CTRL_MEAS:
            if self._ends_at is None:
                self._control(value, now)
            elif self._pending_control is None:
                self._pending_control = value
        elif register == _CONFIG:
            if self._registers[_CTRL_MEAS] & 0b11 != _NORMAL:
                self._registers[_CONFIG] = value & 0b11111101
                self._empty_filter()
        elif register == 0xE0 and value == 0xB6:
            self.power_on()

    def _empty_filter(self) -> None:
        self._filtered_t: float | None = None
        self._filtered_p: float | None = None

    def _advance(self) -> float:
        """Bring the chip up to the present; return the time."""
        now = self._clock()
        while True:
            if self._ends_at is not None:
                if now < self._ends_at:
                    break
                self._finish(self._ends_at)
            elif self._begins_at is not None and now >= self._begins_at:
                self._begin(self._skip_conversions(self._begins_at, now))
            else:
                break
        if self._copying and now >= self._copied_at:
            self._copying = False
            for register, values in self._memory.items():
                self._registers[register : register + len(values)] = values
        return now

    def _skip_conversions(self, begins_at: float, now: float) -> float:
        """Skip the conversions that no reading and no filter depends on."""
        config = self._registers[_CONFIG]
        cycle_s = self._conversion_s() + self.standby_s[config >> 5]
        needed = _MEMORY * _COEFFICIENTS[config >> 2 & 7]
        return begins_at + max(0, int((now - begins_at) / cycle_s) - needed) * cycle_s

    def _control(self, value: int, now: float) -> None:
        self._registers[_CTRL_MEAS] = value
        mode = value & 0b11
        if mode == _SLEEP:
            self._begins_at = None
        elif mode != _NORMAL or self._begins_at is None:
            self._begin(now)

    def _begin(self, begins_at: float) -> None:
        begins_at = max(begins_at, self._copied_at)
        self._copying = True  # before every conversion
        self._copied_at = begins_at + _COPY_S
        self._begins_at = None
        self._ends_at = begins_at + self._conversion_s()
        self._measure()

    def _finish(self, ended_at: float) -> None:
        self._ends_at = None
        results = self._results()
        if self.converts:
            self._registers[_RESULTS : _RESULTS + len(results)] = results
        if self._registers[_CTRL_MEAS] & 0b11 == _NORMAL:
            self._begins_at = ended_at + self.standby_s[self._registers[_CONFIG] >> 5]
        else:
            self._registers[_CTRL_MEAS] &= 0b11111100
        if self._pending_control is not None:
            value, self._pending_control = self._pending_control, None
            self._control(value, ended_at)

    def _conversion_s(self) -> float:
        """Return the typical time: 1 ms, 2 ms a sample, 0.5 ms for pressure (table 13)."""
        control = self._registers[_CTRL_MEAS]
        pressure_samples = SAMPLES[control >> 2 & 7]
        milliseconds = 1.0 + 2.0 * (SAMPLES[control >> 5] + pressure_samples)
        return (milliseconds + (0.5 if pressure_samples else 0.0)) / 1000

    def _measure(self) -> None:
        """Measure the air: the averaged samples of one conversion, before the filter."""
        control = self._registers[_CTRL_MEAS]
        t_samples, p_samples = SAMPLES[control >> 5], SAMPLES[control >> 2 & 7]
        temperature_c, pressure_pa = self.air.temperature_c, self.air.pressure_pa
        if self._noise is not None:
            # Table 8 gives the noise of the compensated pressure, which includes the temperature's:
            # so both counts come from one noisy temperature.
            if t_samples:
                temperature_c += self._noise.gauss(0.0, _NOISE_C[t_samples])
            if p_samples:
                filled = self._filtered_p is not None
                filter_code = self._registers[_CONFIG] >> 2 & 7 if filled else 0
                noise_pa = _NOISE_PA[p_samples][_COEFFICIENTS[filter_code]]
                pressure_pa += self._noise.gauss(0.0, noise_pa)
        self._t_fine = temperature_c * T_FINE_PER_C
        if t_samples:
            self._sample_t = self._counts.temperature(self._t_fine)
        if p_samples:
            self._sample_p = self._counts.pressure(pressure_pa, self._t_fine)

    def _results(self) -> bytes:
        """Return six bytes, filtered and rounded; the reset value of a skipped result."""
        control, filter_code = self._registers[_CTRL_MEAS], self._registers[_CONFIG] >> 2 & 7
        osrs_t, osrs_p, c = control >> 5, control >> 2 & 7, _COEFFICIENTS[filter_code]
        adc_t = adc_p = _EMPTY
        if osrs_t:
            self._filtered_t = _filter(self._filtered_t, self._sample_t, c)
            adc_t = _round(self._filtered_t, 20 if filter_code else _BITS[osrs_t])
        if osrs_p:
            self._filtered_p = _filter(self._filtered_p, self._sample_p, c)
            adc_p = _round(self._filtered_p, 20 if filter_code else _BITS[osrs_p])
        return (adc_p << 28 | adc_t << 4).to_bytes(6, "big")


def _filter(old: float | None, new: float, c: int) -> float:
    """Filter as in section 3.3.3: (old · (c − 1) + new) / c."""
    return new if old is None else old + (new - old) / c


def _round(adc: float, bits: int) -> int:
    places = 20 - bits
    count = int(adc / (1 << places) + 0.5)
    return min(max(count, 0), (1 << bits) - 1) << places


def _is_plausible(trimming: Sequence[int]) -> bool:
    """Whether these trimming parameters give counts of 20 bits in common air."""
    if trimming[1] <= 0 or trimming[3] == 0:
        return False
    counts, t_fine = Counts(trimming), 25.0 * T_FINE_PER_C
    both = counts.temperature(t_fine), counts.pressure(100_000.0, t_fine)
    return all(0.0 < count < 2**20 for count in both)
