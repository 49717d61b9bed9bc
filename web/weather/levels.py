"""The four levels: raised when a sign lasts, released slowly, so that they do not flicker.

    expected wind
      14.4 |            .--.            STORM
      13.6 |        .--'    `.          WARNING
      12.2 |    .--'          `.        WATCH
           |___'                `-----  time

Each level is a latch of its own: on when its threshold has been passed for a quarter of an hour,
off when the lower threshold has not been reached for three hours. The level is the highest latch
that is on: it rises at once, as far as necessary.
"""

from enum import IntEnum
from typing import NamedTuple


class StormLevel(IntEnum):
    """Storm levels in order."""

    CALM = 0
    WATCH = 1
    WARNING = 2
    STORM = 3

    @property
    def word(self) -> str:
        """The level in lower case: "storm"."""
        return self.name.lower()


class Threshold(NamedTuple):
    """The expected wind, or fall in 3 h, that switches a level on, and those that hold it.

    The fall is a backstop: sailors know it, and in the first hours little else is known.
    """

    level: StormLevel
    on_ms: float
    off_ms: float
    on_fall_hpa: float
    off_fall_hpa: float


# The winds have the best score (docs/storms.md) in the years 2000 to 2008 of MERRA-2. The falls are
# the Met Office's "quickly" and "very rapidly", and between the two.
THRESHOLDS = (
    Threshold(StormLevel.WATCH, 12.2, 11.2, 3.6, 2.6),
    Threshold(StormLevel.WARNING, 13.6, 12.6, 4.8, 3.6),
    Threshold(StormLevel.STORM, 14.4, 13.4, 6.0, 4.5),
)
# A low that deepens explosively raises WATCH even in a calm; this share of it holds the level.
_DEEPENING_HOLDS = 0.8
LASTING_S = 15 * 60.0
SLOW_S = 45 * 60.0
RELEASE_S = 3 * 3600.0


class Latch:
    """The state of one level."""

    def __init__(self) -> None:
        self.is_on = False
        self._above_since: float | None = None
        self._below_since: float | None = None

    def update(self, now: float, cadence_s: float, raises: bool, holds: bool) -> None:
        """Switch on after a time of `raises`, off after a time without `holds`."""
        if self.is_on:
            self._release(now, holds)
            return
        if not raises:
            self._above_since = None
            return
        if self._above_since is None:
            self._above_since = now
        # In a record of hours each sample stands for its hour.
        if cadence_s >= SLOW_S or now - self._above_since >= LASTING_S:
            self.is_on, self._below_since = True, None

    def hold(self) -> None:
        """Be on, as before a restart."""
        self.is_on, self._below_since = True, None

    def _release(self, now: float, holds: bool) -> None:
        if holds:
            self._below_since = None
        elif self._below_since is None:
            self._below_since = now
        elif now - self._below_since >= RELEASE_S:
            self.is_on, self._above_since = False, None


class Levels:
    """All latches together. by_pressure: the highest that is on; since: the start of the level."""

    def __init__(self) -> None:
        self._latches = {threshold.level: Latch() for threshold in THRESHOLDS}
        self.level = StormLevel.CALM
        self.by_pressure = StormLevel.CALM
        self.since = 0.0

    def hold(self, level: StormLevel, since: float) -> None:
        """Be at a level whose signs are not known any more; it is released as if it had them."""
        for own, latch in self._latches.items():
            if own <= level:
                latch.hold()
        self.level = self.by_pressure = level
        self.since = since

    def update(
        self,
        now: float,
        cadence_s: float,
        wind_ms: float,
        fall_hpa: float,
        deepening: float = 0.0,
        tropical: StormLevel = StormLevel.CALM,
    ) -> None:
        """Take the expected wind and the fall in 3 h.

        deepening: the fall in 24 h as a share of an explosive one. tropical: the level by the rule
        for low latitudes.
        """
        for threshold in THRESHOLDS:
            raises = wind_ms >= threshold.on_ms or fall_hpa >= threshold.on_fall_hpa
            holds = wind_ms >= threshold.off_ms or fall_hpa >= threshold.off_fall_hpa
            if threshold.level is StormLevel.WATCH:
                raises |= deepening >= 1
                holds |= deepening >= _DEEPENING_HOLDS
            self._latches[threshold.level].update(now, cadence_s, raises, holds)
        on = [level for level, latch in self._latches.items() if latch.is_on]
        self.by_pressure = max(on, default=StormLevel.CALM)
        level = max(tropical, self.by_pressure)
        if level is not self.level:
            self.level, self.since = level, now
