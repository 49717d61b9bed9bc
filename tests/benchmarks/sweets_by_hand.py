"""Ten close kinds of sweets shown by hand: how many are told apart, how many strangers are seen.

.venv/bin/python tests/benchmarks/sweets_by_hand.py        some seconds

Fifteen pieces of each kind are taught, fifty others are asked for, and fifty of each of nine
strangers; five times with other pieces. Beside ours what sketches do: the mean of each kind in
red, green and blue by 255, the nearest of them; unknown is what lies farther from it than any
piece that was taught. shares: likewise, of red, green and blue in their sum, dark taken off.
"""

import sys
from collections.abc import Callable
from statistics import fmean
from typing import NamedTuple

import figures
import numpy as np
from sweets import DARK_HZ, HARD, Numbers, shown, taught

from calibration import ColourSorter

TAUGHT_EACH, ASKED_EACH, TIMES = 15, 50, 5

# Teach readings (n, 4) and labels; then readings give nearest kinds, and which are unknown.
Sorted = tuple[list[str], list[bool]]
Way = Callable[[Numbers, list[str]], Callable[[Numbers], Sorted]]


class Shares(NamedTuple):
    """In %: the nearest kind is the right one, of those a share unknown; strangers unknown."""

    nearest_right: figures.Measured
    called_unknown: figures.Measured
    strangers_caught: figures.Measured


def ours(raw: Numbers, labels: list[str]) -> Callable[[Numbers], Sorted]:
    """The sorter that ships."""
    sorter = ColourSorter.fit(raw, labels, DARK_HZ, empty=DARK_HZ)

    def sort(readings: Numbers) -> Sorted:
        answers = [sorter.sort(reading) for reading in readings]
        nearest = [one.label or one.runner_up or "" for one in answers]
        return nearest, [one.label is None for one in answers]

    return sort


def nearest_mean(features: Callable[[Numbers], Numbers]) -> Way:
    """The nearest mean in these features, within the farthest piece that was taught."""

    def teach(raw: Numbers, labels: list[str]) -> Callable[[Numbers], Sorted]:
        kinds = sorted(set(labels))
        by_kind = [features(raw[np.array(labels) == kind]) for kind in kinds]
        means = np.array([each.mean(axis=0) for each in by_kind])
        farthest = np.array(
            [
                np.linalg.norm(each - mean, axis=1).max()
                for each, mean in zip(by_kind, means, strict=True)
            ]
        )

        def sort(readings: Numbers) -> Sorted:
            far = np.linalg.norm(features(readings)[:, np.newaxis] - means, axis=2)
            nearest = far.argmin(axis=1)
            unknown = far.min(axis=1) > farthest[nearest]
            return [kinds[place] for place in nearest], unknown.tolist()

        return sort

    return teach


def by_255(raw: Numbers) -> Numbers:
    """Red, green and blue as a sketch scales them, by the brightest that it expects."""
    scaled: Numbers = raw[:, :3] / 25_000 * 255
    return scaled


def shares(raw: Numbers) -> Numbers:
    """Red, green and blue in their sum."""
    light = raw[:, :3] - DARK_HZ[:3]
    part: Numbers = light / light.sum(axis=1, keepdims=True)
    return part


WAYS: dict[str, Way] = {
    "Storm Petrel": ours,
    "nearest mean of RGB": nearest_mean(by_255),
    "nearest mean of shares": nearest_mean(shares),
}


def judged(way: Way, seed: int) -> tuple[float, float, float]:
    """Teach, ask, and count, with pieces of their own for each seed."""
    random = np.random.default_rng(seed)
    sort = way(*taught(HARD, TAUGHT_EACH, random))
    raw, truth = taught(HARD, ASKED_EACH, random)
    strangers = [shown(kind, ASKED_EACH, HARD.variation, random) for kind in HARD.strangers]
    nearest, unknown = sort(raw)
    return (
        100 * fmean(one == true for one, true in zip(nearest, truth, strict=True)),
        100 * fmean(unknown),
        100 * fmean(sort(np.concatenate(strangers))[1]),
    )


def main() -> int:
    """Print the table."""
    found = {}
    print(f"{'':24}nearest right  called unknown  strangers caught")
    for name, way in WAYS.items():
        turns = [judged(way, seed) for seed in range(TIMES)]
        found[name] = Shares(*(figures.middle(column) for column in zip(*turns, strict=True)))
        right, unknown, caught = (share.value for share in found[name])
        print(f"{name:24}{right:11.1f} %{unknown:14.1f} %{caught:16.1f} %")
    figures.table(
        f"Ten close kinds, medians of {TIMES} teachings",
        ["", "nearest right", "called unknown", "strangers caught"],
        [[name, *(f"{share.value:.1f} %" for share in each)] for name, each in found.items()],
    )
    us = found.pop("Storm Petrel")
    figures.figure("sweets nearest right %", us.nearest_right)
    figures.figure("strangers caught %", us.strangers_caught)
    for what, place in (("ten close sweets told apart", 0), ("strangers among them caught", 2)):
        others = {name: each[place] for name, each in found.items()}
        figures.compared(what, "%", us[place], others, more_is_better=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
