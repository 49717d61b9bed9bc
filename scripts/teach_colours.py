#!/usr/bin/env python3
"""Teach the colour sensor your own things: sweets, buttons, beads, whatever has a colour.

  scripts/teach_colours.py                    asks what to teach; writes sorter.json
  scripts/teach_colours.py red green          teaches these two, added to what is there already
  scripts/teach_colours.py --try              sorts what you show, live
  scripts/teach_colours.py --remove green     forgets a class
  scripts/teach_colours.py --profile colours.json   takes dark from there, and shows true colours
  scripts/teach_colours.py --simulate         the simulated sensor, no questions asked
  scripts/teach_colours.py --simulate --ask   the same with the questions, to practise

No cards are needed. Show ten pieces of each class, each confirmed with Enter and each a little
nearer, farther or turned: ten readings of one piece that lies still teach nothing but the noise.
Five pieces do, fewer than three are refused. What is like none of the classes is "unknown", the
empty place is "nothing". Teach one class more for what must not be taken for another.

Each class is saved when it is done: q or ctrl-C lose no class that has three pieces. Standard
output gets a table of what the pieces of each class (rows) are taken for (columns) when they are
left out of the teaching; which two classes are too close is said in words.
"""

from support import environment

environment.enter()

import argparse
import os
import signal
import sys
from pathlib import Path

from colour_bench.card_row import check_source
from colour_bench.dialogue import Dialogue, Stop, hand_with, in_hz
from colour_bench.pieces import teach_class
from colour_bench.sorter_report import report
from colour_bench.sorting import sort_live
from colour_bench.training_set import TrainingSet, checked_label
from support.command import parser, run, say

from calibration import CalibrationError, ColourProfile, ColourSorter
from calibration.colorimetry.arrays import Channels
from calibration.teaching import READINGS_OF_A_PIECE
from sensors.board import open_board
from sensors.config import ColourConfig, load_tables, section
from sensors.simulated.scene import surfaces

SIMULATED_CLASSES = ("red", "orange", "blue")


def main() -> None:
    """Teach, forget or sort, with a board where one is needed."""
    for ending in (signal.SIGHUP, signal.SIGTERM):  # a lost connection ends it as ctrl-C does
        if signal.getsignal(ending) == signal.SIG_DFL:
            signal.signal(ending, signal.default_int_handler)
    options = parse()
    check(options)
    if options.remove:
        remove(options)
        return
    tables, where = load_tables(options.config)
    settings = section(tables, "colour", ColourConfig, where)
    with open_board(options.config, True if options.simulate else None) as board:
        asks = options.ask or not board.simulated
        if not asks:
            check_shown(options.label)
        dialogue = Dialogue(board, settings, asks=asks, readings=READINGS_OF_A_PIECE)
        profile = load_profile(options.profile, dialogue)
        only_sorts = options.live and not options.label and options.output.exists()
        sorter = None if only_sorts else teach(dialogue, options, profile)
        if sorter is None:
            sorter = load_sorter(options.output, dialogue)
        else:
            report(sorter)
        if options.live:
            sort_live(dialogue, sorter, profile, options.count)


def teach(
    dialogue: Dialogue, options: argparse.Namespace, profile: ColourProfile | None
) -> ColourSorter:
    """Teach classes one after the other, saving each; return the sorter they make."""
    path: Path = options.output
    say(f"{dialogue.mark}teaching colours; the sorter: {path}")
    if options.live and not path.exists():
        say(f"{dialogue.mark}there is no {path} yet to sort with, so it is taught first")
    training = begin(dialogue, path, profile)
    wanted = list(options.label) or ([] if dialogue.asks else list(SIMULATED_CLASSES))
    known_pieces = len(training.taught)
    try:
        while True:
            label = wanted.pop(0) if wanted else ""
            if not label:
                if options.label or not dialogue.asks:
                    break
                label = ask_label(dialogue, training)
            teach_class(dialogue, training, label, profile, path)
    except Stop:
        pass
    except KeyboardInterrupt:
        say(f"\nStopped. {what_is_in(path)}")
        raise
    if len(training.taught) == known_pieces:
        sys.exit(f"nothing was taught. {what_is_in(path)}")
    say(f"{dialogue.mark}saved as {path}; in a program:")
    say(f"  ColourSorter.load({str(path)!r}).sort(board.colour.read())")
    return training.sorter()


def what_is_in(path: Path) -> str:
    """Tell which classes the file has."""
    if not path.exists() or not path.stat().st_size:
        return f"There is no {path}."
    return f"{path} knows {', '.join(ColourSorter.load(path).labels)}."


