#!/usr/bin/env python3
"""Run a pressure record through the storm rule and print when the level changed, and why.

  scripts/replay_storm.py                   the storm that ships with the toolkit
  scripts/replay_storm.py january.csv       a CSV with time_utc and pressure_hpa (hPa)
  scripts/replay_storm.py --all record.csv  every row with its level and tendency
  scripts/replay_storm.py --simulate        the same through the simulated chip and the real driver

The rule is the live one and never looks ahead.
"""

import environment

environment.enter()

import argparse
import csv
import sys
from collections.abc import Iterator

from command import parser, run, say

from sensors import RecordError, open_board
from sensors.board import Board
from web.times import iso
from web.weather import Outlook, Sample, StormLevel, replay


def main() -> None:
    """Replay and print."""
    options = parse()
    if options.record == "":
        raise RecordError("the name of the record is empty")
    simulated = {"record": options.record or "", "noise": False}
    with open_board({"simulated": simulated}, simulated=True) as board:
        samples = list(through_the_chip(board) if options.simulate else straight(board))
        how = "SIMULATED chip" if options.simulate else "straight"
        say(f"{board.weather.record.title}, {how}")
    show(samples, options.all)


def straight(board: Board) -> Iterator[Sample]:
    """The record as it stands."""
    for taken_at, pressure_hpa in board.weather.record.rows:
        yield Sample(taken_at, pressure_hpa)


def through_the_chip(board: Board) -> Iterator[Sample]:
    """The record as the driver reads it from the simulated chip's registers."""
    rows = board.weather.record.rows
    for number, row in enumerate(rows, 1):
        board.weather.move_to(row.taken_at)
        reading = board.barometer.read()
        if sys.stderr.isatty() and number % 100 == 0:
            say(f"\r{number} of {len(rows)} readings", end="\r")
        yield Sample(row.taken_at, reading.pressure_hpa, reading.temperature_c)


def show(samples: list[Sample], every_row: bool) -> None:
    """One CSV line each change of level, or each row."""
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(["time_utc", "level", "pressure_hpa", "change_3h_hpa", "reasons"])
    pressures = {sample.taken_at: sample.pressure_hpa for sample in samples}
    level: StormLevel | None = None
    for taken_at, outlook in replay(samples):
        if every_row or outlook.level is not level:
            table.writerow(row(taken_at, pressures[taken_at], outlook))
        level = outlook.level


def row(taken_at: float, pressure_hpa: float, outlook: Outlook) -> list[str]:
    """The outlook of a moment as CSV fields."""
    change = "" if outlook.tendency is None else f"{outlook.tendency.change_hpa:+.1f}"
    reasons = "; ".join(outlook.reasons)
    return [iso(taken_at), outlook.level.name.lower(), f"{pressure_hpa:.1f}", change, reasons]


def parse() -> argparse.Namespace:
    """Return the command line's options."""
    options = parser(__doc__)
    options.add_argument("record", nargs="?", metavar="CSV", help="a pressure record")
    options.add_argument("--all", action="store_true", help="every row, not only the changes")
    options.add_argument("--simulate", action="store_true", help="through the simulated chip")
    return options.parse_args()


if __name__ == "__main__":
    run(main)
