"""A Bosch barometer on I2C, BMP280 or BME280: forced conversions, each read in one checked burst.

    ctrl_meas := oversampling, forced ... conversion ... one burst:

    0xF2  ctrl_hum   BME280 only               0xF7..0xF9  pressure     MSB LSB XLSB, 20 bits
    0xF3  status     bit 3: measuring          0xFA..0xFC  temperature  MSB LSB XLSB, 20 bits
    0xF4  ctrl_meas  osrs_t osrs_p mode        0xFD..0xFE  humidity     MSB LSB; BME280 only
    0xF5  config     the mark of start_up.py

A chip that lost its supply for a moment sleeps, with results that look like fair weather; a
replaced chip would be read with the trimming parameters of the other. In both the mark is missing
from the burst that has the results.

(BST-BMP280-DS001 and BST-BME280-DS002: memory map, forced mode, data readout)
"""

import time
from collections.abc import Mapping
from math import nan
from threading import Lock
from typing import ClassVar
from zlib import crc32

from ..backends.i2c_registers import Registers
from ..errors import ConfigError, ImplausibleReading, MeasurementTimeout, SupplyLost
from ..ports import I2CBus
from ..readings import PRESSURE_RANGE_HPA, BarometerReading
from .compensation import unusual
from .start_up import BAROMETER_IDS, MARK, Chip, start_up

_CTRL_HUM, _STATUS, _CTRL_MEAS = 0xF2, 0xF3, 0xF4
_MEASURING = 0x08
_FORCED, _MODE = 0b01, 0b11

# Oversampling by its factor -> the code of osrs_t, osrs_p and osrs_h.
_OVERSAMPLING_CODES = {1: 1, 2: 2, 4: 3, 8: 4, 16: 5}

# The results before the first conversion: through the formulas a calm, believable, wrong reading.
_NOT_CONVERTED, _HUMIDITY_NOT_CONVERTED = 0x80000, 0x8000

# A chip may measure for a fifth longer than its data sheet says; it is polled this often.
_EXTRA, _POLLS = 0.2, 4
# Six times the scatter between two readings at the weakest setting (table 8). A second conversion
# must confirm a larger change.
_JUMP_HPA, _JUMP_PERCENT, _MOST_REPEATS = 0.3, 3.0, 3
# Pressure and temperature of a working chip scatter over several counts (tables 4 and 8).
_SUSPECT_REPEATS = 20

# adc_pressure, adc_temperature, adc_humidity (0 from a BMP280)
_Results = tuple[int, int, int]


