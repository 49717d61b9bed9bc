"""The four levels: raised when a sign lasts, let down slowly, so that they do not flicker.

    expected wind
      14.4 |            .--.            STORM
      13.6 |        .--'    `.          WARNING
      12.2 |    .--'          `.        WATCH
           |___'                `-----  time

Each level is a latch of its own: on when its threshold has been passed for a quarter of an hour,
off when the lower threshold has not been reached for three hours. The level is the highest that is
on: up it goes at once, as far as need be.
"""

from enum import IntEnum
from typing import NamedTuple


class StormLevel(IntEnum):
    """How worried to be, in order: by the wind that such a barograph was followed by."""

    CALM = 0
    WATCH = 1
    WARNING = 2
    STORM = 3

    @property
    def word(self) -> str:
        """The level in lower case: "storm"."""
        return self.name.lower()


class Threshold(NamedTuple):
    """What raises a level and what lets go of it: expected wind, and the fall in 3 h.

    The wind does the work. The fall is a backstop for what sailors are taught, and for the first
    hours, when little else is known.
    """

    level: StormLevel
    on_ms: float
    off_ms: float
    on_fall_hpa: float
    off_fall_hpa: float


# The winds: where warnings are worth most in the years 2000 to 2008 of MERRA-2, by the score of
# docs/storms.md. The falls: the Met Office's "quickly" and "very rapidly", and between the two.
THRESHOLDS = (
    Threshold(StormLevel.WATCH, 12.2, 11.2, 3.6, 2.6),
    Threshold(StormLevel.WARNING, 13.6, 12.6, 4.8, 3.6),
    Threshold(StormLevel.STORM, 14.4, 13.4, 6.0, 4.5),
)
# A low that deepens explosively is watched even out of a calm; held down to a share of that.
_DEEPENING_HELD = 0.8
LASTING_S = 15 * 60.0
SLOW_S = 45 * 60.0
RELEASE_S = 3 * 3600.0


class Latch:
    """A level's own state. is_on: whether it stands."""

    def __init__(self) -> None:
        self.is_on = False
        self._above_since: float | None = None
        self._below_since: float | None = None

    def update(self, now: float, cadence_s: float, raises: bool, holds: bool) -> None:
        """Take what is known now; cadence_s: from one sample to the next, as a rule."""
        if self.is_on:
            self._ease(now, holds)
            return
        if not raises:
            self._above_since = None
            return
        if self._above_since is None:
            self._above_since = now
        # Of a record of hours each sample stands for its hour.
        if cadence_s >= SLOW_S or now - self._above_since >= LASTING_S:
            self.is_on, self._below_since = True, None

    def _ease(self, now: float, holds: bool) -> None:
        if holds:
            self._below_since = None
        elif self._below_since is None:
            self._below_since = now
        elif now - self._below_since >= RELEASE_S:
            self.is_on, self._above_since = False, None


class Levels:
    """All latches together. latched: the level by them alone; since: when the level began."""

    def __init__(self) -> None:
        self._latches = {threshold.level: Latch() for threshold in THRESHOLDS}
        self.level = StormLevel.CALM
        self.latched = StormLevel.CALM
        self.since = 0.0

    def update(
        self,
        now: float,
        cadence_s: float,
        wind_ms: float,
        fall_hpa: float,
        deepening: float = 0.0,
        besides: StormLevel = StormLevel.CALM,
    ) -> None:
        """Take the expected wind, the fall in 3 h, and that of 24 h as a share of an explosive one.

        besides: the level by another rule.
        """
        for threshold in THRESHOLDS:
            raises = wind_ms >= threshold.on_ms or fall_hpa >= threshold.on_fall_hpa
            holds = wind_ms >= threshold.off_ms or fall_hpa >= threshold.off_fall_hpa
            if threshold.level is StormLevel.WATCH:
                raises |= deepening >= 1
                holds |= deepening >= _DEEPENING_HELD
            self._latches[threshold.level].update(now, cadence_s, raises, holds)
        on = [level for level, latch in self._latches.items() if latch.is_on]
        self.latched = max(on, default=StormLevel.CALM)
        level = max(besides, self.latched)
        if level is not self.level:
            self.level, self.since = level, now
