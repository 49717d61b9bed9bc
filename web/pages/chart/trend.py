"""The change in 3 h, reckoned from the columns."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from .curve import Column

_SPAN_S = 3 * 3600.0


class Change(NamedTuple):
    """How much the pressure changed in the 3 h before a moment: Unix seconds and hPa."""

    moment: float
    change_hpa: float


def changes_3h(columns: Sequence[Column], gap_s: float) -> list[Change]:
    """For each column the mean less that of 3 h earlier.

    What was 3 h earlier is interpolated between the columns around that moment; there is no change
    where they are more than `gap_s` apart, or where the record does not reach back so far.
    """
    moments = [column.taken_at for column in columns]
    changes = []
    for column in columns:
        after = bisect_left(moments, column.taken_at - _SPAN_S)
        earlier_hpa = _mean_at(column.taken_at - _SPAN_S, columns, after, gap_s)
        if earlier_hpa is not None:
            changes.append(Change(column.taken_at, column.mean_hpa - earlier_hpa))
    return changes


def _mean_at(moment: float, columns: Sequence[Column], after: int, gap_s: float) -> float | None:
    """The mean at a moment; `after` is the first column not before it, and exists."""
    later = columns[after]
    if later.taken_at == moment:
        return later.mean_hpa
    if after == 0:
        return None
    earlier = columns[after - 1]
    apart_s = later.taken_at - earlier.taken_at
    if apart_s > gap_s:
        return None
    share = (moment - earlier.taken_at) / apart_s
    return earlier.mean_hpa + share * (later.mean_hpa - earlier.mean_hpa)
