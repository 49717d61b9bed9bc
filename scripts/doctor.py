#!/usr/bin/env python3
"""Print what is wrong with this machine and its wires, and how to mend it.

  scripts/doctor.py                         the wiring of the README
  scripts/doctor.py --s0 17 --s1 27         S0 and S1 wired too
  scripts/doctor.py --config boat.toml      the settings of scripts/dashboard
  scripts/doctor.py --without colour        a boat with only a barometer
  scripts/doctor.py --simulate              the simulated board (the default off a Pi)

Each check prints one line, from the machine to the wires: ok, warning, fault or not checked. Below
a warning or a fault it says what to do. The exit status is 0 without a fault, otherwise 1. Put
something white under the colour sensor, close and lit.
"""

from support import environment

environment.enter()

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import closing, nullcontext
from functools import partial
from pathlib import Path
from typing import NamedTuple

from support.checks import devices, libraries, machine, wires
from support.checks.answers import Answer, Check, Status, answers_of, line, verdict
from support.command import parser, run, say

from sensors import SensorError
from sensors.backends.i2c import LinuxI2C, default_bus
from sensors.backends.platform import pi_model
from sensors.board import Board, board_from
from sensors.config import (
    BarometerConfig,
    BoardConfig,
    ColourConfig,
    SimulatedConfig,
    load_tables,
    section,
)
from web.config.tables import HistoryConfig, PageConfig, StationConfig
from web.history.connection import is_being_written

ROOT = Path("/")


class DoctorSettings(NamedTuple):
    """The settings that the checks need."""

    where: str
    board: Board
    barometer: BarometerConfig
    colour: ColourConfig
    history: Path


def main() -> None:
    """Run every check, print its answers, and end with the verdict."""
    options = parse()
    settings: DoctorSettings | None = None
    try:
        settings = settings_of(options)
        settings_answer = Answer(Status.OK, settings.where)
    except SensorError as error:
        settings_answer = Answer(Status.FAULT, "these cannot be meant", str(error))
    simulated = settings is not None and settings.board.simulated
    answers = []
    with nullcontext() if settings is None else settings.board:
        for title, check in checks(options, settings, settings_answer):
            for answer in answers_of(check):
                answers.append(answer)
                print(line(title, answer), flush=True)
    print(f"\nVerdict{', board SIMULATED' * simulated}: {verdict(answers)}.", flush=True)
    if any(answer.mark is Status.FAULT for answer in answers):
        sys.exit(1)


def settings_of(options: argparse.Namespace) -> DoctorSettings:
    """Return the settings of file and command line. Raises ConfigError or RecordError."""
    tables, where = load_tables(options.config)
    section(tables, "station", StationConfig, where)
    section(tables, "page", PageConfig, where)
    section(tables, "colour", ColourConfig, where)
    given = {key: getattr(options, key) for key in (*wires.PINS, "scaling")}
    options_given = {key: value for key, value in given.items() if value is not None}
    tables = {**tables, "colour": {**tables.get("colour", {}), **options_given}}
    barometer = section(tables, "barometer", BarometerConfig, where)
    colour = section(tables, "colour", ColourConfig, where)
    board = board_from(
        section(tables, "board", BoardConfig, where),
        barometer,
        colour,
        section(tables, "simulated", SimulatedConfig, where),
        where,
        True if options.simulate else None,
    )
    history = section(tables, "history", HistoryConfig, where).file
    return DoctorSettings(where, board, barometer, colour, history)


