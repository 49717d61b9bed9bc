"""The barometer against twins that lose their supply, are exchanged, get stuck or do not answer.

Time is virtual: sleeping moves the clock that the twins live by.
"""

import threading
from typing import Any

import pytest

from sensors import (
    BME280,
    BMP280,
    Barometer,
    BarometerReading,
    DeviceNotFound,
    MeasurementTimeout,
    SensorError,
    SupplyLost,
)
from sensors.bme280 import compensate_humidity
from sensors.simulated.bme280 import SimulatedBME280
from sensors.simulated.bmp280 import SimulatedBMP280
from sensors.simulated.i2c import SimulatedI2C
from tests.support.virtual_air import Cabin, Clock, is_true

# A chip of Pimoroni's, with humidity (their bme280 library's tests); adc_humidity 30281 with the
# temperature of adc 529191 is 68.66996648709039 %.
HUMIDITY_TRIMMING = (75, 376, 0, 286, 50, 30)
PIMORONI = (28009, 25654, 50, 39145, -10750, 3024, 5667, -120, -7, 15500, -14600, 6000)
OTHER = (27700, 26100, -1000, 36900, -10500, 3024, 4000, 100, -7, 15500, -14600, 6000)


@pytest.fixture
def chip(cabin: Cabin, clock: Clock) -> SimulatedBMP280:
    return SimulatedBMP280(cabin, clock=clock)


@pytest.fixture
def bus(chip: SimulatedBMP280) -> SimulatedI2C:
    return SimulatedI2C({0x77: chip})


def read_or_again(sensor: Barometer) -> BarometerReading:
    """A reading; after an error of ours the next one has to come."""
    try:
        return sensor.read()
    except SensorError:
        return sensor.read()


def test_a_bme280_tells_humidity_too(cabin: Cabin, clock: Clock) -> None:
    twin = SimulatedBME280(
        cabin, trimming=PIMORONI, humidity_trimming=HUMIDITY_TRIMMING, clock=clock
    )
    bus = SimulatedI2C({0x76: twin})
    sensor = BME280(bus, 0x76, humidity_oversampling=16)
    reading = sensor.read()
    assert is_true(reading, cabin)
    assert reading.humidity_percent == pytest.approx(66.0, abs=0.2)
    transfers, wire_bytes = bus.transfers, bus.wire_bytes
    assert sensor.read().humidity_percent == pytest.approx(66.0, abs=0.2)
    assert (bus.transfers - transfers, bus.wire_bytes - wire_bytes) == (2, 19)


@pytest.mark.parametrize("h", [(75, 376, 0, -100, -50, -30), (0, 300, 255, 600, -2048, 127)])
def test_humidity_parameters_of_both_signs_are_read_from_their_nibbles(
    cabin: Cabin, clock: Clock, h: tuple[int, ...]
) -> None:
    """H4 and H5 share a register; a sign lost there is a believable, wrong humidity."""
    twin = SimulatedBME280(cabin, humidity_trimming=h, clock=clock, noise=False)
    sensor = Barometer(SimulatedI2C({0x77: twin}))
    reading = sensor.read()
    adc = int.from_bytes(bytes(twin.read(0xFD, 2)))
    expected = compensate_humidity(adc, reading.temperature_c, h)
    assert reading.humidity_percent == pytest.approx(expected, abs=1e-9)


def test_each_driver_insists_on_its_chip_and_the_barometer_asks(cabin: Cabin, clock: Clock) -> None:
    bmp280 = SimulatedI2C({0x77: SimulatedBMP280(cabin, clock=clock)})
    bme280 = SimulatedI2C({0x77: SimulatedBME280(cabin, clock=clock)})
    with pytest.raises(DeviceNotFound, match=r"id 0x60: a BME280, and no BMP280.*use Barometer"):
        BMP280(bme280).read()
    with pytest.raises(DeviceNotFound, match=r"id 0x58: a BMP280, and no BME280.*use Barometer"):
        BME280(bmp280).read()
    assert Barometer(bmp280).read().humidity_percent is None
    assert Barometer(bme280).read().humidity_percent is not None


