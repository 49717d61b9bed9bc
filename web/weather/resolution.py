"""The grain of a record: the finest step it shows, and since when it has stood still.

1010.02 1010.03 1010.03 1010.03 1010.03
        |-------- alike ------|           a reading repeated is as old as its first
"""

from collections.abc import Sequence
from math import inf

_SAME_HPA = 1e-9


class Grain:
    """Fed reading by reading.

    finest_hpa: the smallest change so far. alike_since: when the newest value came up; alike: how
    often it was read.
    """

    def __init__(self) -> None:
        self.finest_hpa = inf
        self.alike_since = 0.0
        self.alike = 0
        self._value_hpa: float | None = None

    def add(self, taken_at: float, pressure_hpa: float) -> None:
        """Take the newest reading."""
        before, self._value_hpa = self._value_hpa, pressure_hpa
        change_hpa = inf if before is None else abs(pressure_hpa - before)
        if change_hpa <= _SAME_HPA:
            self.alike += 1
            return
        self.finest_hpa = min(self.finest_hpa, change_hpa)
        self.alike_since, self.alike = taken_at, 1


def median(ordered: Sequence[float]) -> float:
    """The median of numbers in order."""
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def reach_hpa(values: list[float]) -> float:
    """From the lowest to the highest; 0 of nothing, and of values that are alike."""
    reach = max(values, default=0.0) - min(values, default=0.0)
    return reach if reach > _SAME_HPA else 0.0
