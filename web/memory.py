"""What the storm rule is told of the past: after a restart, and when a boot has another time."""

from .boots import Boot
from .clock import ClockTrust
from .history_reader import HistoryReader
from .weather import Sample, Station, StormWatch

# A month of hours, and a day and a bit of samples.
_HOURS_S, _SAMPLES_S = 31 * 86400.0, 26 * 3600.0
_LATER = 1e12


def remember(reader: HistoryReader, station: Station, boot: Boot | None) -> StormWatch:
    """Return the rule as the history leaves it, ready for the next sample of this boot.

    Nothing is compared across two boots of which one has a time that nobody vouches for: how long
    the machine was off is not known then.
    """
    watch = StormWatch(station)
    newest = reader.newest()
    if newest is None:
        return watch
    fine_from = newest.taken_at - _SAMPLES_S
    before: Boot | None = None
    for piece in reader.pieces(fine_from - _HOURS_S, _LATER):
        _join(watch, before, piece.boot)
        for span in reader.hours(piece, fine_from):
            watch.update(Sample(span.taken_at, span.mean_hpa))
        for sample in reader.samples_of(piece, fine_from):
            watch.update(sample)
        before = piece.boot
    _join(watch, before, boot)
    level = reader.level()
    if level is not None:
        watch.resume(level.level, level.changed_at)
    return watch


def _join(watch: StormWatch, before: Boot | None, after: Boot | None) -> None:
    if before is None or after is None or before.ordinal == after.ordinal:
        return
    if ClockTrust.NONE in (before.trust, after.trust):
        watch.begin_anew()
