"""From samples as they come to a barogram: what is doubted is left out, what jumped is joined."""

from enum import Enum

from .barogram import Barogram
from .cleaning import Cleaner, Verdict
from .sample import Sample
from .tide import Tide


class Taken(Enum):
    """What became of a sample."""

    REFUSED = "refused"
    KEPT = "kept"  # it belongs to the minute of the one before
    POINT = "point"  # it makes a new point of the barogram
    ANEW = "anew"  # the same, and nothing before it can be compared with it


class Intake:
    """Fed sample by sample, in their order."""

    def __init__(self, tide: Tide | None) -> None:
        self._tide = tide
        self._cleaner = Cleaner()
        self.barogram = Barogram(tide)

    def take(self, sample: Sample) -> Taken:
        """Take the newest sample."""
        verdict = self._cleaner.judge(sample)
        if verdict is Verdict.REFUSED:
            return Taken.REFUSED
        if verdict is Verdict.MOVED:
            self.barogram = Barogram(self._tide)
        elif verdict is Verdict.STEP:
            self.barogram.join(self._cleaner.step_hpa)
        is_point = self.barogram.add(sample.taken_at, sample.pressure_hpa)
        if verdict is Verdict.MOVED:
            return Taken.ANEW
        return Taken.POINT if is_point else Taken.KEPT

    def begin_anew(self) -> None:
        """What comes cannot be compared with what was: the clock was set, the sensor exchanged."""
        self._cleaner = Cleaner()
        self.barogram = Barogram(self._tide)

    @property
    def is_stuck(self) -> bool:
        """Whether a sensor that used to move by a hair no longer does."""
        return self._cleaner.is_stuck
