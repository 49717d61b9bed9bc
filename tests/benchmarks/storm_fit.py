"""Fits the numbers of web/weather/wind_forecast.py, and compares them with those that are shipped.

  .venv/bin/python tests/benchmarks/storm_fit.py MERRA.csv     half a minute

MERRA.csv: an hourly record with wind at 50 m near western Ireland, from 2000 on. The signs are
those that the live rule sees; fitted are the hours of 2000 to 2008 in which no near gale blows.
Then what thresholds are worth: for each expected wind, CSI, POD and false alarms in thirty days of
the levels' kind of alarm, in the years that were fitted and in those that were not; and the Brier
scores of the chances beside those of a plain table by the 3 h change. Ends with 1 when a shipped
number is another one, or the table is better.
"""

import sys
from math import isnan, nan
from pathlib import Path
from typing import Any

import figures
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from storm_records.warning_hours import HourlyRecord, at_hours, hours_of, read_rows
from storm_records.warning_scores import score

from web.weather import Station, wind_forecast
from web.weather.levels import THRESHOLDS, Latch
from web.weather.outlook import StormWatch
from web.weather.wind_forecast import Signs

HERE = Station(53.5, -8.0, 75.0)
FACTOR = 1.192  # the wind of 50 m by that of 10 m over the sea
NEAR_GALE, GALE, STRONG_GALE = 13.9, 17.2, 20.8
FITTED_FROM, FITTED_TO = 946_684_800.0, 1_230_768_000.0  # 2000 and 2009
RIDGE = 30.0
MOST = (0.6, 0.45)

Numbers = NDArray[np.float64]


class Fit:
    """The record on whole hours, its signs, and the wind that followed."""

    def __init__(self, path: Path) -> None:
        rows = read_rows(path)
        self.hours = hours_of(rows)
        watch = StormWatch(HERE)
        moments, found = [], []
        for sample in rows.samples:
            watch.update(sample)
            moments.append(sample.taken_at)
            found.append(watch.signs)
        self.signs = _columns(self.hours, moments, found)
        self.signs[:, 0] = np.minimum(self.signs[:, 0], wind_forecast.HIGHEST_CHANGE_2H_HPA)
        falls = [nan if signs is None else signs.change_3h_hpa for signs in found]
        self.changes_hpa = np.array(at_hours(self.hours, moments, falls))
        self.wind = np.array(self.hours.winds_ms) / FACTOR
        self.highest = _highest_after(self.wind)
        self.moments = np.array(self.hours.moments)
        self.is_fitted = (self.moments >= FITTED_FROM + 40 * 86400) & (self.moments < FITTED_TO)
        self.is_judged = self.moments >= FITTED_TO


def _columns(hours: HourlyRecord, moments: list[float], found: list[Signs | None]) -> Numbers:
    """The six signs at each hour; nan where there are none."""

    def column(name: str) -> list[float]:
        values = [nan if signs is None else getattr(signs, name) for signs in found]
        return at_hours(hours, moments, [nan if value is None else value for value in values])

    names = ("change_2h_hpa", "fall_hpa", "rise_hpa", "below_hpa", "restless_hpa", "winter")
    return np.stack([np.array(column(name)) for name in names], axis=1)


def _highest_after(wind: Numbers) -> Numbers:
    """The highest wind of the twelve hours after each."""
    highest = np.full(len(wind), nan)
    for hours in range(1, 13):
        highest[:-hours] = np.fmax(highest[:-hours], wind[hours:])
    return highest


def main() -> int:
    """Fit, compare, and show what thresholds are worth."""
    fit = Fit(Path(sys.argv[1]))
    ours = _shipped()
    fitted = _numbers(fit)
    same = True
    for name, number in fitted.items():
        is_same = abs(number - ours[name]) <= 0.006 * max(1.0, abs(number))
        same &= is_same
        print(f"{name:28} {number:9.3f}  shipped {ours[name]:9.3f}{'' if is_same else '  OTHER'}")
    _thresholds(fit)
    better = _is_better_than_a_table(fit)
    print("the shipped numbers are these" if same else "the shipped numbers are others")
    figures.goals(same and better, "shipped numbers are those fitted; better than a table")
    return 0 if same and better else 1


