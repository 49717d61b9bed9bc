"""A Bosch barometer on I2C, BMP280 or BME280: every reading is forced, in one burst, and checked.

    ctrl_meas := oversampling, forced ... conversion ... one burst:

    0xF2  ctrl_hum   BME280 alone              0xF7..0xF9  pressure     MSB LSB XLSB, 20 bits
    0xF3  status     bit 3: measuring          0xFA..0xFC  temperature  MSB LSB XLSB, 20 bits
    0xF4  ctrl_meas  osrs_t osrs_p mode        0xFD..0xFE  humidity     MSB LSB; BME280 alone
    0xF5  config     the mark of start_up.py

A chip that lost its supply for a moment sleeps on, with results that look like fair weather; one
that was exchanged would be read with the trimming parameters of the other. Both have lost the
mark, and the burst that brings the results shows it.

(BST-BMP280-DS001 and BST-BME280-DS002: memory map, forced mode, data readout)
"""

import time
from collections.abc import Mapping
from math import nan
from threading import Lock
from typing import ClassVar
from zlib import crc32

from .compensation import unusual
from .errors import ConfigError, ImplausibleReading, MeasurementTimeout, SupplyLost
from .i2c_registers import Registers
from .ports import I2CBus
from .readings import BarometerReading
from .start_up import BAROMETER_IDS, MARK, Chip, start_up

_CTRL_HUM, _STATUS, _CTRL_MEAS = 0xF2, 0xF3, 0xF4
_MEASURING = 0x08
_FORCED, _MODE = 0b01, 0b11

# Oversampling by its factor -> the code of osrs_t, osrs_p and osrs_h.
_OVERSAMPLING_CODES = {1: 1, 2: 2, 4: 3, 8: 4, 16: 5}

# What the results are until the first conversion: through the formulas a calm, believable, wrong
# reading.
_NOT_CONVERTED, _HUMIDITY_NOT_CONVERTED = 0x80000, 0x8000

# A chip may measure for a fifth longer than its data sheet says, in so many looks.
_LONGER, _LOOKS = 0.2, 4
# Six times the scatter between two readings at the weakest setting (table 8). What moved further
# has to be shown by a second conversion.
_JUMP_HPA, _JUMP_PERCENT, _MOST_AGAIN = 0.3, 3.0, 3
# Pressure and temperature of a working chip scatter over several counts (tables 4 and 8).
_SUSPECT_REPEATS = 20

# adc_pressure, adc_temperature, adc_humidity (0 from a BMP280)
_Results = tuple[int, int, int]


