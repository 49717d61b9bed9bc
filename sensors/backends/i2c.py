"""An I2C bus of this machine through smbus2: one transfer at a time, and a NACK is ridden out."""

import errno
import time
from threading import Lock
from typing import Any

from ..errors import BackendMissing, BusError
from .i2c_errors import NOBODY, transfer_error, unopened

# The first Model B had its header on bus 0; every Pi since, and most other boards, on bus 1.
_ON_BUS_0 = ("Raspberry Pi Model B", "Raspberry Pi Model B Rev 1")

# What may pass by itself. A bus that hangs or an address that is held does not, within this time.
_PASSING = frozenset((*NOBODY, errno.EIO, errno.EAGAIN))
# The bus itself may be gone: a USB adapter pulled out, an overlay loaded anew.
_BUS_GONE = frozenset((errno.ENODEV, errno.EBADF))
_RETRIES = 2
_PAUSE_S = 0.001

# One for each bus of this process, however many objects speak on it; they are never given up.
_locks: dict[int, Lock] = {}


def default_bus(model: str) -> int:
    """N of the /dev/i2c-N that is on the header of this model, as sensors.platform says it."""
    return 0 if model in _ON_BUS_0 else 1


class LinuxI2C:
    """/dev/i2c-`number`, opened at the first transfer. Closing twice is fine.

    Objects of one number take turns, also between threads. A transfer that is not acknowledged
    or cut short is tried twice more, a millisecond apart; `retries` counts these. That is safe
    for what drivers here do: a byte written twice is the same byte.

    Raises DeviceNotFound when there is no such bus, it may not be opened, or nobody answers at
    the address; BusError when a transfer fails otherwise. Their errno is that of the kernel.
    """

    def __init__(self, number: int = 1) -> None:
        self.number = number
        self.retries = 0
        self._lock = _locks.setdefault(number, Lock())
        self._smbus: Any = None
        self._closed = False

    def read_byte_data(self, i2c_addr: int, register: int, /) -> int:
        """Return one register."""
        value: int = self._transfer("read_byte_data", i2c_addr, register)
        return value

    def write_byte_data(self, i2c_addr: int, register: int, value: int, /) -> None:
        """Write one register."""
        self._transfer("write_byte_data", i2c_addr, register, value)

    def read_i2c_block_data(self, i2c_addr: int, register: int, length: int, /) -> list[int]:
        """Return `length` registers, read in one transfer."""
        values: list[int] = self._transfer("read_i2c_block_data", i2c_addr, register, length)
        return values

    def close(self) -> None:
        """Close the bus for good; a transfer that is under way ends first."""
        with self._lock:
            self._closed = True
            if self._smbus is not None:
                self._smbus.close()
                self._smbus = None

    def _transfer(self, method: str, address: int, *arguments: int) -> Any:
        with self._lock:
            transfer = getattr(self._smbus or self._open(), method)
            try:
                return transfer(address, *arguments)
            except OSError as error:
                failed = error
            for _ in range(_RETRIES):
                if failed.errno not in _PASSING:
                    break
                time.sleep(_PAUSE_S)
                self.retries += 1
                try:
                    return transfer(address, *arguments)
                except OSError as error:
                    failed = error
            if failed.errno in _BUS_GONE:
                self._smbus.close()  # a bus that was unloaded and came back is another file
                self._smbus = None
        raise transfer_error(failed, address, self.number) from failed

    def _open(self) -> Any:
        if self._closed:
            raise BusError(f"/dev/i2c-{self.number} is closed here: open the board again")
        try:
            from smbus2 import SMBus
        except ImportError as error:
            raise BackendMissing("smbus2 is not installed: pip install smbus2") from error
        smbus = SMBus()
        try:
            smbus.open(self.number)
        except OSError as error:
            smbus.close()  # the file, where it was no bus
            raise unopened(self.number, error) from error
        self._smbus = smbus
        return smbus
