"""The doctor's look at the wires: who answers on the I2C bus, and what the two sensors say."""

import errno
from collections.abc import Iterator

from colour_words import CHANNELS, bar, wiring_words

from sensors import Fault, SensorError
from sensors.board import Board
from sensors.config import ColourConfig
from sensors.ports import I2CBus

from .answers import Answer, Mark

_ID = 0xD0
_ADDRESSES = (0x76, 0x77)

# What register 0xD0 holds in the chips of these two addresses, by their data sheets.
_BMP280 = {0x58: "a BMP280", 0x56: "a BMP280 (sample)", 0x57: "a BMP280 (sample)"}
_CHIPS = {**_BMP280, 0x60: "a BME280", 0x61: "a BME680", 0x55: "a BMP180"}

# Light can be lived with, or is meant so; a wire that is wrong never is, nor a lamp that is off.
_LIGHT = {Fault.SATURATED, Fault.EDGES_LOST, Fault.FLICKERING, Fault.INFRARED}

_NOBODY = (errno.EREMOTEIO, errno.ENXIO, errno.ENODEV)


def addresses(bus: I2CBus, configured: int) -> Answer:
    """Who answers where barometers do, and whether it is the one that the settings mean."""
    ids = {address: _chip_id(bus, address) for address in _ADDRESSES}
    words = ", ".join(f"0x{address:02X} {_who(chip_id)}" for address, chip_id in ids.items())
    if ids.get(configured) in _BMP280:
        return Answer(Mark.OK, words)
    elsewhere = [address for address, chip_id in ids.items() if chip_id in _BMP280]
    if elsewhere:
        cure = f"set address = 0x{elsewhere[0]:02X} in [barometer] of the settings"
    elif any(chip_id is not None for chip_id in ids.values()):
        cure = "see which board is on the bus, and that its wires sit well"
    else:
        cure = (
            "check the wires (3.3 V, ground, SDA on pin 3, SCL on pin 5), and that an Enviro pHAT"
            " sits on all of its pins"
        )
    return Answer(Mark.FAULT, f"{words}; the settings want a BMP280 at 0x{configured:02X}", cure)


def barometer(board: Board) -> Answer:
    """One reading of the barometer."""
    try:
        pressure_hpa, temperature_c, humidity_percent = board.barometer.read()
    except SensorError as error:
        return Answer(Mark.FAULT, "no reading", str(error))
    humidity = "" if humidity_percent is None else f", {humidity_percent:.0f} %"
    return Answer(Mark.OK, f"{pressure_hpa:.2f} hPa, {temperature_c:.1f} °C{humidity}")


def wiring(colour: ColourConfig) -> Answer:
    """Where the settings have the wires, to be compared with those of the table."""
    names = ("out", "s2", "s3", "s0", "s1", "oe", "led")
    scaling = colour.scaling
    if colour.s0 is not None:
        scaled = "chosen by itself" if scaling == "auto" else scaling
    else:
        scaled = f"taken as {'20%' if scaling == 'auto' else scaling}, S0 and S1 being strapped"
    wires = wiring_words({name: getattr(colour, name) for name in names})
    return Answer(Mark.OK, f"{wires}; scaling {scaled}")


def diagnosis(board: Board) -> Iterator[Answer]:
    """What the colour sensor finds wrong with its wires and its light."""
    findings = board.colour.diagnose()
    for finding in findings:
        mark = Mark.WARNING if finding.fault in _LIGHT else Mark.FAULT
        yield Answer(mark, finding.fault.value, str(finding))
    if not findings:
        yield Answer(Mark.OK, "no fault in the wires or the light")


def colour(board: Board) -> Answer:
    """One reading of the colour sensor, with its error bars."""
    try:
        channels = board.colour.measure()
    except SensorError as error:
        return Answer(Mark.FAULT, "no reading", str(error))
    words = ", ".join(f"{channel.name.lower()} {bar(channels[channel])}" for channel in CHANNELS)
    lost = sum(frequency.lost for frequency in channels.values())
    return Answer(Mark.OK, f"{words} Hz{f', {lost} edges lost' if lost else ''}")


def _chip_id(bus: I2CBus, address: int) -> int | None:
    """The id register of the chip at an address; None where nobody answers."""
    try:
        return bus.read_byte_data(address, _ID)
    except OSError as error:
        # A bus of ours has turned the system's error into advice, and names it as the cause.
        said = error.__cause__ if isinstance(error, SensorError) else error
        if isinstance(said, OSError) and said.errno in _NOBODY:
            return None
        raise


def _who(chip_id: int | None) -> str:
    if chip_id is None:
        return "nobody"
    return f"{_CHIPS.get(chip_id, 'an unknown chip')} (id 0x{chip_id:02X})"
