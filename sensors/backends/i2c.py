"""An I2C bus of this machine through smbus2; its errno turned into advice."""

import errno
from typing import Any

from ..errors import BackendMissing, BusError, DeviceNotFound, SensorError

# Nobody acknowledged: a Pi says EREMOTEIO, other adapters ENXIO or ENODEV.
_NOBODY = (errno.EREMOTEIO, errno.ENXIO, errno.ENODEV)


class LinuxI2C:
    """/dev/i2c-`number`, opened at the first transfer. Closing twice is fine.

    Raises DeviceNotFound when there is no such bus, it may not be opened, or nobody answers at
    the address; BusError when a transfer fails otherwise.
    """

    def __init__(self, number: int = 1) -> None:
        self.number = number
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
        """Close the bus for good."""
        self._closed = True
        if self._smbus is not None:
            self._smbus.close()
            self._smbus = None

    def _transfer(self, method: str, address: int, *arguments: int) -> Any:
        if self._closed:
            raise BusError(f"/dev/i2c-{self.number} is closed here: open the board again")
        if self._smbus is None:
            self._smbus = self._open()
        try:
            return getattr(self._smbus, method)(address, *arguments)
        except OSError as error:
            raise self._advice(address, error) from error

    def _open(self) -> Any:
        try:
            from smbus2 import SMBus
        except ImportError as error:
            raise BackendMissing("smbus2 is not installed: pip install smbus2") from error
        device = f"/dev/i2c-{self.number}"
        try:
            return SMBus(self.number)
        except FileNotFoundError as error:
            raise DeviceNotFound(
                f"there is no {device}: I2C is switched off, or this is no Raspberry Pi. Switch it"
                " on with: sudo raspi-config nonint do_i2c 0, and start the Pi anew"
            ) from error
        except PermissionError as error:
            raise DeviceNotFound(
                f"{device} may not be opened: put your user into group i2c"
                " (sudo usermod -aG i2c $USER) and log in again"
            ) from error

    def _advice(self, address: int, error: OSError) -> SensorError:
        where = f"address 0x{address:02X} of /dev/i2c-{self.number}"
        if error.errno in _NOBODY:
            return DeviceNotFound(
                f"nobody answers at {where}: check the wires and the supply, and look for the"
                f" chip with: i2cdetect -y {self.number} (a BMP280 sits at 0x76 or 0x77)"
            )
        if error.errno == errno.EBUSY:
            return BusError(f"{where} is held by a driver of the kernel: remove its dtoverlay")
        if error.errno == errno.ETIMEDOUT:
            return BusError(
                f"the bus hangs at {where}: some chip holds a line down. Take the power away from"
                " all chips and give it back"
            )
        return BusError(f"a transfer at {where} failed ({error}): a loose wire, or noise")
