"""The matrix against the data sheet of its chip, the wiring of the board, and a bad supply."""

import pytest

from sensors import BMP280, BusError, ConfigError, DeviceNotFound
from sensors.hats.scroll_phat_hd import Picture, ScrollPHATHD
from sensors.simulated.bmp280 import SimulatedBMP280
from sensors.simulated.i2c import SimulatedI2C
from sensors.simulated.is31fl3731 import SimulatedIS31FL3731
from tests.support.matrix_leds import brightnesses, led, seen

EVERYWHERE = [(x, y) for x in range(17) for y in range(7)]
DARK = ["." * 17] * 7


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


class WrittenBus(SimulatedI2C):
    """Remembers what was written, and whether anything was lit after it."""

    def __init__(self, chip: SimulatedIS31FL3731) -> None:
        super().__init__({0x74: chip})
        self.chip = chip
        self.written: list[tuple[int, int]] = []
        self.lit: list[bool] = []

    def write_byte_data(self, i2c_addr: int, register: int, value: int, /) -> None:
        super().write_byte_data(i2c_addr, register, value)
        self.written.append((register, value))
        self.lit.append(any(self.chip.lit()))


def dots(*cells: tuple[int, int], level: float = 1.0) -> Picture:
    return Picture(
        tuple(tuple(level if (x, y) in cells else 0.0 for x in range(17)) for y in range(7))
    )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def chip(clock: Clock) -> SimulatedIS31FL3731:
    return SimulatedIS31FL3731(clock=clock)


@pytest.fixture
def bus(chip: SimulatedIS31FL3731) -> WrittenBus:
    return WrittenBus(chip)


@pytest.fixture
def display(bus: WrittenBus) -> ScrollPHATHD:
    return ScrollPHATHD(bus)


def page_of(written: list[tuple[int, int]], page: int) -> dict[int, int]:
    """What the registers of a page hold after these writes."""
    registers, open_page = {}, None
    for register, value in written:
        if register == 0xFD:
            open_page = value
        elif open_page == page:
            registers[register] = value
    return registers


def test_the_registers_of_a_start_up(display: ScrollPHATHD, bus: WrittenBus) -> None:
    display.show(dots((0, 0)))
    functions, frame = page_of(bus.written, 0x0B), page_of(bus.written, 0x00)
    assert functions[0x00] == 0x00  # picture mode
    assert functions[0x01] == 0x00  # of frame 1
    assert functions[0x05] & 0x08 == 0  # nothing blinks
    assert functions[0x06] == 0x00  # no sound
    assert functions[0x09] == 0x00  # no fading
    assert functions[0x0A] == 0x01  # normal operation
    assert [frame[n] for n in range(0x12)] == [0x7F] * 17 + [0x00]  # 17 columns of seven LEDs
    assert [frame[n] for n in range(0x12, 0x24)] == [0x00] * 18
    assert frame[0x24 + 0x86] == 255  # the upper left corner
    assert sum(value for register, value in frame.items() if register >= 0x24) == 255


def test_what_the_memory_held_before_is_never_seen(display: ScrollPHATHD, bus: WrittenBus) -> None:
    display.show(dots((8, 3)))
    assert bus.lit == [False] * (len(bus.lit) - 1) + [True]


def test_each_led_is_where_the_board_has_it(
    display: ScrollPHATHD, chip: SimulatedIS31FL3731
) -> None:
    for x, y in EVERYWHERE:
        display.show(dots((x, y)))
        assert [n for n, value in enumerate(chip.lit()) if value] == [led(x, y)]
    assert chip.mistakes == []


def test_upside_down(bus: WrittenBus, chip: SimulatedIS31FL3731) -> None:
    ScrollPHATHD(bus, upside_down=True).show(dots((0, 0), (1, 0), (16, 5)))
    assert seen(chip) == ["." * 17, "#" + "." * 16, *["." * 17] * 4, "." * 15 + "##"]


def test_brightness_is_a_share_of_full_power_and_never_quite_nothing(
    display: ScrollPHATHD, chip: SimulatedIS31FL3731
) -> None:
    for level, brightness, expected in [(1, 1, 255), (1, 0.2, 51), (0.5, 0.2, 26), (0.1, 0.01, 1)]:
        display.show(dots((4, 4), level=level), brightness)
        assert brightnesses(chip)[4][4] == expected


