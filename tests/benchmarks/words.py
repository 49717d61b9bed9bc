"""How right a colour and its word are after 24 cards: ours beside what sketches and libraries do.

  .venv/bin/python tests/benchmarks/words.py         half a minute

Surfaces, lamps and virtual sensors are those of corrections.py; white LEDs alone. Off by: mean
CIEDE2000. A word is one of the eleven; right is what both people and dictionary say of the true
colour: the seven nearest answers of the XKCD survey by vote, and the base hue of the nearest
ISCC-NBS centroid. Surfaces on which these two differ are left out.

sketch: each channel as a share of white is the sRGB code; the nearest of the eleven CSS colours of
these words, in RGB. dark and white: the shares are linear light; the nearest by CIEDE2000. 3x3: a
matrix fitted to the cards; likewise.
"""

import csv
import sys
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

import figures
import numpy as np
from corrections import (
    CARDS,
    LEDS,
    by_prior,
    cards_alone,
    read,
    reflectances,
    surfaces,
    three_by_three,
)
from numpy.typing import NDArray
from virtual_light import FloatArray, observer

import calibration
from calibration.colorimetry.delta_e import ciede2000
from calibration.colorimetry.spaces import srgb_to_xyz, xyz_to_lab
from calibration.naming.names import name_colours

WORLDS = 30
GOAL_WORDS = 94.0
GOAL_AT = ("LED-B5", 0, "Munsell")
CSS = {
    "black": "000000",
    "white": "ffffff",
    "grey": "808080",
    "red": "ff0000",
    "orange": "ffa500",
    "yellow": "ffff00",
    "green": "008000",
    "blue": "0000ff",
    "purple": "800080",
    "pink": "ffc0cb",
    "brown": "a52a2a",
}
_SURVEY = Path(__file__).parents[1] / "calibration" / "xkcd_basic_words.csv"
_TABLE = Path(calibration.__file__).parent / "data" / "iscc_nbs_267.csv"
_FOLDED = {"violet": "purple", "olive": "green"}

Words = NDArray[np.str_]


class Answer(NamedTuple):
    """What a method makes of surfaces: their colours (n, 3), and their words."""

    xyz: FloatArray
    words: Words


class Figures(NamedTuple):
    """One method's: CIEDE2000 by lamp, unit and set of surfaces; and % of words, over all."""

    off: dict[tuple[str, int, str], float]
    right: float

    def of(self, title: str) -> float:
        """CIEDE2000 of a set, the mean over the lamps and units."""
        return fmean(off for (_, _, surface), off in self.off.items() if surface == title)

    @property
    def over_all(self) -> float:
        """CIEDE2000 over all of them alike."""
        return fmean(self.off.values())


# Readings as shares of white (n, 4), and the cards as they were read and are: (m, 4), (m, 3).
Method = Callable[[str, FloatArray, FloatArray, FloatArray, FloatArray], Answer]


def ours(
    lamp: str, seen: FloatArray, cards: FloatArray, xyz: FloatArray, balance: FloatArray
) -> Answer:
    """The prior and the cards, and the names that we ship."""
    found = by_prior(lamp, WORLDS)(cards, xyz, balance)(seen)
    return Answer(found, np.array([named.word for named in name_colours(xyz_to_lab(found))]))


def sketch(
    lamp: str, seen: FloatArray, cards: FloatArray, xyz: FloatArray, balance: FloatArray
) -> Answer:
    """Shares of white, times 255."""
    codes = np.clip(seen[:, :3], 0, 1)
    far = np.linalg.norm(codes[:, np.newaxis] - _css_codes(), axis=2)
    return Answer(srgb_to_xyz(codes), np.array(list(CSS))[far.argmin(axis=1)])


def dark_and_white(
    lamp: str, seen: FloatArray, cards: FloatArray, xyz: FloatArray, balance: FloatArray
) -> Answer:
    """Linear light without cards."""
    return _nearest_css(cards_alone(cards[:0], xyz[:0], balance)(seen))


def matrix(
    lamp: str, seen: FloatArray, cards: FloatArray, xyz: FloatArray, balance: FloatArray
) -> Answer:
    """A 3x3 by the cards."""
    return _nearest_css(three_by_three(cards, xyz, balance)(seen))


METHODS: dict[str, Method] = {
    "Storm Petrel": ours,
    "sketch": sketch,
    "dark and white": dark_and_white,
    "3x3": matrix,
}


