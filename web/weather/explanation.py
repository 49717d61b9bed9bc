"""Why the outlook is what it is, in words and with the numbers."""

from collections.abc import Iterator

from .levels import RELEASE_S, THRESHOLDS, StormLevel
from .sample import Station
from .tendency import Changes, Tendency, signed
from .tropical_rule import Tropics
from .wind_forecast import Expectation, Signs, parts

_BLIND = "not seen: gales on a rising or steady barometer (two in five), and your own course"
_NO_POSITION = (
    "no position: the tide of the air is in these numbers, up to 1.6 hPa in 3 h at the equator"
)

# A sign that adds less is not worth a line, in m2/s2.
_WORTH_TELLING = 8.0

# Mean wind in m/s from which each force of Beaufort begins.
_BEAUFORT_MS = (0.3, 1.6, 3.4, 5.5, 8.0, 10.8, 13.9, 17.2, 20.8, 24.5, 28.5, 32.7)

# Of fewer days a mean is mostly the standard atmosphere.
_FEWEST_DAYS = 10.0

_AFTER_LOW_RISE_HPA, _AFTER_LOW_HPA = 4.0, 10.0


def force(wind_ms: float) -> int:
    """The Beaufort force of a mean wind."""
    return sum(wind_ms >= least for least in _BEAUFORT_MS)


def reasons(
    level: StormLevel,
    trend: Tendency,
    signs: Signs,
    expected: Expectation,
    changes: Changes,
    explosive_hpa: float,
    station: Station | None,
    wind_ms: float | None = None,
) -> tuple[str, ...]:
    """What is to be said of the numbers, the most important first.

    level: as the numbers themselves raised it. explosive_hpa: the fall in 24 h that is one.
    wind_ms: the wind of now, where it is counted in.
    """
    change = f"{signed(trend.change_hpa)} hPa in 3 h: {trend.words}"
    said = [change]
    if level is not StormLevel.CALM:
        is_explosive = -(changes.in_24h_hpa or 0.0) >= explosive_hpa
        said = [*_rule(level, trend, expected, change, is_explosive), *_signs(signs)]
    if wind_ms is not None:
        said.append(f"the wind of now, {wind_ms:.1f} m/s (force {force(wind_ms)}), is counted in")
    said += _labels(signs, changes, explosive_hpa)
    said.append(_BLIND)
    if station is None or station.latitude is None or station.longitude is None:
        said.append(_NO_POSITION)
    return tuple(said)


def tropical_reason(rule: Tropics) -> str:
    """How far the last day was under its month, near the equator."""
    return (
        f"the mean of the last day is {rule.off_hpa:.1f} hPa under that of the month, which goes up"
        f" and down by {rule.spread_hpa:.1f}: in low latitudes that is a sign of a tropical storm"
    )


def _rule(
    level: StormLevel, trend: Tendency, expected: Expectation, change: str, is_explosive: bool
) -> Iterator[str]:
    """What raised the level, or what keeps it; and the change."""
    wind_ms, fall_hpa = expected.wind_ms, round(-trend.change_hpa, 1)
    threshold = next(each for each in THRESHOLDS if each.level is level)
    name = level.word
    said = f"{wind_ms:.1f} m/s (force {force(wind_ms)}) followed such signs within 12 h on average"
    by_fall = fall_hpa >= threshold.on_fall_hpa
    if wind_ms >= threshold.on_ms:
        yield f"{said}; {name} from {threshold.on_ms:.1f}"
    elif not by_fall and not is_explosive:
        yield (
            f"{said}; {name} stays until it has been under {threshold.off_ms:.1f}, and the fall"
            f" under {threshold.off_fall_hpa:.1f} in 3 h, for {RELEASE_S / 3600:.0f} h"
        )
    yield f"{change} ({name} from {signed(-threshold.on_fall_hpa)})" if by_fall else change


def _signs(signs: Signs) -> Iterator[str]:
    """The signs that add most, in one line; the change of now is told already."""
    words = {
        "fall": f"up to {signed(-signs.fall_hpa)} hPa in 3 h within 12 h",
        "rise": f"up to {signed(signs.rise_hpa)} hPa in 3 h within 12 h",
        "below": f"{signs.below_hpa:.0f} hPa under {_usual(signs)}",
        "restless": f"restless for two days ({signs.restless_hpa or 0.0:.1f} hPa in 3 h)",
        "winter": "winter",
    }
    told = [part.sign for part in parts(signs) if part.adds >= _WORTH_TELLING]
    said = [words[sign] for sign in told if sign in words]
    if said:
        yield "; ".join(said)


def _usual(signs: Signs) -> str:
    """What the pressure is under; at first only the standard atmosphere is known."""
    if signs.usual_days < _FEWEST_DAYS:
        return "the standard atmosphere"
    return f"the mean of {min(30, round(signs.usual_days)):d} days"


def _labels(signs: Signs, changes: Changes, explosive_hpa: float) -> Iterator[str]:
    if (
        signs.rise_hpa >= _AFTER_LOW_RISE_HPA
        and signs.change_3h_hpa >= _AFTER_LOW_RISE_HPA
        and signs.below_hpa >= _AFTER_LOW_HPA
    ):
        yield "a steep rise after a low: gusts, and the wind will shift"
    fall_hpa = -(changes.in_24h_hpa or 0.0)
    if fall_hpa >= explosive_hpa:
        yield (
            f"{signed(-fall_hpa)} hPa in 24 h: explosive, which begins at {explosive_hpa:.0f} in"
            " this latitude"
        )
