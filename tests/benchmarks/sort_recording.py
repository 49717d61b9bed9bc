"""How well a recording of labelled readings is sorted: five blocks in time, each left out in turn.

.venv/bin/python tests/benchmarks/sort_recording.py FILE.csv [--dark R G B [C]]

The file has the columns label and r, g, b, with or without c, in the order of recording. Said are
the accuracy without and with what was called unknown, and the same with each class left out of
the teaching in turn, when its readings ought to be unknown.
"""

import csv
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import figures
import numpy as np
from numpy.typing import NDArray

from calibration import ColourSorter

BLOCKS = 5


class Shares(NamedTuple):
    """Of the readings of taught classes, and of those of the class left out."""

    nearest_right: float  # the nearest class is the right one, unknown or not
    right: float  # the label is right; unknown is not
    refused: float
    caught: float


def recording(path: Path) -> tuple[NDArray[np.float64], NDArray[np.str_]]:
    """Readings (n, 3) or (n, 4) and labels (n,)."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    channels = [channel for channel in "rgbc" if channel in rows[0]]
    raw = np.array([[float(row[channel]) for channel in channels] for row in rows])
    return raw, np.array([row["label"] for row in rows])


def blocks(labels: NDArray[np.str_]) -> NDArray[np.intp]:
    """Which fifth of its class each reading is in."""
    block = np.zeros(len(labels), dtype=np.intp)
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        block[rows] = np.arange(len(rows)) * BLOCKS // len(rows)
    return block


def in_turn(
    raw: NDArray[np.float64],
    labels: NDArray[np.str_],
    dark: Sequence[float] | None,
    left_out: str | None = None,
) -> Shares:
    """Sort each block by what the others teach, but for the class left out."""
    block = blocks(labels)
    known, stranger = [], []
    for turn in range(BLOCKS):
        teach = (block != turn) & (labels != left_out)
        sorter = ColourSorter.fit(raw[teach], labels[teach].tolist(), dark)
        for reading, label in zip(raw[block == turn], labels[block == turn], strict=True):
            answer = sorter.sort(reading)
            if label == left_out:
                stranger.append(answer.label is None)
            else:
                nearest = answer.label or answer.runner_up
                known.append((nearest == label, answer.label == label, answer.label is None))
    nearest_right, right, refused = np.mean(known, axis=0).tolist()
    return Shares(nearest_right, right, refused, float(np.mean(stranger)) if stranger else 0.0)


def main(arguments: Sequence[str]) -> int:
    """Print the table."""
    if not arguments:
        print(__doc__)
        return 2
    raw, labels = recording(Path(arguments[0]))
    dark = [float(number) for number in arguments[2:]] or None
    print(f"{'left out':20} nearest right   right   refused   caught")
    everyone = in_turn(raw, labels, dark)
    print(f"{'none':20}{everyone.nearest_right:14.2%}{everyone.right:8.2%}{everyone.refused:10.2%}")
    turns = []
    for label in np.unique(labels).tolist():
        shares = in_turn(raw, labels, dark, label)
        turns.append(shares)
        print(
            f"{label:20}{shares.nearest_right:14.2%}{shares.right:8.2%}{shares.refused:10.2%}"
            f"{shares.caught:9.1%}"
        )
    figures.figure("recording nearest right %", 100 * everyone.nearest_right)
    figures.table(
        "A recording, each class left out of the teaching in turn",
        ["left out", "nearest right", "right", "called unknown", "left-out class caught"],
        [
            [label, *(f"{share:.1%}" for share in shares)]
            for label, shares in zip(["none", *np.unique(labels)], [everyone, *turns], strict=True)
        ],
    )
    mean = Shares(*np.mean(turns, axis=0).tolist())
    print(
        f"{'mean of these':20}{mean.nearest_right:14.2%}{mean.right:8.2%}{mean.refused:10.2%}"
        f"{mean.caught:9.1%}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
