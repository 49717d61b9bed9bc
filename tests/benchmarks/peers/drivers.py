"""How each driver is called: ours, the peers, and what they check by their own source.

Each runs as its own introduction shows it, or with its defaults; where it has none, with Bosch's
choice for weather: oversampling 1 and 1, filter off. One reading is temperature and pressure.
"""

from collections.abc import Callable
from importlib import import_module
from operator import itemgetter
from typing import Any, NamedTuple

from peers.buses import Busio
from peers.floors import burst_floor, forced_floor


class Reader(NamedTuple):
    """A driver that is set up. read: one reading. pressure_hpa: of what that returned."""

    read: Callable[[], Any]
    pressure_hpa: Callable[[Any], float | None]


class Driver(NamedTuple):
    """One driver and how to have it.

    distributions: what to install, its own first. module: its import name. chip: the one it is
    for. layers: what lies between its arithmetic and the bus. checks_at_start, checks_reading:
    what it would refuse or wait for; empty when nothing.
    """

    name: str
    distributions: tuple[str, ...]
    module: str
    start: Callable[[Any], Reader]
    chip: str = "BMP280"
    address: int = 0x76
    layers: str = "none"
    checks_at_start: str = ""
    checks_reading: str = ""


def _storm_petrel(chip: str) -> Callable[[Any], Reader]:
    def start(bus: Any) -> Reader:
        driver = getattr(import_module(f"sensors.{chip.lower()}"), chip)(bus, 0x76)
        return Reader(driver.read, lambda reading: reading.pressure_hpa)

    return start


def _adafruit(bus: Any) -> Reader:
    adafruit_bmp280 = import_module("adafruit_bmp280")
    sensor = adafruit_bmp280.Adafruit_BMP280_I2C(Busio(bus), address=0x76)
    sensor.iir_filter = adafruit_bmp280.IIR_FILTER_X4

    def read() -> Any:
        _ = sensor.temperature
        return sensor.pressure

    return Reader(read, lambda pressure: pressure)


def _envirophat(_: Any) -> Reader:
    weather = import_module("envirophat").weather
    # Its temperature() and pressure() update twice; this is what a reading needs.
    return Reader(weather.update, lambda _: weather._pressure / 100)


def _rpi_bme280(bus: Any) -> Reader:
    bme280 = import_module("bme280")
    trimming = bme280.load_calibration_params(bus, 0x76)
    return Reader(lambda: bme280.sample(bus, 0x76, trimming), lambda sample: sample.pressure)


def _bme280pi(_: Any) -> Reader:
    sensor = import_module("bme280pi").Sensor(0x76)
    return Reader(sensor.get_data, lambda data: data["pressure"])


def _bme_driver(bus: Any) -> Reader:
    sensor = import_module("bme").BMP280(bus, 0x76)
    once = import_module("bme.common").Oversampling.oversample_1
    sensor.pressure_oversampling = sensor.temperature_oversampling = once

    def read() -> Any:
        sensor.update()
        return sensor.measurement.pressure

    return Reader(read, lambda pa: None if pa is None else pa / 100)


def _pimoroni(module: str, chip: str, mode: str) -> Callable[[Any], Reader]:
    def start(bus: Any) -> Reader:
        sensor = getattr(import_module(module), chip)(i2c_addr=0x76, i2c_dev=bus)

        def read() -> None:
            sensor.setup(mode=mode)  # once; a further call does nothing
            sensor.update_sensor()

        return Reader(sensor.update_sensor if mode == "normal" else read, lambda _: sensor.pressure)

    return start


def _bmp_280(_: Any) -> Reader:
    # As in its introduction but for the mode: forced, it converts once and never again.
    chip = import_module("bmp_280").BMP280
    x16, x1 = chip.OVERSAMPLING_P_x16, chip.OVERSAMPLING_T_x1
    sensor = chip(1, chip.NORMAL_MODE, x16, x1, chip.IIR_FILTER_OFF, chip.T_STANDBY_1000)
    return _two_calls(sensor)


def _bmp280lp(_: Any) -> Reader:
    return _two_calls(import_module("bmp280lp").BMP280())


