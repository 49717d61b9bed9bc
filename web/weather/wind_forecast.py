"""The signs of wind that a barometer has, and the wind to be expected from them.

The forecast is the mean square of the highest mean wind in the next twelve hours at 10 m above the
open sea, in m2/s2: the force of the wind goes by its square. It is a sum to which each sign
contributes, so that a forecast can be explained.

The numbers are fitted to the years 2000 to 2008 of MERRA-2, a reanalysis, at a node near western
Ireland (its wind of 50 m divided by 1.192), without the hours of a near gale; and verified on 2009
to 2017 and on measured stations: docs/storms.md. tests/benchmarks/storm_fit.py fits them.
"""

from math import exp, log, sqrt
from typing import Final, NamedTuple

from .barogram import Barogram
from .hourly_statistics import HourlyStatistics

# The forecast of usual signs, in m2/s2, and what each hPa of a sign adds.
_BASE: Final = 79.9
_PER_CHANGE_2H: Final = -16.5
_PER_FALL: Final = 8.55
_PER_RISE: Final = 9.4
_PER_BELOW: Final = 0.838
_PER_RESTLESS: Final = 17.3
_WINTER: Final = 16.0
# A present rise counts up to here: the few steeper ones come with gales behind a low.
HIGHEST_CHANGE_2H_HPA: Final = 4.0
_USUALLY_RESTLESS_HPA: Final = 1.03
_USUALLY_STEEP_HPA: Final = 1.01

# With the present wind w: a + b forecast + c w2.
_WITH_WIND: Final = (-5.68, 0.505, 0.815)

# Farther from the usual pressure the altitude is wrong, or the depth says no more.
_FARTHEST_HPA: Final = 40.0

_LEAST: Final = 30.0  # m2/s2; calm air leads to some wind


class Signs(NamedTuple):
    """What the barometer shows now, in hPa; None for an unknown value.

    change_*: over the last 2 and 3 hours. fall, rise: the steepest in 3 h of the last twelve
    hours. below: under the mean of usual_days days. restless: the mean size of the 3 h change in
    two days. winter: 1 in midwinter to -1 in midsummer; 0 in the tropics or without a position.
    """

    change_2h_hpa: float | None
    change_3h_hpa: float
    fall_hpa: float
    rise_hpa: float
    below_hpa: float
    usual_days: float
    restless_hpa: float | None
    winter: float


class ChanceCurve(NamedTuple):
    """A chance as a logistic function of the logarithm of the forecast; never above `most`."""

    most: float
    offset: float
    slope: float

    def chance(self, wind_squared: float) -> float:
        """Return the chance, 0..1."""
        x = self.offset + self.slope * log(wind_squared / 140.0)
        return self.most / (1 + exp(-x))


# A reanalysis over the open sea has near gales a little more often than most stations with the same
# barometer: without the wind the stated chance is a little lower than the fitted one.
_CAUTION: Final = 0.3
_NEAR_GALE: Final = ChanceCurve(0.6, -0.631 - _CAUTION, 4.65)
_GALE: Final = ChanceCurve(0.45, -2.71, 4.66)
_NEAR_GALE_WITH_WIND: Final = ChanceCurve(1.0, -1.76, 4.68)
_GALE_WITH_WIND: Final = ChanceCurve(1.0, -4.24, 5.01)


class Contribution(NamedTuple):
    """What one sign adds to the forecast, in m2/s2."""

    sign: str
    adds: float


class WindForecast(NamedTuple):
    """The mean square of the wind in m2/s2, and the chances within 12 h, 0..1."""

    wind_squared: float
    chance_near_gale: float
    chance_gale: float

    @property
    def wind_ms(self) -> float:
        """The wind of that square, in m/s."""
        return sqrt(self.wind_squared)


def signs_of(
    barogram: Barogram, hours: HourlyStatistics, change_3h_hpa: float, winter: float
) -> Signs:
    """Return the signs at the newest value of a barogram, which must have one."""
    now = barogram.now
    assert now is not None
    below_hpa = hours.usual_hpa - (now.pressure_hpa + barogram.minutes.steps_hpa)
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


def wind_forecast(signs: Signs, wind_ms: float | None = None) -> WindForecast:
    """Forecast from the signs, and from the present mean wind (m/s) if known.

    An unknown sign counts with its mean.
    """
    wind_squared = max(_LEAST, _BASE + sum(_adds(signs)))
    near_gale, gale = _NEAR_GALE, _GALE
    if wind_ms is not None:
        base, share, per_square = _WITH_WIND
        wind_squared = max(_LEAST, base + share * wind_squared + per_square * wind_ms**2)
        near_gale, gale = _NEAR_GALE_WITH_WIND, _GALE_WITH_WIND
    return WindForecast(wind_squared, near_gale.chance(wind_squared), gale.chance(wind_squared))


def contributions(signs: Signs) -> list[Contribution]:
    """Return the contributions of the signs, the largest first."""
    names = ("change", "fall", "rise", "below", "restless", "winter")
    return sorted(map(Contribution, names, _adds(signs)), key=lambda each: -each.adds)


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
