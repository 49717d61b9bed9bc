"""What of the history goes onto the paper: columns, changes in 3 h, marks, and doubtful time."""

from typing import NamedTuple

from .chart import Column, Mark, barograph, changes_3h, record_words
from .clock import ClockTrust
from .glance import About
from .history_reader import MOST_COLUMNS, HistoryReader
from .look import Look

_BEFORE_H = 3.0
# Beyond, a column is no longer short against 3 h.
_LONGEST_TREND_H = 31 * 24.0


class Sheet(NamedTuple):
    """A chart as SVG, and in words. samples: of some so many it is made, or hours."""

    drawing: str
    words: str
    samples: int = 0


def sheet(
    reader: HistoryReader, about: About, look: Look, hours: float, end: float, now: float
) -> Sheet:
    """The chart of so many hours up to `end` (Unix seconds), as the look has it."""
    begin, column_s = end - hours * 3600, hours * 3600 / MOST_COLUMNS
    gap_s = 2.1 * max(about.period_s, column_s)
    # The first changes need what was before the paper begins.
    before_h = _BEFORE_H if hours <= _LONGEST_TREND_H else 0.0
    most = round(MOST_COLUMNS * (hours + before_h) / hours)
    columns = [Column(*span) for span in reader.spans(begin - before_h * 3600, end, most)]
    changes = changes_3h(columns, gap_s) if before_h else []
    shown = [column for column in columns if column.taken_at >= begin]
    drawing = barograph(
        shown,
        start=begin,
        end=end,
        gap_s=gap_s,
        marks=[Mark(at, level.name.lower()) for at, level in reader.raised(begin, end)],
        doubted=_doubted(reader, begin, end),
        trend=[change for change in changes if change.moment >= begin],
        unit=look.unit,
        zone=look.zone.zone,
        now=now,
        note="SIMULATED" if about.simulated else "",
    )
    words = record_words(shown, begin, end, look.unit, look.zone.zone)
    known_s = columns[-1].taken_at - columns[0].taken_at if columns else 0.0
    return Sheet(drawing, words, int(known_s / (about.period_s if column_s < 3600 else 3600)))


def _doubted(reader: HistoryReader, begin: float, end: float) -> list[tuple[float, float]]:
    """The stretches whose dates nobody vouches for."""
    return [
        (piece.begin_ms / 1000, piece.end_ms / 1000)
        for piece in reader.pieces(begin, end)
        if piece.boot.trust is ClockTrust.NONE
    ]