def begin(dialogue: Dialogue, path: Path, profile: ColourProfile | None) -> TrainingSet:
    """Return the set in the file, or a new one with dark and the empty place."""
    simulated = dialogue.board.simulated
    if path.exists() and path.stat().st_size:
        sorter = load_sorter(path, dialogue)
        if dialogue.asks:
            say(f"{dialogue.mark}{path} knows {', '.join(sorter.labels)}; what you teach is added.")
            return TrainingSet.of(sorter, path)
        say(f"{dialogue.mark}replaces what the simulated sensor was taught before in {path}")
    try:
        return TrainingSet(*dark_and_empty(dialogue, profile), simulated=simulated)
    except Stop:
        sys.exit("dark and the empty place are needed: nothing is saved")


def dark_and_empty(dialogue: Dialogue, profile: ColourProfile | None) -> tuple[Channels, Channels]:
    """Read dark and the empty place."""
    if profile is not None:
        dark = profile.references.dark
        say(f"{dialogue.mark}dark is that of the profile: {in_hz(dark)}")
    else:
        dialogue.tell(
            "Dark: nothing in front of the sensor, its LED on, the light of the room kept out."
        )
        dark = dialogue.require(
            "dark", "  Enter when it is so (q ends): ", hand_with("nothing")
        ).raw
        say(f"  {dialogue.mark}dark   {in_hz(dark)}")
    dialogue.tell("Empty: the place as it is between two pieces, such as the belt.")
    shown = dialogue.show(
        "empty", "  Enter when it is so (s: as dark, q ends): ", hand_with("nothing"), others="s"
    )
    empty = dark if isinstance(shown, str) else shown.raw
    say(f"  {dialogue.mark}empty  {in_hz(empty)}")
    return dark, empty


def ask_label(dialogue: Dialogue, training: TrainingSet) -> str:
    """Ask for the next class. Raises Stop after the last."""
    while True:
        known = f" (so far {', '.join(training.labels)})" if training.labels else ""
        words = dialogue.ask_for_words(f"Name of the next class, Enter ends{known}: ")
        if words.lower() in ("", "q"):
            raise Stop
        try:
            return checked_label(words)
        except CalibrationError as error:
            say(f"  ! {error}")


def remove(options: argparse.Namespace) -> None:
    """Take a class out of the file; no sensor is needed."""
    training = TrainingSet.of(ColourSorter.load(options.output), options.output)
    training.forget(options.remove, options.output)
    sorter = training.sorter()
    sorter.save(options.output)
    mark = "SIMULATED " if sorter.simulated else ""
    say(f"{mark}{options.output} knows {', '.join(sorter.labels)}, and no {options.remove}")
    report(sorter)


def load_profile(path: Path | None, dialogue: Dialogue) -> ColourProfile | None:
    """Load the profile of --profile, if there is one."""
    if path is None:
        return None
    profile = ColourProfile.load(path)
    check_source(profile.simulated, path, simulated=dialogue.board.simulated)
    return profile


def load_sorter(path: Path, dialogue: Dialogue) -> ColourSorter:
    """Load the sorter. Raises CalibrationError for another kind of sensor."""
    sorter = ColourSorter.load(path)
    check_source(sorter.simulated, path, simulated=dialogue.board.simulated)
    return sorter


def check(options: argparse.Namespace) -> None:
    """Refuse what would fail at the end before the person has shown a single piece."""
    path: Path = options.output
    if (path.exists() and not path.is_file()) or not path.name:
        raise CalibrationError(f"--output {path}: no file can be written there")
    if not os.access(path.absolute().parent, os.W_OK):
        raise CalibrationError(f"--output {path}: no file can be written there")
    options.label = [checked_label(label) for label in options.label]
    if options.remove and not path.exists():
        raise CalibrationError(f"{path} is not there: there is nothing to remove from")
    if options.remove and (options.label or options.live):
        raise CalibrationError("--remove: by itself, with no class to teach and without --try")
    if options.count < 0:
        raise CalibrationError(f"--count {options.count}: 0 (for ever) or more")


def check_shown(labels: list[str]) -> None:
    """Refuse what a simulated sensor cannot be shown, where there are no questions."""
    if not set(labels) <= set(surfaces()):
        raise CalibrationError(
            f"the simulated sensor has {', '.join(surfaces())} to show: name classes of these, or"
            " give --ask"
        )


def parse() -> argparse.Namespace:
    """Return the command line's options."""
    options = parser(__doc__)
    add = options.add_argument
    add("label", nargs="*", metavar="CLASS", help="what to teach; asked for if left out")
    add("--try", dest="live", action="store_true", help="sort live, after teaching if asked to")
    add("--count", type=int, default=0, metavar="N", help="with --try: end after N readings")
    add("--remove", metavar="CLASS", help="only forget this class; no sensor is needed")
    add("--profile", type=Path, metavar="FILE", help="a colour profile: dark and true colours")
    add("--simulate", action="store_true", help="the simulated sensor (the default off a Pi)")
    add("--ask", action="store_true", help="ask with the simulated sensor too")
    add("--config", metavar="FILE", help="a TOML file with the wiring in [colour]")
    add("--output", type=Path, default=Path("sorter.json"), metavar="FILE", help="the sorter")
    return options.parse_args()


if __name__ == "__main__":
    run(main)
