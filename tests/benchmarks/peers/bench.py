"""One driver, one twin, and what comes of a call: a right value, a wrong one, an error, a hang."""

import struct
import sys
from collections.abc import Callable
from enum import Enum, auto
from typing import Any, NamedTuple

from peers.buses import Wire, install_modules
from peers.drivers import Driver, Reader
from peers.virtual_time import Hang, VirtualTime

TOLERANCE_HPA = 0.5
PATIENCE_S = 5.0

# What Python says of itself when a driver has lost its way; no word about the sensor.
_NO_WORD_OF_THE_SENSOR = (
    ZeroDivisionError,
    TypeError,
    AttributeError,
    NameError,
    UnboundLocalError,
    IndexError,
    KeyError,
    AssertionError,
    OverflowError,
    RecursionError,
    struct.error,
)


class Kind(Enum):
    """What a call came to."""

    RIGHT = auto()
    WRONG = auto()
    NOTHING = auto()
    ERROR = auto()
    UNCLEAR = auto()
    HANG = auto()


class Outcome(NamedTuple):
    """What a call came to, and in a word or two what that was."""

    kind: Kind
    words: str = ""
    hpa: float = 0.0

    @property
    def is_failed(self) -> bool:
        """Whether the caller was told that there is no reading."""
        return self.kind in (Kind.ERROR, Kind.UNCLEAR)


class Air:
    """The data sheet's example."""

    pressure_pa = 100_653.27
    temperature_c = 25.08
    humidity_percent = 60.0


class Bench:
    """A chip that has had its supply for a second, and a driver for it that is not yet started."""

    def __init__(self, driver: Driver, **twin: Any) -> None:
        from sensors.simulated.bme280 import SimulatedBME280
        from sensors.simulated.bmp280 import SimulatedBMP280
        from sensors.simulated.i2c import SimulatedI2C

        self.driver = driver
        self.air = Air()
        self.time = VirtualTime()
        chip = SimulatedBME280 if driver.chip == "BME280" else SimulatedBMP280
        self.chip: Any = chip(self.air, clock=self.time.now, **twin)
        self.i2c = SimulatedI2C({driver.address: self.chip})
        self.wire = Wire(self.i2c, self.time)
        self.error_hpa = 0.0
        self.first = Outcome(Kind.NOTHING)
        self._reader: Reader | None = None
        self.time.pass_by(1.0)

    @property
    def filter_code(self) -> int:
        """What config's filter bits are now."""
        return int(self.chip.read(0xF5, 1)[0]) >> 2 & 7

    def start(self) -> Outcome:
        """Import the driver anew and construct it."""
        for name in list(sys.modules):
            if name.partition(".")[0] == self.driver.module and self.driver.distributions:
                del sys.modules[name]
        install_modules(self.wire)

        def construct() -> float:
            self._reader = self.driver.start(self.wire)
            return self._truth_hpa

        return self._outcome(construct)

    @property
    def is_started(self) -> bool:
        """Whether there is an object to read."""
        return self._reader is not None

    def read(self, after_s: float = 0.0) -> Outcome:
        """One reading, so many seconds from now; the constructor first if there is no object."""
        self.time.pass_by(after_s)
        if not self.is_started:
            started = self.start()
            if started.kind is not Kind.RIGHT:
                return started
        reader = self._reader
        assert reader is not None
        return self._outcome(lambda: reader.pressure_hpa(reader.read()))

    def settled(self) -> Outcome:
        """The second reading of a healthy chip. An error of its arithmetic counts only once."""
        self.first = self.read()
        outcome = self.read(60.0)
        if outcome.kind is Kind.WRONG:
            self.error_hpa = outcome.hpa - self._truth_hpa
        return outcome

    @property
    def _truth_hpa(self) -> float:
        return self.air.pressure_pa / 100 + self.error_hpa

    def _outcome(self, call: Callable[[], float | None]) -> Outcome:
        self.time.install()  # another bench's may be there
        self.time.patience(PATIENCE_S)
        try:
            hpa = call()
        except Hang:
            return Outcome(Kind.HANG, "HANG")
        except _NO_WORD_OF_THE_SENSOR as error:
            # Ours and others' own kinds may stand under one of these: they have a name.
            unclear = type(error) in _NO_WORD_OF_THE_SENSOR
            return Outcome(Kind.UNCLEAR if unclear else Kind.ERROR, type(error).__name__)
        except Exception as error:
            return Outcome(Kind.ERROR, type(error).__name__)
        finally:
            self.time.patience(float("inf"))
        if hpa is None:
            return Outcome(Kind.NOTHING, "None")
        right = abs(hpa - self._truth_hpa) <= TOLERANCE_HPA
        return Outcome(Kind.RIGHT if right else Kind.WRONG, f"{hpa:.0f} hPa", hpa)
