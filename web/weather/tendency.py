"""The pressure tendency: now against three hours ago, in numbers, code and words.

    10 min|             10 min|             10 min|
    ......|...................|...................|
       3 h ago            1 h 30 ago             now

Each end is a median of the ten minutes before it, so that a glitch or a wave under the boat does
not count. The change is that of the end points (WMO Guide No. 8, chapter 3), not a slope.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from operator import attrgetter
from statistics import median
from typing import NamedTuple

from .sample import Sample, Station, is_believable

SPAN_S = 3 * 3600.0

_WINDOW_S = 600.0
# One sample missing from a slow record is bridged, a longer silence is a gap. What is slow is
# told by the cadence on both sides of the silence, as a record may change it.
_GAP_FACTOR = 2.1
_SHORTEST_GAP_S = 15 * 60.0
_SLOWEST_CADENCE_S = 65 * 60.0
_CADENCE_OF = 10
_ENOUGH_COVERED = 0.7
_COVER_STEP_S = 300.0

# WMO code table 0200 leaves "steady" and "more slowly" open. Ours: a half is steady when it
# moves by less than the resolution of a report, and the second half is slower or faster when it
# differs from the first by a fifth and by 0.2 hPa.
_STEADY_HPA = 0.1
_MARGIN_HPA, _MARGIN_SHARE = 0.2, 0.2

# UK coastal station reports, change in 3 h (Met Office marine glossary).
_WORDS = ((0.05, "steady"), (1.55, "{} slowly"), (3.55, "{}"), (6.05, "{} quickly"))
_FASTEST = "{} very rapidly"

_taken_at = attrgetter("taken_at")


class Tendency(NamedTuple):
    """The change over three hours in hPa, its WMO 0200 characteristic and the Met Office words."""

    change_hpa: float
    characteristic: int
    words: str


def tendency(
    samples: Sequence[Sample], now: float, station: Station | None = None
) -> Tendency | None:
    """Return the tendency at `now`, or None when there is not enough data to say.

    samples: in time order, any cadence from 1 s to 1 h; those later than now are not looked at.
    None: no recent sample, none three hours before it, or too much of the time between is a gap.
    station: reserved for the tide, which needs a position.
    """
    begin = bisect_left(samples, now - SPAN_S - 2 * _SLOWEST_CADENCE_S, key=_taken_at)
    end = bisect_right(samples, now, key=_taken_at)
    return tendency_of_believed([s for s in samples[begin:end] if is_believable(s)], now)


def tendency_of_believed(samples: Sequence[Sample], now: float) -> Tendency | None:
    """The same from samples that are known to be believable and no later than now.

    It costs no more for a long record than for a short one.
    """
    if not samples:
        return None
    end = samples[-1].taken_at
    if (
        now - end > _gap_s(samples, len(samples))
        or covered_s(samples, end) < _ENOUGH_COVERED * SPAN_S
    ):
        return None
    last = pressure_at(samples, end)
    middle = pressure_at(samples, end - SPAN_S / 2)
    first = pressure_at(samples, end - SPAN_S)
    if last is None or middle is None or first is None:
        return None
    change_hpa = _told(last - first)
    return Tendency(
        change_hpa,
        characteristic(change_hpa, middle - first, last - middle),
        words(change_hpa),
    )


def change_hpa(samples: Sequence[Sample], span_s: float) -> float | None:
    """The change over any span up to the newest sample, in hPa; None where an end is missing.

    Over three hours it is the tendency's, to the last digit.
    """
    end = samples[-1].taken_at
    last, first = pressure_at(samples, end), pressure_at(samples, end - span_s)
    return None if last is None or first is None else _told(last - first)


def pressure_at(samples: Sequence[Sample], moment: float) -> float | None:
    """The pressure at a moment: the median of the ten minutes up to it.

    Where no sample is so near, a straight line between its neighbours; None across a gap.
    """
    i = bisect_right(samples, moment, key=_taken_at)
    near = samples[bisect_right(samples, moment - _WINDOW_S, key=_taken_at) : i]
    if near:
        return median(sample.pressure_hpa for sample in near)
    if i == 0 or i == len(samples):
        return None
    before, after = samples[i - 1], samples[i]
    if not _is_joined(samples, i):
        return None
    share = (moment - before.taken_at) / (after.taken_at - before.taken_at)
    return before.pressure_hpa + share * (after.pressure_hpa - before.pressure_hpa)


def covered_s(samples: Sequence[Sample], end: float) -> float:
    """How much of the three hours up to `end` lies between samples without a gap, in seconds.

    Told in steps of five minutes: a step counts when its middle does.
    """
    middles = (end - (step + 0.5) * _COVER_STEP_S for step in range(int(SPAN_S / _COVER_STEP_S)))
    # The steps of a slow record lie between the same few samples.
    steps = Counter(bisect_right(samples, middle, key=_taken_at) for middle in middles)
    known = sum(
        count for i, count in steps.items() if 0 < i < len(samples) and _is_joined(samples, i)
    )
    return known * _COVER_STEP_S


def signed(hpa: float) -> str:
    """A change as it is told, in tenths and with its sign: "−4.6"."""
    return f"{hpa:+.1f}".replace("-", "−")


def words(change_hpa: float) -> str:
    """The Met Office's words for a change in 3 h: "falling quickly"."""
    direction = "rising" if change_hpa > 0 else "falling"
    for limit, phrase in _WORDS:
        if abs(change_hpa) < limit:
            return phrase.format(direction)
    return _FASTEST.format(direction)


