"""Which samples are the air's: glitches are left out, and a jump that stays is told from weather.

    hPa  ____   .___         a glitch: left out         ____         a jump that stays, and flat on
             | |                                            |_____   either side: exchanged, moved,
             '-'                                                     or a hatch; no weather

What is doubted is not used before it has lasted; until then the last good sample stands.
"""

from collections import deque
from enum import Enum
from math import sqrt

from .resolution import Grain, median, reach_hpa
from .sample import Sample, is_believable

# A sample is doubted that differs from the one before by more than 12.2 hPa times the root of the
# hours between them (NDBC Technical Document 09-02, time continuity); gusts past the vents come to
# 3 hPa at once (WMO Guide No. 8, chapter 3).
_AN_HOUR_HPA, _SUDDEN_HPA, _MOST_HPA = 12.2, 3.0, 40.0

# Doubted samples that agree with each other for so long are believed. A barometer that is
# exchanged, or a hatch, changes the pressure by less than the second; what changes it by more has
# to stay for an hour, in three samples.
_BELIEVED_AFTER_S, _FEWEST = 300.0, 2
_MOVED_HPA = 8.0
_MOVED_AFTER_S, _FEWEST_MOVED = 3600.0, 3
_FLAT_SHARE = 0.3  # of the jump, by which either side of it may move
_BEFORE = 5  # samples before a jump, by which that side is judged

# A reading is repeated until the next one for an hour at the most; what stands still for longer is
# a coarse record in a calm.
_LONGEST_REPEATED_S = 65 * 60.0

# After so long a silence a sample is doubted until another one follows it: a stamp of the year 2098
# must not make all that comes after it late.
_SILENCE_S, _FOLLOWED_S = 12 * 3600.0, 2.5 * 3600.0

# Readings that are all alike to the last digit for so long come from a sensor that is stuck, if
# it has shown finer steps than this before; a record in tenths may well stand still.
_STUCK_S, _FEWEST_ALIKE, _FINE_HPA = 3600.0, 30, 0.05


class Verdict(Enum):
    """What a sample is."""

    GOOD = "good"
    REFUSED = "refused"  # no air has it, or it comes late
    DOUBTED = "doubted"  # it may be believed later
    STEP = "step"  # good, and the pressure jumped by some hPa before it
    MOVED = "moved"  # the same, by so much that no change is to be told across it
    ANEW = "anew"  # good, and what was taken for good before it, a sample or two, was not


