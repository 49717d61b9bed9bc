#!/usr/bin/env python3
"""Teach the colour sensor its colours: dark, white, then as many cards as you have.

  scripts/calibrate_colours.py                     asks for each card; writes colours.json
  scripts/calibrate_colours.py --cards mine.csv    cards of your own: name,x,y,z (D65, white Y = 1)
  scripts/calibrate_colours.py --simulate          the simulated sensor, no questions asked

The known cards are the 24 patches of a ColorChecker. Six strong colours are enough to be good: a
card that you have not got is left out with s, and q ends the row. Standard output gets a table of
what each card is off by, with and without itself in the fit.
"""

import environment

environment.enter()

import argparse
import csv
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

from command import parser, run, say

import calibration
from calibration import CalibrationError, ColourProfile, References
from sensors import RawColour, open_board
from sensors.board import Board
from sensors.simulated.scene import surfaces

COLORCHECKER = Path(calibration.__file__).parent / "data" / "colorchecker_24.csv"
READINGS = 3


class Card(NamedTuple):
    """A card and its true colour: XYZ under D65, white Y = 1."""

    name: str
    xyz: tuple[float, float, float]


def main() -> None:
    """Read dark, white and cards, fit, save, and say how good it is."""
    options = parse()
    check(options)
    with open_board(options.config, simulated=True if options.simulate else None) as board:
        cards = known_cards(board, options)
        say(f"{'SIMULATED: ' if board.simulated else ''}dark, white and {len(cards)} cards")
        dark = reference(board, "nothing, with the light kept out and the LED on (about 12 s)")
        white = reference(board, "white")
        references = References(dark, white, options.white_reflectance)
        shown = show_cards(board, cards)
    if not shown:
        ColourProfile.default(references).save(options.output)
        say(f"No cards: the shipped correction with your dark and white is in {options.output}")
        return
    raw = [reading for _, reading in shown]
    profile = ColourProfile.fit(references, raw, [card.xyz for card, _ in shown])
    profile.save(options.output)
    report(profile, [card for card, _ in shown], raw, "SIMULATED" if board.simulated else "TCS3200")
    say(f"Saved as {options.output}. In a program: ColourProfile.load({str(options.output)!r})")


def check(options: argparse.Namespace) -> None:
    """Refuse what would fail at the end before the person has shown a single card."""
    if not 0 < options.white_reflectance <= 1:
        raise CalibrationError(
            f"--white-reflectance {options.white_reflectance}: the share of light that the white"
            " card returns, above 0 and to 1; 0.9 for printer paper"
        )
    taken = options.output.exists() and not options.output.is_file()
    if taken or not os.access(options.output.absolute().parent, os.W_OK):
        raise CalibrationError(f"--output {options.output}: no file can be written there")


def known_cards(board: Board, options: argparse.Namespace) -> list[Card]:
    """The cards that will be asked for."""
    if not board.simulated:
        return read_cards(options.cards or COLORCHECKER)
    if options.cards:
        raise CalibrationError("--cards: the simulated sensor has eleven cards of its own")
    return [Card(surface.word, surface.xyz) for surface in surfaces().values()]


def reference(board: Board, what: str) -> RawColour:
    """The reading of dark or white, which nothing can do without."""
    if answer(board, f"show {what}, then Enter: "):
        sys.exit("dark and white are needed: nothing is saved")
    return read(board, what)


def show_cards(board: Board, cards: list[Card]) -> list[tuple[Card, RawColour]]:
    """Each card that is shown, with its reading."""
    shown = []
    for number, card in enumerate(cards, 1):
        place = f"card {number} of {len(cards)}, {card.name}"
        wish = answer(board, f"{place}: Enter when it lies there (s leaves it out, q ends): ")
        if wish == "q":
            break
        if wish != "s":
            shown.append((card, read(board, card.name)))
    return shown


