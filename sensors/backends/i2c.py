"""An I2C bus of this machine through smbus2: one transfer at a time, with retries."""

import errno
import time
from threading import Lock
from typing import Any

from ..errors import BackendMissing, BusError
from .i2c_errors import NACKS, open_error, transfer_error

# The first Model B had its header on bus 0; every Pi since, and most other boards, on bus 1.
_ON_BUS_0 = ("Raspberry Pi Model B", "Raspberry Pi Model B Rev 1")

# Errors worth a retry. A hanging bus or an address in use does not recover in this time.
_PASSING = frozenset((*NACKS, errno.EIO, errno.EAGAIN))
# The bus itself may be gone: a USB adapter unplugged, an overlay reloaded.
_BUS_GONE = frozenset((errno.ENODEV, errno.EBADF))
_RETRIES = 2
_PAUSE_S = 0.001

# One for each bus of this process, shared by all its objects; never removed.
_locks: dict[int, Lock] = {}


def default_bus(model: str) -> int:
    """Return N of the /dev/i2c-N on the header of this model, as pi_model() names it."""
    return 0 if model in _ON_BUS_0 else 1


class LinuxI2C:
    """/dev/i2c-`number`, opened at the first transfer. Closing twice is fine.

    Objects of one number take turns, also between threads. A transfer that is cut short or not
    acknowledged is tried twice more, a millisecond apart; `retries` counts these. The drivers here
    can take that: a byte written twice is the same byte.

    Raises DeviceNotFound if there is no such bus, it cannot be opened, or no chip answers at the
    address; BusError if a transfer fails otherwise. Their errno is the kernel's.
    """

    def __init__(self, number: int = 1) -> None:
        self.number = number
        self.retries = 0
        self._lock = _locks.setdefault(number, Lock())
        self._smbus: Any = None
        self._closed = False

    def read_byte_data(self, i2c_addr: int, register: int, /) -> int:
        value: int = self._transfer("read_byte_data", i2c_addr, register)
        return value

    def write_byte_data(self, i2c_addr: int, register: int, value: int, /) -> None:
        self._transfer("write_byte_data", i2c_addr, register, value)

    def read_i2c_block_data(self, i2c_addr: int, register: int, length: int, /) -> list[int]:
        values: list[int] = self._transfer("read_i2c_block_data", i2c_addr, register, length)
        return values

    def close(self) -> None:
        """Close the bus for good, after a transfer that is under way."""
        with self._lock:
            self._closed = True
            if self._smbus is not None:
                self._smbus.close()
                self._smbus = None

    def _transfer(self, method: str, address: int, *arguments: int) -> Any:
        with self._lock:
            transfer = getattr(self._smbus or self._open(), method)
            for retries_left in reversed(range(_RETRIES + 1)):
                try:
                    return transfer(address, *arguments)
                except OSError as error:
                    failed = error
                if not retries_left or failed.errno not in _PASSING:
                    break
                time.sleep(_PAUSE_S)
                self.retries += 1
            if failed.errno in _BUS_GONE:
                self._smbus.close()  # the bus comes back as another file
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
            smbus.close()  # else the file stays open if it is no bus
            raise open_error(self.number, error) from error
        self._smbus = smbus
        return smbus
