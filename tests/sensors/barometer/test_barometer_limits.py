"""The barometer at its limits: of its range, of its time, of what trimming and jumps can be."""

from typing import Any

import pytest

from sensors import BME280, BMP280, Barometer, DeviceNotFound, ImplausibleReading, SupplyLost
from sensors.barometer.compensation import TrimmingParameters, compensate, unusual
from sensors.simulated.bme280 import SimulatedBME280
from sensors.simulated.bmp280 import TRIMMING, SimulatedBMP280
from sensors.simulated.i2c import SimulatedI2C
from tests.support.virtual_air import Cabin, Clock, is_true

# Bosch's self-test (BMP2 SensorAPI); P7 has no limits.
LIMITS = {
    "t1": (19000, 35000),
    "t2": (22000, 30000),
    "t3": (-3000, -1000),
    "p1": (30000, 42000),
    "p2": (-12970, -8000),
    "p3": (-5000, 8000),
    "p4": (-10000, 18000),
    "p5": (-500, 1100),
    "p6": (-1000, 1000),
    "p8": (-30000, 10000),
    "p9": (-10000, 30000),
}


class Recording(SimulatedI2C):
    """A bus that keeps what is written, and may do something before a transfer."""

    def __init__(self, chip: Any) -> None:
        super().__init__({0x77: chip})
        self.written: list[tuple[int, int]] = []

    def write_byte_data(self, i2c_addr: int, register: int, value: int, /) -> None:
        self.written.append((register, value))
        super().write_byte_data(i2c_addr, register, value)


@pytest.mark.parametrize(
    ("pressure_pa", "temperature_c", "is_in_range"),
    [
        (30_020, 20.0, True),
        (29_980, 20.0, False),
        (109_980, 20.0, True),
        (110_020, 20.0, False),
        (100_000, -39.9, True),
        (100_000, -40.1, False),
        (100_000, 84.9, True),
        (100_000, 85.1, False),
    ],
)
def test_the_chips_own_range_and_no_more(
    pressure_pa: float, temperature_c: float, is_in_range: bool, cabin: Cabin, clock: Clock
) -> None:
    """Table 2: 300 to 1100 hPa, -40 to 85 degrees."""
    cabin.base_pa, cabin.temperature_c = pressure_pa, temperature_c
    chip = SimulatedBMP280(cabin, noise=False, clock=clock)
    sensor = BMP280(SimulatedI2C({0x77: chip}), pressure_oversampling=16)
    if is_in_range:
        assert is_true(sensor.read(), cabin)
    else:
        with pytest.raises(ImplausibleReading, match="outside its range"):
            sensor.read()


@pytest.mark.parametrize("name", LIMITS)
def test_trimming_is_unusual_beyond_boschs_limits_and_not_at_them(name: str) -> None:
    usual = TrimmingParameters._make(TRIMMING)
    lowest, highest = LIMITS[name]
    for value in (lowest, highest):
        assert unusual(usual._replace(**{name: value})) == []
    for value in (lowest - 1, highest + 1):
        assert unusual(usual._replace(**{name: value})) == [f"{name.upper()} = {value}"]


@pytest.mark.parametrize("value", [0, 0xFFFF])
@pytest.mark.parametrize("number", [0, 3])
def test_t1_or_p1_of_no_or_all_ones_is_refused(
    number: int, value: int, cabin: Cabin, clock: Clock
) -> None:
    class Broken(SimulatedBMP280):
        def read(self, register: int, length: int) -> list[int]:
            raw = super().read(register, length)
            if register == 0x88:
                raw[2 * number : 2 * number + 2] = value.to_bytes(2, "little")
            return raw

    with pytest.raises(ImplausibleReading, match="which no chip has"):
        Barometer(SimulatedI2C({0x77: Broken(cabin, clock=clock)})).read()


@pytest.mark.parametrize("fill", [0x00, 0x37, 0xFF])
def test_humidity_trimming_of_equal_bytes_is_refused(fill: int, cabin: Cabin, clock: Clock) -> None:
    class Broken(SimulatedBME280):
        def read(self, register: int, length: int) -> list[int]:
            return [fill] * length if register == 0xE1 else super().read(register, length)

    with pytest.raises(ImplausibleReading, match="which no chip has"):
        Barometer(SimulatedI2C({0x77: Broken(cabin, clock=clock)})).read()


