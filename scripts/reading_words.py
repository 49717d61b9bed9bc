"""How a reading of the colour sensor looks to a person, and what is odd about it."""

import sys
from collections.abc import Sequence

import numpy as np
from card_list import Card
from showing import Look, in_hz
from swatch import has_colours, raw_swatch, swatch

from calibration import ColourProfile, References, delta_e_2000
from calibration.spaces import xyz_to_lab
from sensors import RawColour

# CIEDE2000. The shipped correction alone is off by 7 on the average and by 13 now and then; what
# is farther off than this is another card.
_ANOTHER_CARD = 25.0
# Of white's reading: still things scatter by 0.3 %, and no two patches of a chart are as near.
_SAME_THING = 0.004


def told(profile: ColourProfile, raw: Sequence[float]) -> str:
    """A reading as a patch and a name: "#e07b39 vivid orange, sure to 92 %"."""
    patch = swatch(profile.srgb(raw).tolist(), colours=has_colours(sys.stderr))
    named = profile.name(raw)
    border = f" ({named.words})" if named.near_border else ""
    return f"{patch} {named.long_name}{border}, sure to {named.confidence:.0%}"


def seen_by(profile: ColourProfile) -> Look:
    """How readings look to a profile, while the person lays a thing in its place."""
    return lambda raw: told(profile, raw)


def seen_raw() -> Look:
    """How readings look without a profile: as bright as the brightest so far allows."""
    brightest_hz = 1.0

    def look(raw: RawColour) -> str:
        nonlocal brightest_hz
        rgb_hz = raw[:3]
        brightest_hz = max(brightest_hz, *rgb_hz)
        return f"{raw_swatch(rgb_hz, brightest_hz, colours=has_colours(sys.stderr))} {in_hz(raw)}"

    return look


def off_by(profile: ColourProfile, card: Card, raw: Sequence[float]) -> float:
    """CIEDE2000 between what a profile makes of a reading and the card's true colour."""
    return float(delta_e_2000(profile.lab(raw), xyz_to_lab(card.xyz)))


def another_card(profile: ColourProfile, card: Card, raw: Sequence[float]) -> tuple[str, ...]:
    """The doubt that another card lies there than the one that was asked for."""
    off = off_by(profile, card, raw)
    if off < _ANOTHER_CARD:
        return ()
    reads = profile.name(raw).long_name
    return (f"it reads as {reads}, {off:.0f} from the colour of {card.name}: is it that card?",)


def is_same_thing(one: Sequence[float], other: Sequence[float], white: Sequence[float]) -> bool:
    """Whether two readings are of one thing that nobody moved."""
    return bool((np.abs(np.subtract(one, other)) <= _SAME_THING * np.array(white)).all())


def how_white_changed(new: References, old: References) -> str:
    """The level of the new white against the old, and its tint."""
    level, tint = new.change_from(old)
    brighter = "brighter" if level >= 1 else "dimmer"
    return (
        f"white is {abs(level - 1):.1%} {brighter} than before, and its channels have parted by"
        f" {max(map(abs, tint.tolist())):.1%}"
    )
