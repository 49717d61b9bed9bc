"""A chart of very many samples is not drawn anew at each: it is held for a while.

    two days of readings a second: 180 000 to be added up    held for four minutes, one column
    two days of readings a minute:   3 000                   drawn anew with each reading

A reading a second would have a Zero add up two days for each refresh, and do little else.
"""

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from .sheet import Sheet

# Of so many samples a chart is held for a second; a Zero adds them up in some ten milliseconds.
SAMPLES_A_SECOND = 750
# Some phones, each with its span and its look.
_KEPT = 8


class _Held(NamedTuple):
    wanted: object
    until: float
    drawn_at: float
    sheet: Sheet


class HeldSheets:
    """The newest charts that are dear. period_s: from one sample to the next.

    Where that is longer than a chart would be held, it is drawn with each sample.
    """

    def __init__(self, period_s: float) -> None:
        self._period_s = period_s
        self._held: deque[_Held] = deque(maxlen=_KEPT)

    def sheet(self, wanted: object, now: float, draw: Callable[[], Sheet]) -> Sheet:
        """The chart that is held for what is wanted at this moment, or else a new one."""
        for held in tuple(self._held):
            if held.wanted == wanted and held.drawn_at <= now < held.until:
                return held.sheet
        drawn = draw()
        for_s = drawn.samples / SAMPLES_A_SECOND
        if for_s > self._period_s:
            self._held.append(_Held(wanted, now + for_s, now, drawn))
        return drawn