@pytest.mark.parametrize("twin", [SimulatedBMP280, SimulatedBME280])
def test_a_supply_glitch_is_recovered_within_the_reading_and_counted(
    twin: Any, cabin: Cabin, clock: Clock
) -> None:
    chip = twin(cabin, clock=clock)
    sensor = Barometer(SimulatedI2C({0x77: chip}))
    for glitches in range(5):
        assert sensor.recoveries == glitches
        assert is_true(sensor.read(), cabin)
        clock.sleep(1.0)
        chip.power_on()
        clock.sleep(1.0)
        assert is_true(sensor.read(), cabin)


@pytest.mark.parametrize("twin", [SimulatedBMP280, SimulatedBME280])
@pytest.mark.parametrize("started_up", [False, True])
def test_a_glitch_before_any_transfer_gives_no_wrong_reading_and_the_next_is_right(
    twin: Any, started_up: bool, cabin: Cabin, clock: Clock
) -> None:
    for transfer in range(14):
        bus = SimulatedI2C({0x77: twin(cabin, clock=clock)})
        sensor = Barometer(bus)
        if started_up:
            sensor.read()
        bus.glitch(after=transfer)
        for _ in range(2):
            assert is_true(read_or_again(sensor), cabin)
            assert sensor.suspect == ""


@pytest.mark.parametrize("twin", [SimulatedBMP280, SimulatedBME280])
@pytest.mark.parametrize("started_up", [False, True])
@pytest.mark.parametrize("burst", [1, 2, 3, 7])
def test_a_nack_at_any_transfer_gives_no_wrong_reading_and_the_next_is_right(
    twin: Any, started_up: bool, burst: int, cabin: Cabin, clock: Clock
) -> None:
    for transfer in range(14):
        bus = SimulatedI2C({0x77: twin(cabin, clock=clock)})
        sensor = Barometer(bus)
        if started_up:
            sensor.read()
        refused = bus.transfers + transfer + burst
        bus.nack(burst, after=transfer)
        while bus.transfers < refused:
            try:
                assert is_true(sensor.read(), cabin)
            except DeviceNotFound as error:
                assert "no chip answers at address 0x77" in str(error)
        assert is_true(sensor.read(), cabin)


