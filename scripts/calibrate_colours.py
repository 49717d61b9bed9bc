#!/usr/bin/env python3
"""Teach the colour sensor its colours: dark, white, then as many cards as you have.

  scripts/calibrate_colours.py                     asks for each card; writes colours.json
  scripts/calibrate_colours.py --cards mine.csv    cards of your own: name,x,y,z (D65, white Y = 1)
  scripts/calibrate_colours.py --white             reads white again: the quick start of a day
  scripts/calibrate_colours.py --refit             fits the cards in the file again; no sensor
  scripts/calibrate_colours.py --simulate          the simulated sensor, no questions asked
  scripts/calibrate_colours.py --simulate --ask    the same with the questions, to practise

You need the sensor in its place, with its LED on and a tube against the light of the room; a white
card (printer paper returns 0.9 of the light); and known cards, such as the 24 patches of a
ColorChecker. Lay each where the pieces will be, and press Enter. Six strong colours are enough,
twelve are better: s leaves out a card that you do not have, q ends the row.

The script saves each card in colours-unfinished.json, so that the next run can continue after
ctrl-C. An existing profile stays as it is until the row is finished, and is then kept as
colours-before.json.

The table on standard output has the error of each card (CIEDE2000), in the fit and left out of it;
colours.svg shows measured against true.
"""

from support import environment

environment.enter()

import argparse
import os
import sys
from functools import partial
from pathlib import Path

from colour_bench.card_list import read_cards, simulated_cards
from colour_bench.card_picture import is_of_others
from colour_bench.card_report import report
from colour_bench.card_row import (
    CardRow,
    count_of,
    in_words,
    replaceable,
    unfinished,
    unfinished_path,
)
from colour_bench.dialogue import Dialogue, Stop, hand_with, in_hz
from colour_bench.profile_again import refit, white_again
from colour_bench.reading_words import another_card, colour_words, is_same_thing, off_by, seen_by
from support.command import parser, run, say

from calibration import CalibrationError, ColourProfile, References
from calibration.profiles.cards import Card, colorchecker
from calibration.profiles.repeated_readings import MedianReading
from calibration.teaching import READINGS_OF_A_CARD
from sensors.board import open_board
from sensors.config import ColourConfig, load_tables, section


def main() -> None:
    """Run the chosen task, with a board if it needs one."""
    options = parse()
    check(options)
    if options.refit:
        refit(options.output, options.cards, picture_path(options))
        return
    tables, where = load_tables(options.config)
    settings = section(tables, "colour", ColourConfig, where)
    with open_board(options.config, True if options.simulate else None) as board:
        asks = options.ask or not board.simulated
        dialogue = Dialogue(board, settings, asks=asks, readings=READINGS_OF_A_CARD)
        if options.white:
            white_again(dialogue, options.output)
            return
        try:
            calibrate(dialogue, options)
        except KeyboardInterrupt:
            tell_what_is_kept(options.output)
            raise


def calibrate(dialogue: Dialogue, options: argparse.Namespace) -> None:
    """Read dark, white and cards, fit, save, and report the errors."""
    simulated = dialogue.board.simulated
    cards = known_cards(dialogue, options)
    old = replaceable(options.output, simulated=simulated)
    say(
        f"{dialogue.mark}dark, white and {count_of(len(cards), 'card')};"
        f" the profile: {options.output}"
    )
    if old is not None:
        say(f"{dialogue.mark}replaces the profile that is there, {in_words(old)}")
    begun = continued_row(dialogue, options, cards)
    shown = begun or CardRow(
        references(dialogue, options), options.output, simulated=simulated, is_kept=dialogue.asks
    )
    shown.keep()
    try:
        show_cards(dialogue, shown, cards)
    except Stop:
        say(f"Ended after {count_of(len(shown.cards), 'card')}.")
    profile = shown.finish()
    if not shown.cards:
        say(f"No cards: the shipped correction with your dark and white is in {options.output}.")
        return
    report(profile, shown.cards, dialogue.source, picture_path(options))
    say(f"{dialogue.mark}saved as {options.output}; in a program:")
    say(f"  ColourProfile.load({str(options.output)!r})")


def continued_row(
    dialogue: Dialogue, options: argparse.Namespace, cards: list[Card]
) -> CardRow | None:
    """Return the unfinished row of an earlier run, if the person wants to continue it."""
    left = None
    if dialogue.asks:
        left = unfinished(options.output, cards, simulated=dialogue.board.simulated)
    if left is None:
        return None
    say(f"An earlier run was not finished: dark, white and {count_of(len(left.cards), 'card')}.")
    say("Go on with it if sensor, LED and distance are as they were then.")
    while True:
        answer = dialogue.ask("Enter continues it, n starts again (q ends): ")
        if answer in ("", "n"):
            return None if answer else left


