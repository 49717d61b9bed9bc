"""The cards that the page offers: the 24 patches of a ColorChecker, by their true colours."""

import csv
from collections.abc import Sequence
from pathlib import Path

import calibration

from .sensor_port import Surface

_COLORCHECKER = Path(calibration.__file__).parent / "data" / "colorchecker_24.csv"


def colorchecker() -> Sequence[Surface]:
    """The patches in their order on the card, six in a row."""
    with _COLORCHECKER.open(encoding="utf-8", newline="") as lines:
        return [
            Surface(row["name"], (float(row["x"]), float(row["y"]), float(row["z"])))
            for row in csv.DictReader(lines)
        ]
