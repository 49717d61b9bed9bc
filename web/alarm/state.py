"""The alarm: when it sounds, which level is acknowledged, how long it is silent.

    NO DATA                                                 .------.
    STORM                    .-----.                        |      |
    WARNING         .--------'     '-------.        .-------'      '---
    CALM    --------'                      '--------'
    sounds          ~~~~     ~~~~~~~                ~~~~~~~~~~~
                        ^ acknowledged                         ^ acknowledged

Acknowledging says: this is known, the level and the missing data. A silence says: not now. Neither
changes the level; every rise of it, and every beginning of NO DATA, sounds again. During a drill
both end the drill, and nothing else. Another program may speak for anyone in the network: it counts
only if [alarm] acknowledged_by lists it, and for an hour of STORM and of NO DATA. Moments are
seconds since the boot (CLOCK_BOOTTIME), so that setting the wall clock prolongs no silence.
"""

import logging
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from enum import Enum

from ..config.tables import OTHER_PROGRAMS
from ..weather import StormLevel

log = logging.getLogger(__name__)

SILENCE_S = 600.0
HOUR_S = 3600.0  # for which an acknowledgement by another program holds


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
    it is not stored, and a real signal ends it. storm_until, no_data_until: the moment at which
    another program's acknowledgement ends, or has ended, and None for a person's.
    """

    level: StormLevel = StormLevel.CALM
    acknowledged: StormLevel = StormLevel.CALM
    silenced_until: float | None = None
    sounds_from: StormLevel = StormLevel.WARNING
    no_data: bool = False
    no_data_acknowledged: bool = False
    drill: AlarmSignal | None = None
    storm_until: float | None = None
    no_data_until: float | None = None

    def signal(self, now: float) -> AlarmSignal | None:
        """Return what sounds, but for a drill; None for silence.

        NO DATA is newer than a level that sounds.
        """
        if self.silent_for_s(now):
            return None
        known = self._without_ended(now)
        if known.no_data and not known.no_data_acknowledged:
            return AlarmSignal.NO_DATA
        is_news = self.level >= self.sounds_from and self.level > known.acknowledged
        return AlarmSignal(self.level.word) if is_news else None

    def is_sounding(self, now: float) -> bool:
        return self.signal(now) is not None

    def silent_for_s(self, now: float) -> float:
        """Return the seconds that are left of a silence, or 0.0."""
        if self.silenced_until is None:
            return 0.0
        return min(SILENCE_S, max(0.0, self.silenced_until - now))

    def acknowledged_for_s(self, now: float) -> float | None:
        """Return the seconds until a program's acknowledgement ends; None without one."""
        return _until_first(now, self.storm_until, self.no_data_until)

    def changes_in_s(self, now: float) -> float | None:
        """Return the seconds until a silence or an acknowledgement ends by itself, or None."""
        return _until_first(now, self.silenced_until, self.storm_until, self.no_data_until)

    def after_level(self, level: StormLevel) -> "AlarmState":
        """Return the state at a level. A rise ends a silence, a fall lowers `acknowledged`."""
        if level > self.level:
            return replace(self, level=level, silenced_until=None)
        return replace(
            self,
            level=level,
            acknowledged=min(self.acknowledged, level),
            storm_until=self.storm_until if level is StormLevel.STORM else None,
        )

    def after_no_data(self, no_data: bool) -> "AlarmState":
        """Return the state when data are missing, or come again. A beginning ends a silence."""
        if no_data is self.no_data:
            return self
        silenced_until = None if no_data else self.silenced_until
        return replace(
            self,
            no_data=no_data,
            no_data_acknowledged=False,
            silenced_until=silenced_until,
            no_data_until=None,
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
            storm_until=None,
            no_data_until=None,
        )

    def after_program(self, seen: StormLevel, now: float) -> "AlarmState":
        """Return the state after another program acknowledged NO DATA, and levels up to `seen`.

        That of STORM and of NO DATA ends after an hour, and then only a person's counts.
        """
        if self.drill:
            return replace(self, drill=None)
        state, until = self, now + HOUR_S
        if min(seen, self.level) < StormLevel.STORM or self.acknowledged is StormLevel.STORM:
            state = replace(state, acknowledged=max(self.acknowledged, min(seen, self.level)))
        elif self.storm_until is None:
            state = replace(state, acknowledged=StormLevel.STORM, storm_until=until)
        if self.no_data and not self.no_data_acknowledged and self.no_data_until is None:
            state = replace(state, no_data_acknowledged=True, no_data_until=until)
        return state

    def after_silencing(self, now: float) -> "AlarmState":
        """Return the state with a silence of ten minutes from this moment on."""
        if self.drill:
            return replace(self, drill=None)
        return replace(self, silenced_until=now + SILENCE_S)

    def after_time(self, now: float) -> "AlarmState":
        """Return the same state, without what is over and a drill that has to give way."""
        state = self._without_ended(now)
        if self.silenced_until is not None and not self.silent_for_s(now):
            state = replace(state, silenced_until=None)
        return replace(state, drill=None) if state.drill and state.signal(now) else state

    def _without_ended(self, now: float) -> "AlarmState":
        """Return the state without the acknowledgements that have ended by themselves."""
        state = self
        if self.acknowledged is StormLevel.STORM and _is_past(self.storm_until, now):
            state = replace(state, acknowledged=StormLevel.WARNING)
        if self.no_data_acknowledged and _is_past(self.no_data_until, now):
            state = replace(state, no_data_acknowledged=False)
        return state