class Barometer:
    """The BMP280 or BME280 at `address` of a bus with smbus2's methods.

    Oversampling is 1, 2, 4, 8 or 16; Bosch recommends 1 for weather; a BMP280 has no humidity. The
    first reading starts the chip up. Several threads may read. Raises ConfigError for an
    oversampling or address that the chips do not have. recoveries: the number of readings in which
    a chip without supply was started up again.
    """

    _accepted: ClassVar[Mapping[int, str]] = BAROMETER_IDS

    def __init__(
        self,
        bus: I2CBus,
        address: int = 0x77,
        *,
        pressure_oversampling: int = 1,
        temperature_oversampling: int = 1,
        humidity_oversampling: int = 1,
    ) -> None:
        if not isinstance(address, int) or address not in (0x76, 0x77):
            raise ConfigError(f"barometer: address={_hex(address)}: the chip has 0x76 or 0x77")
        p_code = _oversampling_code("pressure_oversampling", pressure_oversampling)
        t_code = _oversampling_code("temperature_oversampling", temperature_oversampling)
        self._ctrl_meas = t_code << 5 | p_code << 2 | _FORCED
        self._ctrl_hum = _oversampling_code("humidity_oversampling", humidity_oversampling)
        # The longest conversion (BME280 data sheet, appendix B; it gives every row of the BMP280's
        # table 13 too).
        samples = pressure_oversampling + temperature_oversampling
        self._conversion_s = (1.25 + 2.3 * samples + 0.575) / 1000
        self._with_humidity_s = self._conversion_s + (2.3 * humidity_oversampling + 0.575) / 1000
        self._registers = Registers(bus, address)
        self._lock = Lock()
        self._started: Chip | None = None
        self._identity: Chip | None = None
        self._last = BarometerReading(nan, nan)  # which no reading is near to
        self._repeats = 0
        self.recoveries = 0

    @property
    def serial(self) -> str:
        """The chip's identity, from its trimming parameters; "" before the first reading."""
        if self._identity is None:
            return ""
        return f"{crc32(repr(self._identity[:3]).encode()):08x}"

    @property
    def suspect(self) -> str:
        """Why the readings cannot be trusted; "" if they can."""
        if self._repeats >= _SUSPECT_REPEATS:
            return (
                f"the last {self._repeats} readings of the barometer are the same to the last bit,"
                " which no working chip gives: switch its supply off and on"
            )
        if self._identity is not None and self._identity.config != MARK:
            return (
                "the barometer does not keep what is written to it: it may be a copy of the chip,"
                " and a loss of its supply may stay unnoticed"
            )
        return ""

    def read(self) -> BarometerReading:
        """Force one conversion and return it; 7 to 76 ms by oversampling, 10 to 113 in a BME280.

        A chip that lost its supply since the last reading, or was replaced, is started up again
        and read. After a jump it measures again, at most three times. Raises DeviceNotFound,
        BusError, MeasurementTimeout or ImplausibleReading; the next call then starts the chip up.
        """
        with self._lock:
            started, self._started = self._started, None  # until this reading succeeds
            chip = started or self._start_up()
            try:
                reading = self._measure(chip)
            except SupplyLost:
                chip = self._start_up()
                reading = self._measure(chip)
                self.recoveries += 1
            last, self._last = self._last, reading
            same = reading.pressure_hpa == last.pressure_hpa
            if same and reading.temperature_c == last.temperature_c:
                self._repeats += 1
            else:
                self._repeats = 1
            self._started = chip
            return reading

    def _start_up(self) -> Chip:
        chip = start_up(self._registers, self._accepted, self._ctrl_hum)
        previous, self._identity = self._identity, chip
        if previous is None or previous[:3] != chip[:3]:
            self._check_identity(chip, is_first=previous is None)
        return chip

    def _check_identity(self, chip: Chip, *, is_first: bool) -> None:
        if not is_first:
            _warn(
                f"the {self._name(chip)} is another one than before: its pressure may differ by a"
                " hectopascal; compare it with a trusted barometer"
            )
        odd = unusual(chip.trimming) if chip.humidity is None else []
        if odd:
            _warn(
                f"the {self._name(chip)} has {', '.join(odd)}, outside Bosch's own limits:"
                " compare its readings with a trusted barometer"
            )

    def _measure(self, chip: Chip) -> BarometerReading:
        """Convert once; after a jump, and at first, until two conversions agree."""
        previous, repeats = self._last, 0
        reading = self._compensated(chip, self._convert(chip))
        # NaN, before the first reading, is near to nothing.
        while not abs(reading.pressure_hpa - previous.pressure_hpa) <= _JUMP_HPA or (
            chip.humidity is not None and _is_more_humid_or_less(reading, previous)
        ):
            if repeats == _MOST_REPEATS:
                raise ImplausibleReading(
                    f"the {self._name(chip)} gave {_words(previous)} and {_words(reading)} within a"
                    " moment: noise on the bus or the supply; check the wires, and keep them short"
                )
            repeats += 1
            previous, reading = reading, self._compensated(chip, self._convert(chip))
        return reading

    def _convert(self, chip: Chip) -> _Results:
        """Return the raw results of one forced conversion."""
        conversion_s, first, length = self._conversion_s, _STATUS, 10
        if chip.humidity is not None:
            conversion_s, first, length = self._with_humidity_s, _CTRL_HUM, 13
        self._registers.write(_CTRL_MEAS, self._ctrl_meas)
        time.sleep(conversion_s)
        raw = self._registers.burst(first, length)
        if raw[_STATUS - first] & _MEASURING:
            raw = self._wait_longer(chip, conversion_s, first, length)
        ctrl_hum = adc_humidity = 0
        if chip.humidity is not None:
            ctrl_hum, *raw, msb, lsb = raw
            adc_humidity = msb << 8 | lsb
        _, ctrl_meas, config, _, p_2, p_1, p_0, t_2, t_1, t_0 = raw
        results = (
            (p_2 << 16 | p_1 << 8 | p_0) >> 4,
            (t_2 << 16 | t_1 << 8 | t_0) >> 4,
            adc_humidity,
        )
        is_empty = _NOT_CONVERTED in results or adc_humidity == _HUMIDITY_NOT_CONVERTED
        if config != chip.config or (
            is_empty and self._is_unconverted(results, ctrl_meas, ctrl_hum)
        ):
            raise SupplyLost(
                f"the {self._name(chip)} holds what it has at power-on: it loses its supply, or"
                " converts nothing. Check its wires and its supply"
            )
        return results

    def _wait_longer(self, chip: Chip, conversion_s: float, first: int, length: int) -> list[int]:
        """Return the burst of a chip that is a little slower than its data sheet says."""
        for _ in range(_POLLS):
            time.sleep(_EXTRA * conversion_s / _POLLS)
            raw = self._registers.burst(first, length)
            if not raw[_STATUS - first] & _MEASURING:
                return raw
        raise MeasurementTimeout(
            f"the {self._name(chip)} is measuring for longer than its data sheet allows:"
            " switch its supply off and on"
        )

    def _is_unconverted(self, results: _Results, ctrl_meas: int, ctrl_hum: int) -> bool:
        """Whether these are the results of a chip at power-on.

        They are if pressure and temperature both have their power-on value. A single one may come
        from the air, at some 26 °C: then a control byte without its oversampling decides.
        """
        adc_pressure, adc_temperature, adc_humidity = results
        if adc_pressure == adc_temperature == _NOT_CONVERTED:
            return True
        if _NOT_CONVERTED in (adc_pressure, adc_temperature):
            return ctrl_meas & ~_MODE != self._ctrl_meas & ~_MODE
        return adc_humidity == _HUMIDITY_NOT_CONVERTED and ctrl_hum != self._ctrl_hum

    def _compensated(self, chip: Chip, results: _Results) -> BarometerReading:
        adc_pressure, adc_temperature, adc_humidity = results
        temperature_c, pressure_pa = chip.compensated(adc_temperature, adc_pressure)
        low_hpa, high_hpa = PRESSURE_RANGE_HPA
        # The chip's range (data sheet, table 2). Clamping would hide the fault.
        is_air = 100 * low_hpa <= pressure_pa <= 100 * high_hpa
        if not (is_air and -40.0 <= temperature_c <= 85.0):
            raise ImplausibleReading(
                f"the {self._name(chip)} gave {pressure_pa / 100:.1f} hPa and {temperature_c:.1f}"
                f" °C, outside its range of {low_hpa:g} to {high_hpa:g} hPa and -40 to 85 °C:"
                " check the wires and the supply"
            )
        if chip.humidity is None:
            return BarometerReading(pressure_pa / 100, temperature_c)
        if adc_humidity in (0, 0xFFFF):  # an idle bus
            raise ImplausibleReading(
                f"the {self._name(chip)} gave 0x{adc_humidity:04X} for the humidity, which no air"
                " gives: check the wires and the supply"
            )
        humidity_percent = chip.humidity(adc_humidity, temperature_c)
        return BarometerReading(pressure_pa / 100, temperature_c, humidity_percent)

    def _name(self, chip: Chip) -> str:
        return f"{chip.name} at 0x{self._registers.address:02X}"


def _is_more_humid_or_less(reading: BarometerReading, previous: BarometerReading) -> bool:
    if reading.humidity_percent is None or previous.humidity_percent is None:
        return False
    return abs(reading.humidity_percent - previous.humidity_percent) > _JUMP_PERCENT


def _words(reading: BarometerReading) -> str:
    humidity = reading.humidity_percent
    return f"{reading.pressure_hpa:.1f} hPa" + ("" if humidity is None else f", {humidity:.0f} %")


def _oversampling_code(name: str, factor: int) -> int:
    try:
        return _OVERSAMPLING_CODES[factor]
    except (KeyError, TypeError):
        raise ConfigError(f"barometer: {name}={factor!r}: choose 1, 2, 4, 8 or 16") from None


def _hex(address: object) -> str:
    return f"0x{address:02X}" if isinstance(address, int) else repr(address)


def _warn(words: str) -> None:
    import logging  # here, for its memory

    logging.getLogger("sensors").warning(words)
