"""How fresh the newest sample is, and which conditions may still be given as the present.

    age of the sample   0 ------- 3 periods ------- 10 periods ------>
                          FRESH             LATE               LOST
    a reading failed      LATE at once

What is derived from a sample ages with it: change, level, chances and expected wind are lost with
the pressure. Every output asks here.
"""

from dataclasses import replace
from enum import Enum
from math import isfinite
from typing import NamedTuple

from ..display.times import date_words
from .conditions import Conditions

_LATE_PERIODS, _LOST_PERIODS = 3, 10
# A reading of a second may fail ten times while a chip is started up again.
_LEAST_LATE_S, _LEAST_LOST_S = 10.0, 30.0


class Freshness(Enum):
    """NONE: no sample yet. LATE: it may still be shown, with its age. LOST: it may not."""

    NONE = "none"
    FRESH = "fresh"
    LATE = "late"
    LOST = "lost"


class FreshnessRule(NamedTuple):
    """The rule for samples that come each `period_s` seconds."""

    period_s: float

    @property
    def late_after_s(self) -> float:
        return max(_LATE_PERIODS * self.period_s, _LEAST_LATE_S)

    @property
    def lost_after_s(self) -> float:
        return max(_LOST_PERIODS * self.period_s, _LEAST_LOST_S)

    def freshness(self, conditions: Conditions, now: float) -> Freshness:
        """Return the freshness of the sample. now: Unix seconds, of the clock that stamped it."""
        sample = conditions.sample
        if sample is None or not isfinite(sample.pressure_hpa):
            return Freshness.NONE
        age_s = now - sample.taken_at
        # From the future: this clock or that of the sample is wrong.
        if age_s > self.lost_after_s or age_s < -self.period_s:
            return Freshness.LOST
        is_late = age_s > self.late_after_s or conditions.is_gap
        return Freshness.LATE if is_late else Freshness.FRESH

    def present(self, conditions: Conditions, now: float) -> Conditions:
        """Return the conditions without a sample that is lost, and without its outlook."""
        if self.freshness(conditions, now) is Freshness.LOST:
            assert conditions.sample is not None
            since = f"no reading since {date_words(conditions.sample.taken_at)}"
            return replace(conditions, sample=None, outlook=None, outage=conditions.outage or since)
        return conditions

    def live(self, conditions: Conditions, now: float) -> Conditions:
        """Return the same for a display that has no mark for a late value: only a fresh one."""
        is_live = self.freshness(conditions, now) is Freshness.FRESH
        return conditions if is_live else replace(conditions, sample=None, outlook=None)
