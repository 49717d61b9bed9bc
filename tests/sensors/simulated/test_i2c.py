"""The simulated bus: what it counts, and whom it leaves unanswered."""

import errno

import pytest

from sensors.simulated.i2c import SimulatedI2C


class Memory:
    """256 registers that only remember."""

    def __init__(self) -> None:
        self.registers = list(range(256))

    def read(self, register: int, length: int) -> list[int]:
        return self.registers[register : register + length]

    def write(self, register: int, value: int) -> None:
        self.registers[register] = value

    def power_on(self) -> None:
        self.registers = list(range(256))


@pytest.fixture
def chip() -> Memory:
    return Memory()


@pytest.fixture
def bus(chip: Memory) -> SimulatedI2C:
    return SimulatedI2C({0x77: chip})


def answers(bus: SimulatedI2C, count: int) -> str:
    """How so many reads go: "." answered, "x" not."""
    marks = ""
    for _ in range(count):
        try:
            bus.read_byte_data(0x77, 0xD0)
            marks += "."
        except OSError as error:
            assert error.errno == errno.EREMOTEIO
            marks += "x"
    return marks


def test_smbus2s_three_methods(bus: SimulatedI2C) -> None:
    bus.write_byte_data(0x77, 0x10, 0xAB)
    assert bus.read_byte_data(0x77, 0x10) == 0xAB
    assert bus.read_i2c_block_data(0x77, 0x0F, 3) == [0x0F, 0xAB, 0x11]


def test_the_bytes_on_the_wire_include_the_addresses(bus: SimulatedI2C) -> None:
    bus.write_byte_data(0x77, 0xF4, 0x25)
    assert (bus.transfers, bus.wire_bytes) == (1, 3)
    bus.read_byte_data(0x77, 0xD0)
    assert (bus.transfers, bus.wire_bytes) == (2, 3 + 4)
    bus.read_i2c_block_data(0x77, 0xF7, 6)
    assert (bus.transfers, bus.wire_bytes) == (3, 3 + 4 + 9)


def test_nobody_at_an_address_is_the_pis_error(bus: SimulatedI2C) -> None:
    with pytest.raises(OSError, match="121"):
        bus.read_byte_data(0x76, 0xD0)
    assert (bus.transfers, bus.wire_bytes) == (1, 1)  # its address, and silence


def test_chips_come_and_go(bus: SimulatedI2C, chip: Memory) -> None:
    del bus.chips[0x77]
    assert answers(bus, 1) == "x"
    bus.chips[0x77] = chip
    assert answers(bus, 1) == "."


@pytest.mark.parametrize(
    ("count", "after", "marks"),
    [(1, 0, "x...."), (2, 0, "xx..."), (1, 2, "..x.."), (2, 3, "...xx")],
)
def test_transfers_left_unacknowledged(
    bus: SimulatedI2C, count: int, after: int, marks: str
) -> None:
    answers(bus, 3)
    bus.nack(count, after)
    assert answers(bus, 5) == marks


def test_several_at_once(bus: SimulatedI2C) -> None:
    bus.nack(after=1)
    bus.nack(count=2, after=3)
    assert answers(bus, 6) == ".x.xx."


def test_an_unacknowledged_write_does_not_reach_the_chip(bus: SimulatedI2C, chip: Memory) -> None:
    bus.nack()
    with pytest.raises(OSError, match="121"):
        bus.write_byte_data(0x77, 0x10, 0xAB)
    assert chip.registers[0x10] == 0x10


def test_a_block_is_no_longer_than_the_kernels(bus: SimulatedI2C) -> None:
    assert len(bus.read_i2c_block_data(0x77, 0, 32)) == 32
    with pytest.raises(ValueError, match="33"):
        bus.read_i2c_block_data(0x77, 0, 33)


def test_a_glitch_takes_the_supply_away_before_the_transfer_it_is_meant_for(
    bus: SimulatedI2C,
) -> None:
    bus.write_byte_data(0x77, 0x10, 0xAB)
    bus.glitch(after=1)
    assert bus.read_byte_data(0x77, 0x10) == 0xAB
    assert bus.read_byte_data(0x77, 0x10) == 0x10
    bus.write_byte_data(0x77, 0x10, 0xAB)
    assert bus.read_byte_data(0x77, 0x10) == 0xAB
