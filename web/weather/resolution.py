"""The resolution of a record: its finest step, and how long it has repeated its newest value.

1010.02 1010.03 1010.03 1010.03 1010.03
        |------ repeats ------|           a repeated reading is as old as its first
"""

from collections.abc import Sequence
from math import inf

_SAME_HPA = 1e-9


class Resolution:
    """The resolution so far.

    finest_hpa: the smallest change. repeats: how often the newest value was read. repeated_since:
    when it was read first.
    """

    def __init__(self) -> None:
        self.finest_hpa = inf
        self.repeated_since = 0.0
        self.repeats = 0
        self._value_hpa: float | None = None

    def add(self, taken_at: float, pressure_hpa: float) -> None:
        """Add the newest reading."""
        before, self._value_hpa = self._value_hpa, pressure_hpa
        change_hpa = inf if before is None else abs(pressure_hpa - before)
        if change_hpa <= _SAME_HPA:
            self.repeats += 1
            return
        self.finest_hpa = min(self.finest_hpa, change_hpa)
        self.repeated_since, self.repeats = taken_at, 1


def median(ordered: Sequence[float]) -> float:
    """Return the median of sorted numbers."""
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def range_hpa(values: list[float]) -> float:
    """Return the range of values; 0 of none, and of equal ones."""
    span_hpa = max(values, default=0.0) - min(values, default=0.0)
    return span_hpa if span_hpa > _SAME_HPA else 0.0
