"""The pressure tendency: now against three hours ago, in numbers, code and words.

The change is that of the end points (WMO Guide No. 8, chapter 3), each a median of ten minutes, not
a slope. The tide of the air is removed if the position is known.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import inf, radians, sin
from operator import attrgetter
from typing import NamedTuple

from .barogram import SLOWEST_CADENCE_S, SPAN_S, Barogram
from .intake import Intake
from .sample import Sample, Station
from .tide import Tide

ENOUGH_COVERED_S = 0.7 * SPAN_S

# WMO code table 0200 leaves "steady" and "more slowly" open. Ours: a half is steady when it
# moves by less than the resolution of a report, and the second half is slower or faster when it
# differs from the first by a fifth and by 0.2 hPa.
_STEADY_HPA = 0.1
_MARGIN_HPA, _MARGIN_SHARE = 0.2, 0.2

# UK coastal station reports, change in 3 h (Met Office marine glossary).
_WORDS = ((0.1, "steady"), (1.6, "{} slowly"), (3.6, "{}"), (6.1, "{} quickly"))
_FASTEST = "{} very rapidly"

_BERGERON_HPA = 24.0

# Before the three hours: samples for the cadence and for quality control.
_BEFORE = 10
_BEFORE_S = _BEFORE * SLOWEST_CADENCE_S

_taken_at = attrgetter("taken_at")


class Tendency(NamedTuple):
    """The change over three hours in hPa, its WMO 0200 characteristic and the Met Office words.

    tide_hpa: the tide of the air, removed from the change; 0 without a position.
    """

    change_hpa: float
    characteristic: int
    words: str
    tide_hpa: float = 0.0


class Changes(NamedTuple):
    """The changes over 1, 6, 12 and 24 h in hPa without the tide; None for an unknown one."""

    in_1h_hpa: float | None
    in_6h_hpa: float | None
    in_12h_hpa: float | None
    in_24h_hpa: float | None


NO_CHANGES = Changes(None, None, None, None)


def tendency(
    samples: Sequence[Sample], now: float, station: Station | None = None
) -> Tendency | None:
    """Return the tendency at `now` (Unix seconds), or None without enough data.

    That is: no recent sample, none three hours before it, or too many gaps between them.

    samples: in time order, any cadence from 1 s to 1 h; later ones than `now` are ignored.
    station: with a position the tide of the air is removed.
    """
    begin = bisect_left(samples, now - SPAN_S - _BEFORE_S, key=_taken_at)
    begin = max(0, begin - _BEFORE)  # before a silence, if it begins there
    end = bisect_right(samples, now, key=_taken_at)
    intake = Intake(Tide.at(station))
    for sample in samples[begin:end]:
        intake.take(sample)
    return None if intake.barogram.is_silent(now) else tendency_of(intake.barogram)


def tendency_of(barogram: Barogram) -> Tendency | None:
    """Return the tendency up to the newest sample; None without enough data."""
    now = barogram.now
    if now is None or barogram.covered_s() < ENOUGH_COVERED_S:
        return None
    first = barogram.at(now.moment - SPAN_S)
    middle = barogram.at(now.moment - SPAN_S / 2)
    if first is None or middle is None:
        return None
    # Hundredths, so that page and rule round to the same tenth.
    change_hpa = round(now.pressure_hpa - first, 2)
    return Tendency(
        change_hpa,
        characteristic(change_hpa, middle - first, now.pressure_hpa - middle),
        words(change_hpa),
        round(barogram.tide_hpa(SPAN_S), 2),
    )


def changes_of(barogram: Barogram) -> Changes:
    """Return the other changes up to the newest sample."""
    return Changes(*(barogram.change_hpa(hours * 3600.0) for hours in (1, 6, 12, 24)))


def explosive_hpa(station: Station | None) -> float:
    """Return the fall in 24 h that makes a low explosive; infinite without a position.

    24 hPa at 60 degrees, by the sine of the latitude (Sanders and Gyakum, Monthly Weather Review
    108, 1980); no less than a third of that.
    """
    if station is None or station.latitude is None:
        return inf
    share = sin(radians(abs(station.latitude))) / sin(radians(60.0))
    return _BERGERON_HPA * max(1 / 3, share)


def signed(hpa: float) -> str:
    """Return a change in tenths with its sign: "−4.6"."""
    return f"{hpa:+.1f}".replace("-", "−")


def words(change_hpa: float) -> str:
    """Return the Met Office's words for a change in 3 h, rounded to tenths: "falling quickly"."""
    direction = "rising" if change_hpa > 0 else "falling"
    for limit, phrase in _WORDS:
        if abs(round(change_hpa, 1)) < limit:
            return phrase.format(direction)
    return _FASTEST.format(direction)


def characteristic(change_hpa: float, first_half_hpa: float, second_half_hpa: float) -> int:
    """Return the code of WMO table 0200 for a change over three hours and over their halves."""
    if abs(change_hpa) < _STEADY_HPA / 2:
        if max(abs(first_half_hpa), abs(second_half_hpa)) < _STEADY_HPA:
            return 4
        return 0 if first_half_hpa > 0 else 5
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


def _margin(first_hpa: float, second_hpa: float) -> float:
    return max(_MARGIN_HPA, _MARGIN_SHARE * max(abs(first_hpa), abs(second_hpa)))