def answer(board: Board, question: str) -> str:
    """What the person answers; an end of the input is a q. A simulated board needs no hand.

    The question goes to standard error: standard output is for the table.
    """
    if board.simulated:
        return ""
    say(question, end="")
    line = sys.stdin.readline() if sys.stdin else ""
    return (line or "q").strip().lower()


def read(board: Board, what: str) -> RawColour:
    """The medians of a few readings."""
    if board.simulated and what in surfaces():
        board.scene.show(what)
    elif board.simulated:
        board.scene.dark()
    say(f"  {'SIMULATED ' if board.simulated else ''}{what}:", end="")
    readings = [board.colour.read() for _ in range(READINGS)]
    reading = RawColour(*(median(channel) for channel in zip(*readings, strict=True)))
    say("".join(f"  {channel} {hz:.0f} Hz" for channel, hz in reading._asdict().items()))
    return reading


def report(profile: ColourProfile, cards: list[Card], raw: list[RawColour], source: str) -> None:
    """The table, and the worst card in words."""
    residuals = profile.residuals
    names = profile.name([list(reading) for reading in raw])
    if len(cards) > 1:
        unseen = ColourProfile.leave_one_out(
            profile.references, raw, [card.xyz for card in cards]
        ).tolist()
        worst = max(range(len(cards)), key=lambda i: unseen[i])
        say(
            f"Left out of the fit, a card is off by {sum(unseen) / len(unseen):.1f} on the average"
            f" (CIEDE2000), at worst by {unseen[worst]:.1f}: {cards[worst].name}."
        )
    else:
        unseen = [float("nan")]
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(["card", "source", "word", "long_name", "delta_e", "delta_e_left_out"])
    for card, named, residual, off in zip(cards, names, residuals, unseen, strict=True):
        errors = [f"{residual:.2f}", f"{off:.2f}"]
        table.writerow([card.name, source, named.word, named.long_name, *errors])


def read_cards(path: Path) -> list[Card]:
    """Cards from a CSV; CalibrationError names the line that is wrong."""
    try:
        reader = csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines())
        return list(_cards(path, reader))
    except (UnicodeDecodeError, csv.Error) as error:
        raise CalibrationError(f"{path} is not a CSV file: {error}") from error


def _cards(path: Path, reader: "csv.DictReader[str]") -> Iterator[Card]:
    if not {"name", "x", "y", "z"} <= set(reader.fieldnames or ()):
        raise CalibrationError(f"{path}, line 1: the header should be name,x,y,z")
    seen: dict[tuple[float, float, float], str] = {}
    for row in reader:
        line = f"{path}, line {reader.line_num}"
        try:
            xyz = float(row["x"]), float(row["y"]), float(row["z"])
        except (TypeError, ValueError):
            raise CalibrationError(f"{line}: x, y and z should be numbers") from None
        if not all(0 <= number <= 1.5 for number in xyz):
            raise CalibrationError(
                f"{line}: {xyz} is not on the scale on which white has y = 1; are the numbers to be"
                " divided by 100?"
            )
        if xyz in seen:
            raise CalibrationError(f"{line}: {row['name']} has the colour of {seen[xyz]}")
        seen[xyz] = row["name"]
        yield Card(row["name"], xyz)
    if not seen:
        raise CalibrationError(f"{path} holds no cards")


def parse() -> argparse.Namespace:
    """Return the command line's options."""
    options = parser(__doc__)
    add = options.add_argument
    add("--simulate", action="store_true", help="the simulated sensor (the default off a Pi)")
    add("--config", metavar="FILE", help="a TOML file with the wiring in [colour]")
    add("--cards", type=Path, metavar="CSV", help="cards of your own: name,x,y,z")
    add("--output", type=Path, default=Path("colours.json"), metavar="FILE", help="the profile")
    add("--white-reflectance", type=float, default=0.9, metavar="R", help="of the white card (0.9)")
    return options.parse_args()


if __name__ == "__main__":
    run(main)
