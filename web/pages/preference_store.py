"""The preferences that are set on the page: a file of their own, over the TOML file.

TOML file -> Config ----.
page-settings.json -----+--> Preferences, replaced whole with each change
barometer-offset.json --'

The last two are side files: one that is damaged is set aside, and the program runs without it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from calibration.documents.json_file import Kind, read_document, write_document
from calibration.errors import CalibrationError
from sensors.config import section
from sensors.errors import ConfigError

from ..config.settings import TABLES, Config, Preferences
from ..system.side_files import Loss, SideFile, SideFiles

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
    is_private=True,  # it may have the place of the boat
)

_SETTINGS_LOSS = Loss("what was set on the page is lost, and the settings file holds")
_OFFSET_LOSS = Loss(
    "the barometer's offset is lost, and the pressure is shown as measured until it is compared"
    " again",
    "The barometer’s offset is lost: this is as measured.",
)
_UNWRITTEN = Loss("it holds until the next start, unless the disk can be written by then")

_Changes = Mapping[str, Mapping[str, Any]]


class SettableStore(Protocol):
    """What the settings page asks of the preferences."""

    @property
    def current(self) -> Preferences: ...
    @property
    def changed_keys(self) -> Sequence[str]: ...

    def save(self, values: Mapping[str, Any], /) -> None:
        """Save these. Raises ConfigError or CalibrationError."""

    def save_offset(self, offset: "PressureOffset | None", /) -> None:
        """Save this offset, or none. Raises CalibrationError."""


def settable_values(preferences: Preferences) -> dict[str, Any]:
    """Return the value of each key that the page may set."""
    return {
        key: getattr(getattr(preferences, name), key)
        for name, keys in SETTABLE.items()
        for key in keys
    }


class PreferenceStore:
    """The preferences of a running program, and the files that keep them. For any thread.

    path: the file of the page's settings. config: the settings that it overrides. offset_path: the
    file of the barometer's offset. files: watch over both.
    """

    def __init__(
        self, path: Path, config: Config, offset_path: Path, files: SideFiles | None = None
    ) -> None:
        self.path, self._config = path, config
        self._lock = Lock()
        self.side_files = files = files or SideFiles()
        self._file: SideFile[_Changes] = SideFile(
            files, path, lambda file: _read(file, config), _write, _SETTINGS_LOSS, _UNWRITTEN
        )
        self._offset_file = SideFile(
            files, offset_path, _read_offset, _write_offset, _OFFSET_LOSS, _UNWRITTEN
        )
        self._changes = self._file.load() or {}
        self._current = replace(
            _preferences(config, self._changes), offset=self._offset_file.load()
        )

    @property
    def current(self) -> Preferences:
        return self._current

    @property
    def changed_keys(self) -> list[str]:
        """The keys that were set on the page."""
        return [key for table in self._changes.values() for key in table]

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
            self._file.save(changes)
            self._changes = changes
            self._current = replace(preferences, offset=self._current.offset)

    def save_offset(self, offset: "PressureOffset | None") -> None:
        """Save this offset of the barometer; None: show its pressure as measured.

        Raises CalibrationError if the file cannot be written or deleted.
        """
        with self._lock:
            if offset is not None:
                self._offset_file.save(offset)
            else:
                try:
                    self._offset_file.delete()
                except OSError as error:
                    path = self._offset_file.path
                    raise CalibrationError(f"cannot delete {path}: {error.strerror}") from error
            self._current = replace(self._current, offset=offset)


def _read(path: Path, config: Config) -> _Changes:
    """Return what a file changes. Raises CalibrationError."""

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

    return read_document(path, _KIND, parse)


def _write(path: Path, changes: _Changes) -> None:
    write_document(path, _KIND, {**changes})


def _read_offset(path: Path) -> "PressureOffset":
    from calibration.pressure.offset import PressureOffset  # a logger without one saves it

    return PressureOffset.load(path)


def _write_offset(path: Path, offset: "PressureOffset") -> None:
    offset.save(path)


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