class Alarm:
    """The alarm of a running program, for any thread; nothing here waits for a disk.

    keep: receives each new state, to be stored over a restart. hurry: has it stored at once, after
    a person's request; a change of level is stored with its sample. note: takes such a request,
    "acknowledged" or "silenced", what it was about, and the source. acknowledged_by: the other
    programs that are listened to. changed: notified after each change of `state`.

    source: the name of a token, or one of OTHER_PROGRAMS.
    """

    def __init__(
        self,
        state: AlarmState,
        keep: Callable[[AlarmState], None] = lambda state: None,
        hurry: Callable[[], None] = lambda: None,
        note: Callable[[str, str, str], None] = lambda request, what, source: None,
        acknowledged_by: Collection[str] = (),
    ) -> None:
        self.changed = threading.Condition()
        self._state = state
        self._keep, self._hurry, self._note = keep, hurry, note
        self._ignored = set(OTHER_PROGRAMS).difference(acknowledged_by)
        self._logged = set[str]()

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

    def acknowledge(
        self, now: float, source: str, seen: StormLevel = StormLevel.STORM
    ) -> AlarmState:
        """Acknowledge the level and NO DATA, or end a drill; return the state after that.

        seen: the highest level that another program means.
        """
        if source in OTHER_PROGRAMS:
            return self._request(
                now, source, "acknowledged", lambda state: state.after_program(seen, now)
            )
        return self._request(now, source, "acknowledged", AlarmState.after_acknowledging)

    def silence(self, now: float, source: str) -> AlarmState:
        """Begin a silence of ten minutes, or end a drill; return the state after that."""
        return self._request(now, source, "silenced", lambda state: state.after_silencing(now))

    def sound_from(self, level: StormLevel, now: float) -> None:
        self._change(now, lambda state: replace(state, sounds_from=level))

    def _request(
        self, now: float, source: str, request: str, how: Callable[[AlarmState], AlarmState]
    ) -> AlarmState:
        """Do what somebody asks for, unless it is a program that is not listened to."""
        if source in self._ignored:
            if source not in self._logged:
                self._logged.add(source)
                log.warning(
                    "the alarm was %s by %s, which is ignored: [alarm] acknowledged_by does not"
                    " list it",
                    request,
                    source,
                )
            return self.state
        before, after = self._change(now, how)
        if before != after and not before.drill:
            no_data, level = after.no_data, after.level
            if request == "acknowledged":  # by another program: less, perhaps
                no_data, level = after.no_data_acknowledged, after.acknowledged
            what = "NO DATA" if no_data else level.name
            log.info("%s: %s by %s", what, request, source)
            self._note(request, what, source)
            self._hurry()
        return after

    def _change(
        self, now: float, how: Callable[[AlarmState], AlarmState]
    ) -> tuple[AlarmState, AlarmState]:
        with self.changed:
            before = self._state.after_time(now)
            after = how(before).after_time(now)
            if after != self._state:
                self._state = after
                self.changed.notify_all()
                self._keep(after)
        return before, after


def _is_past(until: float | None, now: float) -> bool:
    return until is not None and until <= now


def _until_first(now: float, *moments: float | None) -> float | None:
    """Return the seconds until the first of these that is to come, or None."""
    return min((it - now for it in moments if it is not None and it > now), default=None)
