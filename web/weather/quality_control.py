"""Quality control of samples: leave out glitches, and tell a jump that stays from weather.

    hPa  ____   .___         a glitch: left out         ____         a jump that stays, and flat on
             | |                                            |_____   either side: exchanged, moved,
             '-'                                                     or a hatch; no weather

A suspect sample is not used until others confirm it.
"""

from collections import deque
from enum import Enum
from math import sqrt

from .resolution import Resolution, median, range_hpa
from .sample import Sample, is_possible

# A sample is suspect if it differs from the one before by more than 12.2 hPa times the root of the
# hours between them (NDBC Technical Document 09-02, time continuity); gusts past the vents come to
# 3 hPa at once (WMO Guide No. 8, chapter 3).
_AN_HOUR_HPA, _SUDDEN_HPA, _MOST_HPA = 12.2, 3.0, 40.0

# Suspect samples that agree with each other for this time are good. An exchanged barometer or a
# hatch changes the pressure by less than the second limit; a larger jump must last for an hour, in
# three samples.
_CONFIRMED_AFTER_S, _FEWEST = 300.0, 2
_MOVED_HPA = 8.0
_MOVED_AFTER_S, _FEWEST_MOVED = 3600.0, 3
_FLAT_SHARE = 0.3  # of the jump: the largest range of either side
_BEFORE = 5  # samples before a jump that are compared

# A feed repeats a reading for an hour at the most; a longer constant pressure is a coarse record in
# a calm.
_LONGEST_REPEATED_S = 65 * 60.0

# After a silence a sample is suspect until another one follows it: a stamp of the year 2098 must
# not make all later samples late.
_SILENCE_S, _FOLLOWED_S = 12 * 3600.0, 2.5 * 3600.0

# A sensor that repeats one value for this time is stuck, if it has shown finer steps than this
# before; a record in tenths may well stand still.
_STUCK_S, _FEWEST_REPEATS, _FINE_HPA = 3600.0, 30, 0.05


class QualityFlag(Enum):
    """The quality of a sample."""

    GOOD = "good"
    REJECTED = "rejected"  # impossible, or late
    SUSPECT = "suspect"  # later samples may confirm it
    STEP = "step"  # good, after a jump of some hPa
    MOVED = "moved"  # good, after a jump so large that changes across it have no meaning
    RESTART = "restart"  # good, but the few samples before it were not


