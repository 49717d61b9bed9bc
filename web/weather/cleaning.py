"""Which samples are the air's: glitches are left out, and a jump that stays is told from weather.

    hPa  ____   .___         a glitch: left out         ____         a jump that stays for five
             | |                                            |_____   minutes: moved, exchanged, or
             '-'                                                     a hatch; no weather

What is doubted is not used before it has lasted; until then the last good sample stands.
"""

from enum import Enum
from statistics import median

from .sample import Sample, is_believable

# A sample is doubted that differs from the one before by more than this. Gusts past the vents
# come to 3 hPa (WMO Guide No. 8, chapter 3), the fastest weather to 1 hPa a minute.
_SUDDEN_HPA, _PER_MINUTE_HPA, _MOST_HPA = 3.0, 1.0, 40.0

# Doubted samples that agree with each other for so long are believed.
_BELIEVED_AFTER_S, _FEWEST = 300.0, 3

# A barometer that is exchanged, or a hatch, changes the pressure by less.
_MOVED_HPA = 8.0

# After so long a silence a sample is doubted until another one follows it: a stamp of the year 2098
# must not make all that comes after it late.
_SILENCE_S, _FOLLOWED_S = 12 * 3600.0, 2.5 * 3600.0

# Readings that are all alike to the last digit for so long come from a sensor that is stuck, if
# it has shown finer steps than this before; a record in tenths may well stand still.
_STUCK_S, _FEWEST_ALIKE, _FINE_HPA = 3600.0, 30, 0.05


class Verdict(Enum):
    """What a sample is."""

    GOOD = "good"
    REFUSED = "refused"  # no air has it, or it comes late, or it is doubted
    STEP = "step"  # good, and the pressure jumped by some hPa before it
    MOVED = "moved"  # good, and nothing before it can be compared with it


class Cleaner:
    """Judges sample by sample; remembers the last good one and those that are doubted."""

    def __init__(self) -> None:
        self._last: Sample | None = None
        self._doubted: list[Sample] = []
        self.step_hpa = 0.0
        self._alike_since = 0.0
        self._alike = 0
        self._finest_hpa = _FINE_HPA

    def judge(self, sample: Sample) -> Verdict:
        """What this sample, the newest so far, is. After a STEP, step_hpa is its height."""
        last = self._last
        is_late = last is not None and sample.taken_at <= last.taken_at
        if is_late or not is_believable(sample):
            return Verdict.REFUSED
        if last is None or _follows(last, sample):
            self._doubted.clear()
            self._accept(sample)
            return Verdict.GOOD
        return self._doubt(last, sample)

    @property
    def is_stuck(self) -> bool:
        """Whether a sensor that used to move by a hair no longer does."""
        last = self._last
        return (
            last is not None
            and self._alike >= _FEWEST_ALIKE
            and last.taken_at - self._alike_since >= _STUCK_S
            and self._finest_hpa < _FINE_HPA
        )

    def _doubt(self, last: Sample, sample: Sample) -> Verdict:
        if sample.taken_at - last.taken_at > _SILENCE_S:
            return self._after_silence(last, sample)
        if self._doubted and not _follows(self._doubted[-1], sample):
            self._doubted.clear()
        self._doubted.append(sample)
        stayed_s = sample.taken_at - self._doubted[0].taken_at
        if len(self._doubted) < _FEWEST or stayed_s < _BELIEVED_AFTER_S:
            return Verdict.REFUSED
        self.step_hpa = median(s.pressure_hpa for s in self._doubted) - last.pressure_hpa
        self._doubted.clear()
        self._accept(sample)
        return Verdict.STEP if abs(self.step_hpa) < _MOVED_HPA else Verdict.MOVED

    def _after_silence(self, last: Sample, sample: Sample) -> Verdict:
        before = self._doubted[-1] if self._doubted else None
        if before is None or not 0 < sample.taken_at - before.taken_at <= _FOLLOWED_S:
            self._doubted = [sample]
            return Verdict.REFUSED
        self._doubted.clear()
        self._accept(sample)
        difference_hpa = abs(sample.pressure_hpa - last.pressure_hpa)
        return Verdict.GOOD if difference_hpa <= _MOST_HPA else Verdict.MOVED

    def _accept(self, sample: Sample) -> None:
        last, self._last = self._last, sample
        difference = abs(sample.pressure_hpa - last.pressure_hpa) if last is not None else 1.0
        if difference > 1e-9:
            self._finest_hpa = min(self._finest_hpa, difference)
            self._alike_since, self._alike = sample.taken_at, 1
        else:
            self._alike += 1


def _follows(before: Sample, after: Sample) -> bool:
    """Whether weather can lead from one sample to the next, without a long silence between."""
    if after.taken_at - before.taken_at > _SILENCE_S:
        return False
    minutes = (after.taken_at - before.taken_at) / 60.0
    most_hpa = min(_MOST_HPA, _SUDDEN_HPA + _PER_MINUTE_HPA * minutes)
    return abs(after.pressure_hpa - before.pressure_hpa) <= most_hpa
