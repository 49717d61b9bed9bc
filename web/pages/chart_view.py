"""What of the history goes onto the chart, and the charts that are kept for the next request.

    two days of readings a second: 180 000 to be added up    kept for four minutes, one column
    two days of readings a minute:   3 000                   drawn again with each reading

Adding up two days for each refresh would leave a Pi Zero with a reading a second no time for
anything else.
"""

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from ..display.preferences import DisplayPreferences
from ..history.clock_trust import ClockTrust
from ..history.reader import MOST_COLUMNS, HistoryReader
from .chart import Column, Mark, barograph, changes_3h, record_words
from .overview import About

_BEFORE_H = 3.0
# Beyond, a column is no longer short against 3 h.
_LONGEST_TREND_H = 31 * 24.0
# A chart of 750 samples is kept for a second; a Zero adds them up in some ten milliseconds.
SAMPLES_A_SECOND = 750
# Some phones, each with its span and its look.
_KEPT = 8


class Sheet(NamedTuple):
    """A chart as SVG, and in words. keep_s: how long it may be shown though samples follow."""

    drawing: str
    words: str
    keep_s: float = 0.0


def sheet(
    reader: HistoryReader,
    about: About,
    look: DisplayPreferences,
    hours: float,
    end: float,
    now: float,
) -> Sheet:
    """Draw the chart of `hours` hours up to `end` (Unix seconds)."""
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
        marks=[Mark(at, level.word) for at, level in reader.raised(begin, end)],
        doubted=_doubted(reader, begin, end),
        trend=[change for change in changes if change.moment >= begin],
        unit=look.unit,
        zone=look.zone.tzinfo,
        now=now,
        note="SIMULATED" if about.simulated else "",
    )
    words = record_words(shown, begin, end, look.unit, look.zone.tzinfo)
    known_s = columns[-1].taken_at - columns[0].taken_at if columns else 0.0
    samples = int(known_s / (about.period_s if column_s < 3600 else 3600))  # or hours
    keep_s = samples / SAMPLES_A_SECOND
    return Sheet(drawing, words, keep_s if keep_s > about.period_s else 0.0)


def _doubted(reader: HistoryReader, begin: float, end: float) -> list[tuple[float, float]]:
    """Return the stretches whose dates no clock vouches for."""
    return [
        (piece.begin_ms / 1000, piece.end_ms / 1000)
        for piece in reader.pieces(begin, end)
        if piece.boot.trust is ClockTrust.NONE
    ]


class _Held(NamedTuple):
    wanted: object
    version: object
    drawn_at: float
    sheet: Sheet


class HeldSheets:
    """The newest charts: for other clients while nothing changes, costly ones for longer."""

    def __init__(self) -> None:
        self._held: deque[_Held] = deque(maxlen=_KEPT)

    def sheet(
        self, wanted: object, version: object, now: float, draw: Callable[[], Sheet]
    ) -> Sheet:
        """Return the chart of what is wanted, drawn now unless there is one.

        version: of the history, and the minute; while it is the same the chart is.
        """
        for held in tuple(self._held):
            is_new = held.version == version or 0 <= now - held.drawn_at < held.sheet.keep_s
            if held.wanted == wanted and is_new:
                return held.sheet
        drawn = draw()
        self._held.append(_Held(wanted, version, now, drawn))
        return drawn