def _bmp280lp_normal(_: Any) -> Reader:
    # As in its introduction but for the reset after the set-up, which would undo it.
    chip = import_module("bmp280lp").BMP280
    x16, x2 = chip.OVERSAMPLING_P_x16, chip.OVERSAMPLING_T_x2
    normal, standby = chip.NORMAL_MODE, chip.T_STANDBY_1000
    return _two_calls(chip(mode=normal, oversampling_p=x16, oversampling_t=x2, standby=standby))


def _two_calls(sensor: Any) -> Reader:
    def read() -> Any:
        sensor.read_temperature()
        return sensor.read_pressure()

    return Reader(read, lambda pressure: pressure)


def _bme280(_: Any) -> Reader:
    bme280 = import_module("bme280.bme280")
    bme280.full_setup(1, 0x76)
    return Reader(bme280.read_all, lambda data: data.pressure)


_I2CDEVICE = "i2cdevice==1.0.0"
_OURS_AT_START = "id, NVM copy, trimming"
_OURS_READING = "lengths, busy, supply, 0x80000, range"

OURS = tuple(
    Driver(
        f"Storm Petrel {chip}",
        (),
        "sensors",
        _storm_petrel(chip),
        chip=chip,
        checks_at_start=_OURS_AT_START,
        checks_reading=_OURS_READING,
    )
    for chip in ("BMP280", "BME280")
)

PEERS = (
    Driver(
        "adafruit bmp280 3.3.12",
        (
            "adafruit-circuitpython-bmp280==3.3.12",
            "adafruit-circuitpython-busdevice==5.2.17",
        ),
        "adafruit_bmp280",
        _adafruit,
        layers="busdevice (Blinka left out)",
        checks_at_start="id",
        checks_reading="busy (for ever), slope 0",
    ),
    Driver(
        "envirophat 1.0.1",
        ("envirophat==1.0.1",),
        "envirophat",
        _envirophat,
        address=0x77,
        checks_at_start="id",
    ),
    Driver(
        "RPi.bme280 0.2.4",
        ("RPi.bme280==0.2.4", "pytz==2026.6"),
        "bme280",
        _rpi_bme280,
        chip="BME280",
    ),
    Driver("bme280pi 1.2.1", ("bme280pi==1.2.1",), "bme280pi", _bme280pi, chip="BME280"),
    Driver(
        "bme-driver 0.1.2",
        ("bme-driver==0.1.2",),
        "bme",
        _bme_driver,
        checks_at_start="id",
        checks_reading="busy (for ever), 0x80000",
    ),
    Driver(
        "bmp280 1.0.0, normal",
        ("bmp280==1.0.0", _I2CDEVICE),
        "bmp280",
        _pimoroni("bmp280", "BMP280", "normal"),
        layers="i2cdevice",
        checks_at_start="id",
    ),
    Driver(
        "bmp280 1.0.0, forced",
        ("bmp280==1.0.0", _I2CDEVICE),
        "bmp280",
        _pimoroni("bmp280", "BMP280", "forced"),
        layers="i2cdevice",
        checks_at_start="id",
        checks_reading="busy (for ever)",
    ),
    Driver(
        "pimoroni-bme280 1.0.0",
        ("pimoroni-bme280==1.0.0", _I2CDEVICE),
        "bme280",
        _pimoroni("bme280", "BME280", "normal"),
        chip="BME280",
        layers="i2cdevice",
        checks_at_start="id",
    ),
    Driver("bmp-280 0.1.2, normal", ("bmp-280==0.1.2",), "bmp_280", _bmp_280),
    Driver("bmp280lp 0.1.6, default", ("bmp280lp==0.1.6",), "bmp280lp", _bmp280lp),
    Driver("bmp280lp 0.1.6, normal", ("bmp280lp==0.1.6",), "bmp280lp", _bmp280lp_normal),
    Driver("bme280 0.7", ("bme280==0.7",), "bme280", _bme280, chip="BME280"),
)

FLOORS = (
    Driver("floor: burst", (), "peers", lambda bus: Reader(burst_floor(bus), itemgetter(1))),
    Driver("floor: forced", (), "peers", lambda bus: Reader(forced_floor(bus), itemgetter(1))),
)

DRIVERS = {driver.name: driver for driver in (*OURS, *PEERS, *FLOORS)}
