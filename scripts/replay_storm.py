#!/usr/bin/env python3
"""Run a pressure record through the storm rule and print when the level changed, and why.

  scripts/replay_storm.py                   the storm that ships with the toolkit
  scripts/replay_storm.py january.csv       a CSV with time_utc and pressure_hpa (hPa)
  scripts/replay_storm.py --all record.csv  every row with its level and tendency
  scripts/replay_storm.py --simulate        the same through the simulated chip and the real driver
  scripts/replay_storm.py --at 53.5,-8 january.csv      at a position: without the tide of the air
  scripts/replay_storm.py --picture storm.svg           a picture: barograph, levels, and the wind,
                                                        if the record has wind_ms
  scripts/replay_storm.py --since 2014-02-11 --until 2014-02-14 january.csv     a part of it

The rule is the live one and never looks ahead. A part of a record follows all rows before it.
"""

from support import environment

environment.enter()

import argparse
import csv
import sys
from collections.abc import Iterator
from itertools import pairwise
from math import inf
from pathlib import Path
from statistics import median

from storm_records.storm_picture import Moment, storm_picture
from storm_records.warning_hours import wind_of
from storm_records.where_and_when import moment_of, place_of
from support.command import parser, run, say

from sensors import RecordError, open_board
from sensors.board import Board
from sensors.simulated.record import parse_time_utc
from sensors.simulated.weather import STORM
from sensors.text_files import csv_rows
from web.display.times import iso
from web.weather import Outlook, Sample, StormLevel, replay

Replay = list[tuple[Sample, Outlook]]


def main() -> None:
    """Replay, print and draw."""
    options = parse()
    if options.record == "":
        raise RecordError("the name of the record is empty")
    station = place_of(options.at) if options.at else None
    since, until = moment_of(options.since, -inf), moment_of(options.until, inf)
    simulated = {"record": options.record or "", "noise": False}
    with open_board({"simulated": simulated}, simulated=True) as board:
        record = board.weather.record
        straight = (Sample(*row) for row in record.rows)
        samples = list(through_the_chip(board) if options.simulate else straight)
    say(f"{record.title}, {'SIMULATED chip' if options.simulate else 'straight'}")
    by_moment = {sample.taken_at: sample for sample in samples}
    outlooks = replay(samples, station)
    rows = [(by_moment[at], outlook) for at, outlook in outlooks if since <= at < until]
    if options.picture:
        draw(rows, record.title, options)
        say(f"the picture: {options.picture}")
    show(rows, options.all)


def through_the_chip(board: Board) -> Iterator[Sample]:
    """Yield the samples that the driver reads from the simulated chip."""
    rows = board.weather.record.rows
    for number, row in enumerate(rows, 1):
        board.weather.move_to(row.taken_at)
        reading = board.barometer.read()
        if sys.stderr.isatty() and number % 100 == 0:
            say(f"\r{number} of {len(rows)} readings", end="\r")
        yield Sample(row.taken_at, reading.pressure_hpa, reading.temperature_c)


def show(rows: Replay, every_row: bool) -> None:
    """Print a CSV line for each change of level, or for each row."""
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(["time_utc", "level", "pressure_hpa", "change_3h_hpa", "reasons"])
    level: StormLevel | None = None
    for sample, outlook in rows:
        if every_row or outlook.level is not level:
            tendency = outlook.tendency
            change = "" if tendency is None else f"{tendency.change_hpa:+.1f}"
            pressure = f"{sample.pressure_hpa:.1f}"
            why = "; ".join(outlook.reasons)
            table.writerow([iso(sample.taken_at), outlook.level.word, pressure, change, why])
        level = outlook.level


def draw(rows: Replay, title: str, options: argparse.Namespace) -> None:
    """Write the picture. Raises RecordError for fewer than two rows, and OSError."""
    if len(rows) < 2:
        raise RecordError("at least two rows are needed for a picture")
    winds = winds_of(Path(options.record) if options.record else STORM)
    moments = [
        Moment(sample.taken_at, sample.pressure_hpa, outlook.level, winds.get(sample.taken_at))
        for sample, outlook in rows
    ]
    step_s = median(b.taken_at - a.taken_at for a, b in pairwise(moments))
    picture = storm_picture(moments, title, 2.1 * step_s, options.gale)
    options.picture.write_text(picture, encoding="utf-8")


def winds_of(path: Path) -> dict[float, float]:
    """Return the mean wind by time, for the rows that have one."""
    winds = {}
    for where, row in csv_rows(path, ("time_utc",)):
        wind_ms = wind_of(row.get("wind_ms", ""), where)
        if wind_ms is not None:
            winds[parse_time_utc(row["time_utc"])] = wind_ms
    return winds


def parse() -> argparse.Namespace:
    """Return the command line's options."""
    options = parser(__doc__)
    options.add_argument("record", nargs="?", metavar="CSV", help="a pressure record")
    options.add_argument("--all", action="store_true", help="print every row, not only changes")
    options.add_argument("--simulate", action="store_true", help="through the simulated chip")
    options.add_argument("--at", metavar="LAT,LON[,M]", help="where the barometer was")
    options.add_argument("--since", metavar="TIME", help="print from this time on (UTC)")
    options.add_argument("--until", metavar="TIME", help="print up to this time")
    options.add_argument("--picture", type=Path, metavar="SVG", help="draw it too")
    options.add_argument(
        "--gale", type=float, metavar="M/S", help="draw a line where a gale begins, such as 17.2"
    )
    return options.parse_args()


if __name__ == "__main__":
    run(main)
