"""What was set on the page: a few settings in a file of their own, over those of the TOML file.

TOML file -> Config ----.
page-settings.json -----+--> Preferences, replaced whole with each change
barometer-offset.json --'
"""

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from calibration.documents.json_file import Kind, read_document, write_document
from calibration.errors import CalibrationError
from sensors.config import section
from sensors.errors import ConfigError

from ..config.settings import TABLES, Config, Preferences

if TYPE_CHECKING:
    from calibration.pressure.offset import PressureOffset

# What may be set there, by its table.
SETTABLE: dict[str, tuple[str, ...]] = {
    "station": ("latitude", "longitude", "altitude_m"),
    "alarm": ("sounds_from", "notify_from"),
    "page": ("unit", "zone", "night"),
}
_KIND = Kind(
    title="page settings file",
    format="storm-petrel page settings",
    version=1,
    origin="set something on the page",
    remedy="delete it, and set it anew on the page",
)

_Changes = Mapping[str, Mapping[str, Any]]


class Settings:
    """The preferences of a running program, and the files that keep them. For any thread.

    path: of what is set on the page. given: what it lies over. offset_path: of the barometer's
    offset; offset: what was there at the start. Raises ConfigError for a file that cannot be used.
    """

    def __init__(
        self, path: Path, given: Config, offset_path: Path, offset: "PressureOffset | None" = None
    ) -> None:
        self.path, self._given, self._offset_path = path, given, offset_path
        self._changing = Lock()
        self._kept = _read(path, given)
        self._current = replace(_preferences(given, self._kept), offset=offset)

    @property
    def current(self) -> Preferences:
        """What holds at this moment."""
        return self._current

    @property
    def kept_keys(self) -> list[str]:
        """Which were set on the page."""
        return [key for table in self._kept.values() for key in table]

    @property
    def values(self) -> dict[str, Any]:
        """What holds at this moment, by its key."""
        current = self._current
        return {
            key: getattr(getattr(current, name), key)
            for name, keys in SETTABLE.items()
            for key in keys
        }

    def keep(self, values: Mapping[str, Any]) -> None:
        """Keep these, by their keys, and nothing else; None: as the TOML file has it.

        Raises ConfigError for one that cannot be, CalibrationError for what cannot be written.
        """
        kept = {
            name: {key: values[key] for key in keys if values.get(key) is not None}
            for name, keys in SETTABLE.items()
        }
        with self._changing:
            changed = _preferences(self._given, kept)
            write_document(self.path, _KIND, kept)
            self._kept, self._current = kept, replace(changed, offset=self._current.offset)

    def correct(self, offset: "PressureOffset | None") -> None:
        """Keep this offset of the barometer; None: show its pressure as measured.

        Raises CalibrationError for a file that cannot be written or deleted.
        """
        with self._changing:
            if offset is not None:
                offset.save(self._offset_path)
            else:
                _delete(self._offset_path)
            self._current = replace(self._current, offset=offset)


def _delete(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise CalibrationError(f"{path} cannot be deleted: {error.strerror}") from error


def _read(path: Path, given: Config) -> _Changes:
    if not path.exists() and not path.is_symlink():
        return {}

    def understood(document: dict[str, Any]) -> _Changes:
        for name, table in document.items():
            known = SETTABLE.get(name, ())
            if name not in ("format", "version") and (
                not isinstance(table, dict) or not set(table) <= set(known)
            ):
                raise CalibrationError(f"{name!r} is none of what is set on the page")
        kept = {name: table for name, table in document.items() if name in SETTABLE}
        try:
            _preferences(given, kept)
        except ConfigError as error:
            raise CalibrationError(str(error)) from error
        return kept

    try:
        return read_document(path, _KIND, understood)
    except CalibrationError as error:
        raise ConfigError(str(error)) from error


def _preferences(given: Config, kept: _Changes) -> Preferences:
    """What is kept, over what is given. Raises ConfigError."""
    changed = {
        name: section(
            {name: {**asdict(getattr(given, name)), **kept.get(name, {})}},
            name,
            TABLES[name],
            "on the page",
        )
        for name in SETTABLE
    }
    return Preferences(**changed)
