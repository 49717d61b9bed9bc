#!/usr/bin/env python3
"""Score the storm rule on records with wind: gales that it warned of, and false alarms.

  scripts/score_warnings.py buoy.csv@43.2,-69.1       a CSV with time_utc, pressure_hpa and wind_ms
  scripts/score_warnings.py a.csv@53,-9 b.csv@41,-70  several stations, pooled and one by one
  scripts/score_warnings.py --simple buoy.csv         rules of thumb as well
  scripts/score_warnings.py --wind-factor 1.192 ...   wind of 50 m: thresholds times this
  scripts/score_warnings.py --since 2009-01-01 ...    score only from this day on
  scripts/score_warnings.py --picture chances.svg ... a reliability diagram

After the @: latitude, longitude, and the height in metres if it is not 0. Without a position the
atmospheric tide is not removed.

An event is mean wind of a force and up: near gale (F7, 13.9 m/s), gale (F8, 17.2), strong gale (F9,
20.8). POD: the share of events with an alarm 1 to 12 hours before; FAR: the share of alarms that
no event followed within a day; CSI: hits divided by events and false alarms; lead: the median, in
hours. Ranges hold 90 % of random draws of months. Then the chances: stated, and observed. docs/
storms.md defines all of it. The tables go to standard output as CSV.
"""

from support import environment

environment.enter()

import argparse
import csv
import sys
from collections.abc import Iterable, Iterator
from functools import partial, reduce
from math import inf
from operator import add
from pathlib import Path
from typing import NamedTuple

from storm_records.reliability_picture import reliability_picture
from storm_records.simple_rules import SIMPLE_RULES, without_tide
from storm_records.warning_chances import Verification, verify
from storm_records.warning_hours import HourlyRecord, at_hours, hours_of, or_nan, read_rows
from storm_records.warning_scores import score
from storm_records.where_and_when import moment_of, place_of
from support.command import parser, run, say

from sensors import RecordError
from web.weather import Station, StormLevel, replay

FORCES = {"F7": 13.9, "F8": 17.2, "F9": 20.8}
_LEVELS = (StormLevel.WATCH, StormLevel.WARNING, StormLevel.STORM)
_SCORE = (
    *("rule", "force", "station", "events", "hits", "POD", "false", "FAR", "CSI"),
    *("CSI_90", "lead_h", "false_30d", "false_30d_90", "alarm_share"),
)


class StationRun(NamedTuple):
    """The hours of a station, with the level and the chances at each (nan: none)."""

    name: str
    station: Station
    hours: HourlyRecord
    levels: list[float]
    near_gale: list[float]
    gale: list[float]


def main() -> None:
    """Run the rule over the records; print its scores."""
    options = parse()
    since = moment_of(options.since, -inf)
    until = moment_of(options.until, inf)
    stations = []
    for name in options.record:
        say(f"{name} ...")
        stations.append(run_rule(name, since, until))
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(_SCORE)
    table.writerows(scores(stations, options))
    table.writerow(())
    table.writerow(("chance", "station", "stated", "came_true", "hours", "brier"))
    compared = list(chances(stations, options.wind_factor))
    for title, name, one in compared:
        for bin_ in one.bins():
            shares = (f"{bin_.stated:.3f}", f"{bin_.happened:.3f}", bin_.hours)
            table.writerow((title, name, *shares, f"{one.brier:.5f}"))
    if options.picture:
        last = [(title, one) for title, name, one in compared if name == compared[-1][1]]
        curves = [(f"{title}, {compared[-1][1]}", list(one.bins())) for title, one in last]
        picture = reliability_picture(curves, "Chances in the next 12 h")
        options.picture.write_text(picture, encoding="utf-8")
        say(f"the picture: {options.picture}")