def checks(
    options: argparse.Namespace, settings: DoctorSettings | None, settings_answer: Answer
) -> Iterator[tuple[str, Check]]:
    """Yield each check with its title, from the machine to the wires."""
    pi = pi_model(ROOT)
    simulated = settings.board.simulated if settings is not None else not pi
    elsewhere = "no Raspberry Pi" if simulated and not pi else ""
    no_colour = "no colour sensor, as you say" if options.without == "colour" else ""
    no_barometer = "no barometer, as you say" if options.without == "barometer" else ""
    i2c = settings.barometer if settings is not None else BarometerConfig()

    yield "machine", partial(machine.machine, ROOT, simulated=simulated)
    yield "kernel", unless(elsewhere, partial(machine.kernel, ROOT))
    yield "power", unless(elsewhere, partial(machine.power, ROOT))
    yield "clock", partial(machine.clock, ROOT, time.time())
    yield "battery", unless(elsewhere, partial(machine.battery_clock, ROOT))
    yield "python", machine.python
    yield "library", libraries.libraries
    yield "library", unless(elsewhere or no_colour, gpio_libraries)
    yield "gpio", unless(elsewhere or no_colour, partial(devices.gpio, ROOT))
    colour = settings.colour if settings is not None and not no_colour else None
    yield "i2c", unless(elsewhere or no_barometer, partial(bus, i2c, colour))
    yield "settings", lambda: settings_answer
    if settings is None:
        yield "sensors", lambda: Answer(Status.NOT_CHECKED, "without settings they cannot be")
        return
    yield "disk", partial(machine.disk, ROOT, settings.history)
    board, mark = settings.board, partial(marked, settings.board)
    taken = "the dashboard is reading it: see its page, or end it first"
    is_taken = not board.simulated and is_being_written(settings.history)
    yield (
        "barometer",
        unless(no_barometer or taken * is_taken, mark(partial(wires.barometer, board))),
    )
    yield "wiring", unless(no_colour, mark(partial(wires.wiring, settings.colour)))
    if not no_colour:
        say("looking at the colour sensor: some seconds ...")
    yield "diagnosis", unless(no_colour, mark(partial(wires.diagnosis, board)))
    yield "colour", unless(no_colour, mark(partial(wires.colour, board)))


def unless(reason: str, check: Check) -> Check:
    """Return the check, or an answer with the reason why it is skipped."""
    return check if not reason else lambda: Answer(Status.NOT_CHECKED, reason)


def marked(board: Board, check: Check) -> Check:
    """Mark the answers of a check as SIMULATED on a simulated board."""
    if not board.simulated:
        return check
    return lambda: [
        answer._replace(words=f"SIMULATED: {answer.words}") for answer in answers_of(check)
    ]


def gpio_libraries() -> list[Answer]:
    """Check the GPIO libraries against this Pi and its kernel."""
    version = machine.kernel_version(ROOT)
    return libraries.gpio_libraries(
        pi_5=machine.is_pi_5(pi_model(ROOT)),
        blind=version is not None and version >= machine.RPI_GPIO_BLIND,
    )


def bus(settings: BarometerConfig, colour: ColourConfig | None) -> Iterator[Answer]:
    """Check the I2C bus and the chips on it. colour: its settings, if there is such a sensor."""
    number = default_bus(pi_model(ROOT)) if settings.bus is None else settings.bus
    node = devices.i2c(ROOT, number)
    yield node
    if node.mark is Status.OK:
        with closing(LinuxI2C(number)) as i2c:
            found = wires.addresses(i2c, settings.address)
            yield found
            if found.mark is Status.OK:
                yield wires.transfers(i2c, settings.address)
                yield from wires.enviro_phat(i2c, colour)


def parse() -> argparse.Namespace:
    """Return the command line's options."""
    options = parser(__doc__)
    add = options.add_argument
    add("--config", metavar="FILE", help="a TOML file of settings (docs/configuration.md)")
    add("--simulate", action="store_true", help="the simulated board (the default off a Pi)")
    add("--without", choices=("barometer", "colour"), help="a sensor that is not installed")
    add("--scaling", choices=("auto", "2%", "20%"), help="output scaling of the TCS3200")
    for name in wires.PINS:
        add(f"--{name}", type=int, metavar="BCM", help=f"line of {name.upper()}, if not as set")
    return options.parse_args()


if __name__ == "__main__":
    run(main)