def _numbers(fit: Fit) -> dict[str, float]:
    known = ~np.isnan(fit.signs).any(axis=1) & ~np.isnan(fit.highest) & fit.is_fitted
    calm = known & (fit.wind < NEAR_GALE)
    x, y = fit.signs[calm], fit.highest[calm] ** 2
    mean, deviation = x.mean(axis=0), x.std(axis=0)
    scaled = (x - mean) / deviation
    gram = scaled.T @ scaled + RIDGE * np.eye(6)
    weights = np.linalg.solve(gram, scaled.T @ (y - y.mean())) / deviation
    usual = np.array([0.0, mean[1:3].mean(), mean[1:3].mean(), 0.0, mean[4], 0.0])
    base = y.mean() - weights @ (mean - usual)
    numbers = dict(zip(_SIGNS, weights.tolist(), strict=True))
    numbers |= {"_BASE": float(base), "_USUALLY_STEEP_HPA": float(usual[1])}
    numbers["_USUALLY_RESTLESS_HPA"] = float(usual[4])
    expected = np.maximum(wind_forecast._LEAST, base + (fit.signs - usual) @ weights)
    for name, threshold, most in zip(_ODDS, (NEAR_GALE, GALE), MOST, strict=True):
        offset, slope = _odds(expected[calm], fit.highest[calm] >= threshold, most)
        caution = wind_forecast._CAUTION if name == "_NEAR_GALE" else 0.0
        numbers |= {f"{name} offset": offset - caution, f"{name} slope": slope}
    seen = known & ~np.isnan(fit.wind)
    with_wind = np.stack([np.ones(seen.sum()), expected[seen], fit.wind[seen] ** 2], axis=1)
    blend, *_ = np.linalg.lstsq(with_wind, fit.highest[seen] ** 2)
    numbers |= {f"_WITH_WIND {n}": float(number) for n, number in enumerate(blend)}
    blended = np.maximum(wind_forecast._LEAST, with_wind @ blend)
    for name, threshold in zip(_ODDS, (NEAR_GALE, GALE), strict=True):
        offset, slope = _odds(blended, fit.highest[seen] >= threshold, 1.0)
        numbers |= {f"{name}_WITH_WIND offset": offset, f"{name}_WITH_WIND slope": slope}
    return numbers


_SIGNS = (
    "_PER_CHANGE_2H",
    "_PER_FALL",
    "_PER_RISE",
    "_PER_BELOW",
    "_PER_RESTLESS",
    "_WINTER",
)
_ODDS = ("_NEAR_GALE", "_GALE")


def _shipped() -> dict[str, float]:
    names = (*_SIGNS, "_BASE", "_USUALLY_STEEP_HPA", "_USUALLY_RESTLESS_HPA")
    numbers: dict[str, Any] = {name: getattr(wind_forecast, name) for name in names}
    for name in (*_ODDS, *(f"{name}_WITH_WIND" for name in _ODDS)):
        odds = getattr(wind_forecast, name)
        numbers |= {f"{name} offset": odds.offset, f"{name} slope": odds.slope}
    return numbers | {f"_WITH_WIND {n}": one for n, one in enumerate(wind_forecast._WITH_WIND)}


def _odds(expected: Numbers, happened: NDArray[np.bool_], most: float) -> tuple[float, float]:
    """The likeliest logistic curve of the logarithm, under a ceiling: by Newton's method."""
    x = np.stack([np.ones(len(expected)), np.log(expected / 140.0)], axis=1)
    at = np.array([-1.0, 4.0])
    for _ in range(60):
        curve = 1 / (1 + np.exp(-(x @ at)))
        chance = np.clip(most * curve, 1e-9, 1 - 1e-9)
        slope = chance * (1 - curve)
        pull = (happened - chance) / (chance * (1 - chance)) * slope
        weight = slope**2 / (chance * (1 - chance))
        step = np.linalg.solve(x.T @ (weight[:, np.newaxis] * x), x.T @ pull)
        at = at + step
        if np.abs(step).max() < 1e-9:
            break
    return float(at[0]), float(at[1])


