"""The alarm: when it sounds, which level is acknowledged, how long it is silent.

    NO DATA                                                 .------.
    STORM                    .-----.                        |      |
    WARNING         .--------'     '-------.        .-------'      '---
    CALM    --------'                      '--------'
    sounds          ~~~~     ~~~~~~~                ~~~~~~~~~~~
                        ^ acknowledged                         ^ acknowledged

Acknowledging says: this is known, the level and the missing data. A silence says: not now. Neither
changes the level; every rise of it, and every beginning of NO DATA, sounds again. During a drill
both end the drill, and nothing else. Moments are seconds since the boot (CLOCK_BOOTTIME), so that
setting the wall clock prolongs no silence.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import NamedTuple

from ..weather import StormLevel

log = logging.getLogger(__name__)

SILENCE_S = 600.0


class AlarmSignal(Enum):
    """What sounds: a level, or that no sample has come for a long time."""

    WATCH = "watch"
    WARNING = "warning"
    STORM = "storm"
    NO_DATA = "no_data"


@dataclass(frozen=True)
class AlarmState:
    """All that decides whether the alarm sounds; each event returns another state.

    acknowledged: the highest level that was acknowledged, never above the level. silenced_until:
    a moment, or None. sounds_from: the lowest level that sounds, a setting. no_data: no sample has
    come for a long time; the level is that of the last one. drill: the signal that a drill plays;
    it is not stored, and a real signal ends it.
    """

    level: StormLevel = StormLevel.CALM
    acknowledged: StormLevel = StormLevel.CALM
    silenced_until: float | None = None
    sounds_from: StormLevel = StormLevel.WARNING
    no_data: bool = False
    no_data_acknowledged: bool = False
    drill: AlarmSignal | None = None

    def signal(self, now: float) -> AlarmSignal | None:
        """Return what sounds, but for a drill; None for silence.

        NO DATA is newer than a level that sounds.
        """
        if self.silent_for_s(now):
            return None
        if self.no_data and not self.no_data_acknowledged:
            return AlarmSignal.NO_DATA
        is_news = self.level >= self.sounds_from and self.level > self.acknowledged
        return AlarmSignal(self.level.word) if is_news else None

    def is_sounding(self, now: float) -> bool:
        return self.signal(now) is not None

    def silent_for_s(self, now: float) -> float:
        """Return the seconds that are left of a silence, or 0.0."""
        if self.silenced_until is None:
            return 0.0
        return min(SILENCE_S, max(0.0, self.silenced_until - now))

    def after_level(self, level: StormLevel) -> "AlarmState":
        """Return the state at a level. A rise ends a silence, a fall lowers `acknowledged`."""
        if level > self.level:
            return replace(self, level=level, silenced_until=None)
        return replace(self, level=level, acknowledged=min(self.acknowledged, level))

    def after_no_data(self, no_data: bool) -> "AlarmState":
        """Return the state when data are missing, or come again. A beginning ends a silence."""
        if no_data is self.no_data:
            return self
        silenced_until = None if no_data else self.silenced_until
        return replace(
            self, no_data=no_data, no_data_acknowledged=False, silenced_until=silenced_until
        )

    def after_acknowledging(self) -> "AlarmState":
        """Return the state after all that is now was acknowledged, which ends a silence."""
        if self.drill:
            return replace(self, drill=None)
        return replace(
            self,
            acknowledged=self.level,
            no_data_acknowledged=self.no_data,
            silenced_until=None,
        )

    def after_silencing(self, now: float) -> "AlarmState":
        """Return the state with a silence of ten minutes from this moment on."""
        if self.drill:
            return replace(self, drill=None)
        return replace(self, silenced_until=now + SILENCE_S)

    def after_time(self, now: float) -> "AlarmState":
        """Return the same state, without a silence that is over or a drill that has to give way."""
        is_over = self.silenced_until is not None and not self.silent_for_s(now)
        state = replace(self, silenced_until=None) if is_over else self
        return replace(state, drill=None) if state.drill and state.signal(now) else state


class StoredAlarm(NamedTuple):
    """What is stored of a state over a restart, in plain numbers; by default: nothing.

    acknowledged: the level as a number. silenced_until_ms: milliseconds since the boot that
    boot_id names, or None. no_data: 0 no, 1 yes, 2 yes and acknowledged.
    """

    acknowledged: int = 0
    silenced_until_ms: int | None = None
    boot_id: str = ""
    no_data: int = 0

    @classmethod
    def of(cls, state: AlarmState, boot_id: str) -> "StoredAlarm":
        """Return what is to be stored of a state in this boot."""
        until = state.silenced_until
        # Rounded down, so that no silence lasts longer than was asked for.
        until_ms = None if until is None else int(until * 1000)
        no_data = int(state.no_data) + int(state.no_data_acknowledged)
        return cls(int(state.acknowledged), until_ms, boot_id, no_data)

    def after_restart(
        self, level: StormLevel, now: float, boot_id: str, sounds_from: StormLevel
    ) -> AlarmState:
        """Return the state after a restart. level: the one that was recorded last.

        A silence goes on in the same boot; in another, or an unknown one, it is over.
        """
        known = StormLevel(max(StormLevel.CALM, min(self.acknowledged, level)))
        state = AlarmState(level, known, None, sounds_from, self.no_data > 0, self.no_data > 1)
        if self.silenced_until_ms is None or not boot_id or boot_id != self.boot_id:
            return state
        # What was stored may be damaged: never a longer silence than one can ask for.
        until = min(self.silenced_until_ms / 1000, now + SILENCE_S)
        return replace(state, silenced_until=until).after_time(now)


class Alarm:
    """The alarm of a running program, for any thread; nothing here waits for a disk.

    keep: receives what is to be stored over a restart, whenever that changes. hurry: has it stored
    at once, after a person's request; a change of level is stored with its sample. note: takes
    such a request, "acknowledged" or "silenced", and what it was about. changed: notified after
    each change of `state`.
    """

    def __init__(
        self,
        state: AlarmState,
        boot_id: str = "",
        keep: Callable[[StoredAlarm], None] = lambda kept: None,
        hurry: Callable[[], None] = lambda: None,
        note: Callable[[str, str], None] = lambda request, what: None,
    ) -> None:
        self.changed = threading.Condition()
        self._state, self._boot_id = state, boot_id
        self._keep, self._hurry, self._note = keep, hurry, note
        self._kept: StoredAlarm | None = None

    @property
    def state(self) -> AlarmState:
        with self.changed:
            return self._state

    def update(self, level: StormLevel, now: float) -> StormLevel:
        """Change to the level of a new outlook; return the level before it."""
        before, _ = self._change(now, lambda state: state.after_level(level))
        return before.level

    def set_no_data(self, no_data: bool, now: float) -> bool:
        """Begin or end NO DATA; return whether that is a change."""
        before, after = self._change(now, lambda state: state.after_no_data(no_data))
        return before.no_data is not after.no_data

    def play(self, drill: AlarmSignal | None, now: float) -> bool:
        """Have a drill play this signal, or nothing; return False if a real signal sounds."""
        _, after = self._change(now, lambda state: replace(state, drill=drill))
        return after.drill is drill

    def acknowledge(self, now: float) -> AlarmState:
        """Acknowledge the level and NO DATA, or end a drill; return the state after that."""
        before, after = self._change(now, AlarmState.after_acknowledging)
        if before.drill:
            return after
        if before != after:
            what = "NO DATA" if after.no_data else after.level.name
            log.info("the alarm is acknowledged at %s", what)
            self._note("acknowledged", what)
        self._hurry()
        return after

    def silence(self, now: float) -> AlarmState:
        """Begin a silence of ten minutes, or end a drill; return the state after that."""
        before, after = self._change(now, lambda state: state.after_silencing(now))
        if before.drill:
            return after
        what = "NO DATA" if after.no_data else after.level.name
        log.info("the alarm is silenced for %.0f min at %s", SILENCE_S / 60, what)
        self._note("silenced", what)
        self._hurry()
        return after

    def sound_from(self, level: StormLevel, now: float) -> None:
        self._change(now, lambda state: replace(state, sounds_from=level))

    def _change(
        self, now: float, how: Callable[[AlarmState], AlarmState]
    ) -> tuple[AlarmState, AlarmState]:
        with self.changed:
            before = self._state.after_time(now)
            after = how(before).after_time(now)
            if after != self._state:
                self._state = after
                self.changed.notify_all()
            kept = StoredAlarm.of(after, self._boot_id)
            if kept != self._kept:
                self._kept = kept
                self._keep(kept)
        return before, after
