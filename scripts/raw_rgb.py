#!/usr/bin/env python3
"""Print the readings of a TCS3200 as CSV: four frequencies with their error bars.

  scripts/raw_rgb.py                        the sensor on OUT=25 S2=23 S3=24, strapped to 20 %
  scripts/raw_rgb.py --s0 17 --s1 27        S0 and S1 wired too: the scaling is automatic
  scripts/raw_rgb.py --simulate --patch orange | head -3
  scripts/raw_rgb.py --count 100 > white_card.csv

All numbers are Hz at 100 % output scaling. If the first reading is not plausible, the script says
what may be wrong and which wire to check. On a terminal it shows one live line with a swatch; the
swatch is the raw colour, without a calibration.
"""

from support import environment

environment.enter()

import argparse
import sys
import time
from datetime import UTC, datetime

from support.command import parser, row, run, say
from support.frequency_words import CHANNELS, LiveLine, wiring_words

from sensors import TCS3200, Filter, Frequency, open_board

HEADER = ",".join(
    ["time_utc", "source"]
    + [
        f"{channel.name.lower()}_{column}"
        for channel in CHANNELS
        for column in ("hz", "uncertainty_hz", "edges", "lost")
    ]
    + ["gate_time_s", "scaling"]
)


def main() -> None:
    """Read until the count is reached, the pipe is closed, or ctrl-C."""
    options = parse()
    wiring = {key: getattr(options, key) for key in ("out", "s2", "s3", "s0", "s1", "oe", "led")}
    colour = {key: pin for key, pin in wiring.items() if pin is not None}
    timing = {"gate_time_s": options.gate, "timeout_s": max(1.0, options.gate)}
    tables = {"colour": {**colour, "scaling": options.scaling, **timing}}
    with open_board(tables, simulated=True if options.simulate else None) as board:
        if board.simulated:
            board.scene.show(options.patch)
        source = "SIMULATED" if board.simulated else "TCS3200"
        say(f"{source}: {wiring_words(wiring)}; {scaling_words(options)}; ctrl-C ends")
        dump(board.colour, source, options)


def dump(sensor: TCS3200, source: str, options: argparse.Namespace) -> None:
    """Write CSV to a pipe or file; a live line to a terminal."""
    live = None if options.csv or not sys.stdout.isatty() else LiveLine(source)
    if live is None:
        row(HEADER)
    read = 0
    while not options.count or read < options.count:
        channels = sensor.measure()
        read += 1
        if read == 1 and is_odd(channels):
            print_findings(sensor)
        if live is None:
            row(csv_line(channels, source, options))
        else:
            live.show(channels)
        if read != options.count:
            time.sleep(options.interval)
    if live is not None:
        print()


def is_odd(channels: dict[Filter, Frequency]) -> bool:
    """Whether a reading is not plausible: darkness, or a colour above clear."""
    red, green, blue, clear = (channels[channel].hz for channel in CHANNELS)
    return clear == 0.0 or max(red, green, blue) > 1.05 * clear


def print_findings(sensor: TCS3200) -> None:
    """Print what is wrong with the wires or the light."""
    say("an odd reading; looking at the wires (some seconds) ...")
    for finding in sensor.diagnose():
        say(f"! {finding}")


def csv_line(channels: dict[Filter, Frequency], source: str, options: argparse.Namespace) -> str:
    """Format one reading."""
    strapped = options.s0 is None and options.scaling == "auto"
    scaling = "20%" if strapped else options.scaling
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    numbers = []
    for channel in CHANNELS:
        hz, uncertainty_hz, edges, lost = channels[channel]
        numbers += [f"{hz:.2f}", f"{uncertainty_hz:.2f}", str(edges), str(lost)]
    return ",".join([now, source, *numbers, f"{options.gate:g}", scaling])


def scaling_words(options: argparse.Namespace) -> str:
    """Describe the output scaling."""
    if options.scaling != "auto":
        return f"scaling {options.scaling}"
    return "automatic scaling" if options.s0 is not None else "scaling 20 % (strapped)"


def parse() -> argparse.Namespace:
    """Return the command line's options."""
    options = parser(__doc__)
    add = options.add_argument
    add("--simulate", action="store_true", help="the simulated sensor (the default off a Pi)")
    add("--patch", default="white", metavar="WORD", help="surface under the simulated sensor")
    add("--count", type=int, default=0, metavar="N", help="end after N readings")
    add("--interval", type=float, default=0.0, metavar="S", help="pause between readings")
    add("--csv", action="store_true", help="CSV on a terminal too")
    add("--gate", type=float, default=0.05, metavar="S", help="gate time of a channel (0.05)")
    add("--scaling", default="auto", choices=("auto", "2%", "20%"), help="output scaling")
    for name, default in (("out", 25), ("s2", 23), ("s3", 24)):
        add(f"--{name}", type=int, default=default, metavar="BCM", help=f"line of {name.upper()}")
    for name in ("s0", "s1", "oe", "led"):
        add(f"--{name}", type=int, metavar="BCM", help=f"line of {name.upper()}, if wired")
    chosen = options.parse_args()
    if chosen.count < 0:
        options.error("--count: choose 0 (for ever) or more")
    if not 0 <= chosen.interval <= 86400:
        options.error("--interval: choose 0 to 86400 s")
    return chosen


if __name__ == "__main__":
    run(main)
