"""From samples to a barogram: suspect samples are left out, and the pressure is joined at jumps."""

from .barogram import Barogram
from .quality_control import QualityControl, QualityFlag
from .sample import Sample
from .tide import Tide


class Intake:
    """Takes samples in time order.

    is_new_point: whether the newest good sample made a point of the barogram, or belongs to the
    minute of the one before.
    """

    def __init__(self, tide: Tide | None) -> None:
        self._tide = tide
        self.reset()

    def reset(self) -> None:
        """Forget all: the clock was set or the sensor exchanged, and nothing compares."""
        self._quality = QualityControl()
        self.barogram = Barogram(self._tide)
        self._joined_hpa = 0.0  # the sum of the jumps that were no weather
        self.is_new_point = False

    def take(self, sample: Sample) -> QualityFlag:
        """Take the newest sample. After RESTART the barogram begins with it."""
        flag = self._quality.judge(sample)
        if flag in (QualityFlag.REJECTED, QualityFlag.SUSPECT):
            return flag
        if flag in (QualityFlag.STEP, QualityFlag.MOVED):
            self._joined_hpa += self._quality.step_hpa
        if flag is QualityFlag.RESTART:
            self._joined_hpa = 0.0
        if flag in (QualityFlag.MOVED, QualityFlag.RESTART):
            self.barogram = Barogram(self._tide)
        pressure_hpa = sample.pressure_hpa - self._joined_hpa
        self.is_new_point = self.barogram.add(sample.taken_at, pressure_hpa)
        return flag

    @property
    def is_stuck(self) -> bool:
        """Whether a sensor of fine resolution has shown the same value for an hour."""
        return self._quality.is_stuck
