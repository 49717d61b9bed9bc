"""open_board: a colour sensor and a barometer, real or simulated, by one configuration."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from os import PathLike
from pathlib import Path
from typing import Self

from .backends import best_pins
from .backends.i2c import LinuxI2C
from .bmp280 import BMP280
from .config import (
    BarometerConfig,
    BoardConfig,
    ColourConfig,
    SimulatedConfig,
    Tables,
    load_tables,
    section,
)
from .errors import ConfigError, PinError
from .ports import I2CBus, Pins
from .ranging import first_scaling
from .simulated.scene import Scene
from .simulated.weather import Weather
from .tcs3200 import TCS3200
from .wiring import Times, Wiring

MODEL = Path("/proc/device-tree/model")


class Board:
    """A colour sensor and a barometer. A context manager; closing twice is fine.

    Nothing is claimed before a first reading, so that a board with one sensor alone is a whole
    one for whoever asks for no other. `scene` and `weather` are what a simulated board looks at.
    """

    def __init__(
        self,
        bus: I2CBus,
        pins: Callable[[], Pins],
        barometer: BarometerConfig,
        colour: ColourConfig,
        world: tuple[Scene, Weather] | None = None,
    ) -> None:
        self._bus = bus
        self._open_pins = pins
        self._pins: Pins | None = None
        self._wiring = _wiring(colour)
        first_scaling(colour.scaling, strapped=colour.s0 is None)
        Times(colour.gate_time_s, colour.timeout_s)
        self._colour_config = colour
        self._colour: TCS3200 | None = None
        self._world = world
        self._closed = False
        self.barometer = BMP280(
            bus,
            barometer.address,
            pressure_oversampling=barometer.pressure_oversampling,
            temperature_oversampling=barometer.temperature_oversampling,
        )

    @property
    def simulated(self) -> bool:
        """Whether the readings are those of twins."""
        return self._world is not None

    @property
    def colour(self) -> TCS3200:
        """The colour sensor. Raises BackendMissing where no GPIO library is installed."""
        if self._closed:
            raise PinError("this board is closed: open another")
        if self._colour is None:
            settings = self._colour_config
            self._pins = self._open_pins()
            self._colour = TCS3200(
                **self._wiring.wired(),
                scaling=settings.scaling,
                gate_time_s=settings.gate_time_s,
                timeout_s=settings.timeout_s,
                pins=self._pins,
            )
        return self._colour

    @property
    def scene(self) -> Scene:
        """What lies under the simulated colour sensor; ConfigError on a real board."""
        return self._simulated_world[0]

    @property
    def weather(self) -> Weather:
        """What the simulated barometer feels; ConfigError on a real board."""
        return self._simulated_world[1]

    def close(self) -> None:
        """Give back the lines and the bus."""
        if self._closed:
            return
        self._closed = True
        with ExitStack() as closing:  # each is closed, whatever another says
            if isinstance(self._bus, LinuxI2C):
                closing.callback(self._bus.close)
            if self._pins is not None:
                closing.callback(self._pins.close)
            if self._colour is not None:
                closing.callback(self._colour.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @property
    def _simulated_world(self) -> tuple[Scene, Weather]:
        if self._world is None:
            raise ConfigError("this board is real: it has no simulated scene and no weather to set")
        return self._world


def open_board(
    config: str | PathLike[str] | Tables | None = None, simulated: bool | None = None
) -> Board:
    """Return the Board that a configuration describes (a TOML file, its parsed tables, or none).

    simulated: True, False, or None for what [board] says, else what the machine is: real on a
    Raspberry Pi, simulated elsewhere. Raises ConfigError; hardware answers at the first reading.
    """
    tables, where = load_tables(config)
    return board_of(tables, where, simulated)


def board_of(tables: Tables, where: str, simulated: bool | None) -> Board:
    """The same from parsed tables and the name that errors shall call them by."""
    barometer = section(tables, "barometer", BarometerConfig, where)
    colour = section(tables, "colour", ColourConfig, where)
    world = section(tables, "simulated", SimulatedConfig, where)
    said = section(tables, "board", BoardConfig, where).simulated
    if simulated is None:
        simulated = not is_raspberry_pi() if said is None else said
    try:
        if simulated:
            return _simulated_board(barometer, colour, world)
        return Board(LinuxI2C(barometer.bus), best_pins, barometer, colour)
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from error


def is_raspberry_pi() -> bool:
    """Whether this machine calls itself a Raspberry Pi in its device tree."""
    try:
        return MODEL.read_text().startswith("Raspberry Pi")
    except OSError:
        return False


def _wiring(colour: ColourConfig) -> Wiring:
    return Wiring(colour.out, colour.s2, colour.s3, colour.s0, colour.s1, colour.oe, colour.led)


def _simulated_board(
    barometer: BarometerConfig, colour: ColourConfig, world: SimulatedConfig
) -> Board:
    from .simulated.bmp280 import SimulatedBMP280
    from .simulated.i2c import SimulatedI2C
    from .simulated.tcs3200 import SimulatedTCS3200
    from .simulated.wires import Wires

    scene = Scene(world.surface)
    weather = Weather.of(world)
    bus = SimulatedI2C({barometer.address: SimulatedBMP280(weather, noise=world.noise)})

    def pins() -> Pins:
        wiring = _wiring(colour)
        _, strapped = first_scaling(colour.scaling, strapped=True)
        return SimulatedTCS3200(
            scene, **asdict(wiring), wires=Wires.of(wiring, strapped), noise=world.noise
        )

    return Board(bus, pins, barometer, colour, (scene, weather))
