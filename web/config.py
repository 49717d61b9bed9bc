"""The settings of station, history and page: [station], [history] and [page] of the TOML file."""

import os
from dataclasses import dataclass
from pathlib import Path

from sensors.errors import ConfigError

from .hosts import host_names
from .weather import Station


@dataclass(frozen=True)
class StationConfig:
    """[station]: where the barometer is: degrees north and east, metres above the sea.

    offset: the file with the barometer's offset; left empty: barometer-offset.json beside the
    history, if there is one.
    """

    latitude: float | None = None
    longitude: float | None = None
    altitude_m: float = 0.0
    offset: str = ""

    def __post_init__(self) -> None:
        if self.latitude is not None and not -90 <= self.latitude <= 90:
            raise ValueError(f"latitude = {self.latitude}: from -90 (south) to 90 (north)")
        if self.longitude is not None and not -180 <= self.longitude <= 180:
            raise ValueError(f"longitude = {self.longitude}: from -180 (west) to 180 (east)")
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("latitude and longitude: give both, or neither")
        if not -500 <= self.altitude_m <= 9000:
            raise ValueError(f"altitude_m = {self.altitude_m}: from -500 to 9000")
        _check_file("offset", self.offset)

    @property
    def place(self) -> Station:
        """What the storm rule is told of it."""
        return Station(self.latitude, self.longitude, self.altitude_m)


@dataclass(frozen=True)
class HistoryConfig:
    """[history]: the file, and how many seconds lie between two samples.

    path left empty: history.sqlite in $STATE_DIRECTORY (a service), else in
    ~/.local/share/storm-petrel.
    """

    path: str = ""
    interval_s: float = 60.0

    def __post_init__(self) -> None:
        if not 1 <= self.interval_s <= 3600:
            raise ValueError(f"interval_s = {self.interval_s}: from 1 to 3600")
        _check_file("path", self.path)

    @property
    def file(self) -> Path:
        """Where the history is; ConfigError when this user has no home to keep it in."""
        state = os.environ.get("STATE_DIRECTORY")
        data = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
        default = f"{state}/history.sqlite" if state else f"{data}/storm-petrel/history.sqlite"
        path = Path(self.path or default)
        try:
            return path.expanduser()
        except RuntimeError as error:
            raise ConfigError(
                f"[history] path is not given, and there is no home for {path}: give a full path"
            ) from error


@dataclass(frozen=True)
class PageConfig:
    """[page]: names that the page goes by besides this machine's own, apart by spaces."""

    names: str = ""

    def __post_init__(self) -> None:
        host_names(self.names)


def _check_file(key: str, path: str) -> None:
    if path and not Path(path).name:
        raise ValueError(f"{key} = {path!r}: the name of a file is wanted")
    try:
        Path(path).expanduser()
    except RuntimeError as error:
        raise ValueError(f"{key} = {path!r}: there is no home for the ~") from error
