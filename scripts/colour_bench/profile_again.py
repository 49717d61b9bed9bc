"""What is done to a profile that is there: white is read again, or its cards are fitted again."""

import sys
from dataclasses import replace
from pathlib import Path

from colour_bench.card_list import read_cards, simulated_cards
from colour_bench.card_report import report
from colour_bench.card_row import check_source, in_words
from colour_bench.dialogue import Dialogue, Stop, hand_with
from colour_bench.reading_words import how_white_changed
from support.command import row, say

from calibration import CalibrationError, ColourProfile
from calibration.colorimetry.arrays import CHANNEL_NAMES
from calibration.profiles.cards import colorchecker
from calibration.profiles.repeated_readings import MedianReading


def white_again(dialogue: Dialogue, path: Path) -> None:
    """Read white again, in the profile that is there."""
    profile = ColourProfile.load(path)
    check_source(profile.simulated, path, simulated=dialogue.board.simulated)
    old = profile.references
    say(f"{dialogue.mark}white again, for {path}, {in_words(profile)}")
    dialogue.tell(f"The same white card, which returns {old.white_reflectance:g} of the light.")

    def refused(white: MedianReading) -> str:
        old.with_white(white)
        return ""

    try:
        white = dialogue.require(
            "white", "  Enter when it lies there (q ends): ", hand_with("white"), refused
        )
    except Stop:
        sys.exit(f"white was not read: {path} is as it was")
    new = profile.with_white(white)
    new.save(path)
    row("channel,source,white_before_hz,white_now_hz,change")
    for channel, hz, now_hz in zip(CHANNEL_NAMES, old.white, new.references.white, strict=True):
        row(f"{channel},{dialogue.source},{hz:.1f},{now_hz:.1f},{now_hz / hz - 1:+.4f}")
    say(f"{dialogue.mark}{how_white_changed(new.references, old)}; saved as {path}")


def refit(path: Path, cards_of_own: Path | None, picture: Path) -> None:
    """Fit the cards of a file again, as after an update of this toolkit. No sensor is needed.

    cards_of_own: the CSV that their names come from.
    """
    old = ColourProfile.load(path)
    if old.cards is None:
        raise CalibrationError(
            f"{path} holds no cards: it has the shipped correction already, which needs no fit"
        )
    cards = old.cards
    fitted = ColourProfile.fit(
        cards.references, cards.raw, cards.xyz, simulated=old.simulated, note=old.note
    )
    # White may have been read again since: the file goes on with that one.
    replace(fitted, references=old.references).save(path)
    known = read_cards(cards_of_own) if cards_of_own else colorchecker()
    source = "SIMULATED" if old.simulated else "TCS3200"
    report(fitted, cards.named([*known, *simulated_cards()]), source, picture)
    mark = "SIMULATED " if old.simulated else ""
    say(f"{mark}fitted again from the readings in {path}")
