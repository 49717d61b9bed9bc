"""The settings of the sensors, and how a table of the TOML file becomes a frozen dataclass.

Each room has its own dataclass and checks its own table; a key that nobody knows is refused,
because a mistyped key would otherwise be a setting silently not made.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from os import PathLike, fspath
from typing import Any, TypeVar, get_type_hints

from .errors import ConfigError
from .platform import read_text

Tables = Mapping[str, Any]

# Every table of the toolkit's file. Each room reads its own; one that nobody reads is a mistake.
KNOWN_TABLES = (
    "board",
    "barometer",
    "colour",
    "simulated",
    "station",
    "history",
    "alarm",
    "page",
    "signalk",
    "nmea",
    "mqtt",
    "influx",
    "matrix",
)
_Section = TypeVar("_Section")


@dataclass(frozen=True)
class BoardConfig:
    """[board]: what is on the header.

    simulated: true or false; left out, the machine decides. enviro_phat: an Enviro pHAT is there,
    and GPIO4 is its LEDs'.
    """

    simulated: bool | None = None
    enviro_phat: bool = False


@dataclass(frozen=True)
class BarometerConfig:
    """[barometer]: where the BMP280 or BME280 sits, and how often it samples for one reading.

    bus: N of /dev/i2c-N; left out, the header's of this model.
    """

    bus: int | None = None
    address: int = 0x77
    pressure_oversampling: int = 1
    temperature_oversampling: int = 1
    humidity_oversampling: int = 1

    def __post_init__(self) -> None:
        if self.bus is not None and not 0 <= self.bus <= 255:
            raise ValueError(f"bus = {self.bus}: /dev/i2c-N has N from 0 to 255")


@dataclass(frozen=True)
class ColourConfig:
    """[colour]: how the TCS3200 is wired (BCM numbers) and timed.

    The defaults are the wiring of the well-known tutorial, all else strapped, at 20 %.
    """

    out: int = 25
    s2: int = 23
    s3: int = 24
    s0: int | None = None
    s1: int | None = None
    oe: int | None = None
    led: int | None = None
    scaling: str = "auto"
    gate_time_s: float = 0.05
    timeout_s: float = 1.0

    @property
    def scaling_in_use(self) -> str:
        """The output scaling in words; "auto" means 20 % where it is strapped."""
        return "20%" if self.s0 is None and self.scaling == "auto" else self.scaling


@dataclass(frozen=True)
class SimulatedConfig:
    """[simulated]: what the twins feel: a record of pressure, and a surface under the lamp.

    record: a CSV with time_utc and pressure_hpa; left empty, the storm that ships with the
    toolkit. speed: seconds of the record in one second; 0 lets the weather stand still.
    start: where in the record to begin (ISO 8601, UTC); left empty, where its author says, or
    its first row. noise: the scatter of the data sheets. barometer: BMP280 or BME280.
    """

    record: str = ""
    start: str = ""
    speed: float | None = None
    surface: str = "white"
    noise: bool = True
    barometer: str = "BMP280"

    def __post_init__(self) -> None:
        if self.barometer not in ("BMP280", "BME280"):
            raise ValueError(f"barometer = {self.barometer!r}: choose 'BMP280' or 'BME280'")
        if self.speed is not None and not 0 <= self.speed <= 1e7:
            raise ValueError(f"speed = {self.speed}: choose 0 to 1e7")


def load_tables(config: str | PathLike[str] | Tables | None) -> tuple[Tables, str]:
    """Return the tables of a TOML file, or parsed tables as they are; and what to call them.

    Raises ConfigError when the file cannot be read or is not TOML, and for a table that no room
    of the toolkit has.
    """
    if config is None:
        return {}, "the defaults"
    if isinstance(config, Mapping):
        tables, where = config, "the configuration"
    else:
        where = fspath(config)
        tables = _parsed(where)
    for name in tables:
        if name not in KNOWN_TABLES:
            close = _did_you_mean(str(name), list(KNOWN_TABLES))
            raise ConfigError(f"{where}: there is no table [{name}]{close}")
    return tables, where


def _parsed(path: str) -> Tables:
    import tomllib

    try:
        return tomllib.loads(read_text(path))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:  # not UTF-8, not TOML, or a monster
        raise ConfigError(f"{path} is not TOML: {error}") from error


def section(tables: Tables, name: str, cls: type[_Section], where: str) -> _Section:
    """Return one table as its dataclass; a missing table is all defaults.

    Raises ConfigError that names file, table and key for an unknown key, a wrong type, or a
    value that the dataclass refuses.
    """
    table = tables.get(name, {})
    if not isinstance(table, Mapping):
        raise ConfigError(f"{where}: [{name}] is a table, not {table!r}")
    known = [field.name for field in fields(cls)]  # type: ignore[arg-type]
    types = get_type_hints(cls)
    values = {}
    for key, value in table.items():
        if key not in known:
            close = _did_you_mean(str(key), known)
            raise ConfigError(f"{where}: [{name}] has no key {key!r}{close}")
        values[key] = _typed(value, types[key], f"{where}: [{name}] {key} = {value!r}")
    try:
        return cls(**values)
    except ValueError as error:
        raise ConfigError(f"{where}: [{name}] {error}") from error


def _did_you_mean(word: str, known: list[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(word, known, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; known are {', '.join(known)}"


def _typed(value: Any, wanted: Any, what: str) -> Any:
    allowed = getattr(wanted, "__args__", (wanted,))
    if isinstance(value, bool) and bool not in allowed:
        raise ConfigError(f"{what}: true and false are not meant here")
    if float in allowed and isinstance(value, int | float):
        if not abs(value) <= 1e300:  # an integer can be too large to be a float at all
            raise ConfigError(f"{what[:200]}: a finite number is wanted")
        return float(value)
    if isinstance(value, str) and "\0" in value:
        raise ConfigError(f"{what}: a text without zero bytes is wanted")
    if not isinstance(value, tuple(allowed)):
        names = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}
        wanted_words = " or ".join(names[t] for t in allowed if t in names)
        raise ConfigError(f"{what}: {wanted_words} is wanted")
    return value
