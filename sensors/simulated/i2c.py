"""A simulated I2C bus: chips by address, and the error a Pi gives where there is none."""

import errno
from collections.abc import Mapping
from typing import Protocol


class SimulatedChip(Protocol):
    """256 registers that may do something when they are read or written."""

    def read(self, register: int, length: int) -> list[int]:
        """Return `length` registers as one transfer sees them."""

    def write(self, register: int, value: int) -> None:
        """Take one byte."""


class SimulatedI2C:
    """An I2CBus of twins. `transfers` counts what went over the wire."""

    def __init__(self, chips: Mapping[int, SimulatedChip]) -> None:
        self.chips = dict(chips)
        self.transfers = 0

    def read_byte_data(self, i2c_addr: int, register: int, /) -> int:
        """Return one register."""
        return self._chip(i2c_addr).read(register, 1)[0]

    def write_byte_data(self, i2c_addr: int, register: int, value: int, /) -> None:
        """Write one register."""
        self._chip(i2c_addr).write(register, value)

    def read_i2c_block_data(self, i2c_addr: int, register: int, length: int, /) -> list[int]:
        """Return `length` registers, read in one transfer."""
        return self._chip(i2c_addr).read(register, length)

    def _chip(self, address: int) -> SimulatedChip:
        self.transfers += 1
        try:
            return self.chips[address]
        except KeyError:
            raise OSError(errno.EREMOTEIO, "Remote I/O error") from None