def references(dialogue: Dialogue, options: argparse.Namespace) -> References:
    """Read dark and white, which every profile needs."""
    try:
        dialogue.tell("Dark: nothing before the sensor, its LED on, no light from the room.")
        dark = dialogue.require("dark", "  Enter when it is so (q ends): ", hand_with("nothing"))
        dialogue.tell(f"White: a card that returns {options.white_reflectance:g} of the light.")

        def refused(white: MedianReading) -> str:
            try:
                References.of(dark, white, options.white_reflectance)
            except CalibrationError:
                dialogue.diagnose()
                raise
            return ""

        white = dialogue.require(
            "white", "  Enter when it lies there (q ends): ", hand_with("white"), refused
        )
    except Stop:
        sys.exit("dark and white are needed: nothing is saved")
    both = References.of(dark, white, options.white_reflectance)
    say(f"  {dialogue.mark}dark   {in_hz(both.dark)}")
    say(f"  {dialogue.mark}white  {in_hz(both.white)}")
    return both


def show_cards(dialogue: Dialogue, shown: CardRow, cards: list[Card]) -> None:
    """Ask for each missing card. Raises Stop when the person has no more."""
    dialogue.tell(
        "Cards, one after the other: s leaves out one that you have not got, q ends the row."
    )
    done = {card.xyz for card in shown.cards}
    for number, card in enumerate(cards, 1):
        if card.xyz in done:
            continue
        profile = shown.profile()
        reading = dialogue.show(
            card.name,
            f"Card {number} of {len(cards)}, {card.name}: Enter when it lies there (s, q): ",
            hand_with(card.name),
            others="s",
            look=seen_by(profile),
            doubt=partial(odd, shown, profile, card),
        )
        if isinstance(reading, MedianReading):
            words = colour_words(profile, reading.raw)
            off = off_by(profile, card, reading.raw)
            say(f"  {dialogue.mark}{card.name}: {words}; off by {off:.1f}")
            shown.add(card, reading)


def odd(shown: CardRow, profile: ColourProfile, card: Card, reading: MedianReading) -> str:
    """Return what is odd about the reading of a card, or "".

    Raises CalibrationError for a reading that no fit can use.
    """
    shown.check(card, reading)
    doubts = [*profile.doubts(reading.raw), *another_card(profile, card, reading.raw)]
    if shown.raw and is_same_thing(reading.raw, shown.raw[-1], shown.references.white):
        doubts.append("it reads like the card before: was the card changed?")
    return "; ".join(doubts)


def tell_what_is_kept(path: Path) -> None:
    """Print, after ctrl-C, where the readings are."""
    left = unfinished_path(path)
    if left.exists():
        say(f"\nStopped. What was read is kept in {left}: the next run offers to go on with it.")
    else:
        say("\nStopped. Nothing is saved: dark and white are the least.")
    if path.exists():
        say(f"{path} is as it was.")


def check(options: argparse.Namespace) -> None:
    """Check the options before the first card. Raises CalibrationError."""
    if not 0 < options.white_reflectance <= 1:
        raise CalibrationError(
            f"--white-reflectance {options.white_reflectance}: the share of light that the white"
            " card returns, above 0 and to 1; 0.9 for printer paper"
        )
    for name, path in (("--output", options.output), ("--picture", picture_path(options))):
        occupied = path.exists() and not path.is_file()
        if occupied or not path.name or not os.access(path.absolute().parent, os.W_OK):
            raise CalibrationError(f"{name} {path}: no file can be written there")
    if is_of_others(picture_path(options)):
        raise CalibrationError(
            f"{picture_path(options)} is another picture: give --picture FILE.svg, or move it away"
        )
    if os.path.realpath(picture_path(options)) == os.path.realpath(options.output):
        raise CalibrationError(f"--output {options.output}: the picture would replace the profile")
    if (options.white or options.refit) and not options.output.exists():
        raise CalibrationError(
            f"{options.output} is not there: calibrate once with cards, or give --output"
        )
    if options.cards and options.white:
        raise CalibrationError("--cards: reading white again needs no cards")
    if options.cards and not options.simulate:
        read_cards(options.cards)


def picture_path(options: argparse.Namespace) -> Path:
    """Return the path of the picture: by default beside the profile."""
    path: Path = options.picture or options.output.with_suffix(".svg")
    return path


def known_cards(dialogue: Dialogue, options: argparse.Namespace) -> list[Card]:
    """Return the cards to ask for."""
    if not dialogue.board.simulated:
        return read_cards(options.cards) if options.cards else colorchecker()
    if options.cards:
        raise CalibrationError("--cards: the simulated sensor has eleven cards of its own")
    return simulated_cards()


def parse() -> argparse.Namespace:
    """Return the command line's options."""
    options = parser(__doc__)
    add = options.add_argument
    task = options.add_mutually_exclusive_group()
    task.add_argument("--white", action="store_true", help="only read white again")
    task.add_argument("--refit", action="store_true", help="only fit again; no sensor is needed")
    add("--simulate", action="store_true", help="the simulated sensor (the default off a Pi)")
    add("--ask", action="store_true", help="ask with the simulated sensor too")
    add("--config", metavar="FILE", help="a TOML file with the wiring in [colour]")
    add("--cards", type=Path, metavar="CSV", help="cards of your own: name,x,y,z")
    add("--output", type=Path, default=Path("colours.json"), metavar="FILE", help="the profile")
    add("--picture", type=Path, metavar="SVG", help="the picture (beside the profile)")
    add("--white-reflectance", type=float, default=0.9, metavar="R", help="of the white card (0.9)")
    return options.parse_args()


if __name__ == "__main__":
    run(main)