class Cleaner:
    """Judges sample by sample; remembers the last good ones and those that are doubted."""

    def __init__(self) -> None:
        self._good: deque[Sample] = deque(maxlen=_BEFORE)
        self._doubted: list[Sample] = []
        self._grain = Grain()
        self._accepted = 0
        self.step_hpa = 0.0

    def judge(self, sample: Sample) -> Verdict:
        """What this sample, the newest so far, is. After STEP and MOVED, step_hpa is the jump."""
        last = self._good[-1] if self._good else None
        is_late = last is not None and sample.taken_at <= last.taken_at
        if is_late or not is_believable(sample):
            return Verdict.REFUSED
        if last is None or (_follows(last, sample) and self._is_nearest(last, sample)):
            return self._accept(sample, Verdict.GOOD)
        if sample.taken_at - last.taken_at > _SILENCE_S:
            return self._after_silence(last, sample)
        return self._doubt(last, sample)

    @property
    def is_stuck(self) -> bool:
        """Whether a sensor that used to move by a hair no longer does."""
        grain = self._grain
        return (
            grain.alike >= _FEWEST_ALIKE
            and self._good[-1].taken_at - grain.alike_since >= _STUCK_S
            and grain.finest_hpa < _FINE_HPA
        )

    def _is_nearest(self, last: Sample, sample: Sample) -> bool:
        """Whether a sample is nearer to the last good one than to what is doubted since."""
        if not self._doubted:
            return True
        from_doubted_hpa = abs(sample.pressure_hpa - self._doubted[-1].pressure_hpa)
        return abs(sample.pressure_hpa - last.pressure_hpa) < from_doubted_hpa

    def _doubt(self, last: Sample, sample: Sample) -> Verdict:
        doubted = self._doubted
        if doubted and not _goes_on(last, doubted[-1], sample):
            doubted.clear()
        doubted.append(sample)
        if len(doubted) > max(_FEWEST, self._accepted):
            return self._accept(sample, Verdict.ANEW)
        self.step_hpa = median(sorted(s.pressure_hpa for s in doubted)) - last.pressure_hpa
        verdict = self._meaning()
        is_long = verdict is Verdict.MOVED
        after_s = _MOVED_AFTER_S if is_long else _BELIEVED_AFTER_S
        fewest = _FEWEST_MOVED if is_long else _FEWEST
        if len(doubted) < fewest or sample.taken_at - doubted[0].taken_at < after_s:
            return Verdict.DOUBTED
        if self._grain.finest_hpa < _FINE_HPA and reach_hpa(_values(doubted)) == 0.0 and is_long:
            return Verdict.DOUBTED  # stuck at a number
        return self._accept(sample, verdict)

    def _meaning(self) -> Verdict:
        """What the doubted samples are, if they are to be believed."""
        jump_hpa = abs(self.step_hpa)
        before_hpa, after_hpa = reach_hpa(_values(self._good)), reach_hpa(_values(self._doubted))
        if max(before_hpa, after_hpa) > _FLAT_SHARE * jump_hpa:
            return Verdict.GOOD  # weather: it moved before, or moves on
        is_repeated = before_hpa == after_hpa == 0.0 and len(self._good) > 1
        if is_repeated and len(self._doubted) > 1 and jump_hpa < _MOVED_HPA:
            # Readings that are repeated until the next comes: each is as old as its first.
            age_s = self._doubted[0].taken_at - self._grain.alike_since
            if age_s <= _LONGEST_REPEATED_S and jump_hpa <= _most_hpa(age_s):
                return Verdict.GOOD
        return Verdict.STEP if jump_hpa < _MOVED_HPA else Verdict.MOVED

    def _after_silence(self, last: Sample, sample: Sample) -> Verdict:
        before = self._doubted[-1] if self._doubted else None
        if before is None or not 0 < sample.taken_at - before.taken_at <= _FOLLOWED_S:
            self._doubted = [sample]
            return Verdict.DOUBTED
        self.step_hpa = sample.pressure_hpa - last.pressure_hpa
        is_near = abs(self.step_hpa) <= _MOST_HPA
        return self._accept(sample, Verdict.GOOD if is_near else Verdict.MOVED)

    def _accept(self, sample: Sample, verdict: Verdict) -> Verdict:
        if self._doubted and verdict is not Verdict.GOOD:
            self._good.clear()
        self._doubted.clear()
        self._accepted += 1
        self._good.append(sample)
        self._grain.add(*sample[:2])
        return verdict


def _most_hpa(seconds: float) -> float:
    """How far the pressure can go in a time."""
    return min(_MOST_HPA, max(_SUDDEN_HPA, _AN_HOUR_HPA * sqrt(seconds / 3600.0)))


def _follows(before: Sample, after: Sample) -> bool:
    """Whether weather can lead from one sample to the next, without a long silence between."""
    seconds = after.taken_at - before.taken_at
    if seconds > _SILENCE_S:
        return False
    return abs(after.pressure_hpa - before.pressure_hpa) <= _most_hpa(seconds)


def _goes_on(last: Sample, doubted: Sample, sample: Sample) -> bool:
    """Whether a sample bears out a doubted one: it is near it, or goes on in its direction."""
    went_hpa = doubted.pressure_hpa - last.pressure_hpa
    goes_hpa = sample.pressure_hpa - doubted.pressure_hpa
    is_later = sample.taken_at > doubted.taken_at
    return is_later and (_follows(doubted, sample) or went_hpa * goes_hpa > 0)


def _values(samples: deque[Sample] | list[Sample]) -> list[float]:
    return [sample.pressure_hpa for sample in samples]
