"""The storm rule beside rules of thumb, on a record that it had not seen and on two stations.

  .venv/bin/python tests/benchmarks/storm_scores.py FOLDER     a quarter of a minute

FOLDER holds the three records that docs/storms.md names, where to get them too. What counts as an
event, a hit and a false alarm is defined there; the table is that of scripts/score_warnings.py.
"""

import csv
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import figures

SCORE = Path(__file__).parents[2] / "scripts" / "score_warnings.py"
MERRA, BUOY, AIRPORT = "merra2_ireland_sw_2000_2017", "gulf_of_maine_44005_2012", "nyc_jfk_2013"
RECORDS = {
    MERRA: ("@53.5,-8,75", "--wind-factor", "1.192", "--since", "2009-01-01"),
    BUOY: ("@43.2,-69.13",),
    AIRPORT: ("@40.64,-73.78",),
}
WORDS = {
    MERRA: "western Ireland, 2009 to 2017 (reanalysis)",
    BUOY: "buoy 44005, Gulf of Maine, 2012",
    AIRPORT: "New York JFK, 2013",
}
FORCES = {"F7": "near gale", "F8": "gale"}
# Which level speaks of which wind, as docs/storms.md uses them.
LEVEL = {"F7": "WATCH", "F8": "STORM"}
LEVELS = ("WATCH", "WARNING", "STORM")
FEWEST_EVENTS, FEWEST_HOURS = 5, 100
GOAL_POD = {"F7": 0.50, "F8": 0.45}

Row = dict[str, str]


class Chance(NamedTuple):
    """Hours with about the same stated chance of this: the mean, what came true, their number."""

    event: str
    stated: float
    came_true: float
    hours: int


def main(folder: Path) -> int:
    """Score every record; print, and hand over."""
    for record, (place, *options) in RECORDS.items():
        path = folder / f"{record}.csv"
        print(f"{WORDS[record]} ...", file=sys.stderr, flush=True)
        rules, chances = scored(f"{path}{place}", options)
        for force, event in FORCES.items():
            of_force = [rule for rule in rules if rule["force"] == force]
            if int(of_force[0]["events"]) < FEWEST_EVENTS:
                continue
            tell(record, event, of_force)
            compare(record, force, event, of_force)
        if record == MERRA:
            goals_of(rules, chances)
    return 0


def scored(record: str, options: Sequence[str]) -> tuple[list[Row], list[Chance]]:
    """The table of rules, and that of chances, as the script prints them."""
    command = [sys.executable, str(SCORE), "--simple", *options, record]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    rules, _, chances = done.stdout.partition("\n\n")
    return list(csv.DictReader(rules.splitlines())), [
        Chance(row["chance"], float(row["stated"]), float(row["came_true"]), int(row["hours"]))
        for row in csv.DictReader(chances.splitlines())
    ]


def tell(record: str, event: str, rules: list[Row]) -> None:
    """The levels, and the rules of thumb that do best on it."""
    thumbs = sorted(
        (rule for rule in rules if rule["rule"] not in LEVELS), key=lambda rule: -float(rule["CSI"])
    )
    rows = [
        [
            _name(rule["rule"]),
            rule["POD"],
            f"{rule['CSI']} ({rule['CSI_90'].replace('-', ' to ')})",
            f"{rule['lead_h']} h",
            rule["false_30d"],
        ]
        for rule in [*(rule for rule in rules if rule["rule"] in LEVELS), *thumbs[:4]]
    ]
    title = f"{WORDS[record]}: {rules[0]['events']} {event}s"
    figures.table(title, ["alarm", "POD", "CSI (90 %)", "lead", "false in 30 days"], rows)
    print(title)
    for row in rows:
        print(f"  {row[0]:32} POD {row[1]}  CSI {row[2]:24} lead {row[3]:7} false {row[4]}")


def compare(record: str, force: str, event: str, rules: list[Row]) -> None:
    """The level that speaks of this wind, beside every rule of thumb."""
    csi = {rule["rule"]: _csi(rule) for rule in rules}
    ours = csi[LEVEL[force]]
    others = {_name(name): value for name, value in csi.items() if name not in LEVELS}
    what = f"CSI of {LEVEL[force]} for {event}s, {WORDS[record]}"
    count = rules[0]["events"]
    note = f"Of {count} {event}s, and the best of {len(others)} rules after the fact."
    figures.compared(what, "", ours, others, more_is_better=True, note=note)


def goals_of(rules: list[Row], chances: list[Chance]) -> None:
    """The best CSI of a level with the POD that the goal wants; how far chances are off."""
    by_level = {(rule["rule"], rule["force"]): rule for rule in rules}
    for force, event in FORCES.items():
        ours = [
            rule
            for level in LEVELS
            if float((rule := by_level[level, force])["POD"]) >= GOAL_POD[force]
        ]
        best = max(ours, key=lambda rule: float(rule["CSI"]), default=None)
        figures.figure(f"CSI {event}", _csi(best) if best else 0.0)
        figures.figure(f"lead {event} h", float(best["lead_h"]) if best else 0.0)
    counted = [chance for chance in chances if chance.hours >= FEWEST_HOURS]
    worst = max(abs(chance.stated - chance.came_true) for chance in counted)
    figures.figure("chances off by points", 100 * worst)
    print(f"stated chances and what came true: {100 * worst:.1f} points apart at the most")
    for event in FORCES.values():
        points = [(100 * c.stated, 100 * c.came_true) for c in counted if c.event == event]
        figures.curve("chances", event, points)


def _name(rule: str) -> str:
    """ "3 h >= 3.6 (tide off)" of the table, with what it is measured in."""
    thumb, _, tide = rule.partition(" (")
    return rule if rule in LEVELS else f"{thumb} hPa" + (f" ({tide}" if tide else "")


def _csi(rule: Row) -> figures.Measured:
    low, _, high = rule["CSI_90"].partition("-")
    return figures.Measured(float(rule["CSI"]), float(low), float(high))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
