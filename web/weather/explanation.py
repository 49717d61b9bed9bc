"""Why the outlook is what it is, in words and with the numbers."""

from collections.abc import Iterator

from .levels import RELEASE_S, THRESHOLDS, StormLevel
from .sample import Station
from .tendency import Changes, Tendency, explosive_hpa, signed
from .tropical_rule import TropicalRule
from .wind_forecast import Signs, WindForecast, contributions

_BLIND = "not seen: gales on a rising or steady barometer (two in five), and your own course"
_NO_POSITION = (
    "no position: the tide of the air is in these numbers, up to 1.6 hPa in 3 h at the equator"
)

_WORTH_A_LINE = 8.0  # m2/s2: a sign that adds less is left out

# Mean wind in m/s from which each force of Beaufort begins.
_BEAUFORT_MS = (0.3, 1.6, 3.4, 5.5, 8.0, 10.8, 13.9, 17.2, 20.8, 24.5, 28.5, 32.7)

_FEWEST_DAYS = 10.0  # a mean of fewer is mostly the standard atmosphere

_AFTER_LOW_RISE_HPA, _AFTER_LOW_HPA = 4.0, 10.0


def force(wind_ms: float) -> int:
    """Return the Beaufort force of a mean wind."""
    return sum(wind_ms >= least for least in _BEAUFORT_MS)


def reasons(
    level: StormLevel,
    tendency: Tendency,
    changes: Changes,
    signs: Signs,
    forecast: WindForecast,
    station: Station | None,
    wind_ms: float | None,
) -> tuple[str, ...]:
    """Return the reasons for a level, the most important first.

    level: by the pressure only. wind_ms: the present wind, if the forecast includes it.
    """
    change = f"{signed(tendency.change_hpa)} hPa in 3 h: {tendency.words}"
    lines = [change]
    fall_24h_hpa, explosive = -(changes.in_24h_hpa or 0.0), explosive_hpa(station)
    is_explosive = fall_24h_hpa >= explosive
    if level is not StormLevel.CALM:
        lines = [*_rule(level, tendency, forecast, change, is_explosive), *_signs(signs)]
    if wind_ms is not None:
        lines.append(f"the wind of now, {wind_ms:.1f} m/s (force {force(wind_ms)}), is counted in")
    if (
        min(signs.rise_hpa, signs.change_3h_hpa) >= _AFTER_LOW_RISE_HPA
        and signs.below_hpa >= _AFTER_LOW_HPA
    ):
        lines.append("a steep rise after a low: gusts, and the wind will shift")
    if is_explosive:
        lines.append(
            f"{signed(-fall_24h_hpa)} hPa in 24 h: explosive, which begins at {explosive:.0f} in"
            " this latitude"
        )
    lines.append(_BLIND)
    if station is None or station.latitude is None or station.longitude is None:
        lines.append(_NO_POSITION)
    return tuple(lines)


def tropical_reason(rule: TropicalRule) -> str:
    """Return how far the last day was below its month."""
    return (
        f"the mean of the last day is {rule.off_hpa:.1f} hPa under that of the month, which goes up"
        f" and down by {rule.spread_hpa:.1f}: in low latitudes that is a sign of a tropical storm"
    )


def _rule(
    level: StormLevel, tendency: Tendency, forecast: WindForecast, change: str, is_explosive: bool
) -> Iterator[str]:
    """Yield what raised the level or keeps it, and the change."""
    wind_ms, fall_hpa = forecast.wind_ms, round(-tendency.change_hpa, 1)
    threshold = next(each for each in THRESHOLDS if each.level is level)
    name = level.word
    wind = f"{wind_ms:.1f} m/s (force {force(wind_ms)}) followed such signs within 12 h on average"
    by_fall = fall_hpa >= threshold.on_fall_hpa
    if wind_ms >= threshold.on_ms:
        yield f"{wind}; {name} from {threshold.on_ms:.1f}"
    elif not by_fall and not is_explosive:
        yield (
            f"{wind}; {name} stays until it has been under {threshold.off_ms:.1f}, and the fall"
            f" under {threshold.off_fall_hpa:.1f} in 3 h, for {RELEASE_S / 3600:.0f} h"
        )
    yield f"{change} ({name} from {signed(-threshold.on_fall_hpa)})" if by_fall else change


def _signs(signs: Signs) -> Iterator[str]:
    """Yield one line with the signs that add most; the change has a line of its own."""
    usual = "the standard atmosphere"
    if signs.usual_days >= _FEWEST_DAYS:
        usual = f"the mean of {min(30, round(signs.usual_days)):d} days"
    words = {
        "fall": f"up to {signed(-signs.fall_hpa)} hPa in 3 h within 12 h",
        "rise": f"up to {signed(signs.rise_hpa)} hPa in 3 h within 12 h",
        "below": f"{signs.below_hpa:.0f} hPa under {usual}",
        "restless": f"restless for two days ({signs.restless_hpa or 0.0:.1f} hPa in 3 h)",
        "winter": "winter",
    }
    large = [each.sign for each in contributions(signs) if each.adds >= _WORTH_A_LINE]
    if line := "; ".join(words[sign] for sign in large if sign in words):
        yield line