def characteristic(change_hpa: float, first_half_hpa: float, second_half_hpa: float) -> int:
    """WMO code table 0200 from the changes over three hours and over their two halves."""
    if abs(change_hpa) < _STEADY_HPA / 2:
        return _unchanged(first_half_hpa, second_half_hpa)
    # The table's falling half is its rising half turned over.
    sign = 1.0 if change_hpa > 0 else -1.0
    first, second = sign * first_half_hpa, sign * second_half_hpa
    if first < _STEADY_HPA or second > first + _margin(first, second):
        shape = 3  # steady or the other way at first; or faster
    elif second <= -_STEADY_HPA:
        shape = 0  # and back again
    elif second < _STEADY_HPA or second < first - _margin(first, second):
        shape = 1  # then steady, or more slowly
    else:
        shape = 2
    return shape if change_hpa > 0 else {0: 5, 1: 6, 2: 7, 3: 8}[shape]


def _unchanged(first_half_hpa: float, second_half_hpa: float) -> int:
    if _is_steady(first_half_hpa) and _is_steady(second_half_hpa):
        return 4
    return 0 if first_half_hpa > 0 else 5


def _is_steady(half_hpa: float) -> bool:
    return abs(half_hpa) < _STEADY_HPA


def _margin(first_hpa: float, second_hpa: float) -> float:
    return max(_MARGIN_HPA, _MARGIN_SHARE * max(abs(first_hpa), abs(second_hpa)))


def _told(change_hpa: float) -> float:
    """Hundredths: what is shown and what is judged then round to the same tenth."""
    return round(change_hpa, 2)


def _is_joined(samples: Sequence[Sample], i: int) -> bool:
    """Whether the pressure is known between the sample of this index and the one before."""
    step_s = samples[i].taken_at - samples[i - 1].taken_at
    return step_s <= _SHORTEST_GAP_S or step_s <= _gap_s(samples, i)


def _gap_s(samples: Sequence[Sample], i: int) -> float:
    """The silence before the sample of this index that would count as a gap."""
    sides = samples[max(0, i - _CADENCE_OF) : i], samples[i : i + _CADENCE_OF]
    cadences_s = [
        median(after.taken_at - before.taken_at for before, after in pairwise(side))
        for side in sides
        if len(side) > 1
    ]
    cadence_s = max(cadences_s, default=_SLOWEST_CADENCE_S)
    return max(_SHORTEST_GAP_S, _GAP_FACTOR * min(cadence_s, _SLOWEST_CADENCE_S))
