"""The registers of one chip on an I2C bus; a failed transfer becomes an error with advice."""

from typing import NoReturn

from ..errors import BusError, SensorError
from ..ports import I2CBus
from .i2c_errors import transfer_error


class Registers:
    """The registers of the chip at `address` of a bus with smbus2's methods.

    Raises DeviceNotFound if no chip answers there, and BusError if a transfer fails otherwise.
    """

    def __init__(self, bus: I2CBus, address: int) -> None:
        self.bus = bus
        self.address = address

    def byte(self, register: int) -> int:
        try:
            return self.bus.read_byte_data(self.address, register)
        except OSError as error:
            self._fail(error)

    def burst(self, register: int, length: int) -> list[int]:
        """Return `length` registers from `register` on, read in one transfer."""
        try:
            raw = self.bus.read_i2c_block_data(self.address, register, length)
        except OSError as error:
            self._fail(error)
        if len(raw) != length:
            raise BusError(
                f"0x{self.address:02X} gave {len(raw)} bytes instead of {length}: a loose wire, or"
                " noise"
            )
        return raw

    def burst_twice(self, register: int, length: int) -> bytes:
        """Read twice and compare, for values that would spoil all later readings."""
        first, second = (bytes(self.burst(register, length)) for _ in range(2))
        if first != second:
            raise BusError(
                f"{length} bytes from register 0x{register:02X} of 0x{self.address:02X} read"
                " differently twice: noise on the bus; check the wires, and keep them short"
            )
        return first

    def write(self, register: int, value: int) -> None:
        try:
            self.bus.write_byte_data(self.address, register, value)
        except OSError as error:
            self._fail(error)

    def _fail(self, error: OSError) -> NoReturn:
        if isinstance(error, SensorError):
            raise error  # from a bus of ours
        raise transfer_error(error, self.address) from error
