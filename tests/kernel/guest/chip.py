"""The chip on /dev/i2c-2 from the guest's side: what is burnt into it, and what befalls it.

The files behind it are described in module/barometer.c.
"""

import struct
from collections.abc import Sequence
from pathlib import Path

BUS = 2
_DEVICE = Path("/sys/devices/platform/storm-petrel-barometer")


def registers(
    trimming: Sequence[int], adc_temperature: int, adc_pressure: int, chip_id: int = 0x58
) -> bytes:
    """The 256 registers of a BMP280 with these trimming parameters and results."""
    memory = bytearray(256)
    memory[0x88:0xA0] = struct.pack("<HhhHhhhhhhhh", *trimming)
    memory[0xD0] = chip_id
    memory[0xF7:0xFA] = (adc_pressure << 4).to_bytes(3, "big")
    memory[0xFA:0xFD] = (adc_temperature << 4).to_bytes(3, "big")
    return bytes(memory)


def put_in(memory: bytes, address: int = 0x77) -> None:
    """Put this chip on the bus, in place of the one before."""
    (_DEVICE / "memory").write_bytes(memory)
    _write("address", f"{address}")
    supply(True)


def supply(given: bool) -> None:
    """Take the supply away, so that nobody answers; or give it back."""
    _write("supply", f"{int(given)}")


def glitch(after: int) -> None:
    """Let the supply dip before the transfer that is so many further on."""
    _write("glitch", f"{after}")


def fail(count: int, error_number: int) -> None:
    """Let so many transfers from now on fail like this."""
    _write("fail", f"{count} {error_number}")


def transfers() -> int:
    """How many transfers the bus has seen, failed ones too."""
    return int((_DEVICE / "transfers").read_text())


def _write(attribute: str, text: str) -> None:
    (_DEVICE / attribute).write_text(text)
