"""Notifications of the level: each level of each fall of the pressure has its own path.

    ...pressure.fall.20140212T103000Z.warning   warn     acknowledged at the plotter
    ...pressure.fall.20140212T130000Z.storm     alarm    sounds again

A server stores an acknowledgement with the path and then silences every later state of it. So a
new level gets a new path, and the old ones are set to normal.
"""

from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from ...weather import Outlook, StormLevel
from .deltas import PRESSURE

PREFIX = f"notifications.{PRESSURE}.fall."
NORMAL = {"state": "normal", "method": [], "message": ""}

# By the schema: a warning "may require attention", an alarm requires it at once. An emergency is an
# immediate danger to life or vessel, and may not be silenced: a forecast never is one.
_STATES = {StormLevel.WATCH: "alert", StormLevel.WARNING: "warn", StormLevel.STORM: "alarm"}
# UDP may lose a delta, so this number of old notifications is set to normal again.
_REMEMBERED = 4


class Notification(NamedTuple):
    """A notification as it is shown."""

    path: str
    state: str
    sounds: bool
    message: str

    @property
    def method(self) -> list[str]:
        """Return "visual", and "sound" if it sounds."""
        return ["visual", "sound"] if self.sounds else ["visual"]

    @property
    def value(self) -> dict[str, object]:
        """The value in a delta."""
        return {"state": self.state, "method": self.method, "message": self.message}


class LevelNotifications:
    """The current notification and earlier ones. title: of the record that is played, or ""."""

    def __init__(self, title: str = "") -> None:
        self._title = title
        self._level = StormLevel.CALM
        self._ended: deque[str] = deque(maxlen=_REMEMBERED)
        self.current: Notification | None = None

    def update(
        self,
        outlook: Outlook,
        sounds_from: StormLevel,
        acknowledged: StormLevel = StormLevel.CALM,
    ) -> bool:
        """Take the newest outlook; return whether the current notification has changed.

        sounds_from: the lowest level that sounds. acknowledged: the highest acknowledged level.
        """
        path = path_of(outlook)
        if path == self._path:
            return False
        if self.current is not None:
            self._ended.append(self.current.path)
        # A level that was reached by falling, or is acknowledged, sounds no alarm.
        sounds = max(self._level, acknowledged) < outlook.level >= sounds_from
        self._level = outlook.level
        self.current = None
        if path is not None:
            mark = f"SIMULATED ({self._title}): " if self._title else ""
            message = f"{mark}{outlook.level.name}: {'; '.join(outlook.reasons)}"
            self.current = Notification(path, _STATES[outlook.level], sounds, message)
        return True

    def values(self) -> Mapping[str, object]:
        """Return all values to send, by path: earlier notifications are normal."""
        values: dict[str, object] = dict.fromkeys(self._ended, NORMAL)
        if self.current is not None:
            values[self.current.path] = self.current.value
        return values

    def is_acknowledged(self, path: str, value: Mapping[str, Any]) -> bool:
        """Whether this value from the server means that the current one was acknowledged."""
        if self.current is None or path != self.current.path:
            return False
        method = value.get("method")
        is_silent = isinstance(method, list) and any(m not in method for m in self.current.method)
        return _is_normal(value) or is_silent

    def stop_sound(self) -> None:
        """Stop the sound, also for a server that has forgotten the acknowledgement."""
        if self.current is not None:
            self.current = self.current._replace(sounds=False)

    def sounds_at(self, acknowledged: StormLevel) -> bool:
        """Whether it still sounds although this level is acknowledged."""
        return self.current is not None and self.current.sounds and self._level <= acknowledged

    def is_stale(self, path: str, value: Mapping[str, Any]) -> bool:
        """Whether it is still shown from an earlier run of this program."""
        return path.startswith(PREFIX) and path != self._path and not _is_normal(value)

    @property
    def _path(self) -> str | None:
        return self.current.path if self.current else None


def path_of(outlook: Outlook) -> str | None:
    """Return the path of this level, by the time at which it began; None at CALM."""
    if outlook.level is StormLevel.CALM:
        return None
    since = datetime.fromtimestamp(outlook.since, UTC)
    return f"{PREFIX}{since:%Y%m%dT%H%M%SZ}.{outlook.level.word}"


def _is_normal(value: Mapping[str, Any]) -> bool:
    return value.get("state") in ("normal", "nominal")
