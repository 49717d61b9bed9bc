#!/usr/bin/env python3
"""Correct the barometer by a reference that you trust, in hPa: one offset, dated and signed.

  scripts/calibrate_barometer.py 1013.4 --kind qnh --height 2 --who "Horta harbour office"
  scripts/calibrate_barometer.py 1013.4 --kind qnh --height 2 --who "Horta radio" --recorded
  scripts/calibrate_barometer.py 1012.9 --kind station --height 2 --who "ship's aneroid"
  scripts/calibrate_barometer.py 977.4 --kind station --height 0 --who me --simulate

The kind of the reference:
  qnh      for sea level by the standard atmosphere: an airport's METAR (whole hPa, rounded down:
           add 0.5), most harbour offices
  qff      for sea level by the real temperature: weather maps; needs --outdoor, in degrees Celsius
  station  not reduced: a barometer beside the sensor

The script reads the sensor for ten minutes. With --recorded it uses the last ten minutes that the
dashboard recorded; not in a swell, which a sample a minute can follow. The weather must be steady,
and the reference from the same hour. The offset is added when a pressure is shown; the history
keeps it as measured. Repeat this once a year.
"""

from support import environment

environment.enter()

import argparse
import math
import os
import time
from pathlib import Path

from support.barometer_samples import measure, played, recorded, running, steadiest
from support.command import parser, row, run, say

from calibration import CalibrationError
from calibration.documents.atomic_file import make_folder
from calibration.pressure.comparison import UNUSUAL_HPA, Comparison, Reference, compare
from calibration.pressure.offset import PressureOffset, ReferenceKind
from sensors.board import Board, open_board
from sensors.config import load_tables, section
from web.config.tables import HistoryConfig, StationConfig
from web.display.times import iso
from web.history.connection import is_being_written
from web.history.reader import Samples, check_age
from web.runtime.paths import history_path, offset_path

FEWEST_MINUTES, MOST_MINUTES = 10.0, 24 * 60.0


def main() -> None:
    """Take the samples, compare them with the reference, and store the offset."""
    options = parse()
    tables, where = load_tables(options.config)
    station = section(tables, "station", StationConfig, where)
    history = section(tables, "history", HistoryConfig, where)
    reference = the_reference(options, station, "altitude_m" in tables.get("station", {}))
    with open_board(options.config, True if options.simulate else None) as board:
        mark = "SIMULATED " if board.simulated else ""
        path = offset_path(board, station, history)
        check_folder(path)
        say(f"{mark}reference: {options.reference:g} hPa, {reference.kind.words}, {reference.who}")
        if options.recorded:
            samples = recorded(history_path(board, history), options.minutes * 60)
            if not board.simulated:  # a played record has its own clock
                check_age(samples, time.time())
        else:
            check_alone(board, history_path(board, history))
            samples = read(board, reference, options.minutes * 60, mark)
        found = compare(samples, reference, board.serial)
        suspect = board.suspect
    if suspect:
        raise CalibrationError(f"nothing is stored, as the readings are suspect: {suspect}")
    report(found, len(samples), "SIMULATED" if mark else "measured")
    report_previous(path, mark)
    found.offset.save(path)
    say(f"{mark}{found.offset.words()}: stored as {path}")
    say(f"{mark}start scripts/dashboard again to see it corrected; the record stays as measured")


def the_reference(
    options: argparse.Namespace, station: StationConfig, has_altitude: bool
) -> Reference:
    """Return the reference of the command line; the height may come from the settings."""
    height_m = options.height
    if height_m is None:
        if not has_altitude:
            raise CalibrationError(
                "--height is needed: of the sensor in metres above the sea, 0.12 hPa each"
            )
        height_m = station.altitude_m
    elif has_altitude and height_m != station.altitude_m:
        say(f"--height {height_m:g} is used; the settings say altitude_m = {station.altitude_m:g}")
    if not FEWEST_MINUTES <= options.minutes <= MOST_MINUTES:
        raise CalibrationError(
            f"--minutes {options.minutes:g}: choose {FEWEST_MINUTES:g} to {MOST_MINUTES:g}; in"
            " less, waves and gusts are not levelled out"
        )
    kind = ReferenceKind(options.kind)
    return Reference(options.reference, kind, options.who.strip(), height_m, options.outdoor)


