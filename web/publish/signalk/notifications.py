"""Notifications of the level: each level of each episode has a path of its own.

    ...pressure.fall.20140212T103000Z.warning   warn     acknowledged at the plotter
    ...pressure.fall.20140212T130000Z.storm     alarm    sounds again

A server keeps what was acknowledged with the path, and lets it stay silent through every rise of
the state, for ever. A path that is new starts fresh; the old ones are set to normal.
"""

from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from ...weather import Outlook, StormLevel
from .deltas import PRESSURE

PREFIX = f"notifications.{PRESSURE}.fall."

# As the schema words them: a warning "may require attention", an alarm requires it at once; an
# emergency is an immediate danger to life or vessel, and may not be silenced: a forecast is none.
_STATES = {StormLevel.WATCH: "alert", StormLevel.WARNING: "warn", StormLevel.STORM: "alarm"}
# Over UDP a word may be lost: so many old notifications are set to normal once more.
_REMEMBERED = 4


class Notification(NamedTuple):
    """What is shown: path, state, whether it sounds, and the words."""

    path: str
    state: str
    sounds: bool
    message: str

    @property
    def method(self) -> list[str]:
        """In what ways it is shown."""
        return ["visual", "sound"] if self.sounds else ["visual"]

    @property
    def value(self) -> dict[str, object]:
        """As a delta holds it."""
        return {"state": self.state, "method": self.method, "message": self.message}


class LevelNotifications:
    """What is shown now, and what was before. title: of the record that is played, or empty."""

    def __init__(self, title: str = "") -> None:
        self._title = title
        self._level = StormLevel.CALM
        self._ended: deque[str] = deque(maxlen=_REMEMBERED)
        self.shown: Notification | None = None

    def take(
        self, outlook: Outlook, sounds_from: StormLevel, known: StormLevel = StormLevel.CALM
    ) -> bool:
        """Take the newest outlook; return whether another notification is to be shown now.

        sounds_from: the lowest level that sounds. known: the level up to which somebody has heard
        it, as after a restart.
        """
        path = path_of(outlook)
        if path == (self.shown and self.shown.path):
            return False
        if self.shown is not None:
            self._ended.append(self.shown.path)
        # A level that was let down to, or is known, is no news, and wakes nobody.
        is_news = max(self._level, known) < outlook.level >= sounds_from
        self._level = outlook.level
        self.shown = None
        if path is not None:
            state = _STATES[outlook.level]
            self.shown = Notification(path, state, is_news, self._message(outlook))
        return True

    def values(self) -> Mapping[str, object]:
        """All that is to be told: the old ones are normal, the newest is what it is."""
        told: dict[str, object] = {path: over() for path in self._ended}
        if self.shown is not None:
            told[self.shown.path] = self.shown.value
        return told

    def is_acknowledged(self, path: str, value: Mapping[str, Any]) -> bool:
        """Whether what a server says of a path is that somebody has acknowledged what is shown."""
        if self.shown is None or path != self.shown.path:
            return False
        if value.get("state") in ("normal", "nominal"):
            return True
        method = value.get("method")
        return isinstance(method, list) and any(way not in method for way in self.shown.method)

    def acknowledge(self) -> None:
        """Somebody knows of it: told once more, as to a server that forgot, it wakes nobody."""
        if self.shown is not None:
            self.shown = self.shown._replace(sounds=False)

    def sounds_in_vain(self, known: StormLevel) -> bool:
        """Whether it sounds although this level is known."""
        return self.shown is not None and self.shown.sounds and self._level <= known

    def is_left_over(self, path: str, value: Mapping[str, Any]) -> bool:
        """Whether it is one of an earlier run of this program that is still shown."""
        is_ours = path.startswith(PREFIX) and path != (self.shown and self.shown.path)
        return is_ours and value.get("state") not in ("normal", "nominal")

    def _message(self, outlook: Outlook) -> str:
        mark = f"SIMULATED ({self._title}): " if self._title else ""
        return f"{mark}{outlook.level.name}: {'; '.join(outlook.reasons)}"


def over() -> dict[str, object]:
    """The value of a notification that is over."""
    return {"state": "normal", "method": [], "message": ""}


def path_of(outlook: Outlook) -> str | None:
    """The path of this level, which began when it began; None in a calm."""
    if outlook.level is StormLevel.CALM:
        return None
    since = datetime.fromtimestamp(outlook.since, UTC)
    return f"{PREFIX}{since:%Y%m%dT%H%M%SZ}.{outlook.level.word}"
