"""Scroll pHAT HD: 17 x 7 white LEDs on an IS31FL3731, written one register at a time.

    0xFD        page              0x00..0x07 the frames, 0x0B the functions
    frame       0x00..0x11  LED control   a bit for each of 144 LEDs: on
                0x12..0x23  blink         a bit for each: it blinks
                0x24..0xB3  PWM           a byte for each: 0 dark, 255 full
    functions   0x00  configuration       0: still picture
                0x01  picture display     which frame that is
                0x02  auto play           no effect on a still picture: the mark
                0x05  display option      | - | blink enable 3 | period 2..0, of 0.27 s each |
                0x06  audio               0: brightness does not follow a sound
                0x09  breath control      0: no fading
                0x0A  shutdown            0 dark, as after power-on; 1 shows

    LED of      column  0    ...   7    8    9   ...   16      top row
                       134         22    6    8        120
                        |           |    |    |         |      the left half is wired upwards,
                       128         16    0   14        126     the right half downwards

The chip blinks by itself, without a clock in the program. On the bus each register is a transfer of
0.3 ms, and only changes are written: no other user of the bus waits longer than that. Only a
transfer to this address changes the page.

(IS31FL3731 data sheet, revision D; registers and wiring as Pimoroni's and Adafruit's libraries
agree on them)
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple

from ..backends.i2c_registers import Registers
from ..errors import ConfigError
from ..ports import I2CBus

ADDRESS = 0x74
COLUMNS, ROWS = 17, 7

_PAGE, _FRAME, _FUNCTIONS = 0xFD, 0x00, 0x0B
_LED_CONTROL, _BLINK, _PWM = 0x00, 0x12, 0x24
_CONFIGURATION, _PICTURE_DISPLAY, _AUTO_PLAY, _DISPLAY_OPTION = 0x00, 0x01, 0x02, 0x05
_AUDIO, _BREATH, _SHUTDOWN = 0x06, 0x09, 0x0A

# A chip that lost its supply, then or during the start-up, has 0 there.
_MARK = 0x11
_BLINKS = 0x08
_PERIOD_S = 0.27


class Picture(NamedTuple):
    """A picture on the matrix.

    levels: rows from the top, columns from the left: 0.0 dark to 1.0 bright. blinking: (column,
    row) of each blinking LED. blink_period_s: rounded to a multiple of 0.27 s, up to 1.89 s.
    """

    levels: tuple[tuple[float, ...], ...]
    blinking: frozenset[tuple[int, int]] = frozenset()
    blink_period_s: float = 1.08


class ScrollPHATHD:
    """The matrix at `address` of a bus with smbus2's methods; `upside_down`: as it is mounted.

    The first transfer is in the first show(). Raises DeviceNotFound if no chip answers, and
    BusError if a transfer fails otherwise; the next show() continues from there.
    """

    def __init__(self, bus: I2CBus, address: int = ADDRESS, *, upside_down: bool = False) -> None:
        if not 0x74 <= address <= 0x77:
            raise ConfigError(f"ScrollPHATHD: address={address!r}: the chip has 0x74 to 0x77")
        self._registers = Registers(bus, address)
        self._upside_down = upside_down
        self._written: dict[tuple[int, int], int] = {}
        self._page: int | None = None

    def show(self, picture: Picture, brightness: float = 1.0) -> None:
        """Show a picture at this share of the LEDs' full power; a lit LED is never quite dark.

        A chip that lost its supply is set up again.
        """
        self._page = None
        if not self._written or self._read(_FUNCTIONS, _AUTO_PLAY) != _MARK:
            self._written.clear()
            self._write(_FUNCTIONS, _SHUTDOWN, 0)  # hide what is in its memory
            self._write(_FUNCTIONS, _AUTO_PLAY, _MARK)
        for (page, register), value in self._register_values(picture, brightness).items():
            if self._written.get((page, register)) != value:
                self._write(page, register, value)

    def close(self) -> None:
        """Switch all LEDs off, if the chip answers. Closing twice is fine."""
        self._page = None
        with suppress(OSError):
            self._write(_FUNCTIONS, _SHUTDOWN, 0)
        self._written.clear()

    def _register_values(
        self, picture: Picture, brightness: float
    ) -> Mapping[tuple[int, int], int]:
        """Return all registers in the order of a start-up; the shutdown register comes last."""
        control, blink, pwm = bytearray(18), bytearray(18), {}
        for y, row in enumerate(picture.levels):
            for x, level in enumerate(row):
                led = self._led(x, y)
                control[led // 8] |= 1 << led % 8
                if (x, y) in picture.blinking:
                    blink[led // 8] |= 1 << led % 8
                pwm[_FRAME, _PWM + led] = max(1, round(255 * level * brightness)) if level else 0
        periods = min(max(round(picture.blink_period_s / _PERIOD_S), 1), 7)
        return {
            (_FUNCTIONS, _CONFIGURATION): 0,
            (_FUNCTIONS, _PICTURE_DISPLAY): _FRAME,
            (_FUNCTIONS, _AUDIO): 0,
            (_FUNCTIONS, _BREATH): 0,
            (_FUNCTIONS, _DISPLAY_OPTION): _BLINKS | periods if picture.blinking else 0,
            **{(_FRAME, _LED_CONTROL + n): bits for n, bits in enumerate(control)},
            **{(_FRAME, _BLINK + n): bits for n, bits in enumerate(blink)},
            **pwm,
            (_FUNCTIONS, _SHUTDOWN): 1,
        }

    def _led(self, x: int, y: int) -> int:
        if self._upside_down:
            x, y = COLUMNS - 1 - x, ROWS - 1 - y
        return (8 - x) * 16 + 6 - y if x <= 8 else (x - 9) * 16 + 8 + y

    def _read(self, page: int, register: int) -> int:
        self._turn_to(page)
        return self._registers.byte(register)

    def _write(self, page: int, register: int, value: int) -> None:
        self._turn_to(page)
        self._written.pop((page, register), None)  # unknown if the transfer fails
        self._registers.write(register, value)
        self._written[page, register] = value

    def _turn_to(self, page: int) -> None:
        if page != self._page:
            self._registers.write(_PAGE, page)
            self._page = page
