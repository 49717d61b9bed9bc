"""The signs of wind that a barometer has, and the wind to be expected from them.

What is expected is the square of the highest mean wind in the next twelve hours at 10 m above the
open sea, in m2/s2, on the average: the force of the wind goes by its square. It is a sum in which
each sign has its part, so that it can be told what an expectation comes from.

The numbers are fitted to the years 2000 to 2008 of MERRA-2, a reanalysis, at a node near western
Ireland (its wind of 50 m divided by 1.192), hours in which a near gale blows left out; and judged
on 2009 to 2017 and on measured stations: docs/storms.md. tests/benchmarks/storm_fit.py fits them.
"""

from math import exp, log, sqrt
from typing import Final, NamedTuple

from .barogram import Barogram
from .hourly_statistics import Hours

# What is expected when every sign is 0 and the last two days were as restless as they are on the
# average, in m2/s2; and what each hPa of a sign adds.
_BASE: Final = 79.9
_PER_CHANGE_2H: Final = -16.5
_PER_FALL: Final = 8.55
_PER_RISE: Final = 9.4
_PER_BELOW: Final = 0.838
_PER_RESTLESS: Final = 17.3
_WINTER: Final = 16.0
# A rise of now counts up to here: the few that are steeper come with gales behind a low.
HIGHEST_CHANGE_2H_HPA: Final = 4.0
_USUALLY_RESTLESS_HPA: Final = 1.03
_USUALLY_STEEP_HPA: Final = 1.01

# With the wind of now, w: a + b expected + c w2.
_WITH_WIND: Final = (-5.68, 0.505, 0.815)

# Farther from what is usual, it is the altitude that is wrong, or the depth says no more.
_FARTHEST_HPA: Final = 40.0

_LEAST: Final = 30.0  # m2/s2; calm air leads to some wind


class Signs(NamedTuple):
    """What the barometer shows now; hPa, without the tide where the position is known.

    change_*: over the last 2 and 3 hours. fall, rise: the steepest in 3 h of the last twelve
    hours. below: under what is usual here, by usual_days days of it. restless: the mean size of the
    3 h change in two days. winter: 1 in the depth of it, -1 at the height of summer, 0 where there
    is none or no position. None for what is not known.
    """

    change_2h_hpa: float | None
    change_3h_hpa: float
    fall_hpa: float
    rise_hpa: float
    below_hpa: float
    usual_days: float
    restless_hpa: float | None
    winter: float


class Odds(NamedTuple):
    """How a chance grows with what is expected: a logistic curve of its logarithm.

    most: a chance above it is never stated; one barometer does not know so much.
    """

    most: float
    offset: float
    slope: float

    def chance(self, expected: float) -> float:
        """The chance, 0..1."""
        x = self.offset + self.slope * log(expected / 140.0)
        return self.most / (1 + exp(-x))


# A node of a reanalysis over the open sea has near gales a little more often than most stations
# for the same barometer: where the wind is not known, a little less is stated than was fitted.
_CAUTION: Final = 0.3
_NEAR_GALE: Final = Odds(0.6, -0.631 - _CAUTION, 4.65)
_GALE: Final = Odds(0.45, -2.71, 4.66)
_NEAR_GALE_WITH_WIND: Final = Odds(1.0, -1.76, 4.68)
_GALE_WITH_WIND: Final = Odds(1.0, -4.24, 5.01)


class Part(NamedTuple):
    """What one sign adds to the expectation, in m2/s2."""

    sign: str
    adds: float


class Expectation(NamedTuple):
    """expected: m2/s2. chances: 0..1, within 12 h."""

    expected: float
    chance_near_gale: float
    chance_gale: float

    @property
    def wind_ms(self) -> float:
        """The wind of that force, in m/s."""
        return sqrt(self.expected)


def signs_of(barogram: Barogram, hours: Hours, change_3h_hpa: float, winter: float) -> Signs:
    """The signs at the newest value of a barogram, which must have one."""
    now = barogram.now
    assert now is not None
    below_hpa = hours.usual_hpa - (now.pressure_hpa + barogram.steps_hpa)
    return Signs(
        barogram.change_hpa(2 * 3600.0),
        change_3h_hpa,
        max(hours.steepest_fall_hpa, -change_3h_hpa),
        max(hours.steepest_rise_hpa, change_3h_hpa),
        max(-_FARTHEST_HPA, min(_FARTHEST_HPA, below_hpa)),
        hours.days_known,
        hours.restless_hpa,
        winter,
    )


def expectation(signs: Signs, wind_ms: float | None = None) -> Expectation:
    """What follows from the signs, and from the wind of now where it is known (m/s, mean).

    A sign that is not known counts as it is on the average.
    """
    expected = max(_LEAST, _BASE + sum(_adds(signs)))
    near_gale, gale = _NEAR_GALE, _GALE
    if wind_ms is not None:
        base, share, per_square = _WITH_WIND
        expected = max(_LEAST, base + share * expected + per_square * wind_ms**2)
        near_gale, gale = _NEAR_GALE_WITH_WIND, _GALE_WITH_WIND
    return Expectation(expected, near_gale.chance(expected), gale.chance(expected))


def parts(signs: Signs) -> list[Part]:
    """What each sign adds, those first that add most."""
    named = map(Part, ("change", "fall", "rise", "below", "restless", "winter"), _adds(signs))
    return sorted(named, key=lambda part: -part.adds)


def _adds(signs: Signs) -> tuple[float, ...]:
    restless_hpa = signs.restless_hpa
    return (
        _PER_CHANGE_2H * min(HIGHEST_CHANGE_2H_HPA, signs.change_2h_hpa or 0.0),
        _PER_FALL * (signs.fall_hpa - _USUALLY_STEEP_HPA),
        _PER_RISE * (signs.rise_hpa - _USUALLY_STEEP_HPA),
        _PER_BELOW * signs.below_hpa,
        0.0 if restless_hpa is None else _PER_RESTLESS * (restless_hpa - _USUALLY_RESTLESS_HPA),
        _WINTER * signs.winter,
    )
