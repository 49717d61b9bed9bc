"""Render a chart from the history, and cache the charts that are expensive to draw.

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
from .chart import Barograph, Column, LevelMark, UncertainSpan, changes_3h, record_words
from .overview import StationInfo

_BEFORE_H = 3.0
# Beyond, a column is no longer short against 3 h.
_LONGEST_TREND_H = 31 * 24.0
# A chart of 750 samples is kept for a second; a Zero adds them up in some ten milliseconds.
SAMPLES_A_SECOND = 750
# Some phones, each with its span and its preferences.
_MOST_CHARTS = 8


class RenderedChart(NamedTuple):
    """A chart as SVG, and in words. keep_s: how long it may be shown though samples follow."""

    svg: str
    words: str
    keep_s: float = 0.0


def render_chart(
    reader: HistoryReader,
    info: StationInfo,
    preferences: DisplayPreferences,
    hours: float,
    end: float,
    now: float,
) -> RenderedChart:
    """Draw the chart of `hours` hours up to `end` (Unix seconds)."""
    begin, column_s = end - hours * 3600, hours * 3600 / MOST_COLUMNS
    gap_s = 2.1 * max(info.period_s, column_s)
    # The first changes need the pressure before the chart begins.
    before_h = _BEFORE_H if hours <= _LONGEST_TREND_H else 0.0
    most = round(MOST_COLUMNS * (hours + before_h) / hours)
    columns = [Column(*span) for span in reader.spans(begin - before_h * 3600, end, most)]
    changes = changes_3h(columns, gap_s) if before_h else []
    shown = [column for column in columns if column.taken_at >= begin]
    svg = Barograph(
        shown,
        start=begin,
        end=end,
        gap_s=gap_s,
        marks=[LevelMark(at, level.word) for at, level in reader.raised(begin, end)],
        uncertain=[
            UncertainSpan(part.begin_ms / 1000, part.end_ms / 1000)
            for part in reader.ranges(begin, end)
            if part.boot.trust is ClockTrust.NONE
        ],
        changes=[change for change in changes if change.moment >= begin],
        unit=preferences.unit,
        zone=preferences.zone.tzinfo,
        now=now,
        note="SIMULATED" if info.simulated else "",
    ).svg()
    words = record_words(shown, begin, end, preferences.unit, preferences.zone.tzinfo)
    covered_s = columns[-1].taken_at - columns[0].taken_at if columns else 0.0
    samples = int(covered_s / (info.period_s if column_s < 3600 else 3600))  # or hourly rows
    keep_s = samples / SAMPLES_A_SECOND
    return RenderedChart(svg, words, keep_s if keep_s > info.period_s else 0.0)


class _CacheEntry(NamedTuple):
    key: object
    version: object
    drawn_at: float
    chart: RenderedChart


class ChartCache:
    """The newest charts: for other clients while nothing changes, expensive ones for longer."""

    def __init__(self) -> None:
        self._entries: deque[_CacheEntry] = deque(maxlen=_MOST_CHARTS)

    def chart(
        self, key: object, version: object, now: float, draw: Callable[[], RenderedChart]
    ) -> RenderedChart:
        """Return the cached chart of this key, or draw it.

        version: of the history, and the minute; while it is the same the chart is.
        """
        for entry in tuple(self._entries):
            is_new = entry.version == version or 0 <= now - entry.drawn_at < entry.chart.keep_s
            if entry.key == key and is_new:
                return entry.chart
        chart = draw()
        self._entries.append(_CacheEntry(key, version, now, chart))
        return chart
