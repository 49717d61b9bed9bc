"""BMP280: a barometer on I2C. Every reading is forced, taken in one burst, and checked.

    0x88..0x9F  trimming parameters T1..T3, P1..P9, low byte first
    0xD0        chip id            0xE0  reset (write 0xB6)
    0xF3        status             bit 3 measuring, bit 0 copying the trimming parameters
    0xF4        ctrl_meas          | osrs_t 7..5 | osrs_p 4..2 | mode 1..0 |
    0xF7..0xFC  results            pressure MSB LSB XLSB, temperature MSB LSB XLSB, 20 bits each

(data sheet BST-BMP280-DS001, table 18 and section 3.11.3)
"""

import struct
import time
from collections.abc import Sequence
from typing import NamedTuple

from .errors import (
    BusError,
    ConfigError,
    DeviceNotFound,
    ImplausibleReading,
    MeasurementTimeout,
    SensorError,
)
from .ports import I2CBus
from .readings import BarometerReading

_TRIMMING, _TRIMMING_LENGTH = 0x88, 24
_ID, _RESET, _STATUS, _CTRL_MEAS, _RESULTS = 0xD0, 0xE0, 0xF3, 0xF4, 0xF7
_RESET_WORD = 0xB6
_MEASURING, _COPYING = 0x08, 0x01
_FORCED, _MODE = 0b01, 0b11

# 0x56 and 0x57 were samples of the same chip (data sheet, section 4.3.1).
_CHIP_IDS = (0x58, 0x56, 0x57)
_OTHER_CHIPS = {0x60: "a BME280", 0x61: "a BME680"}

# Oversampling by its factor -> the code of osrs_t and osrs_p.
_OVERSAMPLING_CODES = {1: 1, 2: 2, 4: 3, 8: 4, 16: 5}

# What both result registers hold until the first conversion: through the formula that is a calm,
# believable, wrong reading.
_NOT_CONVERTED = 0x80000

_START_UP_S = 0.002
# The copy takes well under this; a chip that still copies then is broken.
_COPY_LIMIT_S = 0.05
_POLL_S = 0.0005


class TrimmingParameters(NamedTuple):
    """The twelve factory constants of one chip, in the order of its registers."""

    t1: int
    t2: int
    t3: int
    p1: int
    p2: int
    p3: int
    p4: int
    p5: int
    p6: int
    p7: int
    p8: int
    p9: int


def compensate(
    adc_temperature: int, adc_pressure: int, trimming: Sequence[int]
) -> tuple[float, float]:
    """Return (temperature_c, pressure_pa) of two raw 20-bit results.

    Double precision with t_fine not truncated (data sheet, section 8.1). trimming: T1..T3, P1..P9
    in that order. Raises ImplausibleReading when the trimming parameters are such that no
    pressure comes out.
    """
    t1, t2, t3, p1, p2, p3, p4, p5, p6, p7, p8, p9 = trimming
    x = adc_temperature - 16.0 * t1
    t_fine = x * t2 / 2**14 + x * x * t3 / 2**34
    v = t_fine / 2 - 64000.0
    offset = (v * v * p6 / 2**15 + 2.0 * v * p5) / 2**14 + 16.0 * p4
    sensitivity = p1 * (1.0 + (v * v * p3 / 2**19 + v * p2) / 2**34)
    if sensitivity == 0.0:
        raise ImplausibleReading("the trimming parameters give no pressure: P1 is zero")
    p = (2**20 - adc_pressure - offset) * 6250.0 / sensitivity
    return t_fine / 5120.0, p + (p9 * p * p / 2**31 + p8 * p / 2**15 + p7) / 16.0