def run_rule(name: str, since: float, until: float) -> StationRun:
    """Run the live rule over a whole record; keep the hours to be scored."""
    path, _, place = name.partition("@")
    station = place_of(place) if place else Station()
    rows = read_rows(Path(path))
    hours = hours_of(rows).since(since, until)
    if not len(hours):
        raise RecordError(f"{path}: it has no rows in this time")
    outlooks = list(replay(rows.samples, station))
    moments = [moment for moment, _ in outlooks]
    levels = at_hours(hours, moments, [float(outlook.level) for _, outlook in outlooks])
    near_gale = [or_nan(outlook.chance_near_gale) for _, outlook in outlooks]
    gale = [or_nan(outlook.chance_gale) for _, outlook in outlooks]
    both = (at_hours(hours, moments, near_gale), at_hours(hours, moments, gale))
    return StationRun(Path(path).stem, station, hours, levels, *both)


def scores(stations: list[StationRun], options: argparse.Namespace) -> Iterator[Iterable[str]]:
    """Yield a row for each rule, force and station, and for all stations pooled."""
    for force, wind_ms in FORCES.items():
        rows = partial(_score_rows, force, wind_ms * options.wind_factor, stations)
        for level in _LEVELS:
            alarms = [[known >= level for known in one.levels] for one in stations]
            yield from rows(level.name, alarms)
        if not options.simple:
            continue
        for rule in SIMPLE_RULES:
            alarms = [rule.alarm(one.hours.pressures_hpa) for one in stations]
            yield from rows(rule.words, alarms)
            alarms = [rule.alarm(without_tide(one.hours, one.station)) for one in stations]
            yield from rows(f"{rule.words} (tide off)", alarms)


def chances(stations: list[StationRun], factor: float) -> Iterator[tuple[str, str, Verification]]:
    """Yield the verification of each chance, by station and pooled."""
    calm_ms = FORCES["F7"] * factor
    for title, force in (("near gale", "F7"), ("gale", "F8")):
        verified: list[tuple[str, Verification]] = []
        for each in stations:
            stated = each.near_gale if force == "F7" else each.gale
            one = verify(stated, each.hours, FORCES[force] * factor, calm_ms)
            verified.append((each.name, one))
        if len(verified) > 1:
            verified.append(("pooled", reduce(add, (one for _, one in verified))))
        for name, one in verified:
            yield title, name, one


def _score_rows(
    force: str, wind_ms: float, stations: list[StationRun], rule: str, alarms: list[list[bool]]
) -> Iterator[Iterable[str]]:
    named = [
        (each.name, score(alarm, each.hours, wind_ms))
        for each, alarm in zip(stations, alarms, strict=True)
    ]
    if len(named) > 1:
        named.append(("pooled", reduce(add, (one for _, one in named))))
    for name, one in named:
        ranges = one.ranges()
        yield (
            rule,
            force,
            name,
            str(len(one.events)),
            str(one.hits),
            f"{one.detected:.2f}",
            str(one.false),
            f"{one.false_share:.2f}",
            f"{one.success:.3f}",
            f"{ranges.success[0]:.2f}-{ranges.success[1]:.2f}",
            f"{one.lead_h:g}",
            f"{one.false_a_month:.2f}",
            f"{ranges.false_a_month[0]:.2f}-{ranges.false_a_month[1]:.2f}",
            f"{one.alarm_hours / len(stations[0].hours):.3f}" if len(named) == 1 else "",
        )


def parse() -> argparse.Namespace:
    """Return the command line's options."""
    options = parser(__doc__)
    add_option = options.add_argument
    add_option("record", nargs="+", metavar="CSV[@LAT,LON[,M]]", help="a record with wind")
    add_option("--picture", type=Path, metavar="SVG", help="draw a reliability diagram")
    add_option("--simple", action="store_true", help="score rules of thumb as well")
    add_option(
        "--wind-factor", type=float, default=1.0, metavar="N", help="thresholds of wind times this"
    )
    add_option("--since", metavar="DATE", help="score from this day on (UTC)")
    add_option("--until", metavar="DATE", help="score until the day before this one")
    return options.parse_args()


if __name__ == "__main__":
    run(main)