def main() -> int:
    """Print the table; 1 when fewer words than the goal are right."""
    found = {name: _judged(method) for name, method in METHODS.items()}
    print(f"{'24 cards: off by':16}" + "".join(f"{t:>11}" for t in surfaces()) + "  words right")
    for name, each in found.items():
        print(f"{name:16}" + "".join(f"{each.of(t):11.2f}" for t in surfaces()), end="")
        print(f"{each.right:11.1f} %")
    hand_over(found)
    us = found["Storm Petrel"]
    reached = us.right >= GOAL_WORDS
    figures.goals(reached, f"{GOAL_WORDS:g} % of the words are right")
    return 0 if reached else 1


def hand_over(found: dict[str, Figures]) -> None:
    """The goal's surfaces are Munsell's under the cool white LED, before the data sheet's unit."""
    figures.table(
        "After 24 cards: off by (ΔE00), and the basic word",
        ["", *surfaces(), "all", "word right"],
        [
            [name, *(f"{off:.2f}" for off in (*map(each.of, surfaces()), each.over_all)), right]
            for name, each in found.items()
            for right in [f"{each.right:.1f} %"]
        ],
    )
    us = found["Storm Petrel"]
    others = {name: each for name, each in found.items() if each is not us}
    figures.figure("colour error, Munsell", us.off[GOAL_AT])
    figures.figure("colour error, all", us.over_all)
    figures.figure("words right %", us.right)
    figures.compared(
        "colour error after 24 cards: Munsell chips, cool white LED",
        "ΔE00",
        us.off[GOAL_AT],
        {name: each.off[GOAL_AT] for name, each in others.items()},
    )
    figures.compared(
        "colour error after 24 cards: all surfaces, lamps and units",
        "ΔE00",
        us.over_all,
        {name: each.over_all for name, each in others.items()},
    )
    figures.compared(
        "basic colour word right",
        "%",
        us.right,
        {name: each.right for name, each in others.items()},
        more_is_better=True,
    )


def _judged(method: Method) -> Figures:
    """Over all lamps and sets of surfaces alike."""
    off, right = {}, []
    chart = reflectances()["cards"] @ observer()
    for lamp, unit in LEDS:
        trial = read(lamp, unit)
        cards = trial.cards[CARDS[24]]
        for title, seen in trial.surfaces.items():
            answer = method(lamp, seen, cards, chart, trial.balance)
            true = xyz_to_lab(reflectances()[title] @ observer())
            off[lamp, unit, title] = float(ciede2000(xyz_to_lab(answer.xyz), true).mean())
            words = _undoubted(title)
            known = words != ""
            right.append(100 * float((answer.words[known] == words[known]).mean()))
    return Figures(off, fmean(right))


@cache
def _undoubted(title: str) -> Words:
    """The word of each surface of a set, "" where people and dictionary differ."""
    lab = xyz_to_lab(reflectances()[title] @ observer())
    bases = {row["name"].lower().replace("gray", "grey"): row["base"] for row in _rows(_TABLE)}
    dictionary = [bases[named.long_name] for named in name_colours(lab)]
    pairs = zip(_people(lab), dictionary, strict=True)
    return np.array([word if word == _FOLDED.get(base, base) else "" for word, base in pairs])


def _people(lab: FloatArray) -> list[str]:
    """By vote of the seven nearest answers; of equals the nearer one's."""
    rows = _rows(_SURVEY)
    answers = _lab_of([row["hex"] for row in rows])
    words = np.array([row["word"] for row in rows])
    voted = []
    for block in np.array_split(lab, len(lab) // 100 + 1):
        nearest = ciede2000(block[:, np.newaxis], answers).argsort(axis=1)[:, :7]
        voted += [Counter(words[row].tolist()).most_common(1)[0][0] for row in nearest]
    return voted


def _nearest_css(xyz: FloatArray) -> Answer:
    far = ciede2000(xyz_to_lab(xyz)[:, np.newaxis], _lab_of(list(CSS.values())))
    return Answer(xyz, np.array(list(CSS))[far.argmin(axis=1)])


def _css_codes() -> FloatArray:
    return np.array([list(bytes.fromhex(code)) for code in CSS.values()]) / 255


def _lab_of(codes: list[str]) -> FloatArray:
    shares = np.array([list(bytes.fromhex(code.lstrip("#"))) for code in codes]) / 255
    return xyz_to_lab(srgb_to_xyz(shares))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


if __name__ == "__main__":
    sys.exit(main())
