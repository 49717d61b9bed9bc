"""The start-up of a BMP280 or BME280: reset, identification, trimming parameters.

    0xD0        id               which chip?
    0xE0        reset            write 0xB6: clears all settings
    0xF3        status           bit 0: the trimming parameters are still being copied
    0xF5        config           := the mark
    0xD0        id               still the same?
    0x88..0x9F  T1..T3, P1..P9   low byte first; read twice: an error would spoil all readings
    0xA1, 0xE1..0xE7  H1..H6     BME280 only
    0xF2        ctrl_hum         BME280 only; 0 after a reset
    0xF5        config           is the mark still there?

The mark is set first and checked last: everything read in between is from one chip, without a loss
of its supply.

(BST-BMP280-DS001, table 18 and section 3.11; BST-BME280-DS002, table 18 and section 4.2.2)
"""

import struct
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

from ..backends.i2c_registers import Registers
from ..errors import DeviceNotFound, ImplausibleReading, MeasurementTimeout, SupplyLost
from .compensation import HumidityTrimming, TrimmingParameters, compensation, humidity_compensation

# By the value of register 0xD0; 0x56 and 0x57 were samples of the BMP280 (section 4.3.1).
BMP280_IDS = {0x58: "BMP280", 0x56: "BMP280", 0x57: "BMP280"}
BME280_IDS = {0x60: "BME280"}
BAROMETER_IDS = {**BMP280_IDS, **BME280_IDS}
OTHER_IDS = {0x61: "BME680", 0x55: "BMP180"}

# A standby time of 1 s and no filter, without effect in forced mode. A chip that lost its supply,
# or a replaced chip, has 0 there.
MARK = 0b101_000_00

_ID, _RESET, _CTRL_HUM, _STATUS, _CONFIG = 0xD0, 0xE0, 0xF2, 0xF3, 0xF5
_TRIMMING, _LENGTH, _LENGTH_WITH_H1 = 0x88, 24, 26
_H2_TO_H6 = 0xE1
_RESET_WORD, _COPYING = 0xB6, 0x01

_START_UP_S = 0.002
# The copying takes much less; a chip that still copies after this is broken.
_COPY_LIMIT_S = 0.05
_POLL_S = 0.0005
_ATTEMPTS = 3


class Chip(NamedTuple):
    """A chip after start-up, and its compensation.

    humidity_trimming, humidity: None in a BMP280. compensated: (adc_temperature, adc_pressure) ->
    (degrees C, Pa). humidity: (adc_humidity, degrees C) -> percent. config: its config register.
    """

    name: str
    trimming: TrimmingParameters
    humidity_trimming: HumidityTrimming | None
    compensated: Callable[[int, int], tuple[float, float]]
    humidity: Callable[[int, float], float] | None
    config: int


def start_up(registers: Registers, accepted: Mapping[int, str], ctrl_hum: int) -> Chip:
    """Start the chip up and return it; repeat if its supply dips meanwhile.

    accepted: names by chip id. Raises DeviceNotFound, BusError, MeasurementTimeout (it never stops
    copying), ImplausibleReading (impossible trimming parameters) or SupplyLost.
    """
    attempts = set()
    for _ in range(_ATTEMPTS):
        chip = _attempt(registers, accepted, ctrl_hum)
        if chip.config == MARK:
            return chip
        attempts.add(chip[:3])
    if len(attempts) == 1:
        return chip  # a counterfeit that keeps nothing, but gives the same each time
    raise SupplyLost(
        f"the {chip.name} at 0x{registers.address:02X} loses its supply again and again while it"
        " starts up: check its wires and its supply"
    )


