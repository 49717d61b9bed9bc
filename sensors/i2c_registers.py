"""The registers of one chip on an I2C bus: what goes wrong with a transfer is told as advice."""

from typing import NoReturn

from .backends.i2c_errors import transfer_error
from .errors import BusError, SensorError
from .ports import I2CBus


class Registers:
    """The registers of the chip at `address` of a bus with smbus2's methods.

    Raises DeviceNotFound when nobody answers there, and BusError when a transfer fails otherwise.
    """

    def __init__(self, bus: I2CBus, address: int) -> None:
        self.bus = bus
        self.address = address

    def byte(self, register: int) -> int:
        """Return one register."""
        try:
            return self.bus.read_byte_data(self.address, register)
        except OSError as error:
            self._fail(error)

    def burst(self, register: int, length: int) -> list[int]:
        """Return `length` registers from `register` on, as they are at one moment."""
        try:
            raw = self.bus.read_i2c_block_data(self.address, register, length)
        except OSError as error:
            self._fail(error)
        if len(raw) != length:
            raise BusError(
                f"asked 0x{self.address:02X} for {length} bytes, got {len(raw)}: a loose wire, or"
                " noise"
            )
        return raw

    def burst_twice(self, register: int, length: int) -> bytes:
        """The same read twice, for what would spoil every later reading if it were wrong."""
        first, second = (bytes(self.burst(register, length)) for _ in range(2))
        if first != second:
            raise BusError(
                f"{length} bytes from register 0x{register:02X} of 0x{self.address:02X} read"
                " differently twice: noise on the bus; see to the wires, and keep them short"
            )
        return first

    def write(self, register: int, value: int) -> None:
        """Write one register."""
        try:
            self.bus.write_byte_data(self.address, register, value)
        except OSError as error:
            self._fail(error)

    def _fail(self, error: OSError) -> NoReturn:
        if isinstance(error, SensorError):
            raise error  # a bus of ours has said it already
        raise transfer_error(error, self.address) from error
