"""Notifications of the level and of missing data: each level of each fall has its own path.

    ...pressure.fall.20140212T103000Z.warning   warn     acknowledged at the plotter
    ...pressure.fall.20140212T130000Z.storm     alarm    sounds again
    ...pressure.noData.20140212T140000Z         alarm    no sample since then
    ...pressure.drill.20140212T150000Z.storm    alarm    a drill, for some seconds

A server stores an acknowledgement with the path and then silences every later state of it. So a
new level gets a new path, and the old ones are set to normal.
"""

from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from ...alarm.drill import words_of
from ...alarm.state import AlarmSignal
from ...display.times import date_words
from ...weather import Outlook, StormLevel
from .deltas import PRESSURE

PREFIX = f"notifications.{PRESSURE}.fall."
NO_DATA_PREFIX = f"notifications.{PRESSURE}.noData."
DRILL_PREFIX = f"notifications.{PRESSURE}.drill."
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


class AlarmNotifications:
    """The current notifications and earlier ones. title: of the record that is played, or ""."""

    def __init__(self, title: str = "") -> None:
        self._mark = f"SIMULATED ({title}): " if title else ""
        self.level = StormLevel.CALM  # that is shown
        self._drill: AlarmSignal | None = None
        self._current: dict[str, Notification] = {}  # by prefix
        self._ended: deque[str] = deque(maxlen=_REMEMBERED)

    @property
    def current(self) -> list[Notification]:
        return list(self._current.values())

    def update(
        self,
        outlook: Outlook | None,
        sounds_from: StormLevel,
        acknowledged: StormLevel = StormLevel.CALM,
    ) -> bool:
        """Take the outlook of now; return whether the notification of the level has changed.

        outlook: None once it is lost: then no level is shown. sounds_from: the lowest level that
        sounds. acknowledged: the highest acknowledged level.
        """
        path = path_of(outlook) if outlook else None
        shown = self._current.get(PREFIX)
        if path == (shown.path if shown else None):
            return False
        if outlook is None or path is None:
            self.level = StormLevel.CALM  # what is lost without being acknowledged sounds again
            return self._show(PREFIX, None)
        # A level that was reached by falling, or is acknowledged, sounds no alarm.
        sounds = max(self.level, acknowledged) < outlook.level >= sounds_from
        self.level = outlook.level
        message = f"{self._mark}{outlook.level.name}: {'; '.join(outlook.reasons)}"
        state = _STATES[outlook.level]
        return self._show(PREFIX, Notification(path, state, sounds, message))

    def update_no_data(self, since: float | None, *, is_alarm: bool, acknowledged: bool) -> bool:
        """Take since when data are missing (Unix seconds), or None; return whether it changed.

        is_alarm: the alarm's state NO DATA has begun; it sounds unless it is acknowledged.
        """
        if since is None:
            return self._show(NO_DATA_PREFIX, None)
        path = f"{NO_DATA_PREFIX}{_compact(since)}"
        message = f"{self._mark}NO DATA since {date_words(since)}"
        state = "alarm" if is_alarm else "warn"
        sounds = is_alarm and not acknowledged
        return self._show(NO_DATA_PREFIX, Notification(path, state, sounds, message))

    def update_drill(self, drill: AlarmSignal | None, now: float) -> bool:
        """Take the signal that a drill plays now (Unix seconds); return whether it changed."""
        if drill is self._drill:
            return False
        self._drill = drill
        if drill is None:
            return self._show(DRILL_PREFIX, None)
        path = f"{DRILL_PREFIX}{_compact(now)}.{drill.value}"
        message = f"DRILL: {self._mark}{words_of(drill)}"
        state = "alarm" if drill is AlarmSignal.NO_DATA else _STATES[StormLevel[drill.name]]
        return self._show(DRILL_PREFIX, Notification(path, state, True, message))

    def values(self) -> Mapping[str, object]:
        """Return all values to send, by path: earlier notifications are normal."""
        values: dict[str, object] = dict.fromkeys(self._ended, NORMAL)
        return values | {shown.path: shown.value for shown in self.current}

    def is_acknowledged(self, path: str, value: Mapping[str, Any]) -> bool:
        """Whether this value from the server means that a current one was acknowledged."""
        shown = next((shown for shown in self.current if shown.path == path), None)
        if shown is None:
            return False
        method = value.get("method")
        is_silent = isinstance(method, list) and any(m not in method for m in shown.method)
        return _is_normal(value) or is_silent

    def stop_sound(self) -> None:
        """Stop the sound, also for a server that has forgotten the acknowledgement."""
        for prefix, shown in self._current.items():
            self._current[prefix] = shown._replace(sounds=False)

    def sounds_at(self, acknowledged: StormLevel) -> bool:
        """Whether the level still sounds although it is acknowledged."""
        shown = self._current.get(PREFIX)
        return shown is not None and shown.sounds and self.level <= acknowledged

    def is_stale(self, path: str, value: Mapping[str, Any]) -> bool:
        """Whether it is still shown from an earlier run of this program."""
        is_ours = path.startswith((PREFIX, NO_DATA_PREFIX, DRILL_PREFIX))
        is_current = any(shown.path == path for shown in self.current)
        return is_ours and not is_current and not _is_normal(value)

    def _show(self, prefix: str, new: Notification | None) -> bool:
        old = self._current.pop(prefix, None)
        if new is not None:
            self._current[prefix] = new
        if old is not None and (new is None or new.path != old.path):
            self._ended.append(old.path)
        return new != old


def path_of(outlook: Outlook) -> str | None:
    """Return the path of this level, by the time at which it began; None at CALM."""
    if outlook.level is StormLevel.CALM:
        return None
    return f"{PREFIX}{_compact(outlook.since)}.{outlook.level.word}"


def _compact(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%Y%m%dT%H%M%SZ}"


def _is_normal(value: Mapping[str, Any]) -> bool:
    return value.get("state") in ("normal", "nominal")
