"""The preferences that are set on the page: a file of their own, over the TOML file.

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

# The keys that the page may set, by their table.
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
    remedy="delete it, and set it again on the page",
)

_Changes = Mapping[str, Mapping[str, Any]]


class PreferenceStore:
    """The preferences of a running program, and the files that keep them. For any thread.

    path: the file of the page's settings. config: the settings that it overrides. offset_path: the
    file of the barometer's offset. offset: the offset at the start. Raises ConfigError for a file
    that cannot be used.
    """

    def __init__(
        self, path: Path, config: Config, offset_path: Path, offset: "PressureOffset | None" = None
    ) -> None:
        self.path, self._config, self._offset_path = path, config, offset_path
        self._lock = Lock()
        self._changes = _read(path, config)
        self._current = replace(_preferences(config, self._changes), offset=offset)

    @property
    def current(self) -> Preferences:
        return self._current

    @property
    def changed_keys(self) -> list[str]:
        """The keys that were set on the page."""
        return [key for table in self._changes.values() for key in table]

    @property
    def values(self) -> dict[str, Any]:
        """The current value of each key that the page may set."""
        current = self._current
        return {
            key: getattr(getattr(current, name), key)
            for name, keys in SETTABLE.items()
            for key in keys
        }

    def save(self, values: Mapping[str, Any]) -> None:
        """Save these, by their keys, in place of all earlier ones; None: as the TOML file has it.

        Raises ConfigError for an invalid value, CalibrationError if they cannot be written.
        """
        changes = {
            name: {key: values[key] for key in keys if values.get(key) is not None}
            for name, keys in SETTABLE.items()
        }
        with self._lock:
            preferences = _preferences(self._config, changes)
            write_document(self.path, _KIND, changes)
            self._changes = changes
            self._current = replace(preferences, offset=self._current.offset)

    def save_offset(self, offset: "PressureOffset | None") -> None:
        """Save this offset of the barometer; None: show its pressure as measured.

        Raises CalibrationError if the file cannot be written or deleted.
        """
        with self._lock:
            path = self._offset_path
            if offset is not None:
                offset.save(path)
            else:
                try:
                    path.unlink(missing_ok=True)
                except OSError as error:
                    raise CalibrationError(f"cannot delete {path}: {error.strerror}") from error
            self._current = replace(self._current, offset=offset)


def _read(path: Path, config: Config) -> _Changes:
    if not path.exists() and not path.is_symlink():
        return {}

    def parse(document: dict[str, Any]) -> _Changes:
        changes = {key: document[key] for key in document if key not in ("format", "version")}
        for name, table in changes.items():
            if not isinstance(table, dict) or not set(table) <= set(SETTABLE.get(name, ())):
                raise CalibrationError(f"{name!r} is not one of the page's settings")
        try:
            _preferences(config, changes)
        except ConfigError as error:
            raise CalibrationError(str(error)) from error
        return changes

    try:
        return read_document(path, _KIND, parse)
    except CalibrationError as error:
        raise ConfigError(str(error)) from error


def _preferences(config: Config, changes: _Changes) -> Preferences:
    """Return the preferences of the config with these changes. Raises ConfigError."""
    tables = {
        name: section(
            {name: {**asdict(getattr(config, name)), **changes.get(name, {})}},
            name,
            TABLES[name],
            "on the page",
        )
        for name in SETTABLE
    }
    return Preferences(**tables)