def test_the_same_picture_again_costs_two_transfers(display: ScrollPHATHD, bus: WrittenBus) -> None:
    display.show(dots((4, 4)))
    before = bus.transfers
    display.show(dots((4, 4)))
    assert bus.transfers - before == 2


def test_only_what_changed_is_written(
    display: ScrollPHATHD, bus: WrittenBus, chip: SimulatedIS31FL3731
) -> None:
    display.show(dots((4, 4)))
    bus.written.clear()
    display.show(dots((4, 4), (5, 4)))
    assert [pair for pair in bus.written if pair[0] != 0xFD] == [(0x24 + led(5, 4), 255)]
    assert seen(chip)[4] == "....##" + "." * 11


@pytest.mark.parametrize(("period_s", "off_s", "on_s"), [(1.08, 0.6, 1.1), (0.54, 0.3, 0.6)])
def test_the_chip_blinks_by_itself(
    display: ScrollPHATHD,
    chip: SimulatedIS31FL3731,
    clock: Clock,
    period_s: float,
    off_s: float,
    on_s: float,
) -> None:
    steady_and_blinking = dots((2, 0), (3, 0))
    display.show(
        steady_and_blinking._replace(blinking=frozenset({(3, 0)}), blink_period_s=period_s)
    )
    rows = []
    for clock.now_s in (0.0, off_s, on_s):
        rows.append(seen(chip)[0][:5])
    assert rows == ["..##.", "..#..", "..##."]
    display.show(steady_and_blinking)
    clock.now_s = off_s
    assert seen(chip)[0][:5] == "..##."


def test_absent_and_then_there(chip: SimulatedIS31FL3731) -> None:
    bus = SimulatedI2C({})
    display = ScrollPHATHD(bus)
    with pytest.raises(DeviceNotFound, match="no chip answers at address 0x74"):
        display.show(dots((4, 4)))
    bus.chips[0x74] = chip
    display.show(dots((4, 4)))
    assert seen(chip)[4] == "....#" + "." * 12


def test_another_address_is_another_chip(chip: SimulatedIS31FL3731) -> None:
    with pytest.raises(DeviceNotFound, match="0x75"):
        ScrollPHATHD(SimulatedI2C({0x74: chip}), 0x75).show(dots())
    with pytest.raises(ConfigError, match="0x74 to 0x77"):
        ScrollPHATHD(SimulatedI2C({}), 0x60)


def test_a_supply_lost_at_any_moment_is_made_good_by_the_next_picture(clock: Clock) -> None:
    """Between two pictures, and before each transfer of a start-up."""
    wanted = dots((4, 4), (16, 6))
    counted = SimulatedI2C({0x74: SimulatedIS31FL3731()})
    ScrollPHATHD(counted).show(wanted)
    for after in range(counted.transfers + 1):
        chip = SimulatedIS31FL3731(seed=after, clock=clock)
        bus = SimulatedI2C({0x74: chip})
        display = ScrollPHATHD(bus)
        bus.glitch(after)
        display.show(wanted)
        display.show(wanted)
        assert seen(chip) == [*DARK[:4], "....#" + "." * 12, DARK[0], "." * 16 + "#"]


def test_a_transfer_refused_at_any_moment_is_made_good_by_the_next_picture() -> None:
    wanted = dots((4, 4), (16, 6))
    counted = SimulatedI2C({0x74: SimulatedIS31FL3731()})
    ScrollPHATHD(counted).show(wanted)
    for after in range(counted.transfers):
        chip = SimulatedIS31FL3731(seed=after)
        bus = SimulatedI2C({0x74: chip})
        display = ScrollPHATHD(bus)
        bus.nack(after=after)
        with pytest.raises(DeviceNotFound):
            display.show(wanted)
        display.show(wanted)
        assert seen(chip) == [*DARK[:4], "....#" + "." * 12, DARK[0], "." * 16 + "#"]


