"""What the page may ask the recorder's process for, by name; nothing else is carried out."""

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

from calibration.pressure.offset import PressureOffset

from ...alarm.armed_pages import ArmedPages
from ...history.clock_trust import ClockReading, ClockTrust
from ...history.events import Event, EventKind
from ..program import Plan, Program
from .channel import PageCommand


class UnknownCommandError(LookupError):
    """The page asks for an unknown command."""


class PageCommands:
    """The commands, over the parts of a program. For any thread.

    alive: called when the page shows that it answers.
    """

    def __init__(
        self, plan: Plan, parts: Program, armed: ArmedPages, alive: Callable[[], None]
    ) -> None:
        self._plan, self._parts = plan, parts
        self._lock = Lock()  # of two changes at once, the newer one holds
        alarm, uptime = parts.alarm, parts.clock.uptime
        self._commands: Mapping[str, Callable[..., object]] = {
            "acknowledge": lambda source: alarm.acknowledge(uptime(), source),
            "silence": lambda source: alarm.silence(uptime(), source),
            "start_drill": parts.drill.start,
            "set_clock": self._set_clock,
            "save": self._save,
            "save_offset": self._save_offset,
            "acknowledge_files": plan.side_files.acknowledge,
            "happened": self._happened,
            "doubt": parts.maintainer.doubt,
            "armed": armed.asked,
            "alive": alive,
        }

    def run(self, command: PageCommand) -> object:
        """Carry a command out and return its result. Raises what it raises."""
        if command.name not in self._commands:
            raise UnknownCommandError(f"{command.name[:40]!r} is no command of the page")
        result = self._commands[command.name](*command.arguments)
        return result if isinstance(result, int) else None

    def _set_clock(self, unix_ms: int) -> int:
        reading = ClockReading(unix_ms - self._parts.clock.monotonic_ms(), ClockTrust.PHONE)
        return self._parts.recorder.set_clock(reading)

    def _save(self, values: Mapping[str, Any]) -> None:
        with self._lock:
            self._plan.settings.save(values)
            preferences = self._plan.settings.current
            level = preferences.alarm.sounds_from_level
            self._parts.alarm.sound_from(level, self._parts.clock.uptime())
            self._parts.recorder.move_to(preferences.station.place)

    def _save_offset(self, document: Mapping[str, Any] | None) -> None:
        offset = None if document is None else PressureOffset.of(document)
        self._plan.settings.save_offset(offset)

    def _happened(self, words: str) -> None:
        event = Event(self._parts.pace.now(), EventKind.ACCESS, words)
        self._parts.maintainer.history.queue_event(event)
