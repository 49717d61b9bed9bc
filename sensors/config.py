"""The settings of the sensors: each table of the TOML file becomes a frozen dataclass.

Unknown keys are errors, so that a mistyped one is noticed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from os import PathLike, fspath
from typing import Any, TypeVar, get_origin, get_type_hints

from .errors import ConfigError
from .text_files import read_text

Tables = Mapping[str, Any]

# Every table of the toolkit's file, ours and those of web; another one is an error.
_OURS = ("board", "barometer", "colour", "simulated")
_WEB = ("station", "history", "alarm", "page", "signalk", "nmea", "mqtt", "influx", "matrix")
KNOWN_TABLES = (*_OURS, *_WEB)

_Section = TypeVar("_Section")


@dataclass(frozen=True)
class BoardConfig:
    """[board]: what is on the header.

    simulated: true or false; None: simulated unless this is a Raspberry Pi. enviro_phat: an Enviro
    pHAT is there and uses GPIO4 for its LEDs.
    """

    simulated: bool | None = None
    enviro_phat: bool = False


@dataclass(frozen=True)
class BarometerConfig:
    """[barometer]: the bus and address of the BMP280 or BME280, and its oversampling.

    bus: N of /dev/i2c-N; None: the header's bus on this model.
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
    """[colour]: the wiring of the TCS3200 (BCM numbers) and its times.

    The defaults are the wiring of the well-known tutorial, the other pins strapped, at 20 %.
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
        """The output scaling in words; "auto" without S0 and S1 is 20 %."""
        return "20%" if self.s0 is None and self.scaling == "auto" else self.scaling


@dataclass(frozen=True)
class SimulatedConfig:
    """[simulated]: the surroundings of the simulated chips: a pressure record, a surface.

    record: a CSV with time_utc and pressure_hpa; "": the storm that comes with the toolkit. speed:
    seconds of the record per second; 0 stops the weather. start: where to begin in the record (ISO
    8601, UTC); "": at its first row, or in the storm where its fall begins. noise: the scatter in
    the data sheets. barometer: BMP280 or BME280.
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
    """Return the tables of a TOML file, or parsed tables as they are; and their name in errors.

    Raises ConfigError if the file cannot be read or is not TOML, and for an unknown table.
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
    except (ValueError, RecursionError) as error:  # not UTF-8, not TOML, or nested too deep
        raise ConfigError(f"{path} is not TOML: {error}") from error


def section(tables: Tables, name: str, cls: type[_Section], where: str) -> _Section:
    """Return one table as its dataclass; a missing table has all defaults.

    Raises ConfigError, with file, table and key, for an unknown key, a wrong type, or a value that
    the dataclass rejects.
    """
    table = tables.get(name, {})
    if not isinstance(table, Mapping):
        raise ConfigError(f"{where}: [{name}] must be a table, not {table!r}")
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
    return f"; did you mean {close[0]!r}?" if close else f"; there are {', '.join(known)}"


def _typed(value: Any, annotation: Any, what: str) -> Any:
    allowed = getattr(annotation, "__args__", (annotation,))
    if get_origin(annotation) is tuple:
        if not isinstance(value, list | tuple) or not all(isinstance(word, str) for word in value):
            raise ConfigError(f'{what} must be a list of texts, such as ["one", "two"]')
        return tuple(value)
    if isinstance(value, bool) and bool not in allowed:
        raise ConfigError(f"{what} must not be true or false: give a number or a text")
    if float in allowed and isinstance(value, int | float):
        if not abs(value) <= 1e300:  # an integer can be too large to be a float at all
            raise ConfigError(f"{what[:200]} must be a finite number")
        return float(value)
    if isinstance(value, str) and "\0" in value:
        raise ConfigError(f"{what} must be a text without zero bytes")
    if not isinstance(value, tuple(allowed)):
        names = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}
        raise ConfigError(f"{what} must be {' or '.join(names[t] for t in allowed if t in names)}")
    return value
