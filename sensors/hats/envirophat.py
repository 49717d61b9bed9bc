"""The Enviro pHAT: its chips and its two white LEDs.

    pins 3, 5   I2C:  0x77  BMP280   barometer
                      0x29  TCS3472  colour
                      0x1D  LSM303D  acceleration and compass
                      0x49  ADS1015  four voltages (0x48 on the first boards)
    pin 7       GPIO4, the LEDs beside the TCS3472: high is on

(pinout.xyz/pinout/enviro_phat; the id registers: each chip's data sheet)
"""

from contextlib import ExitStack, closing
from typing import NamedTuple, Self

from ..backends import DeferredPins, best_pins
from ..backends.i2c import LinuxI2C, default_bus
from ..backends.i2c_errors import NACKS
from ..backends.i2c_registers import Registers
from ..backends.platform import pi_model
from ..barometer.driver import Barometer
from ..barometer.start_up import BMP280_IDS
from ..errors import DeviceNotFound, PinError
from ..ports import I2CBus, Pins
from ..tcs3200.sharing import release, reserve

ADDRESS = 0x77
LED_LINE = 4
LEDS = "the LEDs of the Enviro pHAT"


class BoardChip(NamedTuple):
    """A chip on the board, and its id register; an ADS1015 has no id."""

    name: str
    address: int
    id_register: int
    ids: frozenset[int]


_ANYTHING = frozenset(range(256))
_LIGHT = BoardChip("TCS3472", 0x29, 0x92, frozenset({0x44, 0x4D}))
_MOTION = BoardChip("LSM303D", 0x1D, 0x0F, frozenset({0x49}))
CHIPS = (
    BoardChip("BMP280", ADDRESS, 0xD0, frozenset(BMP280_IDS)),
    _LIGHT,
    _MOTION,
    BoardChip("ADS1015", 0x49, 0x00, _ANYTHING),
    BoardChip("ADS1015", 0x48, 0x00, _ANYTHING),
)


def is_enviro_phat(bus: I2CBus) -> bool:
    """Whether the chips beside the barometer are an Enviro pHAT's. Raises as chips() does."""
    return _is_there(bus, _LIGHT) and _is_there(bus, _MOTION)


class EnviroPHAT:
    """An Enviro pHAT on the header. A context manager; closing twice is fine.

    bus: by default the header's.
    pins: for the LEDs; by default the best of this machine.
    barometer: the Barometer on the board, if there is one already.

    Hardware is opened at its first use; close() leaves arguments open.

    The temperature is the board's: on a Pi it is 5 to 10 degrees above the air, and no formula can
    correct that for every case and load. It serves to compensate the pressure; never use it as the
    air's, for example to reduce pressure to sea level.
    """

    def __init__(
        self,
        bus: I2CBus | None = None,
        pins: Pins | None = None,
        *,
        barometer: Barometer | None = None,
    ) -> None:
        self._opened = ExitStack()
        if bus is None:
            bus = self._opened.enter_context(closing(LinuxI2C(default_bus(pi_model()))))
        if pins is None:
            pins = self._opened.enter_context(closing(DeferredPins(best_pins)))
        self._bus: I2CBus = bus
        self._pins: Pins = pins
        self._has_leds = False
        self._closed = False
        self.barometer = barometer if barometer is not None else Barometer(self._bus, ADDRESS)

    def chips(self) -> tuple[BoardChip, ...]:
        """Return the board's chips that answer with the right id.

        Raises DeviceNotFound if there is no bus, and BusError if it fails.
        """
        return tuple(chip for chip in CHIPS if _is_there(self._bus, chip))

    def light(self, *, on: bool) -> None:
        """Switch the LEDs.

        Raises ConfigError if a colour sensor on the same pins uses their line, and PinError if the
        line cannot be used.
        """
        if self._closed:
            raise PinError("this Enviro pHAT is closed: open another")
        if not self._has_leds:
            reserve(self._pins, LED_LINE, LEDS)
            self._opened.callback(release, self._pins, LED_LINE)
            self._has_leds = True
        self._pins.drive({LED_LINE: on})

    def close(self) -> None:
        """Release what was opened here; LEDs whose line was opened here go dark."""
        self._closed = True
        self._opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _is_there(bus: I2CBus, chip: BoardChip) -> bool:
    try:
        return Registers(bus, chip.address).byte(chip.id_register) in chip.ids
    except DeviceNotFound as error:
        if error.errno in NACKS:
            return False
        raise
