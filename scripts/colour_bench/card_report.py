"""The errors of a profile on its own cards: in words, as a table, and as a picture."""

import csv
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from colour_bench.card_picture import Patch, write_picture
from colour_bench.card_row import count_of
from support.command import say

from calibration import ColourProfile
from calibration.colorimetry.arrays import Channels
from calibration.colorimetry.css import css_hex
from calibration.colorimetry.spaces import xyz_to_srgb
from calibration.profiles.cards import Card, LeaveOneOut

_HEADER = (
    *("card", "source", "word", "long_name", "delta_e", "delta_e_left_out"),
    *("true", "measured"),
)


def report(profile: ColourProfile, cards: Sequence[Card], source: str, picture: Path) -> None:
    """Print a summary to standard error and the table to standard output; draw the picture.

    profile: fitted to the cards, under the references of their readings. cards: in the order of
    their first readings. The picture comes first: the pipe of the table may be closed.
    """
    raw = profile.cards.mean_readings() if profile.cards else []
    left_out = profile.left_out() if len(cards) > 1 else None
    patches = _patches(profile, cards, raw, left_out)
    summary = _summary(cards, left_out)
    mark = "SIMULATED " if source == "SIMULATED" else ""
    say(f"{mark}{summary}.")
    write_picture(picture, patches, f"{summary}. {profile.created:%Y-%m-%d}", source)
    say(f"{mark}measured against true: {picture}")
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(_HEADER)
    for patch, named in zip(patches, profile.name(raw), strict=True):
        unseen = "" if patch.unseen is None else f"{patch.unseen:.2f}"
        errors = [f"{patch.delta_e:.2f}", unseen]
        table.writerow(
            [patch.name, source, named.word, named.long_name, *errors, patch.true, patch.measured]
        )
    sys.stdout.flush()


def _summary(cards: Sequence[Card], left_out: LeaveOneOut | None) -> str:
    count = count_of(len(cards), "card")
    if left_out is None:
        return f"{count}: the error on other colours is not known"
    return (
        f"{count}; left out of the fit, a card is off by {left_out.mean:.1f} on the average"
        f" (CIEDE2000), the worst by {left_out.worst:.1f}: {cards[left_out.worst_card].name}"
    )


def _patches(
    profile: ColourProfile,
    cards: Sequence[Card],
    raw: list[Channels],
    left_out: LeaveOneOut | None,
) -> list[Patch]:
    unseen = left_out.delta_e.tolist() if left_out else [None]
    worst = left_out.worst_card if left_out else None
    true = css_hex(xyz_to_srgb(np.array([card.xyz for card in cards])))
    measured = css_hex(profile.srgb(raw))
    columns = zip(cards, true, measured, profile.residuals, unseen, strict=True)
    return [
        Patch(card.name, should_be, measured_hex, float(off), unseen_off, number == worst)
        for number, (card, should_be, measured_hex, off, unseen_off) in enumerate(columns)
    ]
