"""A simulated IS31FL3731 at register level, from the data sheet and not from the driver.

    0xFD        command        0x00..0x07: the page of frame 1..8; 0x0B: page nine, the functions

    page of a frame                        page nine
    0x00..0x11  LED control, 144 bits      0x00  configuration    | - | mode 4..3 | frame 2..0 |
    0x12..0x23  blink control, 144 bits    0x01  picture display  | - | frame 2..0 |
    0x24..0xB3  PWM, 144 bytes             0x02, 0x03  auto play
                                           0x05  display option   | - | IC 5 | BE 3 | BPT 2..0 |
    LED n: bit n % 8 of byte n // 8        0x06  audio synchronisation    | - | AE 0 |
                                           0x07  frame state, read only
                                           0x08, 0x09  breath control
                                           0x0A  shutdown         | - | SSD 0 |
                                           0x0B, 0x0C  audio gain, ADC rate

An LED is lit when SSD is 1, its control bit is 1 and its PWM is not 0, and, if BE and its blink bit
are 1, in the first half of each BPT x 0.27 s. IC: frame 1's PWM serves all frames.

A write to a page or register that does not exist is ignored and recorded as a mistake. Where the
sheet leaves a choice, the worse one is simulated: after power-on page nine is all 0 (table 3), the
frames and the page are random.
"""

import time
from collections.abc import Callable
from random import Random

LEDS = 144

_COMMAND, _NINE = 0xFD, 0x0B
_FRAMES, _FRAME_BYTES, _FUNCTIONS = range(8), 0xB4, 0x0D
_BLINK, _PWM = 0x12, 0x24
_RESERVED, _FRAME_STATE = 0x04, 0x07
_PERIOD_S = 0.27


class SimulatedIS31FL3731:
    """The registers of an IS31FL3731 and the light of its LEDs, in picture mode only.

    mistakes: (page, register) of each ignored write.
    """

    def __init__(self, *, seed: int = 3731, clock: Callable[[], float] = time.monotonic) -> None:
        self.mistakes: list[tuple[int, int]] = []
        self._random = Random(seed)
        self._clock = clock
        self.power_on()

    def power_on(self) -> None:
        self._functions = bytearray(_FUNCTIONS)
        self._frames = [bytearray(self._random.randbytes(_FRAME_BYTES)) for _ in _FRAMES]
        self._page = self._random.choice([*_FRAMES, _NINE])

    def read(self, register: int, length: int) -> list[int]:
        page = self._open_page()
        if register + length > len(page):
            raise ValueError(f"page 0x{self._page:02X} of the IS31FL3731 ends before that")
        return list(page[register : register + length])

    def write(self, register: int, value: int) -> None:
        page = self._open_page()
        is_closed = self._page == _NINE and register in (_RESERVED, _FRAME_STATE)
        if register == _COMMAND and (value in _FRAMES or value == _NINE):
            self._page = value
        elif register < len(page) and not is_closed:
            page[register] = value
        else:
            self.mistakes.append((self._page, register))

    def lit(self) -> tuple[int, ...]:
        """Return the brightness of each LED now, 0 to 255."""
        mode, option = self._functions[0x00] >> 3 & 0b11, self._functions[0x05]
        if mode:
            raise ValueError(f"mode {mode} plays frames, which is not simulated")
        is_up, follows_sound = self._functions[0x0A] & 1, self._functions[0x06] & 1
        if not is_up or follows_sound:  # in silence
            return (0,) * LEDS
        frame = self._frames[self._functions[0x01] & 0b111]
        pwm = self._frames[0] if option & 0x20 else frame
        period_s = (option & 0b111) * _PERIOD_S if option & 0x08 else 0.0
        is_off = bool(period_s) and self._clock() % period_s >= period_s / 2
        return tuple(
            pwm[_PWM + n] if _bit(frame, 0, n) and not (is_off and _bit(frame, _BLINK, n)) else 0
            for n in range(LEDS)
        )

    def _open_page(self) -> bytearray:
        return self._functions if self._page == _NINE else self._frames[self._page]


def _bit(frame: bytearray, first: int, n: int) -> int:
    return frame[first + n // 8] >> n % 8 & 1
