"""A reading of the colour sensor in words, and what is odd about it."""

import sys
from collections.abc import Sequence

import numpy as np
from colour_bench.dialogue import Preview, in_hz
from colour_bench.swatch import has_colours, raw_swatch, swatch

from calibration import ColourProfile, References, delta_e_2000
from calibration.colorimetry.spaces import xyz_to_lab
from calibration.profiles.cards import Card
from sensors import RawColour

# CIEDE2000. The shipped correction errs by 7 on average and by 13 at times; a larger difference
# means another card.
_ANOTHER_CARD = 25.0
# As a share of white. Readings of one thing scatter by 0.3 %; patches of a chart differ by more.
_SAME_THING = 0.004


def colour_words(profile: ColourProfile, raw: Sequence[float]) -> str:
    """Format a reading as a patch and a name: "#e07b39 vivid orange, sure to 92 %"."""
    patch = swatch(profile.srgb(raw).tolist(), colours=has_colours(sys.stderr))
    named = profile.name(raw)
    border = f" ({named.words})" if named.near_border else ""
    return f"{patch} {named.long_name}{border}, sure to {named.confidence:.0%}"


def seen_by(profile: ColourProfile) -> Preview:
    """Preview readings by their names in a profile."""
    return lambda raw: colour_words(profile, raw)


def seen_raw() -> Preview:
    """Preview readings without a profile, scaled to the brightest so far."""
    brightest_hz = 1.0

    def look(raw: RawColour) -> str:
        nonlocal brightest_hz
        rgb_hz = raw[:3]
        brightest_hz = max(brightest_hz, *rgb_hz)
        return f"{raw_swatch(rgb_hz, brightest_hz, colours=has_colours(sys.stderr))} {in_hz(raw)}"

    return look


def off_by(profile: ColourProfile, card: Card, raw: Sequence[float]) -> float:
    """Return CIEDE2000 between a reading by a profile and the true colour of the card."""
    return float(delta_e_2000(profile.lab(raw), xyz_to_lab(card.xyz)))


def another_card(profile: ColourProfile, card: Card, raw: Sequence[float]) -> tuple[str, ...]:
    """Return the doubt that another card lies there, if there is one."""
    off = off_by(profile, card, raw)
    if off < _ANOTHER_CARD:
        return ()
    reads = profile.name(raw).long_name
    return (f"it reads as {reads}, {off:.0f} from the colour of {card.name}: is it that card?",)


def is_same_thing(one: Sequence[float], other: Sequence[float], white: Sequence[float]) -> bool:
    """Whether two readings are of one thing that was not moved."""
    return bool((np.abs(np.subtract(one, other)) <= _SAME_THING * np.array(white)).all())


def how_white_changed(new: References, old: References) -> str:
    """Compare the level and the tint of the new white with the old one."""
    level, tint = new.change_from(old)
    brighter = "brighter" if level >= 1 else "dimmer"
    return (
        f"white is {abs(level - 1):.1%} {brighter} than before, and its channels have parted by"
        f" {max(map(abs, tint.tolist())):.1%}"
    )