class Barometer:
    """The BMP280 or BME280 at `address` of a bus with smbus2's methods: whichever answers.

    Oversampling is 1, 2, 4, 8 or 16; 1 is Bosch's own choice for weather. Nothing is sent before
    the first reading, which starts the chip up. Several threads may read. Raises ConfigError for
    an oversampling or address that the chips have not got.
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
        self._ready: Chip | None = None
        self._known: Chip | None = None
        self._last = BarometerReading(nan, nan)  # which no reading is near to
        self._repeats = 0
        self._recoveries = 0

    @property
    def recoveries(self) -> int:
        """How often the chip had lost its supply and was started up again within a reading."""
        return self._recoveries

    @property
    def serial(self) -> str:
        """A number that tells this chip from others, by its trimming parameters; at first empty."""
        if self._known is None:
            return ""
        return f"{crc32(repr(self._known[:3]).encode()):08x}"

    @property
    def suspect(self) -> str:
        """Why readings are not to be trusted although they come; empty when they are."""
        if self._repeats >= _SUSPECT_REPEATS:
            return (
                f"the last {self._repeats} readings of the barometer are the same to the last bit,"
                " which no working chip gives: take its power away and give it back"
            )
        if self._known is not None and self._known.config != MARK:
            return (
                "the barometer does not keep what is written to it: it may be a copy of the chip,"
                " and should it lose its supply, that may go unseen"
            )
        return ""

    def read(self) -> BarometerReading:
        """Force one conversion and return it; 7 to 76 ms by oversampling, 10 to 113 in a BME280.

        A chip that lost its supply since the last reading, or was exchanged, is started up again
        and read. A pressure that jumped is measured again, three times at the most. Raises
        DeviceNotFound, BusError, MeasurementTimeout or ImplausibleReading; after any of them the
        next call starts the chip up anew.
        """
        with self._lock:
            ready, self._ready = self._ready, None  # until this reading has come out well
            chip = ready or self._start_up()
            try:
                reading = self._measure(chip)
            except SupplyLost:
                chip = self._start_up()
                reading = self._measure(chip)
                self._recoveries += 1
            last, self._last = self._last, reading
            same = reading.pressure_hpa == last.pressure_hpa
            if same and reading.temperature_c == last.temperature_c:
                self._repeats += 1
            else:
                self._repeats = 1
            self._ready = chip
            return reading

    def _start_up(self) -> Chip:
        chip = start_up(self._registers, self._accepted, self._ctrl_hum)
        before, self._known = self._known, chip
        if before is None or before[:3] != chip[:3]:
            self._introduce(chip, is_first=before is None)
        return chip

    def _introduce(self, chip: Chip, *, is_first: bool) -> None:
        if not is_first:
            _tell(
                f"the {self._name(chip)} is another one than before: its pressure may be off by a"
                " hectopascal from the last one's; compare it with a trusted barometer"
            )
        odd = unusual(chip.trimming) if chip.humidity is None else []
        if odd:
            _tell(
                f"the {self._name(chip)} has {', '.join(odd)}, outside Bosch's own limits: its"
                " readings may be right all the same; compare them with a trusted barometer"
            )

    def _measure(self, chip: Chip) -> BarometerReading:
        """Convert once; after a jump, and the first time, until two conversions agree."""
        before, again = self._last, 0
        reading = self._compensated(chip, self._convert(chip))
        # What is no number is near to nothing.
        while not abs(reading.pressure_hpa - before.pressure_hpa) <= _JUMP_HPA or (
            chip.humidity is not None and _is_more_humid_or_less(reading, before)
        ):
            if again == _MOST_AGAIN:
                raise ImplausibleReading(
                    f"the {self._name(chip)} gave {_words(before)} and {_words(reading)} within a"
                    " moment: noise on the bus or the supply; see to the wires, and keep them short"
                )
            again += 1
            before, reading = reading, self._compensated(chip, self._convert(chip))
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
            is_empty and self._converted_nothing(results, ctrl_meas, ctrl_hum)
        ):
            raise SupplyLost(
                f"the {self._name(chip)} holds what it has at power-on: it loses its supply, or"
                " converts nothing. See to its wires and its supply"
            )
        return results

    def _wait_longer(self, chip: Chip, conversion_s: float, first: int, length: int) -> list[int]:
        """Return the burst of a chip that takes longer than its data sheet says, but not much."""
        for _ in range(_LOOKS):
            time.sleep(_LONGER * conversion_s / _LOOKS)
            raw = self._registers.burst(first, length)
            if not raw[_STATUS - first] & _MEASURING:
                return raw
        raise MeasurementTimeout(
            f"the {self._name(chip)} is measuring for longer than its data sheet allows: take its"
            " power away and give it back"
        )

    def _converted_nothing(self, results: _Results, ctrl_meas: int, ctrl_hum: int) -> bool:
        """Whether these are the results of a chip at power-on.

        Pressure and temperature both at their power-on value are. One value alone may be the
        air's, at some 26 °C say: then a control byte that has lost its oversampling tells.
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
        # The chip's own range (data sheet, table 2). Clamping would hide the fault.
        if not (30_000.0 <= pressure_pa <= 110_000.0 and -40.0 <= temperature_c <= 85.0):
            raise ImplausibleReading(
                f"the {self._name(chip)} gave {pressure_pa / 100:.1f} hPa and {temperature_c:.1f}"
                " °C, outside its range of 300 to 1100 hPa and -40 to 85 °C: check the wires and"
                " the supply"
            )
        if chip.humidity is None:
            return BarometerReading(pressure_pa / 100, temperature_c)
        if adc_humidity in (0, 0xFFFF):  # what a bus gives on which nobody speaks
            raise ImplausibleReading(
                f"the {self._name(chip)} gave 0x{adc_humidity:04X} for the humidity, which no air"
                " gives: check the wires and the supply"
            )
        humidity_percent = chip.humidity(adc_humidity, temperature_c)
        return BarometerReading(pressure_pa / 100, temperature_c, humidity_percent)

    def _name(self, chip: Chip) -> str:
        return f"{chip.name} at 0x{self._registers.address:02X}"


def _is_more_humid_or_less(reading: BarometerReading, before: BarometerReading) -> bool:
    if reading.humidity_percent is None or before.humidity_percent is None:
        return False
    return abs(reading.humidity_percent - before.humidity_percent) > _JUMP_PERCENT


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


def _tell(words: str) -> None:
    import logging  # on this path alone: it is not small

    logging.getLogger("sensors").warning(words)
