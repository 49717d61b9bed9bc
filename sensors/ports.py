"""The two ports below a driver, which a simulated chip implements as well as the kernel."""

from collections.abc import Mapping
from typing import Protocol

from .readings import Edges


class I2CBus(Protocol):
    """Three of smbus2's methods; an `smbus2.SMBus` is one as it stands.

    A failed transfer raises OSError. Addresses are 7 bit, registers and values 8 bit.
    """

    def read_byte_data(self, i2c_addr: int, register: int, /) -> int:
        """Return one register."""

    def write_byte_data(self, i2c_addr: int, register: int, value: int, /) -> None:
        """Write one byte to a register."""

    def read_i2c_block_data(self, i2c_addr: int, register: int, length: int, /) -> list[int]:
        """Return `length` registers from `register` on, read in one transfer."""


class Pins(Protocol):
    """GPIO lines by BCM number. A line is claimed at its first use.

    Hashable, as plain objects are: sensors that share one are found by it.
    """

    @property
    def fastest_hz(self) -> float:
        """The highest rate of edges that these pins time without losing many."""

    def drive(self, levels: Mapping[int, bool], /) -> None:
        """Make these lines outputs at these levels, as simultaneously as possible."""

    def rising_edges(self, pin: int, gate_time_s: float, /) -> Edges:
        """Open the gate for this time and return the edges that rose after this call began.

        There may be no edges. Raises EdgesTooFast if edges come faster than this source can
        separate.
        """

    def level(self, pin: int, /, *, pull_up: bool) -> bool:
        """Return the level of an input that is pulled up or down: an undriven line follows."""

    def close(self) -> None:
        """Give the lines back as inputs. Closing twice is fine."""