def check_folder(path: Path) -> None:
    """Check the target before the ten minutes begin. Raises CalibrationError."""
    make_folder(path.parent)
    if (path.exists() and not path.is_file()) or not os.access(path.parent, os.W_OK):
        raise CalibrationError(f"{path}: no file can be written there")


def check_alone(board: Board, history: Path) -> None:
    """Refuse to read a chip that the dashboard reads. Raises CalibrationError."""
    if not board.simulated and is_being_written(history):
        raise CalibrationError(
            "the dashboard is reading this sensor: give --recorded, and what it has recorded is"
            " taken; or end it first"
        )


def report_previous(path: Path, mark: str) -> None:
    """Print the offset that is replaced; the difference is the drift of the sensor."""
    if not path.exists():
        return
    try:
        say(f"{mark}replaces {PressureOffset.load(path).words()}")
    except CalibrationError as error:
        say(f"{mark}replaces a file that cannot be used: {error}")


def read(board: Board, reference: Reference, for_s: float, mark: str) -> Samples:
    """Read the sensor for `for_s` seconds, with progress on standard error."""
    clock = running()
    if board.simulated:
        begins = steadiest(board, for_s)
        clock = played(board, begins)
        say(f"SIMULATED {board.weather.record.title}, where it is steadiest: {iso(begins)}")
    first_hpa = board.barometer.read().pressure_hpa
    say(f"{mark}the sensor says {first_hpa:.1f} hPa")
    try:
        reference.check_against(first_hpa)
    except CalibrationError as error:
        hint = f"; the simulated air is at {first_hpa:.0f} hPa: compare with that"
        raise CalibrationError(f"{error}{hint if board.simulated else ''}") from None
    say(f"{mark}reading for {for_s / 60:g} minutes; ctrl-C ends without storing anything")
    return measure(lambda: board.barometer.read().pressure_hpa, clock, for_s, mark)


def report(found: Comparison, count: int, source: str) -> None:
    """Print the result, one quantity a line."""
    row("source,quantity,value")
    for name, value in (
        ("taken_at", iso(found.offset.taken_at.timestamp())),
        ("samples", str(count)),
        ("measured_hpa", f"{found.measured_hpa:.2f}"),
        ("reference_at_the_sensor_hpa", f"{found.reference_hpa:.2f}"),
        ("offset_hpa", f"{found.offset.offset_hpa:+.2f}"),
        ("mean_known_to_hpa", f"{found.known_to_hpa:.3f}"),
        ("scatter_hpa", f"{found.scatter_hpa:.2f}"),
        ("slope_hpa_in_3_h", f"{found.slope_hpa:+.2f}"),
    ):
        row(f"{source},{name},{value}")
    if abs(found.offset.offset_hpa) > UNUSUAL_HPA:
        say("That is much: 1 hPa is usual, 2 more after soldering. Is the number's kind right?")


def parse() -> argparse.Namespace:
    """Return the command line's options."""
    options = parser(__doc__)
    add = options.add_argument
    add("reference", type=number, metavar="HPA", help="the reference that you trust, in hPa")
    kinds = [kind.value for kind in ReferenceKind]
    add("--kind", choices=kinds, required=True, help="the kind of the reference")
    add("--who", required=True, metavar="NAME", help="its source; the page shows it")
    add("--height", type=number, metavar="M", help="of the sensor above the sea (altitude_m)")
    add("--outdoor", type=number, metavar="C", help="temperature outdoors, for qff only")
    add("--minutes", type=number, default=FEWEST_MINUTES, metavar="N", help="how long (10)")
    add("--recorded", action="store_true", help="use what the dashboard has just recorded")
    add("--simulate", action="store_true", help="the simulated sensor (the default off a Pi)")
    add("--config", metavar="FILE", help="a TOML file: [barometer], [station] and [history]")
    return options.parse_args()


def number(text: str) -> float:
    """Parse a finite number. Raises ArgumentTypeError."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number: write it as 1013.4")
    return value


if __name__ == "__main__":
    run(main)
