"""From samples as they come to a barogram: what is doubted is left out, what jumped is joined."""

from enum import Enum

from .barogram import Barogram
from .quality_control import Cleaner, Verdict
from .sample import Sample
from .tide import Tide


class Taken(Enum):
    """What became of a sample."""

    REFUSED = "refused"
    DOUBTED = "doubted"
    KEPT = "kept"  # it belongs to the minute of the one before
    POINT = "point"  # it makes a new point of the barogram
    ANEW = "anew"  # the same, and nothing before it is to be kept


class Intake:
    """Fed sample by sample, in their order.

    joined_hpa: the sum of the jumps that were no weather; the barogram is without them.
    """

    def __init__(self, tide: Tide | None) -> None:
        self._tide = tide
        self._cleaner = Cleaner()
        self.barogram = Barogram(tide)
        self.joined_hpa = 0.0

    def take(self, sample: Sample) -> Taken:
        """Take the newest sample."""
        verdict = self._cleaner.judge(sample)
        if verdict in _NOT_TAKEN:
            return _NOT_TAKEN[verdict]
        if verdict in (Verdict.STEP, Verdict.MOVED):
            self.joined_hpa += self._cleaner.step_hpa
        if verdict is Verdict.ANEW:
            self.joined_hpa = 0.0
        if verdict in (Verdict.MOVED, Verdict.ANEW):
            self.barogram = Barogram(self._tide)
        is_point = self.barogram.add(sample.taken_at, sample.pressure_hpa - self.joined_hpa)
        if verdict is Verdict.ANEW:
            return Taken.ANEW
        return Taken.POINT if is_point else Taken.KEPT

    def begin_anew(self) -> None:
        """What comes cannot be compared with what was: the clock was set, the sensor exchanged."""
        self._cleaner = Cleaner()
        self.barogram = Barogram(self._tide)
        self.joined_hpa = 0.0

    @property
    def is_stuck(self) -> bool:
        """Whether a sensor that used to move by a hair no longer does."""
        return self._cleaner.is_stuck


_NOT_TAKEN = {Verdict.REFUSED: Taken.REFUSED, Verdict.DOUBTED: Taken.DOUBTED}
