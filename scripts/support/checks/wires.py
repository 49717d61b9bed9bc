"""Checks of the wires: the chips on the I2C bus, and readings of the two sensors."""

import errno
from collections.abc import Iterator
from dataclasses import asdict, fields

from support.frequency_words import CHANNELS, bar, wiring_words

from sensors import BusError, Fault, SensorError
from sensors.backends.i2c import LinuxI2C
from sensors.backends.i2c_errors import NACKS
from sensors.backends.i2c_registers import Registers
from sensors.barometer.start_up import BAROMETER_IDS, OTHER_IDS, identify
from sensors.board import Board
from sensors.config import ColourConfig
from sensors.hats.envirophat import LED_LINE, is_enviro_phat
from sensors.ports import I2CBus
from sensors.tcs3200.wiring import Wiring

from .answers import Answer, Status

_ID = 0xD0
_ADDRESSES = (0x76, 0x77)

_NAMES = {**BAROMETER_IDS, **OTHER_IDS}
_PINS = " (3.3 V, ground, SDA on pin 3, SCL on pin 5; an Enviro pHAT sits on all of its pins)"

# Enough transfers to see one in a hundred fail, in a tenth of a second; enough readings for the
# driver to detect a chip that is stuck.
_TRANSFERS = 200
_READINGS = 25

# The pins of the colour sensor, as the settings call them.
PINS = tuple(field.name for field in fields(Wiring))

# Faults of the light are warnings: they may be intended. Faults of a wire or a lamp never are.
_LIGHT = {Fault.SATURATED, Fault.EDGES_LOST, Fault.FLICKERING, Fault.INFRARED}


def addresses(bus: I2CBus, configured: int) -> Answer:
    """Check which chips answer at the addresses of barometers, against the settings."""
    devices = {address: _device(bus, address) for address in _ADDRESSES}
    words = ", ".join(f"0x{address:02X} {device}" for address, device in devices.items())
    try:
        identify(Registers(bus, configured), BAROMETER_IDS)
    except SensorError as error:
        hint = _PINS * (set(devices.values()) == {"no answer"})
        return Answer(Status.FAULT, f"{words}; 0x{configured:02X} is set", f"{error}{hint}")
    return Answer(Status.OK, words)


def transfers(bus: LinuxI2C, address: int) -> Answer:
    """Check the transfers: read one register many times, and count the retries."""
    before = bus.retries
    ids = {bus.read_byte_data(address, _ID) for _ in range(_TRANSFERS)}
    repeated = bus.retries - before
    words = f"{_TRANSFERS} transfers with 0x{address:02X}, {repeated or 'none'} repeated"
    cure = "see that the wires sit well, keep them short, and see to the supply"
    if len(ids) > 1:
        differing = ", ".join(f"0x{chip_id:02X}" for chip_id in sorted(ids))
        return Answer(Status.FAULT, f"{words}; one register reads {differing} in turn", cure)
    return Answer(Status.WARNING, words, cure) if repeated else Answer(Status.OK, words)


def enviro_phat(bus: I2CBus, colour: ColourConfig | None) -> Iterator[Answer]:
    """Check that the LEDs of an Enviro pHAT do not share a line with the colour sensor."""
    try:
        if not is_enviro_phat(bus):
            return
    except BusError as error:
        if error.errno != errno.EBUSY:
            raise
        words = "whether this is an Enviro pHAT: the kernel holds the address of one of its chips"
        yield Answer(Status.NOT_CHECKED, words)
        return
    wires = {} if colour is None else asdict(colour)
    clashing = [name for name in PINS if wires.get(name) == LED_LINE]
    if not clashing:
        yield Answer(Status.OK, "an Enviro pHAT: its sensors of light and motion answer too")
        return
    yield Answer(
        Status.FAULT,
        f"an Enviro pHAT, whose LEDs are on GPIO{LED_LINE}, where the settings have"
        f" {clashing[0].upper()} of the colour sensor",
        f"wire it to another line, and set {clashing[0]} in [colour] of the settings to that",
    )


def barometer(board: Board) -> Iterator[Answer]:
    """Read the barometer many times; show the last reading, and say whether it is reliable."""
    for _ in range(_READINGS):
        pressure_hpa, temperature_c, humidity_percent = board.barometer.read()
    humidity = "" if humidity_percent is None else f", {humidity_percent:.0f} %"
    yield Answer(Status.OK, f"{pressure_hpa:.2f} hPa, {temperature_c:.1f} °C{humidity}")
    if recoveries := board.recoveries:
        times = "once" if recoveries == 1 else f"{recoveries} times"
        yield Answer(
            Status.WARNING,
            f"the chip lost its supply {times} during {_READINGS} readings",
            "see that its wires sit well, and to the supply: 3.3 V, and no dips",
        )
    if board.suspect:
        yield Answer(Status.WARNING, "its readings are suspect", board.suspect)


def wiring(colour: ColourConfig) -> Answer:
    """Show the wiring in the settings."""
    scaling = colour.scaling
    if colour.s0 is not None:
        scaled = "chosen by itself" if scaling == "auto" else scaling
    else:
        scaled = f"taken as {colour.scaling_in_use}, S0 and S1 being strapped"
    wires = wiring_words({name: getattr(colour, name) for name in PINS})
    return Answer(Status.OK, f"{wires}; scaling {scaled}")


def diagnosis(board: Board) -> Iterator[Answer]:
    """Diagnose the wires and the light of the colour sensor."""
    findings = board.colour.diagnose()
    for finding in findings:
        mark = Status.WARNING if finding.fault in _LIGHT else Status.FAULT
        yield Answer(mark, finding.fault.value, str(finding))
    if not findings:
        yield Answer(Status.OK, "no fault in the wires or the light")


def colour(board: Board) -> Answer:
    """Read the colour sensor once, with error bars."""
    channels = board.colour.measure()
    words = ", ".join(f"{channel.name.lower()} {bar(channels[channel])}" for channel in CHANNELS)
    lost = sum(frequency.lost for frequency in channels.values())
    return Answer(Status.OK, f"{words} Hz{f', {lost} edges lost' if lost else ''}")


def _device(bus: I2CBus, address: int) -> str:
    try:
        chip_id = bus.read_byte_data(address, _ID)
    except OSError as error:
        if error.errno in NACKS:
            return "no answer"
        if error.errno == errno.EBUSY:
            return "held by the kernel"
        raise
    name = f"a {_NAMES[chip_id]}" if chip_id in _NAMES else "an unknown chip"
    return f"{name} (id 0x{chip_id:02X})"