class QualityControl:
    """Judges sample by sample. step_hpa: the jump of the newest STEP or MOVED."""

    def __init__(self) -> None:
        self._good: deque[Sample] = deque(maxlen=_BEFORE)
        self._suspects: list[Sample] = []
        self._resolution = Resolution()
        self._accepted = 0
        self.step_hpa = 0.0

    def judge(self, sample: Sample) -> QualityFlag:
        """Return the quality of the newest sample."""
        last = self._good[-1] if self._good else None
        is_late = last is not None and sample.taken_at <= last.taken_at
        if is_late or not is_possible(sample):
            return QualityFlag.REJECTED
        if last is None or (_follows(last, sample) and self._is_nearest(last, sample)):
            return self._accept(sample, QualityFlag.GOOD)
        if sample.taken_at - last.taken_at > _SILENCE_S:
            return self._after_silence(last, sample)
        return self._suspect(last, sample)

    @property
    def is_stuck(self) -> bool:
        """Whether a sensor of fine resolution has shown the same value for an hour."""
        resolution = self._resolution
        return (
            resolution.repeats >= _FEWEST_REPEATS
            and self._good[-1].taken_at - resolution.repeated_since >= _STUCK_S
            and resolution.finest_hpa < _FINE_HPA
        )

    def _is_nearest(self, last: Sample, sample: Sample) -> bool:
        """Whether a sample is nearer to the last good one than to the newest suspect."""
        if not self._suspects:
            return True
        from_suspect_hpa = abs(sample.pressure_hpa - self._suspects[-1].pressure_hpa)
        return abs(sample.pressure_hpa - last.pressure_hpa) < from_suspect_hpa

    def _suspect(self, last: Sample, sample: Sample) -> QualityFlag:
        suspects = self._suspects
        if suspects and not _confirms(last, suspects[-1], sample):
            suspects.clear()
        suspects.append(sample)
        if len(suspects) > max(_FEWEST, self._accepted):
            return self._accept(sample, QualityFlag.RESTART)
        self.step_hpa = median(sorted(s.pressure_hpa for s in suspects)) - last.pressure_hpa
        flag = self._flag_of_suspects()
        is_long = flag is QualityFlag.MOVED
        after_s = _MOVED_AFTER_S if is_long else _CONFIRMED_AFTER_S
        fewest = _FEWEST_MOVED if is_long else _FEWEST
        if len(suspects) < fewest or sample.taken_at - suspects[0].taken_at < after_s:
            return QualityFlag.SUSPECT
        is_constant = range_hpa(_values(suspects)) == 0.0
        if is_long and is_constant and self._resolution.finest_hpa < _FINE_HPA:
            return QualityFlag.SUSPECT  # the sensor is stuck
        return self._accept(sample, flag)

    def _flag_of_suspects(self) -> QualityFlag:
        """Return the quality of the suspects if they are confirmed."""
        jump_hpa = abs(self.step_hpa)
        before_hpa, after_hpa = range_hpa(_values(self._good)), range_hpa(_values(self._suspects))
        if max(before_hpa, after_hpa) > _FLAT_SHARE * jump_hpa:
            return QualityFlag.GOOD  # weather: it moved before, or moves on
        is_repeated = before_hpa == after_hpa == 0.0 and len(self._good) > 1
        if is_repeated and len(self._suspects) > 1 and jump_hpa < _MOVED_HPA:
            # A feed that repeats readings: each is as old as its first.
            age_s = self._suspects[0].taken_at - self._resolution.repeated_since
            if age_s <= _LONGEST_REPEATED_S and jump_hpa <= _most_hpa(age_s):
                return QualityFlag.GOOD
        return QualityFlag.STEP if jump_hpa < _MOVED_HPA else QualityFlag.MOVED

    def _after_silence(self, last: Sample, sample: Sample) -> QualityFlag:
        before = self._suspects[-1] if self._suspects else None
        if before is None or not 0 < sample.taken_at - before.taken_at <= _FOLLOWED_S:
            self._suspects = [sample]
            return QualityFlag.SUSPECT
        self.step_hpa = sample.pressure_hpa - last.pressure_hpa
        is_near = abs(self.step_hpa) <= _MOST_HPA
        return self._accept(sample, QualityFlag.GOOD if is_near else QualityFlag.MOVED)

    def _accept(self, sample: Sample, flag: QualityFlag) -> QualityFlag:
        if self._suspects and flag is not QualityFlag.GOOD:
            self._good.clear()
        self._suspects.clear()
        self._accepted += 1
        self._good.append(sample)
        self._resolution.add(*sample[:2])
        return flag


def _most_hpa(seconds: float) -> float:
    """Return the largest change that is weather."""
    return min(_MOST_HPA, max(_SUDDEN_HPA, _AN_HOUR_HPA * sqrt(seconds / 3600.0)))


def _follows(before: Sample, after: Sample) -> bool:
    """Whether weather explains the change between two samples, with no long silence between."""
    seconds = after.taken_at - before.taken_at
    if seconds > _SILENCE_S:
        return False
    return abs(after.pressure_hpa - before.pressure_hpa) <= _most_hpa(seconds)


def _confirms(last: Sample, suspect: Sample, sample: Sample) -> bool:
    """Whether a sample confirms a suspect: it is near it, or farther in its direction."""
    before_hpa = suspect.pressure_hpa - last.pressure_hpa
    after_hpa = sample.pressure_hpa - suspect.pressure_hpa
    is_later = sample.taken_at > suspect.taken_at
    return is_later and (_follows(suspect, sample) or before_hpa * after_hpa > 0)


def _values(samples: deque[Sample] | list[Sample]) -> list[float]:
    return [sample.pressure_hpa for sample in samples]
