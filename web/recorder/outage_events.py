"""Events of an outage: one when it has lasted for a while, and one when it is over.

fails     ###  #  ##########################            #
works  ###   ## ##                          ############ ###
event                  |                          |
                  "No reading"          "Readings again, after"

Each event has the time at which the outage began, or ended.
"""

from ..display.times import duration_words
from ..history.events import Event, EventKind
from ..history.writer import History
from .freshness import FreshnessRule
from .pacing import Pace


class OutageEvents:
    """Watches one thing that may fail, and queues events in the history.

    begins, ends: how the sentences of the two events begin. It is to fail, or to work again, for as
    long as a sample needs to be late.
    """

    def __init__(self, begins: str, ends: str, history: History, pace: Pace) -> None:
        self._begins, self._ends, self._history, self._pace = begins, ends, history, pace
        self._after_s = FreshnessRule(pace.period_s).late_after_s
        self._is_outage = self._fails = False
        self._since = self._began_at = 0.0  # monotonic, in seconds
        self._why = ""

    def update(self, failure: str) -> None:
        """Take whether it fails now: why, or ""."""
        now = self._pace.begins()
        if bool(failure) is not self._fails:
            self._fails, self._since = bool(failure), now
        self._why = failure or self._why
        lasts_s = now - self._since
        if self._fails is self._is_outage or lasts_s < self._after_s:
            return
        self._is_outage = self._fails
        if self._is_outage:
            self._began_at, words = self._since, self._begins
        else:
            words = f"{self._ends}, after {duration_words(self._since - self._began_at)}"
        happened_at = self._pace.now() - lasts_s
        self._history.queue_event(Event(happened_at, EventKind.OUTAGE, f"{words}: {self._why}"))
