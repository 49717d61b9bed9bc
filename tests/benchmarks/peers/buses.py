"""What a driver is given for its bus: the twin's wire, or registers that cost next to nothing.

Both speak as an SMBus does, with the four further calls that peers use. `modules` puts either
where a peer looks for it: smbus, smbus2, RPi.GPIO, and busio's I2C for Adafruit's.
"""

import sys
from collections.abc import Sequence
from types import ModuleType, SimpleNamespace
from typing import Any

from peers.virtual_time import VirtualTime

_WRITE, _BYTE, _BLOCK = 3, 4, 3  # bytes on the wire, with the address bytes; a block's data on top
_S_PER_BIT = 1 / 100_000


class Wire:
    """The way to the twin at 100 kHz: counts transfers and bytes, and lets their time pass."""

    def __init__(self, twins: Any, time: VirtualTime) -> None:
        self._twins = twins
        self._time = time
        self.transfers = 0
        self.wire_bytes = 0

    def read_byte_data(self, i2c_addr: int, register: int, force: Any = None) -> int:
        self._take(_BYTE)
        return int(self._twins.read_byte_data(i2c_addr, register))

    def write_byte_data(self, i2c_addr: int, register: int, value: int, force: Any = None) -> None:
        self._take(_WRITE)
        self._twins.write_byte_data(i2c_addr, register, value)

    def read_i2c_block_data(
        self, i2c_addr: int, register: int, length: int, force: Any = None
    ) -> list[int]:
        self._take(_BLOCK + length)
        return list(self._twins.read_i2c_block_data(i2c_addr, register, length))

    def read_word_data(self, i2c_addr: int, register: int, force: Any = None) -> int:
        low, high = self.read_i2c_block_data(i2c_addr, register, 2)
        return high << 8 | low

    def write_i2c_block_data(
        self, i2c_addr: int, register: int, data: Sequence[int], force: Any = None
    ) -> None:
        (value,) = data  # no peer writes two at once
        self.write_byte_data(i2c_addr, register, value)

    def close(self) -> None:
        pass

    def _take(self, wire_bytes: int) -> None:
        self.transfers += 1
        self.wire_bytes += wire_bytes
        self._time.pass_by((9 * wire_bytes + 3) * _S_PER_BIT)


# Forced mode ends in sleep: the mode is gone when a driver looks again.
_KEPT = [0xFF] * 0xF4 + [0xFC] + [0xFF] * 11


class Registers:
    """A chip that has converted, is never busy and keeps what is written: the cheapest bus."""

    def __init__(self, registers: Sequence[int]) -> None:
        self.registers = list(registers)

    def read_byte_data(self, i2c_addr: int, register: int, force: Any = None) -> int:
        return self.registers[register]

    def write_byte_data(self, i2c_addr: int, register: int, value: int, force: Any = None) -> None:
        self.registers[register] = value & _KEPT[register]

    def read_i2c_block_data(
        self, i2c_addr: int, register: int, length: int, force: Any = None
    ) -> list[int]:
        return self.registers[register : register + length]

    def read_word_data(self, i2c_addr: int, register: int, force: Any = None) -> int:
        return self.registers[register] | self.registers[register + 1] << 8

    def write_i2c_block_data(
        self, i2c_addr: int, register: int, data: Sequence[int], force: Any = None
    ) -> None:
        self.registers[register] = data[0] & _KEPT[register]

    def close(self) -> None:
        pass


class Busio:
    """The methods of busio.I2C over such a bus.

    A register's number written before a read is part of that read, as it is for all the others.
    """

    def __init__(self, bus: Any) -> None:
        self._read = bus.read_i2c_block_data
        self._write = bus.write_byte_data
        self._register = 0

    def try_lock(self) -> bool:
        return True

    def unlock(self) -> None:
        pass

    def writeto(self, address: int, buffer: bytes, *, start: int = 0, end: int = 0) -> None:
        if len(buffer) == 2:
            self._write(address, buffer[0], buffer[1])
        elif buffer:
            self._register = buffer[0]
        else:
            self._read(address, 0xD0, 0)  # is anybody there?

    def readfrom_into(
        self, address: int, buffer: bytearray, *, start: int = 0, end: int = 0
    ) -> None:
        buffer[:] = bytes(self._read(address, self._register, len(buffer)))


def install_modules(bus: Any) -> None:
    """Put this bus where peers look for one."""

    def smbus(*_: Any, **__: Any) -> Any:
        return bus

    def nothing(*_: Any, **__: Any) -> None:
        pass

    gpio = {"BCM": 11, "OUT": 0, "RPI_REVISION": 3}
    gpio_calls = dict.fromkeys(("setwarnings", "setmode", "setup", "output", "cleanup"), nothing)
    _module("smbus", SMBus=smbus)
    _module("smbus2", SMBus=smbus, i2c_msg=SimpleNamespace())
    _module("RPi", GPIO=_module("RPi.GPIO", **gpio, **gpio_calls))
    # Adafruit's need the names of Blinka's for their annotations.
    _module("micropython", const=int)
    _module("busio", I2C=Busio, SPI=object)
    _module("digitalio", DigitalInOut=object)
    _module("circuitpython_typing", ReadableBuffer=bytes, WriteableBuffer=bytearray)


def _module(name: str, /, **contents: Any) -> ModuleType:
    module = ModuleType(name)
    module.__dict__.update(contents)
    sys.modules[name] = module
    return module
