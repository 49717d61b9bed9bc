"""How right the colours of a ColorChecker come out, by the number of cards and at other distances.

  .venv/bin/python tests/benchmarks/colorchecker.py [FILE.csv]

The file is that of the tests: 24 patches under a cool white LED, near, mid and far, five readings
each, dark and white. Mean CIEDE2000 over the patches that the fit has not seen; with all 24, each
left out in turn. Beside it what the cards alone can do (corrections.py). Then all 24 are fitted at
the middle distance, and read at twice and half the light without a new white: lightness is set
aside by scaling each colour to its true luminance, so that what is left is hue and chroma.
Ends with 1 unless 1.8 and 1.5 are reached.
"""

import csv
import sys
from pathlib import Path
from typing import NamedTuple

import figures
import numpy as np
from corrections import CARDS, cards_alone
from virtual_light import FloatArray

from calibration import ColourProfile, References, delta_e_2000
from calibration.colorimetry.spaces import xyz_to_lab

FILE = Path(__file__).parents[1] / "calibration" / "cc24_led1.csv"
LEVELS = ("near", "mid", "far")
LEFT_OUT_GOAL, CHROMATIC_GOAL = 1.8, 1.5
_HZ = ("r_hz", "g_hz", "b_hz", "c_hz")


class Chart(NamedTuple):
    """A chart at one distance: raw (24, 5, 4) in Hz and xyz (24, 3), white Y = 1."""

    references: References
    raw: FloatArray
    xyz: FloatArray

    def fit(self, cards: list[int]) -> ColourProfile:
        """The profile by these cards; by what ships when there are none."""
        if not cards:
            return ColourProfile.default(self.references)
        raw, xyz = self.raw[cards], np.repeat(self.xyz[cards], 5, axis=0)
        return ColourProfile.fit(self.references, raw.reshape(-1, 4), xyz)

    def off(self, xyz: FloatArray) -> FloatArray:
        """CIEDE2000 (24,) of colours (24, 5, 3): the mean over the readings."""
        true = xyz_to_lab(self.xyz)[:, np.newaxis]
        return np.asarray(delta_e_2000(xyz_to_lab(xyz), true).mean(axis=1))


def main() -> int:
    """Print both tables."""
    path = Path(sys.argv[1]) if sys.argv[1:] else FILE
    charts = {level: _chart(path, level) for level in LEVELS}
    print("mean CIEDE2000 of cards not fitted to: with the prior, by the cards alone")
    print("  cards  " + "".join(f"{level:>14}" for level in LEVELS))
    left_out = 0.0
    rows = []
    for count, cards in CARDS.items():
        found = [_unseen(chart, cards) for chart in charts.values()]
        print(f"  {count:5}  " + "".join(f"{ours:8.2f} {alone:5.2f}" for ours, alone in found))
        left_out = max(ours for ours, _ in found)
        rows.append([str(count), *(f"{ours:.2f} / {alone:.2f}" for ours, alone in found)])
    chromatic = {level: _chromatic(charts["mid"], chart) for level, chart in charts.items()}
    print("hue and chroma alone, fitted at mid and without a new white:")
    print("  " + "".join(f"{level:>6} {error:.2f}" for level, error in chromatic.items()))
    reached = left_out <= LEFT_OUT_GOAL and max(chromatic.values()) <= CHROMATIC_GOAL
    print("reached" if reached else "not reached")
    figures.table("Off by, of cards not fitted to: ours / cards alone", ["cards", *LEVELS], rows)
    figures.goals(reached, f"{LEFT_OUT_GOAL} left out, {CHROMATIC_GOAL} in hue and chroma")
    return 0 if reached else 1


def _chart(path: Path, level: str) -> Chart:
    with path.open(newline="", encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["level"] == level]

    def columns(kind: str, *names: str) -> FloatArray:
        return np.array([[float(row[n]) for n in names] for row in rows if row["kind"] == kind])

    dark, white = columns("dark", *_HZ).mean(axis=0), columns("white", *_HZ).mean(axis=0)
    xyz = columns("patch", "X", "Y", "Z").reshape(5, -1, 3)[0] / 100
    raw = columns("patch", *_HZ).reshape(5, -1, 4).swapaxes(0, 1)
    return Chart(References(dark, white), raw, xyz)


def _unseen(chart: Chart, cards: list[int]) -> tuple[float, float]:
    """With the prior and by the cards alone; each left out in turn when there are no others."""
    every = list(range(len(chart.xyz)))
    trials = (
        [(card, [other for other in every if other != card]) for card in every]
        if len(cards) == len(every)
        else [(card, cards) for card in every if card not in cards]
    )
    ours, alone = [], []
    for card, seen in trials:
        ours.append(chart.off(chart.fit(seen).xyz(chart.raw))[card])
        reflectance = chart.references.reflectance(chart.raw)
        means = reflectance.mean(axis=1)
        to_xyz = cards_alone(means[seen], chart.xyz[seen], chart.references.balance)
        alone.append(chart.off(to_xyz(reflectance.reshape(-1, 4)).reshape(-1, 5, 3))[card])
    return float(np.mean(ours)), float(np.mean(alone))


def _chromatic(fitted: Chart, other: Chart) -> float:
    xyz = fitted.fit(list(range(24))).xyz(other.raw)
    luminance = other.xyz[:, np.newaxis, 1:2]
    return float(other.off(xyz * luminance / xyz[..., 1:2]).mean())


if __name__ == "__main__":
    sys.exit(main())
