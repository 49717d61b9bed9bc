"""The settings file, parsed once, and what of it may change while the program runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING, Any, Final, Self

from sensors.config import (
    BarometerConfig,
    BoardConfig,
    ColourConfig,
    SimulatedConfig,
    Tables,
    load_tables,
    section,
)

from .tables import AlarmConfig, HistoryConfig, PageConfig, StationConfig

if TYPE_CHECKING:
    from calibration.pressure.offset import PressureOffset

    from .publishers import PublisherConfig

# The tables of every program; those of publishers are parsed only if they are given.
TABLES: Final[dict[str, type[Any]]] = {
    "board": BoardConfig,
    "barometer": BarometerConfig,
    "colour": ColourConfig,
    "simulated": SimulatedConfig,
    "station": StationConfig,
    "history": HistoryConfig,
    "alarm": AlarmConfig,
    "page": PageConfig,
}


@dataclass(frozen=True)
class Config:
    """All tables of the settings file.

    publishers: the tables of the publishers that are on, by name. where: the file, for messages.
    """

    board: BoardConfig
    barometer: BarometerConfig
    colour: ColourConfig
    simulated: SimulatedConfig
    station: StationConfig
    history: HistoryConfig
    alarm: AlarmConfig
    page: PageConfig
    publishers: "Mapping[str, PublisherConfig]"
    where: str

    @classmethod
    def load(cls, path: str | PathLike[str] | Tables | None) -> Self:
        """Read a TOML file, or its parsed tables; None: the defaults. Raises ConfigError."""
        return cls.of(*load_tables(path))

    @classmethod
    def of(cls, tables: Tables, where: str) -> Self:
        """Parse and check all tables. Raises ConfigError with file, table and key."""
        parsed = {name: section(tables, name, table, where) for name, table in TABLES.items()}
        publishers: Mapping[str, PublisherConfig] = {}
        if not set(tables) <= set(TABLES):
            from .publishers import publishers_of  # a plain logger does without it

            publishers = publishers_of(tables, where)
        return cls(**parsed, publishers=publishers, where=where)


@dataclass(frozen=True)
class Preferences:
    """What may change while the program runs. offset: of the barometer, if known."""

    station: StationConfig
    alarm: AlarmConfig
    page: PageConfig
    offset: "PressureOffset | None" = None

    @property
    def offset_hpa(self) -> float:
        """What is added to the measured pressure where it is shown."""
        return self.offset.offset_hpa if self.offset else 0.0
