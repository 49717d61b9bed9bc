"""The Enviro pHAT: which chip sits where, and its two white LEDs.

    pins 3, 5   I2C:  0x77  BMP280   barometer
                      0x29  TCS3472  colour
                      0x1D  LSM303D  acceleration and compass
                      0x49  ADS1015  four voltages (0x48 on the first boards)
    pin 7       GPIO4, the LEDs beside the TCS3472: high is on

(pinout.xyz/pinout/enviro_phat; Pimoroni's schematic)
"""

from contextlib import ExitStack
from typing import Self

from .backends import best_pins
from .backends.i2c import LinuxI2C, default_bus
from .backends.i2c_cures import NOBODY
from .barometer import Barometer
from .errors import DeviceNotFound, PinError
from .machine import pi_model
from .ports import I2CBus, Pins
from .registers import Registers
from .sharing import reserve

LED_LINE = 4
LEDS = "the LEDs of the Enviro pHAT"
CHIPS = {0x77: "BMP280", 0x29: "TCS3472", 0x1D: "LSM303D", 0x49: "ADS1015", 0x48: "ADS1015"}


class EnviroPHAT:
    """An Enviro pHAT on the header. A context manager; closing twice is fine.

    bus: the header's, unless another is given. pins: what drives the LEDs; the best that this
    machine has, unless others are given. Neither is touched before it is needed, and what was
    given is not closed here.

    Its barometer's temperature is the board's: on a Pi it reads 5 to 10 degrees above the air,
    and no formula takes that away for every case and load. It serves the compensation of the
    pressure; it is never to be used as the air's, and so not for a reduction to sea level.
    """

    def __init__(self, bus: I2CBus | None = None, pins: Pins | None = None) -> None:
        self._opened = ExitStack()
        self._bus = bus if bus is not None else self._header_bus()
        self._pins = pins
        self._closed = False
        self.barometer = Barometer(self._bus)

    def chips(self) -> dict[int, str]:
        """Return the board's chips that answer, by their addresses.

        Raises DeviceNotFound when there is no bus to ask on, and BusError when it fails.
        """
        return {address: name for address, name in CHIPS.items() if self._answers(address)}

    def light(self, *, on: bool) -> None:
        """Switch the LEDs.

        Raises ConfigError when a colour sensor is wired to their line, and PinError when it
        cannot be had.
        """
        if self._closed:
            raise PinError("this Enviro pHAT is closed: open another")
        if self._pins is None:
            self._pins = best_pins()
            self._opened.callback(self._pins.close)
        reserve(self._pins, LED_LINE, LEDS)
        self._pins.drive({LED_LINE: on})

    def close(self) -> None:
        """Give back what was opened here; LEDs whose line was opened here go dark with it."""
        self._closed = True
        self._opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _header_bus(self) -> I2CBus:
        bus = LinuxI2C(default_bus(pi_model()))
        self._opened.callback(bus.close)
        return bus

    def _answers(self, address: int) -> bool:
        try:
            Registers(self._bus, address).byte(0)
        except DeviceNotFound as error:
            if error.errno in NOBODY:
                return False
            raise
        return True
