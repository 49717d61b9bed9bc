"""A simulated I2C bus: chips by address, and a Pi's error if no chip acknowledges."""

import errno
from collections.abc import Mapping
from typing import Protocol

# The kernel's I2C_SMBUS_BLOCK_MAX.
_LONGEST_BLOCK = 32


class SimulatedChip(Protocol):
    """256 registers, with side effects of reads and writes."""

    def read(self, register: int, length: int) -> list[int]:
        """Return `length` registers from `register` on, as in one transfer."""

    def write(self, register: int, value: int) -> None:
        """Write one byte to a register."""

    def power_on(self) -> None:
        """Start from power-on, as after a loss of the supply."""


class SimulatedI2C:
    """An I2CBus of simulated chips; `chips` may be changed at any time.

    transfers: their number, with failed ones. wire_bytes: the bytes on the wire:

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
        """Let `count` transfers fail with EREMOTEIO, after `after` good ones. Calls add up."""
        first = self.transfers + after
        self._nacks.append(range(first, first + count))

    def glitch(self, after: int = 0) -> None:
        """Interrupt the supply before one transfer, after `after` others."""
        self._glitches.add(self.transfers + after)

    def read_byte_data(self, i2c_addr: int, register: int, /) -> int:
        return self._chip(i2c_addr, 4).read(register, 1)[0]

    def write_byte_data(self, i2c_addr: int, register: int, value: int, /) -> None:
        self._chip(i2c_addr, 3).write(register, value)

    def read_i2c_block_data(self, i2c_addr: int, register: int, length: int, /) -> list[int]:
        if length > _LONGEST_BLOCK:
            raise ValueError(f"a block of {length} bytes: the kernel reads 32 at most")
        return self._chip(i2c_addr, 3 + length).read(register, length)

    def _chip(self, address: int, wire_bytes: int) -> SimulatedChip:
        transfer = self.transfers
        self.transfers += 1
        chip = self.chips.get(address)
        if transfer in self._glitches:
            self._glitches.discard(transfer)
            for any_chip in self.chips.values():
                any_chip.power_on()
        if chip is None or (self._nacks and self._is_nacked(transfer)):
            self.wire_bytes += 1
            raise OSError(errno.EREMOTEIO, "Remote I/O error")
        self.wire_bytes += wire_bytes
        return chip

    def _is_nacked(self, transfer: int) -> bool:
        self._nacks = [nacks for nacks in self._nacks if transfer < nacks.stop]
        return any(transfer in nacks for nacks in self._nacks)