def _attempt(registers: Registers, accepted: Mapping[int, str], ctrl_hum: int) -> Chip:
    chip_id = identify(registers, accepted)
    name = accepted[chip_id]
    registers.write(_RESET, _RESET_WORD)
    time.sleep(_START_UP_S)
    _wait_for_copy(registers, name)
    registers.write(_CONFIG, MARK)
    if identify(registers, accepted) != chip_id:
        raise SupplyLost(f"the chip at 0x{registers.address:02X} was replaced as it started up")
    if chip_id not in BME280_IDS:
        raw = registers.burst_twice(_TRIMMING, _LENGTH)
        config = registers.byte(_CONFIG)
        trimming = _checked_trimming(raw, registers.address)
        return Chip(name, trimming, None, compensation(trimming), None, config)
    raw = registers.burst_twice(_TRIMMING, _LENGTH_WITH_H1)
    rest = registers.burst_twice(_H2_TO_H6, 7)
    registers.write(_CTRL_HUM, ctrl_hum)
    config = registers.byte(_CONFIG)
    trimming = _checked_trimming(raw[:_LENGTH], registers.address)
    humid = _checked_humidity_trimming(raw[-1], rest, registers.address)
    return Chip(name, trimming, humid, compensation(trimming), humidity_compensation(humid), config)


def humidity_trimming(h1: int, rest: bytes) -> HumidityTrimming:
    """Return H1..H6: H1 from 0xA1, the others from the seven bytes at 0xE1.

    | H2 low | H2 high | H3 | H4 11..4 | H5 3..0, H4 3..0 | H5 11..4 | H6 |
    """
    h2, h3, h4_high, nibbles, h5_high, h6 = struct.unpack("<hBbBbb", rest)
    h4, h5 = h4_high << 4 | nibbles & 0x0F, h5_high << 4 | nibbles >> 4
    return HumidityTrimming(h1, h2, h3, h4, h5, h6)


def identify(registers: Registers, accepted: Mapping[int, str]) -> int:
    """Return the chip's id; raise DeviceNotFound, with a cure, if it is not an accepted one."""
    try:
        chip_id = registers.byte(_ID)
    except DeviceNotFound as no_answer:
        _check_other_address(registers, no_answer)
        raise
    if chip_id not in accepted:
        name = {**BAROMETER_IDS, **OTHER_IDS}.get(chip_id)
        expected = " or ".join(dict.fromkeys(accepted.values()))
        either = "; or use Barometer, which takes either" if chip_id in BAROMETER_IDS else ""
        raise DeviceNotFound(
            f"the chip at 0x{registers.address:02X} has id 0x{chip_id:02X}:"
            f" {f'a {name}' if name else 'unknown'}, and no {expected}. Check which board is on the"
            f" bus, and its address{either}"
        )
    return chip_id


def _check_other_address(registers: Registers, no_answer: DeviceNotFound) -> None:
    other = Registers(registers.bus, registers.address ^ 1)
    try:
        name = BAROMETER_IDS.get(other.byte(_ID))
    except OSError:
        return  # no chip there either: the first error stands
    if name:
        raise DeviceNotFound(
            f"no chip answers at 0x{registers.address:02X}, but at 0x{other.address:02X} there is a"
            f" {name}: give address=0x{other.address:02X} (in a file of settings: [barometer]"
            f" address = 0x{other.address:02X})"
        ) from no_answer


def _wait_for_copy(registers: Registers, name: str) -> None:
    for _ in range(round(_COPY_LIMIT_S / _POLL_S)):
        if not registers.byte(_STATUS) & _COPYING:
            return
        time.sleep(_POLL_S)
    raise MeasurementTimeout(
        f"the {name} at 0x{registers.address:02X} is copying its trimming parameters for longer"
        " than its data sheet allows: switch its supply off and on"
    )


def _checked_trimming(raw: bytes, address: int) -> TrimmingParameters:
    trimming = TrimmingParameters._make(struct.unpack("<HhhHhhhhhhhh", raw))
    _check(raw, address, is_wrong={trimming.t1, trimming.p1} & {0, 0xFFFF} != set())
    return trimming


def _checked_humidity_trimming(h1: int, rest: bytes, address: int) -> HumidityTrimming:
    trimming = humidity_trimming(h1, rest)
    _check(rest, address, is_wrong=trimming.h2 == 0)
    return trimming


def _check(raw: bytes, address: int, *, is_wrong: bool) -> None:
    if is_wrong or len(set(raw)) == 1:
        raise ImplausibleReading(
            f"the trimming parameters at 0x{address:02X} read {raw[:4].hex(' ')} ..., which no"
            " chip has: check the wires and the supply"
        )
