"""The storm outlook: four levels, raised at once and let down slowly, with reasons in numbers.

    fall in 3 h
      6.0 |            .--.            STORM    from 6.0, or 2 an hour for two hours
      3.6 |        .--'    `.          WARNING  from 3.6
      2.5 |    .--'          `.        WATCH    from 2.5, or 5 in 6 h
          |___'                `-----  time

A level is let down one step at a time, each when the fall has been under the lower threshold for
three hours, so that it does not flicker and does not vanish in the lull before the wind.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from operator import attrgetter
from typing import NamedTuple

from .sample import Sample, Station, is_believable
from .tendency import Tendency, change_hpa, covered_s, signed, tendency_of_believed


class StormLevel(IntEnum):
    """How worried to be, in order."""

    CALM = 0
    WATCH = 1
    WARNING = 2
    STORM = 3


class Outlook(NamedTuple):
    """What the pressure says of the hours to come.

    since: Unix seconds at which this level began. reasons: sentences with the numbers.
    chance_near_gale, chance_gale: of mean wind of force 7 and 8 at some time in the next 12 h,
    0..1; None without enough data. tendency: None without enough data.
    """

    level: StormLevel
    since: float
    reasons: tuple[str, ...]
    chance_near_gale: float | None
    chance_gale: float | None
    tendency: Tendency | None


class _Rule(NamedTuple):
    """A fall of on_hpa in the span raises the level; under off_hpa the rule lets go."""

    level: StormLevel
    span_h: int
    on_hpa: float
    off_hpa: float


# Mariners' rules for middle latitudes: 3.6 and 6.0 are the Met Office's "quickly" and "very
# rapidly"; 5 in 6 h is Burch's 4-5-6; 2 an hour is Karnetzki's force 8 and above.
_RULES = (
    _Rule(StormLevel.STORM, 3, 6.0, 4.5),
    _Rule(StormLevel.STORM, 2, 4.0, 3.0),
    _Rule(StormLevel.WARNING, 3, 3.6, 2.6),
    _Rule(StormLevel.WATCH, 3, 2.5, 1.6),
    _Rule(StormLevel.WATCH, 6, 5.0, 4.0),
)
_SPANS_H = sorted({rule.span_h for rule in _RULES})
# The wind comes after the fall: a level is let down one step at a time.
_RELEASE_S = 3 * 3600.0
# After so long a silence nothing is known of the level before it.
_FORGET_S = 12 * 3600.0
_KEPT_S = 9 * 3600.0
# With a sample a second: the medians of ten minutes do not change faster.
_JUDGED_EVERY_S = 10.0

# By the 3 h change (upper edge of the bin): how often a near gale and a gale followed within
# 12 h, when the wind was still under a near gale. Counted over 2000 to mid 2017 in MERRA-2, a
# reanalysis, at a node near western Ireland, with the force 7 and 8 thresholds scaled to its
# 50 m wind (16.6 and 20.5 m/s).
_CHANCES = (
    (-8.0, 0.73, 0.42),
    (-6.0, 0.56, 0.23),
    (-5.0, 0.44, 0.13),
    (-3.6, 0.35, 0.08),
    (-2.5, 0.23, 0.05),
    (-1.6, 0.13, 0.02),
    (-0.1, 0.04, 0.01),
    (1.6, 0.02, 0.004),
    (3.6, 0.04, 0.007),
    (6.0, 0.10, 0.02),
)
_CHANCES_ABOVE = (0.14, 0.01)

_taken_at = attrgetter("taken_at")


class StormWatch:
    """The live rule: fed sample by sample, it holds the level and says why."""

    def __init__(self) -> None:
        self._recent: list[Sample] = []
        self._level = StormLevel.CALM
        self._since = 0.0
        self._easing_since: float | None = None
        self._outlook: Outlook | None = None
        self._judged_at = 0.0

    def update(self, sample: Sample) -> Outlook | None:
        """Return the outlook at this sample, the newest so far.

        A sample that is no later than the one before, or that no air can have, changes nothing:
        the outlook stays that of the last good one, and None if there was none.
        """
        if self.accepts(sample):
            self._keep(sample)
            if self._outlook is None or sample.taken_at - self._judged_at >= _JUDGED_EVERY_S:
                self._outlook = self._judge(sample.taken_at)
                self._judged_at = sample.taken_at
        return self._outlook

    def resume(self, before: Outlook) -> None:
        """After a restart: a level that still stands began when it began, not with the restart."""
        if self._outlook is not None and self._level is before.level:
            self._since = before.since
            self._outlook = self._outlook._replace(since=before.since)

    def accepts(self, sample: Sample) -> bool:
        """Whether air can have this pressure, and it is later than the sample before."""
        return is_believable(sample) and (
            not self._recent or sample.taken_at > self._recent[-1].taken_at
        )

    def _keep(self, sample: Sample) -> None:
        now = sample.taken_at
        if not self._recent or now - self._recent[-1].taken_at > _FORGET_S:
            self._recent.clear()
            self._change_to(StormLevel.CALM, now)
        self._recent.append(sample)
        if self._recent[0].taken_at < now - 2 * _KEPT_S:  # now and then, not at every sample
            del self._recent[: bisect_left(self._recent, now - _KEPT_S, key=_taken_at)]

    def _judge(self, now: float) -> Outlook:
        trend = tendency_of_believed(self._recent, now)
        if trend is None:  # what is not known changes no level
            unknown = (_not_enough(self._recent, self._level),)
            return Outlook(self._level, self._since, unknown, None, None, None)
        falls = _falls(self._recent)
        self._move(falls, now)
        reasons = _reasons(self._level, trend, falls)
        return Outlook(self._level, self._since, reasons, *_chances(trend), trend)

    def _move(self, falls: list[tuple[_Rule, float]], now: float) -> None:
        """Raise the level at once; let it down step by step, each after hours of easing."""
        raised = max((rule.level for rule, fall in falls if fall >= rule.on_hpa), default=None)
        held = max((rule.level for rule, fall in falls if fall >= rule.off_hpa), default=None)
        if raised is not None and raised > self._level:
            self._change_to(raised, now)
        elif (held or StormLevel.CALM) >= self._level:
            self._easing_since = None
        elif self._easing_since is None:
            self._easing_since = now
        elif now - self._easing_since >= _RELEASE_S:
            self._change_to(StormLevel(self._level - 1), now)
            self._easing_since = now

    def _change_to(self, level: StormLevel, now: float) -> None:
        self._level, self._since, self._easing_since = level, now, None


def replay(
    samples: Iterable[Sample], station: Station | None = None
) -> Iterator[tuple[float, Outlook]]:
    """Run the live rule over a record and yield (taken_at, Outlook) after each good sample.

    Any cadence from 1 s to 1 h; nothing later than a sample is looked at for it. station:
    reserved for the tide, which needs a position.
    """
    watch = StormWatch()
    for sample in samples:
        if watch.accepts(sample) and (outlook := watch.update(sample)) is not None:
            yield sample.taken_at, outlook


def _falls(samples: Sequence[Sample]) -> list[tuple[_Rule, float]]:
    """Each rule with the fall over its span, to a tenth of a hPa; unknown ones are left out."""
    changes = {span_h: change_hpa(samples, span_h * 3600.0) for span_h in _SPANS_H}
    return [
        (rule, round(-change, 1)) for rule in _RULES if (change := changes[rule.span_h]) is not None
    ]


def _reasons(
    level: StormLevel, trend: Tendency, falls: list[tuple[_Rule, float]]
) -> tuple[str, ...]:
    if level is StormLevel.CALM:
        return (f"{signed(trend.change_hpa)} hPa in 3 h: {trend.words}",)
    firing = tuple(
        f"{signed(-fall)} hPa in {rule.span_h} h"
        f" ({rule.level.name.lower()} from {signed(-rule.on_hpa)})"
        for rule, fall in falls
        if rule.level is level and fall >= rule.on_hpa
    )
    under = " and ".join(
        f"under {rule.off_hpa} in {rule.span_h} h" for rule in _RULES if rule.level is level
    )
    return firing or (
        f"{signed(trend.change_hpa)} hPa in 3 h: {level.name.lower()} stays until the fall has"
        f" been {under} for {_RELEASE_S / 3600:.0f} h",
    )


def _not_enough(samples: Sequence[Sample], level: StormLevel) -> str:
    now = samples[-1].taken_at
    have_s = int(covered_s(samples, now))
    have = f"have {have_s // 3600} h {have_s % 3600 // 60:02d} min of 3 h"
    if level is StormLevel.CALM:
        return f"not enough data: {have}"
    return f"not enough data: {have}; {level.name.lower()} stays from before"


def _chances(trend: Tendency) -> tuple[float, float]:
    for below, near_gale, gale in _CHANCES:
        if trend.change_hpa < below:
            return near_gale, gale
    return _CHANCES_ABOVE