def test_humidity_trimming_without_h2_is_refused(cabin: Cabin, clock: Clock) -> None:
    class Broken(SimulatedBME280):
        def read(self, register: int, length: int) -> list[int]:
            raw = super().read(register, length)
            return [0, 0, *raw[2:]] if register == 0xE1 else raw

    with pytest.raises(ImplausibleReading, match="which no chip has"):
        Barometer(SimulatedI2C({0x77: Broken(cabin, clock=clock)})).read()


def test_trimming_that_gives_no_pressure_is_refused() -> None:
    """P1 = 0 makes the data sheet's formula divide by zero."""
    with pytest.raises(ImplausibleReading, match="give no pressure"):
        compensate(519888, 415148, (*TRIMMING[:3], 0, *TRIMMING[4:]))


@pytest.mark.parametrize(("factor", "code"), [(1, 1), (2, 2), (4, 3), (8, 4), (16, 5)])
def test_oversampling_goes_to_its_own_bits(
    factor: int, code: int, cabin: Cabin, clock: Clock
) -> None:
    """BMP280 tables 21 and 22: osrs_t in bits 7 to 5, osrs_p in 4 to 2; BME280 table 20: osrs_h."""
    bus = Recording(SimulatedBMP280(cabin, clock=clock))
    BMP280(bus, pressure_oversampling=factor, temperature_oversampling=2).read()
    assert (0xF4, 2 << 5 | code << 2 | 1) in bus.written
    bus = Recording(SimulatedBMP280(cabin, clock=clock))
    BMP280(bus, pressure_oversampling=2, temperature_oversampling=factor).read()
    assert (0xF4, code << 5 | 2 << 2 | 1) in bus.written
    bus = Recording(SimulatedBME280(cabin, clock=clock))
    BME280(bus, humidity_oversampling=factor).read()
    assert (0xF2, code) in bus.written
    assert (0xF4, 1 << 5 | 1 << 2 | 1) in bus.written


@pytest.mark.parametrize(("factors", "longest_s"), [((1, 1, 1), 9.3e-3), ((16, 16, 16), 112.8e-3)])
def test_a_bme280_is_waited_for_as_its_appendix_b_says(
    factors: tuple[int, int, int], longest_s: float, cabin: Cabin, clock: Clock
) -> None:
    pressure, temperature, humidity = factors
    sensor = BME280(
        SimulatedI2C({0x77: SimulatedBME280(cabin, clock=clock)}),
        pressure_oversampling=pressure,
        temperature_oversampling=temperature,
        humidity_oversampling=humidity,
    )
    sensor.read()
    began = clock.seconds
    sensor.read()
    assert clock.seconds - began == pytest.approx(longest_s, abs=0.01e-3)


def test_a_control_byte_that_is_not_taken_is_no_reading(cabin: Cabin, clock: Clock) -> None:
    """The results of the conversion before would be there to be read."""
    bus = SimulatedI2C({0x77: SimulatedBMP280(cabin, clock=clock)})
    sensor = Barometer(bus)
    sensor.read()
    clock.sleep(1e5)  # the air has moved by 10 hPa
    bus.nack()
    with pytest.raises(DeviceNotFound):
        sensor.read()
    assert is_true(sensor.read(), cabin)


def test_a_chip_that_is_silent_while_it_starts_up_is_left_alone_for_so_long(
    cabin: Cabin, clock: Clock
) -> None:
    """Table 2: up to 2 ms from the supply, or a reset, to the first communication."""

    class Starting(SimulatedBMP280):
        silent_until = 0.0

        def power_on(self) -> None:
            super().power_on()
            self.silent_until = clock.seconds + 0.0019

        def read(self, register: int, length: int) -> list[int]:
            if clock.seconds < self.silent_until:
                raise OSError(121, "Remote I/O error")
            return super().read(register, length)

    chip = Starting(cabin, clock=clock)
    clock.sleep(1.0)
    assert is_true(Barometer(SimulatedI2C({0x77: chip})).read(), cabin)


