"""The storm rule started from the history: after a restart, and when a boot has another time."""

from ..history.boots import Boot, BootRange
from ..history.clock_trust import RTC_OFF_MS, ClockTrust
from ..history.database import milliseconds
from ..history.reader import HistoryReader
from ..weather import Sample, Station, StormWatch
from ..weather.minute_series import MINUTE_S, few_of

# Restlessness is of two days of changes, the first of which need three hours before them. The usual
# pressure is of a month; another month shows which level the rule for low latitudes held.
_MINUTES_S, _HOURS_S = 52 * 3600.0, 60 * 86400.0


def warm_start(
    reader: HistoryReader, station: Station, boot: Boot | None, *, is_start: bool = False
) -> StormWatch:
    """Return the rule as the history leaves it, ready for the next sample of this boot.

    is_start: of the program, so that the level of before stands; a clock that was set may have
    shown that it was wrong.

    Two boots are not compared if the time of one of them is unknown: so is how long the machine
    was off. A boot whose time is after that of a later boot is left out; its level stays.
    """
    watch, level = StormWatch(station), reader.level()
    known = _in_order(reader.ranges(), boot)
    if not known:
        if level is not None and boot is not None:
            watch.resume(level.level, boot.start_ms / 1000)
        return watch
    newest_at = known[-1].end_ms / 1000
    minutes_from, last_minute = newest_at - _MINUTES_S, newest_at // MINUTE_S * MINUTE_S
    begin_ms = milliseconds(minutes_from - _HOURS_S)
    before: Boot | None = None
    for known_range in known:
        part = known_range.within(begin_ms, known_range.end_ms)
        if part is None:
            continue
        _join(watch, before, part.boot)
        for begin, mean_hpa in reader.hour_means(part, minutes_from):
            watch.recall(begin, mean_hpa)
        for minute in reader.minutes_of(part, minutes_from):
            is_over = minute[0][0] < last_minute
            for reading in few_of(minute) if is_over else minute:
                watch.update(Sample(*reading))
        before = part.boot
    _join(watch, before, boot)
    if level is not None:
        watch.resume(level.level, min(level.began_at, newest_at), stands=is_start)
    return watch


def _in_order(parts: list[BootRange], boot: Boot | None) -> list[BootRange]:
    """Return those that end before the later ones begin; of two that overlap, the newer."""
    kept: list[BootRange] = []
    limit_ms: float = float("inf") if boot is None else boot.start_ms
    for part in reversed(parts):
        is_own = boot is not None and part.boot.ordinal == boot.ordinal
        if is_own or part.end_ms <= limit_ms + RTC_OFF_MS:
            kept.append(part)
            limit_ms = part.begin_ms
    return kept[::-1]


def _join(watch: StormWatch, before: Boot | None, after: Boot | None) -> None:
    if before is None or after is None or before.ordinal == after.ordinal:
        return
    if ClockTrust.NONE in (before.trust, after.trust):
        watch.reset()
