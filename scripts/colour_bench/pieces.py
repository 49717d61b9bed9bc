"""The pieces of one class, shown one after the other, and the class saved."""

from functools import partial
from pathlib import Path
from random import Random

import numpy as np
from colour_bench.card_row import count_of
from colour_bench.dialogue import Dialogue, Preview, hand_with, in_hz
from colour_bench.reading_words import colour_words, is_same_thing, seen_by, seen_raw
from colour_bench.training_set import TrainingSet
from support.command import say

from calibration import ColourProfile
from calibration.profiles.repeated_readings import MedianReading
from calibration.teaching import ENOUGH_PIECES as ENOUGH
from calibration.teaching import FEWEST_PIECES as FEWEST

# How near the twin's pieces lie: all of them from far to near, in an order that is always the same.
CLOSENESS = Random(10).sample([0.7 + 0.06 * i for i in range(ENOUGH)], ENOUGH)

# Of the light of the brightest piece: nearer to the empty reading, no piece is there.
_EMPTY = 0.02
# Pieces that were all shown at one distance differ by less than this in their brightness.
_STILL = 0.05


def teach_class(
    dialogue: Dialogue, training: TrainingSet, label: str, profile: ColourProfile | None, path: Path
) -> None:
    """Show the pieces of one class; save it if there are enough, also after q or ctrl-C."""
    before = training.count(label)
    if before:
        say(f"{label} is known from {count_of(before, 'piece')}: these are added.")
    pieces: list[MedianReading] = []
    try:
        show_pieces(dialogue, training, label, pieces, profile)
    finally:
        if len(pieces) >= FEWEST or (before and pieces):
            training.add(label, pieces)
            training.sorter().save(path)
            tell_how_varied(label, training, pieces)
        elif pieces:
            say(f"{label}: {count_of(len(pieces), 'piece')}, and {FEWEST} are the fewest: left out")


def show_pieces(
    dialogue: Dialogue,
    training: TrainingSet,
    label: str,
    pieces: list[MedianReading],
    profile: ColourProfile | None,
) -> None:
    """Ask for piece after piece until there are ten, or as many as there are."""
    dialogue.tell(f"{label}: {ENOUGH} pieces if you can, each a little nearer, farther or turned.")
    look: Preview = seen_raw() if profile is None else seen_by(profile)
    while len(pieces) < ENOUGH:
        number = len(pieces) + 1
        shown = dialogue.show(
            f"{label}, piece {number}",
            f"{label}, piece {number} of {ENOUGH}: Enter when it lies there (d done, z undo, q): ",
            hand_with(label, CLOSENESS[number - 1]),
            others="dz",
            look=look,
            doubt=partial(odd, training, profile, pieces),
        )
        if isinstance(shown, MedianReading):
            pieces.append(shown)
            words = in_hz(shown.raw) if profile is None else colour_words(profile, shown.raw)
            say(f"  {dialogue.mark}{label}, piece {number}: {words}")
        elif shown == "z":
            say(f"  piece {len(pieces)} is forgotten" if pieces else "  there is no piece yet")
            del pieces[-1:]
        elif enough(label, len(pieces), training.count(label)):
            return


def enough(label: str, count: int, before: int) -> bool:
    """Whether a class may end here; says what it is worth."""
    if count + before < FEWEST:
        say(f"  {label}: {FEWEST} pieces are the fewest, {ENOUGH} are good (q leaves it out)")
        return False
    if count + before < ENOUGH:
        say(f"  {label}: {count + before} pieces will do; {ENOUGH} tell strangers apart better")
    return True


def odd(
    training: TrainingSet,
    profile: ColourProfile | None,
    pieces: list[MedianReading],
    piece: MedianReading,
) -> str:
    """Return what is odd about the reading of a piece, or ""."""
    doubts = [] if profile is None else list(profile.doubts(piece.raw))
    brightest = np.max([piece.raw, *training.raw, *(other.raw for other in pieces)], axis=0)
    empty = np.median(training.empty, axis=0)
    if (np.abs(np.subtract(piece.raw, empty)) <= _EMPTY * brightest).all():
        doubts.append("it reads like the empty place: does a piece lie there?")
    elif pieces and is_same_thing(piece.raw, pieces[-1].raw, pieces[-1].raw):
        doubts.append("it reads like the piece before: show another, or move it a little")
    return "; ".join(doubts)


def tell_how_varied(label: str, training: TrainingSet, pieces: list[MedianReading]) -> None:
    """Say when all pieces of a class were shown at one distance."""
    light = [piece.raw[3] - training.dark[3] for piece in pieces]
    if len(light) >= FEWEST and max(light) < (1 + _STILL) * min(light):
        say(
            f"  ! {label}: all pieces were equally bright, to {max(light) / min(light) - 1:.0%};"
            " one that lies nearer or farther may be unknown. Add some: teach it once more."
        )
