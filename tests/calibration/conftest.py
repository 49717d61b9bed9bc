"""Readings and colours that the tests of this room share."""

import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from calibration import References

HERE = Path(__file__).parent


class ColorChecker(NamedTuple):
    """The 24 patches, each read five times under a cool white LED at the middle distance."""

    references: References
    names: list[str]  # (120,)
    raw: NDArray[np.float64]  # (120, 4)
    xyz: NDArray[np.float64]  # (120, 3), white Y = 1
    lab: NDArray[np.float64]  # (120, 3), D65


@pytest.fixture(scope="session")
def colorchecker() -> ColorChecker:
    with (HERE / "cc24_led1.csv").open(newline="", encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["level"] == "mid"]

    def columns(kind: str, *names: str) -> NDArray[np.float64]:
        return np.array([[float(row[n]) for n in names] for row in rows if row["kind"] == kind])

    hz = ("r_hz", "g_hz", "b_hz", "c_hz")
    return ColorChecker(
        references=References(
            columns("dark", *hz).mean(axis=0), columns("white", *hz).mean(axis=0)
        ),
        names=[row["name"] for row in rows if row["kind"] == "patch"],
        raw=columns("patch", *hz),
        xyz=columns("patch", "X", "Y", "Z") / 100,
        lab=columns("patch", "L", "a", "b_lab"),
    )
