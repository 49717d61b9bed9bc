"""The pressures in the 17 columns of a matrix: a barograph of seven rows.

     |         one hPa a row, as long as the record spans at most 6 hPa, and centred
     |   ..
     | ..  .   .
     |      .. .     <- a column without a sample stays dark
     |            .
     |             .
     +--------------> the newest right

Each column is a fixed span of time, such as an hour of the clock, and shows its newest sample, as
a log has it. So the picture moves once an hour.
"""

from collections.abc import Sequence
from math import floor

COLUMNS, ROWS = 17, 7
LEAST_SPAN_HPA = 6.0


class Columns:
    """The newest pressure in each of the last 17 spans of `column_s` seconds."""

    def __init__(self, column_s: float) -> None:
        self.column_s = column_s
        self._newest: dict[int, float] = {}

    def continues(self, taken_at: float) -> bool:
        """Whether a sample of this time (Unix seconds) falls in the newest column or the next."""
        return bool(self._newest) and self._column(taken_at) - max(self._newest) in (0, 1)

    def add(self, taken_at: float, pressure_hpa: float) -> None:
        """Add a sample; drop later ones, which were stamped by a clock that was ahead."""
        column = self._column(taken_at)
        kept = {c: hpa for c, hpa in self._newest.items() if column - COLUMNS < c < column}
        self._newest = {**kept, column: pressure_hpa}

    def pressures(self, now: float) -> tuple[float | None, ...]:
        """Return the pressure of each column from the left; None without a sample."""
        newest = self._column(now)
        return tuple(self._newest.get(newest - back) for back in reversed(range(COLUMNS)))

    def _column(self, moment: float) -> int:
        return floor(moment / self.column_s)


def heights(pressures: Sequence[float | None]) -> tuple[int | None, ...]:
    """Return the row of each pressure, 0 (lowest) to 6; the scale grows beyond 6 hPa."""
    known = [hpa for hpa in pressures if hpa is not None]
    if not known:
        return (None,) * len(pressures)
    low, high = min(known), max(known)
    span_hpa = max(LEAST_SPAN_HPA, high - low)
    bottom = (low + high - span_hpa) / 2
    row_hpa = span_hpa / (ROWS - 1)
    return tuple(
        None if hpa is None else min(floor((hpa - bottom) / row_hpa + 0.5), ROWS - 1)
        for hpa in pressures
    )