def test_a_supply_that_dips_at_every_start_up_is_told(cabin: Cabin, clock: Clock) -> None:
    class Loose(SimulatedI2C):
        """Another chip is there each time, before the mark is looked at."""

        count = 0

        def read_byte_data(self, i2c_addr: int, register: int, /) -> int:
            if register == 0xF5:
                self.count += 1
                trimming = (*TRIMMING[:2], -1000 - self.count, *TRIMMING[3:])
                self.chips[0x77] = SimulatedBMP280(cabin, trimming=trimming, clock=clock)
            return super().read_byte_data(i2c_addr, register)

    bus = Loose({0x77: SimulatedBMP280(cabin, clock=clock)})
    with pytest.raises(SupplyLost, match="again and again while it starts up"):
        Barometer(bus).read()
    assert bus.count == 3


def test_humidity_that_was_skipped_is_seen_by_its_control(cabin: Cabin, clock: Clock) -> None:
    """Another program took osrs_h away: 0x8000 would be a believable humidity."""
    chip = SimulatedBME280(cabin, clock=clock)
    sensor = Barometer(SimulatedI2C({0x77: chip}))
    sensor.read()
    chip.write(0xF2, 0)
    reading = sensor.read()
    assert reading.humidity_percent == pytest.approx(66.0, abs=1.0)
    assert sensor.recoveries == 1


@pytest.mark.parametrize("raw", [0x0000, 0xFFFF])
def test_a_humidity_that_no_air_gives_is_refused(raw: int, cabin: Cabin, clock: Clock) -> None:
    class Mute(SimulatedBME280):
        def read(self, register: int, length: int) -> list[int]:
            burst = super().read(register, length)
            return [*burst[:11], *raw.to_bytes(2, "big")] if register == 0xF2 else burst

    with pytest.raises(ImplausibleReading, match="for the humidity, which no air gives"):
        Barometer(SimulatedI2C({0x77: Mute(cabin, clock=clock)})).read()


@pytest.mark.parametrize(("step_hpa", "conversions"), [(0.25, 1), (0.35, 2), (50.0, 2)])
def test_a_step_of_more_than_the_noise_is_measured_again(
    step_hpa: float, conversions: int, cabin: Cabin, clock: Clock
) -> None:
    chip = SimulatedBMP280(cabin, noise=False, clock=clock)
    bus = SimulatedI2C({0x77: chip})
    sensor = BMP280(bus, pressure_oversampling=16)
    sensor.read()
    cabin.base_pa += 100 * step_hpa
    before = bus.transfers
    assert is_true(sensor.read(), cabin)
    assert bus.transfers - before == 2 * conversions


@pytest.mark.parametrize(("step_percent", "conversions"), [(2.5, 1), (3.5, 2)])
def test_so_is_a_step_of_the_humidity(
    step_percent: float, conversions: int, cabin: Cabin, clock: Clock
) -> None:
    bus = SimulatedI2C({0x77: SimulatedBME280(cabin, noise=False, clock=clock)})
    sensor = BME280(bus)
    sensor.read()
    cabin.humidity_percent += step_percent
    before = bus.transfers
    assert sensor.read().humidity_percent == pytest.approx(66.0 + step_percent, abs=0.1)
    assert bus.transfers - before == 2 * conversions


def test_the_serial_is_the_chips_own(cabin: Cabin, clock: Clock) -> None:
    bus = SimulatedI2C({0x77: SimulatedBMP280(cabin, clock=clock)})
    sensor = Barometer(bus)
    assert sensor.serial == ""
    sensor.read()
    first = sensor.serial
    bus.chips[0x77] = SimulatedBMP280(cabin, trimming=(*TRIMMING[:11], 5999), clock=clock)
    sensor.read()
    assert "" != sensor.serial != first
    bus.chips[0x77] = SimulatedBMP280(cabin, clock=clock)
    sensor.read()
    assert sensor.serial == first


def test_a_chip_a_tenth_slower_than_its_data_sheet_is_waited_for(
    cabin: Cabin, clock: Clock
) -> None:
    class Slow(SimulatedBMP280):
        done_at = 0.0

        def write(self, register: int, value: int) -> None:
            super().write(register, value)
            if register == 0xF4:
                self.done_at = clock.seconds + 1.1 * 6.4e-3

        def read(self, register: int, length: int) -> list[int]:
            self.stuck = 0x08 if clock.seconds < self.done_at else 0
            return super().read(register, length)

    assert is_true(Barometer(SimulatedI2C({0x77: Slow(cabin, clock=clock)})).read(), cabin)
