"""open_board(): a colour sensor and a barometer, real or simulated, from one configuration."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from os import PathLike
from typing import TYPE_CHECKING, Self

from .backends import DeferredPins, best_pins
from .backends.i2c import LinuxI2C, default_bus
from .backends.platform import pi_model
from .barometer.driver import Barometer
from .config import (
    BarometerConfig,
    BoardConfig,
    ColourConfig,
    SimulatedConfig,
    Tables,
    load_tables,
    section,
)
from .errors import ConfigError
from .hats.envirophat import ADDRESS, LED_LINE, LEDS, EnviroPHAT
from .ports import I2CBus, Pins
from .tcs3200.ranging import first_scaling
from .tcs3200.sharing import check_free
from .tcs3200.wiring import Times, Wiring

if TYPE_CHECKING:
    from .simulated.scene import Scene
    from .simulated.weather import Weather
    from .tcs3200.driver import TCS3200


class Board:
    """A colour sensor and a barometer. A context manager; closing twice is fine.

    Each sensor claims its hardware at its first reading, so a program that uses only one needs
    only one. `barometer` is a Barometer, `colour` a TCS3200; a simulated board has the `scene`
    under the colour sensor and the `weather` at the barometer. open_board() makes one.
    """

    def __init__(
        self,
        bus: I2CBus,
        pins: Callable[[], Pins],
        barometer: BarometerConfig,
        colour: ColourConfig,
        world: "tuple[Scene, Weather] | None" = None,
        *,
        enviro_phat: bool = False,
    ) -> None:
        self._bus = bus
        self._pins = DeferredPins(pins)
        self._wiring = _wiring(colour)
        first_scaling(colour.scaling, strapped=colour.s0 is None)
        Times(colour.gate_time_s, colour.timeout_s)
        self._colour_config = colour
        self._colour: TCS3200 | None = None
        self._world = world
        self._closed = False
        self.barometer = Barometer(**{**asdict(barometer), "bus": bus})
        self._enviro_phat: EnviroPHAT | None = None
        if enviro_phat:
            check_free(self._wiring, LED_LINE, LEDS)
            if barometer.address != ADDRESS:
                raise ConfigError(
                    f"[barometer] address = 0x{barometer.address:02X}: that of an Enviro pHAT is"
                    f" 0x{ADDRESS:02X}"
                )
            self._enviro_phat = EnviroPHAT(bus, self._pins, barometer=self.barometer)

    @property
    def simulated(self) -> bool:
        return self._world is not None

    @property
    def colour(self) -> "TCS3200":
        """The colour sensor. Its first reading claims the lines."""
        from .tcs3200.driver import TCS3200  # a logger of pressure does without it

        if self._colour is None:
            self._colour = TCS3200(**asdict(self._colour_config), pins=self._pins)
        return self._colour

    def open_colour(self) -> "TCS3200":
        """Return the colour sensor; raise BackendMissing here if there is no GPIO library."""
        self._pins.open()
        return self.colour

    @property
    def enviro_phat(self) -> EnviroPHAT:
        """The Enviro pHAT of the [board] table; ConfigError without one."""
        if self._enviro_phat is None:
            raise ConfigError("[board] enviro_phat is not set: set it to true for an Enviro pHAT")
        return self._enviro_phat

    @property
    def suspect(self) -> str:
        """Why the barometer's readings cannot be trusted; "" if they can, or are simulated.

        A simulated chip without noise in calm air repeats itself rightly.
        """
        return "" if self.simulated else self.barometer.suspect

    @property
    def serial(self) -> str:
        return self.barometer.serial

    @property
    def recoveries(self) -> int:
        return self.barometer.recoveries

    @property
    def scene(self) -> "Scene":
        """The scene under the simulated colour sensor; ConfigError on a real board."""
        return self._simulated_world[0]

    @property
    def weather(self) -> "Weather":
        """The weather at the simulated barometer; ConfigError on a real board."""
        return self._simulated_world[1]

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        with ExitStack() as closing:  # an error of one does not keep the others
            if isinstance(self._bus, LinuxI2C):
                closing.callback(self._bus.close)
            closing.callback(self._pins.close)
            if self._colour is not None:
                closing.callback(self._colour.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @property
    def _simulated_world(self) -> "tuple[Scene, Weather]":
        if self._world is None:
            raise ConfigError("this board is real: it has no simulated scene or weather")
        return self._world


def open_board(
    config: str | PathLike[str] | Tables | None = None, simulated: bool | None = None
) -> Board:
    """Return the Board of a configuration: a TOML file, its parsed tables, or None for defaults.

    simulated: True, False, or None: as [board] says, else real on a Raspberry Pi and simulated
    elsewhere.
    Raises ConfigError; errors of the hardware come with the first reading.
    """
    tables, where = load_tables(config)
    return board_from(
        section(tables, "board", BoardConfig, where),
        section(tables, "barometer", BarometerConfig, where),
        section(tables, "colour", ColourConfig, where),
        section(tables, "simulated", SimulatedConfig, where),
        where,
        simulated,
    )


def board_from(
    board: BoardConfig,
    barometer: BarometerConfig,
    colour: ColourConfig,
    world: SimulatedConfig,
    where: str,
    simulated: bool | None,
) -> Board:
    """Return the Board of tables that are checked already."""
    model = pi_model()
    if simulated is None:
        simulated = not model if board.simulated is None else board.simulated
    has_phat = board.enviro_phat
    try:
        if simulated:
            return _simulated_board(barometer, colour, world, enviro_phat=has_phat)
        bus = LinuxI2C(default_bus(model) if barometer.bus is None else barometer.bus)
        return Board(bus, best_pins, barometer, colour, enviro_phat=has_phat)
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from error


def _wiring(colour: ColourConfig) -> Wiring:
    return Wiring(colour.out, colour.s2, colour.s3, colour.s0, colour.s1, colour.oe, colour.led)


def _simulated_board(
    barometer: BarometerConfig, colour: ColourConfig, world: SimulatedConfig, *, enviro_phat: bool
) -> Board:
    from .simulated.bme280 import SimulatedBME280
    from .simulated.bmp280 import SimulatedBMP280
    from .simulated.i2c import SimulatedI2C
    from .simulated.scene import Scene
    from .simulated.weather import Weather

    scene = Scene(world.surface)
    weather = Weather.of(world)
    twin = SimulatedBME280 if world.barometer == "BME280" else SimulatedBMP280
    bus = SimulatedI2C({barometer.address: twin(weather, noise=world.noise)})

    def pins() -> Pins:
        from .simulated.tcs3200 import SimulatedTCS3200
        from .simulated.wires import Wires

        wiring = _wiring(colour)
        _, strapped = first_scaling(colour.scaling, strapped=True)
        wires = Wires.of(wiring, strapped)
        return SimulatedTCS3200(scene, wiring, wires=wires, noise=world.noise)

    return Board(bus, pins, barometer, colour, (scene, weather), enviro_phat=enviro_phat)
