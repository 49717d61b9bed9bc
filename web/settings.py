"""What was set on the page: a few settings in a file of their own, over those of the TOML file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from calibration.documents import Kind, read_document, write_document
from calibration.errors import CalibrationError
from sensors.config import section
from sensors.errors import ConfigError

from .config import AlarmConfig, PageConfig, StationConfig

# Which may be set there, and by which table they are judged.
SETTABLE: dict[str, tuple[type[Any], tuple[str, ...]]] = {
    "station": (StationConfig, ("latitude", "longitude", "altitude_m")),
    "alarm": (AlarmConfig, ("sounds_from", "notify_from")),
    "page": (PageConfig, ("unit", "zone", "night")),
}
_KIND = Kind(
    title="page settings file",
    format="storm-petrel page settings",
    version=1,
    origin="set something on the page",
    remedy="delete it, and set it anew on the page",
)

Tables = Mapping[str, Any]


class Settings:
    """The file, and the tables that it lies over. where: what they are called in messages."""

    def __init__(self, path: Path, given: Tables, where: str) -> None:
        self.path, self._given, self._where = path, given, where

    def tables(self) -> Tables:
        """All tables, with what was set; ConfigError for a file that cannot be used."""
        return self._over(self._kept())

    def kept_keys(self) -> list[str]:
        """Which were set on the page."""
        return [key for table in self._kept().values() for key in table]

    def values(self) -> dict[str, Any]:
        """What holds now, by its key."""
        tables = self.tables()
        return {
            key: getattr(section(tables, name, cls, self._where), key)
            for name, (cls, keys) in SETTABLE.items()
            for key in keys
        }

    def keep(self, values: Mapping[str, Any]) -> None:
        """Keep these, by their keys, and nothing else; None: as the TOML file has it.

        Raises ConfigError for one that cannot be, CalibrationError for what cannot be written.
        """
        kept = {
            name: {key: values[key] for key in keys if values.get(key) is not None}
            for name, (_, keys) in SETTABLE.items()
        }
        self._check(kept)
        write_document(self.path, _KIND, kept)

    def _kept(self) -> dict[str, dict[str, Any]]:
        if not self.path.exists() and not self.path.is_symlink():
            return {}
        try:
            return read_document(self.path, _KIND, self._understood)
        except CalibrationError as error:
            raise ConfigError(str(error)) from error

    def _understood(self, document: dict[str, Any]) -> dict[str, dict[str, Any]]:
        kept = {name: table for name, table in document.items() if name in SETTABLE}
        for name, table in document.items():
            known = SETTABLE[name][1] if name in SETTABLE else ()
            if name not in ("format", "version") and (
                not isinstance(table, dict) or not set(table) <= set(known)
            ):
                raise CalibrationError(f"{name!r} is none of what is set on the page")
        try:
            self._check(kept)
        except ConfigError as error:
            raise CalibrationError(str(error)) from error
        return kept

    def _check(self, kept: Tables) -> None:
        for name, (cls, _) in SETTABLE.items():
            section(self._over(kept), name, cls, "on the page")

    def _over(self, kept: Tables) -> Tables:
        changed = {
            name: {**self._given.get(name, {}), **table} for name, table in kept.items() if table
        }
        return {**self._given, **changed}