class BMP280:
    """A BMP280 at `address` of a bus with smbus2's methods.

    Oversampling is 1, 2, 4, 8 or 16; 1 and 1 is Bosch's own choice for weather. Nothing is sent
    before the first reading, which starts the chip up: id, reset, the end of the copying, the
    trimming parameters. Raises ConfigError for an oversampling or address the chip has not got.
    """

    def __init__(
        self,
        bus: I2CBus,
        address: int = 0x77,
        *,
        pressure_oversampling: int = 1,
        temperature_oversampling: int = 1,
    ) -> None:
        if address not in (0x76, 0x77):
            raise ConfigError(f"BMP280: address={address!r}: the chip has 0x76 or 0x77")
        p_code = _oversampling_code("pressure_oversampling", pressure_oversampling)
        t_code = _oversampling_code("temperature_oversampling", temperature_oversampling)
        self._bus = bus
        self._address = address
        self._ctrl_meas = t_code << 5 | p_code << 2 | _FORCED
        # Longest conversion (formula of the BME280 data sheet, appendix B, which gives every
        # row of the BMP280's table 13).
        samples = pressure_oversampling + temperature_oversampling
        self._conversion_s = (1.25 + 2.3 * samples + 0.575) / 1000
        self._trimming: TrimmingParameters | None = None

    def read(self) -> BarometerReading:
        """Force one conversion and return it; takes 7 ms, or 76 ms at the highest oversampling.

        Raises DeviceNotFound, BusError, MeasurementTimeout or ImplausibleReading. After any of
        them the next call starts the chip up anew.
        """
        trimming = self._trimming or self._start_up()
        self._trimming = None  # until this reading has come out well
        adc_pressure, adc_temperature = self._convert()
        temperature_c, pressure_pa = compensate(adc_temperature, adc_pressure, trimming)
        self._check_range(temperature_c, pressure_pa)
        self._trimming = trimming
        return BarometerReading(pressure_pa / 100, temperature_c)

    def _start_up(self) -> TrimmingParameters:
        chip_id = self._read(_ID, 1)[0]
        if chip_id not in _CHIP_IDS:
            other = _OTHER_CHIPS.get(chip_id, "an unknown chip")
            raise DeviceNotFound(
                f"the chip at 0x{self._address:02X} says id 0x{chip_id:02X}, {other}; a BMP280"
                " says 0x58. Check which board is on the bus, and its address"
            )
        self._write(_RESET, _RESET_WORD)
        time.sleep(_START_UP_S)
        self._wait_while(_COPYING, _COPY_LIMIT_S, "copying its trimming parameters")
        raw = bytes(self._read(_TRIMMING, _TRIMMING_LENGTH))
        trimming = TrimmingParameters._make(struct.unpack("<HhhHhhhhhhhh", raw))
        if len(set(raw)) == 1 or trimming.t1 == 0 or trimming.p1 == 0:
            raise ImplausibleReading(
                f"the trimming parameters at 0x{self._address:02X} read {raw[:4].hex(' ')} ...,"
                " which no chip has: check the wires and the supply"
            )
        return trimming

    def _convert(self) -> tuple[int, int]:
        """Raw (pressure, temperature) of one forced conversion, in one burst."""
        self._write(_CTRL_MEAS, self._ctrl_meas)
        time.sleep(self._conversion_s)
        self._wait_while(_MEASURING, 0.2 * self._conversion_s, "measuring")
        raw = self._read(_RESULTS, 6)
        adc_pressure = raw[0] << 12 | raw[1] << 4 | raw[2] >> 4
        adc_temperature = raw[3] << 12 | raw[4] << 4 | raw[5] >> 4
        if self._lost_its_supply(adc_pressure, adc_temperature):
            raise ImplausibleReading(
                f"the BMP280 at 0x{self._address:02X} gave its power-on value 0x80000: it lost"
                " its supply or skipped the conversion; it is started up again at the next reading"
            )
        return adc_pressure, adc_temperature

    def _lost_its_supply(self, adc_pressure: int, adc_temperature: int) -> bool:
        """Whether the results are those of a chip that was reset under way.

        Both at the power-on value are. One of them alone may be the air's, at some 26 °C say:
        then a control byte that has lost its oversampling tells.
        """
        not_converted = [adc_pressure, adc_temperature].count(_NOT_CONVERTED)
        if not_converted == 1:
            return self._read(_CTRL_MEAS, 1)[0] & ~_MODE != self._ctrl_meas & ~_MODE
        return not_converted == 2

    def _check_range(self, temperature_c: float, pressure_pa: float) -> None:
        # The chip's own range (data sheet, table 2). Clamping would hide the fault.
        if not (30_000 <= pressure_pa <= 110_000 and -40 <= temperature_c <= 85):
            raise ImplausibleReading(
                f"the BMP280 at 0x{self._address:02X} gave {pressure_pa / 100:.1f} hPa and"
                f" {temperature_c:.1f} °C, outside its range of 300 to 1100 hPa and -40 to 85 °C"
            )

    def _wait_while(self, bit: int, limit_s: float, doing: str) -> None:
        deadline = time.monotonic() + limit_s
        while self._read(_STATUS, 1)[0] & bit:
            if time.monotonic() > deadline:
                raise MeasurementTimeout(
                    f"the BMP280 at 0x{self._address:02X} is {doing} for longer than its data"
                    " sheet allows: take its power away and give it back"
                )
            time.sleep(_POLL_S)

    def _read(self, register: int, length: int) -> list[int]:
        try:
            if length == 1:
                return [self._bus.read_byte_data(self._address, register)]
            raw = self._bus.read_i2c_block_data(self._address, register, length)
        except OSError as error:
            raise self._advice(error) from error
        if len(raw) != length:
            raise BusError(f"asked 0x{self._address:02X} for {length} bytes, got {len(raw)}")
        return raw

    def _write(self, register: int, value: int) -> None:
        try:
            self._bus.write_byte_data(self._address, register, value)
        except OSError as error:
            raise self._advice(error) from error

    def _advice(self, error: OSError) -> SensorError:
        if isinstance(error, SensorError):
            return error  # a bus of ours has said it better
        return BusError(f"a transfer with the BMP280 at 0x{self._address:02X} failed: {error}")


def _oversampling_code(name: str, factor: int) -> int:
    try:
        return _OVERSAMPLING_CODES[factor]
    except (KeyError, TypeError):
        raise ConfigError(f"BMP280: {name}={factor!r}: choose 1, 2, 4, 8 or 16") from None