def test_a_transfer_cut_short_is_a_bus_error(display: ScrollPHATHD, bus: WrittenBus) -> None:
    def cut_short(*_: int) -> None:
        raise OSError(5, "Input/output error")

    bus.write_byte_data = cut_short  # type: ignore[method-assign]
    with pytest.raises(BusError, match="cut short"):
        display.show(dots())


def test_a_transfer_that_arrived_although_it_failed_is_not_believed_to_have_failed(
    display: ScrollPHATHD, bus: WrittenBus, chip: SimulatedIS31FL3731
) -> None:
    display.show(dots())
    write = bus.write_byte_data

    def cut_short_behind_the_byte(*transfer: int) -> None:
        write(*transfer)
        if transfer[1] == 0x24 + led(4, 4):
            raise OSError(5, "Input/output error")

    bus.write_byte_data = cut_short_behind_the_byte  # type: ignore[method-assign]
    with pytest.raises(BusError):
        display.show(dots((4, 4)))
    bus.write_byte_data = write  # type: ignore[method-assign]
    display.show(dots())
    assert seen(chip) == DARK


def test_closed_it_is_dark_and_shows_again_when_asked(
    display: ScrollPHATHD, chip: SimulatedIS31FL3731
) -> None:
    display.show(dots((4, 4)))
    display.close()
    display.close()
    assert seen(chip) == DARK
    display.show(dots((4, 4)))
    assert seen(chip)[4] == "....#" + "." * 12


def test_closing_one_that_is_gone_is_fine() -> None:
    ScrollPHATHD(SimulatedI2C({})).close()


def test_a_barometer_on_the_same_bus_reads_what_it_reads_alone() -> None:
    class Cabin:
        pressure_pa, temperature_c = 98765.0, 17.0

    class Interrupted(SimulatedI2C):
        """Has the matrix drawn on in the middle of each reading."""

        dot = 0

        def read_i2c_block_data(self, i2c_addr: int, register: int, length: int, /) -> list[int]:
            self.dot += 1
            drawing.show(dots((self.dot % 17, 3)))
            return super().read_i2c_block_data(i2c_addr, register, length)

    alone = SimulatedI2C({0x77: SimulatedBMP280(Cabin())})
    matrix = SimulatedIS31FL3731()
    both = Interrupted({0x77: SimulatedBMP280(Cabin()), 0x74: matrix})
    drawing = ScrollPHATHD(both)
    barometer, barometer_alone = BMP280(both), BMP280(alone)
    for _ in range(3):
        assert barometer.read() == barometer_alone.read()
    assert both.dot > 3
    assert seen(matrix)[3] == "." * (both.dot % 17) + "#" + "." * (16 - both.dot % 17)


def test_the_twin_after_power_on_is_dark_whatever_its_memory_holds() -> None:
    for seed in range(20):
        assert not any(SimulatedIS31FL3731(seed=seed).lit())


def test_the_twin_lights_an_led_by_shutdown_control_and_pwm_together() -> None:
    for missing in (None, "shutdown", "control", "pwm"):
        chip = SimulatedIS31FL3731()
        chip.write(0xFD, 0x00)
        for register in range(0xB4):
            chip.write(register, 0)
        chip.write(0x02, 0 if missing == "control" else 0x10)  # LED 20: bit 4 of byte 2
        chip.write(0x24 + 20, 0 if missing == "pwm" else 77)
        chip.write(0xFD, 0x0B)
        chip.write(0x0A, 0 if missing == "shutdown" else 1)
        assert [(n, v) for n, v in enumerate(chip.lit()) if v] == ([] if missing else [(20, 77)])


@pytest.mark.parametrize(
    ("page", "register"), [(0x00, 0xB4), (0x07, 0xFC), (0x0B, 0x0D), (0x0B, 0x04), (0x0B, 0x07)]
)
def test_the_twin_refuses_what_is_no_register_to_write(page: int, register: int) -> None:
    chip = SimulatedIS31FL3731()
    chip.write(0xFD, page)
    chip.write(register, 0x01)
    assert chip.mistakes == [(page, register)]


def test_the_twin_has_nine_pages() -> None:
    chip = SimulatedIS31FL3731()
    chip.write(0xFD, 0x07)
    chip.write(0xFD, 0x08)
    assert chip.mistakes == [(0x07, 0xFD)]
