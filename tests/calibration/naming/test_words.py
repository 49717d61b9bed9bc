"""The eleven words against what people say.

Two truths. A: the answers of the XKCD colour survey (2010, CC0) whose last word is a basic one, by
vote of the seven nearest. B: the base hue of the nearest ISCC-NBS centroid, by the dictionary of
1955. Where both agree there is no doubt; elsewhere people differ.
"""

import csv
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

import calibration
from calibration import delta_e_2000
from calibration.colorimetry.spaces import D65_WHITE, srgb_to_xyz, xyz_to_lab, xyz_to_srgb
from calibration.naming.names import name_colours

Labs = NDArray[np.float64]

SURVEY = Path(__file__).parents[1] / "xkcd_basic_words.csv"
TABLE = Path(calibration.__file__).parent / "data" / "iscc_nbs_267.csv"

FOLDED = {"violet": "purple", "olive": "green"}
HUES = {
    "red": {"red", "reddish"},
    "orange": {"orange"},
    "yellow": {"yellow", "yellowish"},
    "green": {"green", "greenish", "olive"},
    "blue": {"blue", "bluish"},
    "purple": {"purple", "purplish", "violet"},
    "pink": {"pink", "pinkish"},
    "brown": {"brown", "brownish"},
}


class Block(NamedTuple):
    """One row of the table."""

    name: str
    base: str
    word: str

    @property
    def second_hues(self) -> set[str]:
        """The hues in the name beside its own; none for black, white and grey."""
        if self.base not in HUES:
            return set()
        hues = set(self.name.split())
        return {hue for hue, ways in HUES.items() if hues & ways and hue != self.base}


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def blocks() -> dict[str, Block]:
    found = {}
    for row in rows(TABLE):
        name = row["name"].lower().replace("gray", "grey")
        found[name] = Block(name, FOLDED.get(row["base"], row["base"]), row["word"])
    return found


@cache
def survey() -> tuple[Labs, NDArray[np.str_]]:
    answers = rows(SURVEY)
    codes = np.array([list(bytes.fromhex(row["hex"].lstrip("#"))) for row in answers])
    return xyz_to_lab(srgb_to_xyz(codes / 255)), np.array([row["word"] for row in answers])


def people(lab: Labs) -> list[str]:
    """Truth A: the word most of the seven nearest answers have, of equals the nearer one's."""
    answers, words = survey()
    voted = []
    for block in np.array_split(lab, len(lab) // 100 + 1):
        distance = delta_e_2000(block[:, np.newaxis], answers)
        nearest = np.argsort(distance, axis=1)[:, :7]
        voted += [Counter(words[row].tolist()).most_common(1)[0][0] for row in nearest]
    return voted


def lab_to_xyz(lab: Labs) -> Labs:
    """CIE 15:2018, 8.2.1, backwards."""
    y = (lab[:, 0] + 16) / 116
    f = np.stack([y + lab[:, 1] / 500, y, y - lab[:, 2] / 200], axis=1)
    xyz: Labs = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29)) * D65_WHITE
    return xyz


def on_screen(lab: Labs) -> Labs:
    """Those a screen can show: beyond, nobody was asked."""
    srgb = xyz_to_srgb(lab_to_xyz(lab))
    shown: Labs = lab[((srgb >= 0) & (srgb <= 1)).all(axis=1)]
    return shown


@pytest.mark.long("a fine grid of colours")
def test_a_second_hue_is_the_word_where_three_in_four_would_say_it() -> None:
    axes = (np.arange(1.5, 100, 3), np.arange(-90, 102, 3), np.arange(-110, 98, 3))
    lab = on_screen(np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 3))
    names = [named.long_name for named in name_colours(lab)]
    doubtful = np.array([bool(blocks()[name].second_hues) for name in names])
    counts: dict[str, Counter[str]] = {name: Counter() for name in blocks()}
    for name, word in zip(np.array(names)[doubtful], people(lab[doubtful]), strict=True):
        counts[name][word] += 1
    for name, block in blocks().items():
        votes = counts[name].total()
        won = [hue for hue in block.second_hues if counts[name][hue] >= 0.75 * votes > 0]
        assert block.word == (won[0] if won else block.base), name
    assert sum(block.word != block.base for block in blocks().values()) == 12


@pytest.mark.parametrize(("largest_chroma", "at_least"), [(40, 0.94), (90, 0.96)])
def test_where_people_and_dictionary_agree_so_do_we(largest_chroma: int, at_least: float) -> None:
    # Surfaces as in an atlas of colours, each off by 1.3 delta E on the average, as a fit to 24
    # cards leaves it.
    random = np.random.default_rng(2010)
    hue, chroma = random.uniform(0, 2 * np.pi, 8000), random.uniform(2, largest_chroma, 8000)
    lab = np.stack(
        [random.uniform(20, 92, 8000), chroma * np.cos(hue), chroma * np.sin(hue)], axis=-1
    )
    true = on_screen(lab)[:3000]
    strength = 1 + 0.02 * np.hypot(true[:, 1], true[:, 2])
    error = random.normal(size=true.shape) * [0.6, 1, 1] * strength[:, np.newaxis]
    error *= 1.3 / delta_e_2000(true, true + error).mean()
    dictionary = [blocks()[named.long_name].base for named in name_colours(true)]
    seen = name_colours(true + error)
    agreed = [
        (named, word)
        for named, word, base in zip(seen, people(true), dictionary, strict=True)
        if word == base
    ]
    assert len(agreed) > 1500
    assert np.mean([named.word == word for named, word in agreed]) >= at_least
    # And near a border both words are said, of which one is right.
    assert np.mean([word in named.words.split(" or ") for named, word in agreed]) >= 0.97
