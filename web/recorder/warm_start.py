"""What the storm rule is told of the past: after a restart, and when a boot has another time."""

from ..history.boots import Boot, BootRange
from ..history.clock_trust import RTC_OFF_MS, ClockTrust
from ..history.database import milliseconds
from ..history.reader import HistoryReader
from ..weather import Sample, Station, StormWatch

# A month of hours, and a day and a bit of samples.
_HOURS_S, _SAMPLES_S = 31 * 86400.0, 26 * 3600.0


def warm_start(reader: HistoryReader, station: Station, boot: Boot | None) -> StormWatch:
    """Return the rule as the history leaves it, ready for the next sample of this boot.

    Nothing is compared across two boots of which one has a time that nobody vouches for: how long
    the machine was off is not known then. A boot that lies after what came after it is left out.
    """
    watch = StormWatch(station)
    known = _in_order(reader.pieces(), boot)
    if not known:
        return watch
    newest_at = known[-1].end_ms / 1000
    fine_from = newest_at - _SAMPLES_S
    begin_ms = milliseconds(fine_from - _HOURS_S)
    before: Boot | None = None
    for reach in known:
        piece = reach.within(begin_ms, reach.end_ms)
        if piece is None:
            continue
        _join(watch, before, piece.boot)
        for span in reader.hours(piece, fine_from):
            watch.update(Sample(span.taken_at, span.mean_hpa))
        for sample in reader.samples_of(piece, fine_from):
            watch.update(sample)
        before = piece.boot
    _join(watch, before, boot)
    level = reader.level()
    if level is not None and level.began_at <= newest_at:
        watch.resume(level.level, level.began_at)
    return watch


def _in_order(pieces: list[BootRange], boot: Boot | None) -> list[BootRange]:
    """Those that end before what came after them begins; of two that meet the newer is right."""
    kept: list[BootRange] = []
    limit_ms: float = float("inf") if boot is None else boot.start_ms
    for piece in reversed(pieces):
        is_own = boot is not None and piece.boot.ordinal == boot.ordinal
        if is_own or piece.end_ms <= limit_ms + RTC_OFF_MS:
            kept.append(piece)
            limit_ms = piece.begin_ms
    return kept[::-1]


def _join(watch: StormWatch, before: Boot | None, after: Boot | None) -> None:
    if before is None or after is None or before.ordinal == after.ordinal:
        return
    if ClockTrust.NONE in (before.trust, after.trust):
        watch.reset()