def test_a_chip_that_was_swapped_is_read_by_its_own_trimming_and_told_once(
    bus: SimulatedI2C, cabin: Cabin, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    sensor = Barometer(bus)
    sensor.read()
    bus.chips[0x77] = SimulatedBMP280(cabin, trimming=OTHER, clock=clock)
    for _ in range(3):
        clock.sleep(1.0)
        assert is_true(sensor.read(), cabin)
    assert sensor.recoveries == 1
    (record,) = caplog.records
    assert record.getMessage().startswith("the BMP280 at 0x77 is another one than before")


@pytest.mark.parametrize("before", [SimulatedBMP280, SimulatedBME280])
@pytest.mark.parametrize("after", [SimulatedBMP280, SimulatedBME280])
def test_a_swap_before_any_transfer_gives_no_wrong_reading_and_the_next_is_right(
    before: Any, after: Any, cabin: Cabin, clock: Clock
) -> None:
    class Swaps(SimulatedI2C):
        """Another chip comes in the place of the first before one transfer."""

        swap_at = -1

        def _chip(self, address: int, wire_bytes: int) -> Any:
            if self.transfers == self.swap_at:
                self.chips[0x77] = after(cabin, trimming=OTHER, clock=clock, seed=281)
            return super()._chip(address, wire_bytes)

    for transfer in range(20):
        bus = Swaps({0x77: before(cabin, clock=clock)})
        bus.swap_at = transfer
        sensor = Barometer(bus)
        for _ in range(6):
            clock.sleep(1.0)
            assert is_true(read_or_again(sensor), cabin)
        assert (sensor.read().humidity_percent is None) == (after is SimulatedBMP280)


def test_a_bme280_in_the_place_of_a_bmp280_is_read_as_what_it_is(
    bus: SimulatedI2C, cabin: Cabin, clock: Clock
) -> None:
    sensor = Barometer(bus)
    assert sensor.read().humidity_percent is None
    bus.chips[0x77] = SimulatedBME280(cabin, clock=clock)
    clock.sleep(1.0)
    assert sensor.read().humidity_percent == pytest.approx(66.0, abs=1.0)
    bus.chips[0x77] = SimulatedBMP280(cabin, clock=clock)
    clock.sleep(1.0)
    assert sensor.read().humidity_percent is None


@pytest.mark.parametrize("twin", [SimulatedBMP280, SimulatedBME280])
@pytest.mark.parametrize("started_up", [False, True])
def test_a_chip_that_converts_nothing_is_refused_until_it_does(
    twin: Any, started_up: bool, cabin: Cabin, clock: Clock
) -> None:
    chip = twin(cabin, clock=clock)
    sensor = Barometer(SimulatedI2C({0x77: chip}))
    if started_up:
        sensor.read()
    chip.converts = False
    chip.power_on()
    for _ in range(3):
        with pytest.raises(SupplyLost, match="at power-on"):
            sensor.read()
    chip.converts = True
    assert is_true(sensor.read(), cabin)


@pytest.mark.parametrize("stuck_bit", [0x01, 0x08])
@pytest.mark.parametrize(
    ("pressure", "temperature", "longest_s"), [(1, 1, 6.4e-3), (16, 2, 43.2e-3)]
)
def test_a_stuck_status_bit_is_waited_for_a_fifth_longer_than_the_longest_conversion(
    stuck_bit: int,
    pressure: int,
    temperature: int,
    longest_s: float,
    bus: SimulatedI2C,
    chip: SimulatedBMP280,
    cabin: Cabin,
    clock: Clock,
) -> None:
    """Longest conversions of table 13."""
    sensor = BMP280(bus, pressure_oversampling=pressure, temperature_oversampling=temperature)
    sensor.read()
    chip.stuck = stuck_bit
    if stuck_bit == 0x01:
        chip.power_on()
    began = clock.seconds
    with pytest.raises(MeasurementTimeout, match="data sheet allows"):
        sensor.read()
    longest_s = longest_s if stuck_bit == 0x08 else longest_s + 0.06
    assert clock.seconds - began <= 1.2 * longest_s + 0.1e-3
    chip.stuck = 0
    assert is_true(sensor.read(), cabin)


@pytest.mark.parametrize(("pressure", "longest_s"), [(1, 6.4e-3), (2, 8.7e-3), (8, 22.5e-3)])
def test_a_reading_waits_for_the_longest_conversion_of_table_13_and_no_longer(
    pressure: int, longest_s: float, bus: SimulatedI2C, clock: Clock
) -> None:
    sensor = BMP280(bus, pressure_oversampling=pressure)
    sensor.read()
    began = clock.seconds
    sensor.read()
    assert clock.seconds - began == pytest.approx(longest_s, abs=0.1e-3)


def test_readings_of_a_working_chip_are_never_suspect(bus: SimulatedI2C, clock: Clock) -> None:
    sensor = Barometer(bus)
    for _ in range(3_000):
        sensor.read()
        assert sensor.suspect == ""


def test_threads_take_turns() -> None:
    """In real time: each other's conversions are what they could disturb."""
    cabin = Cabin(Clock())
    bus = SimulatedI2C({0x77: SimulatedBMP280(cabin)})
    sensor = Barometer(bus)
    readings: list[BarometerReading] = []

    def read_often() -> None:
        readings.extend(sensor.read() for _ in range(10))

    threads = [threading.Thread(target=read_often) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(readings) == 40
    assert all(is_true(reading, cabin) for reading in readings)
    assert sensor.recoveries == 0
