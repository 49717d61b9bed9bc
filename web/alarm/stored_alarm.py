"""What is stored of the alarm over a restart, in plain numbers."""

from typing import NamedTuple

from ..weather import StormLevel
from .state import HOUR_S, SILENCE_S, AlarmState


class StoredAlarm(NamedTuple):
    """What is stored of a state over a restart, in plain numbers; by default: nothing.

    acknowledged: the level as a number. silenced_until_ms: milliseconds since the boot that
    boot_id names, or None; so are the other two. no_data: 0 no, 1 yes, 2 yes and acknowledged.
    """

    acknowledged: int = 0
    silenced_until_ms: int | None = None
    boot_id: str = ""
    no_data: int = 0
    storm_until_ms: int | None = None
    no_data_until_ms: int | None = None

    @classmethod
    def of(cls, state: AlarmState, boot_id: str) -> "StoredAlarm":
        """Return what is to be stored of a state in this boot."""
        # Rounded down, so that no silence lasts longer than was asked for.
        silenced_ms, storm_ms, no_data_ms = (
            None if until is None else int(until * 1000)
            for until in (state.silenced_until, state.storm_until, state.no_data_until)
        )
        no_data = int(state.no_data) + int(state.no_data_acknowledged)
        return cls(int(state.acknowledged), silenced_ms, boot_id, no_data, storm_ms, no_data_ms)

    def after_restart(
        self, level: StormLevel, now: float, boot_id: str, sounds_from: StormLevel
    ) -> AlarmState:
        """Return the state after a restart. level: the one that was recorded last.

        A silence, and what ends by itself, goes on in the same boot; in another, or an unknown one,
        it is over.
        """
        known = StormLevel(max(StormLevel.CALM, min(self.acknowledged, level)))

        def moment(until_ms: int | None, longest_s: float) -> float | None:
            if until_ms is None:
                return None
            if not boot_id or boot_id != self.boot_id:
                return now
            # What was stored may be damaged: never longer than one can ask for.
            return min(until_ms / 1000, now + longest_s)

        return AlarmState(
            level,
            known,
            moment(self.silenced_until_ms, SILENCE_S),
            sounds_from,
            self.no_data > 0,
            self.no_data > 1,
            None,
            moment(self.storm_until_ms, HOUR_S) if level is StormLevel.STORM else None,
            moment(self.no_data_until_ms, HOUR_S) if self.no_data > 0 else None,
        ).after_time(now)