def _is_better_than_a_table(fit: Fit) -> bool:
    """Whether the chances are worth more than the shares by the 3 h change alone; by Brier."""
    chances = np.array([_chances(row) for row in fit.signs.tolist()])
    edges = [-8.0, -6.0, -5.0, -3.6, -2.5, -1.6, -0.1, 1.6, 3.6, 6.0]
    change = np.digitize(fit.changes_hpa, edges)
    better = True
    for n, threshold in enumerate((NEAR_GALE, GALE)):
        happened = fit.highest >= threshold
        known = ~np.isnan(fit.highest) & ~np.isnan(fit.changes_hpa) & ~np.isnan(chances[:, n])
        known &= fit.wind < NEAR_GALE
        old, new = known & fit.is_fitted, known & fit.is_judged
        shares = np.array([happened[old & (change == each)].mean() for each in range(11)])
        table = float(((shares[change[new]] - happened[new]) ** 2).mean())
        ours = float(((chances[new, n] - happened[new]) ** 2).mean())
        print(f"Brier from {threshold} m/s: {ours:.5f}, by a table of the 3 h change {table:.5f}")
        what = "near gale" if threshold == NEAR_GALE else "gale"
        figures.compared(
            f"Brier score of the chance of a {what}", "", ours, {"a table by the 3 h change": table}
        )
        better &= ours < table
    return better


def _chances(row: list[float]) -> tuple[float, float]:
    if isnan(row[0]):
        return nan, nan
    forecast = wind_forecast.wind_forecast(_signs(row))
    return forecast.chance_near_gale, forecast.chance_gale


def _signs(row: list[float]) -> Signs:
    change_hpa, fall_hpa, rise_hpa, below_hpa, restless_hpa, winter = row
    restless = None if isnan(restless_hpa) else restless_hpa
    return Signs(change_hpa, 0.0, fall_hpa, rise_hpa, below_hpa, 30.0, restless, winter)


def _thresholds(fit: Fit) -> None:
    """CSI and POD of a latch by its threshold: in the years fitted, and after them."""
    expected = _live(fit)
    gap = THRESHOLDS[0].on_ms - THRESHOLDS[0].off_ms
    print("from m/s " + "".join(f"{name:>34}" for name in ("near gale", "gale", "strong gale")))
    for tenths in range(114, 158, 4):
        on = tenths / 10
        alarm = _alarm(fit, expected, on, on - gap)
        cells = []
        for wind_ms in (NEAR_GALE, GALE, STRONG_GALE):
            for chosen in (fit.is_fitted, fit.is_judged):
                found = score(*_part(fit, alarm, chosen), wind_ms * FACTOR)
                cells.append(f"{found.success:.3f}/{found.detected:.2f}/{found.false_a_month:.1f}")
        print(f"{on:8.1f} " + "".join(f"{cell:>17}" for cell in cells))


def _live(fit: Fit) -> list[float]:
    """The expected wind at each hour, by the shipped numbers."""
    return [
        0.0 if isnan(row[0]) else wind_forecast.wind_forecast(_signs(row)).wind_ms
        for row in fit.signs.tolist()
    ]


def _alarm(fit: Fit, expected: list[float], on_ms: float, off_ms: float) -> list[bool]:
    latch, alarm = Latch(), []
    for moment, wind_ms in zip(fit.hours.moments, expected, strict=True):
        latch.update(moment, 3600.0, raises=wind_ms >= on_ms, holds=wind_ms >= off_ms)
        alarm.append(latch.is_on)
    return alarm


def _part(
    fit: Fit, alarm: list[bool], chosen: NDArray[np.bool_]
) -> tuple[list[bool], HourlyRecord]:
    first, last = int(chosen.argmax()), len(chosen) - int(chosen[::-1].argmax())
    moments = fit.hours.moments
    return alarm[first:last], fit.hours.since(moments[first], moments[last - 1] + 1)


if __name__ == "__main__":
    sys.exit(main())
