"""A simulated I2C bus: chips by address, and the error a Pi gives where none acknowledges."""

import errno
from collections.abc import Mapping
from typing import Protocol

# The kernel's I2C_SMBUS_BLOCK_MAX.
_LONGEST_BLOCK = 32


class SimulatedChip(Protocol):
    """256 registers that may do something when they are read or written."""

    def read(self, register: int, length: int) -> list[int]:
        """Return `length` registers as one transfer sees them."""

    def write(self, register: int, value: int) -> None:
        """Take one byte."""

    def power_on(self) -> None:
        """Begin anew: the supply has come, or come back."""


class SimulatedI2C:
    """An I2CBus of twins, which may be plugged in and out through `chips`.

    transfers: how many there were, failed ones too. wire_bytes: what they put on the wire,

        write   | address | register | value |
        read    | address | register | address | value ... |
        failed  | address |
    """

    def __init__(self, chips: Mapping[int, SimulatedChip]) -> None:
        self.chips = dict(chips)
        self.transfers = 0
        self.wire_bytes = 0
        self._nacks: list[range] = []
        self._glitches: set[int] = set()

    def nack(self, count: int = 1, after: int = 0) -> None:
        """Leave transfers unacknowledged: the one `after` further on from now, `count` in all.

        They fail with EREMOTEIO and never reach the chip. Calls add up.
        """
        first = self.transfers + after
        self._nacks.append(range(first, first + count))

    def glitch(self, after: int = 0) -> None:
        """Take the supply away for a moment before the transfer `after` further on from now."""
        self._glitches.add(self.transfers + after)

    def read_byte_data(self, i2c_addr: int, register: int, /) -> int:
        """Return one register."""
        return self._chip(i2c_addr, 4).read(register, 1)[0]

    def write_byte_data(self, i2c_addr: int, register: int, value: int, /) -> None:
        """Write one register."""
        self._chip(i2c_addr, 3).write(register, value)

    def read_i2c_block_data(self, i2c_addr: int, register: int, length: int, /) -> list[int]:
        """Return `length` registers, read in one transfer; ValueError for more than 32."""
        if length > _LONGEST_BLOCK:
            raise ValueError(f"a block of {length} bytes: the kernel reads 32 at most")
        return self._chip(i2c_addr, 3 + length).read(register, length)

    def _chip(self, address: int, wire_bytes: int) -> SimulatedChip:
        transfer = self.transfers
        self.transfers += 1
        chip = self.chips.get(address)
        if transfer in self._glitches:
            self._glitches.discard(transfer)
            for each in self.chips.values():
                each.power_on()
        if chip is None or (self._nacks and self._is_refused(transfer)):
            self.wire_bytes += 1
            raise OSError(errno.EREMOTEIO, "Remote I/O error")
        self.wire_bytes += wire_bytes
        return chip

    def _is_refused(self, transfer: int) -> bool:
        self._nacks = [nacks for nacks in self._nacks if transfer < nacks.stop]
        return any(transfer in nacks for nacks in self._nacks)
