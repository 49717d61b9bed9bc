"""What a sorter is taught: pieces with the class of each, and the place without a piece."""

from collections.abc import Sequence
from pathlib import Path

from calibration import CalibrationError, ColourSorter, teaching
from calibration.colorimetry.arrays import Channels, as_channels
from calibration.profiles.repeated_readings import MedianReading

_RESERVED = (*teaching.RESERVED, "q")  # q ends a question


class TrainingSet:
    """Readings in the order they were taught, in Hz; dark and empty as a sorter takes them."""

    def __init__(self, dark: Channels, empty: Channels, *, simulated: bool) -> None:
        self.dark = dark
        self.empty: Sequence[Sequence[float]] = [empty]
        self.simulated = simulated
        self.raw: list[Channels] = []
        self.taught: list[str] = []

    @classmethod
    def of(cls, sorter: ColourSorter, path: Path) -> "TrainingSet":
        """Return what a sorter was taught. Raises CalibrationError for one of three channels."""
        taught = sorter.learned.taught
        if taught.channels != 4 or taught.empty is None:
            raise CalibrationError(
                f"{path} was taught by another program, without clear or without the empty place:"
                " give another --output"
            )
        dark = as_channels(taught.dark.tolist())
        training = cls(dark, dark, simulated=sorter.simulated)
        training.empty = taught.empty.tolist()
        training.raw = [as_channels(reading) for reading in sorter.raw.tolist()]
        training.taught = list(sorter.taught)
        return training

    @property
    def labels(self) -> list[str]:
        return list(dict.fromkeys(self.taught))

    def count(self, label: str) -> int:
        return self.taught.count(label)

    def add(self, label: str, pieces: Sequence[MedianReading]) -> None:
        self.raw += [piece.raw for piece in pieces]
        self.taught += [label] * len(pieces)

    def forget(self, label: str, path: Path) -> None:
        """Take a class out. Raises CalibrationError for one that is not there, or the last."""
        if label not in self.taught:
            raise CalibrationError(
                f"--remove {label}: {path} knows no such class; there are {', '.join(self.labels)}"
            )
        if len(self.labels) == 1:
            raise CalibrationError(f"--remove {label}: it is the last class; delete {path} instead")
        rows = [i for i, one in enumerate(self.taught) if one != label]
        self.raw = [self.raw[i] for i in rows]
        self.taught = [self.taught[i] for i in rows]

    def sorter(self) -> ColourSorter:
        return ColourSorter.fit(
            self.raw, self.taught, self.dark, self.empty, simulated=self.simulated
        )


def checked_label(words: str) -> str:
    """Check the name of a class. Raises CalibrationError if it cannot be shown or stored."""
    return teaching.checked_label(" ".join(words.split()), _RESERVED)
