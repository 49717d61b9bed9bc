"""The watch for missing data: a thread of its own, as the recorder's may hang in a reading.

samples   | | | | |                              | | |
NO DATA              no_data_after_s  .----------'
"""

import logging
import threading
from collections.abc import Callable
from math import inf
from typing import Self

from ..system.outage_log import OutageLog
from .state import Alarm

log = logging.getLogger(__name__)

_AGAIN_S = 5.0
# The first reading of a program that was started again comes within this time.
_FIRST_S = 30.0


class NoDataWatch:
    """Begins NO DATA when no sample was judged for `after_s` seconds, and ends it with the next.

    after_s: infinite for never. uptime: the clock of the alarm's moments. begun: called when it
    begins, in this thread; it must not wait. judged_at: when the last sample before a restart was
    judged, by that clock: a program that is started again and again must not begin to wait again
    and again. A context manager, for when the recorder has started.
    """

    def __init__(
        self,
        alarm: Alarm,
        after_s: float,
        uptime: Callable[[], float],
        begun: Callable[[], object],
        judged_at: float | None = None,
    ) -> None:
        self._alarm, self._after_s, self._uptime = alarm, after_s, uptime
        self._begun = begun
        self._judged_at = uptime() if judged_at is None else judged_at
        self._begins_at = self._first_at()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._outage = OutageLog(log, "the watch for missing data")
        self._thread = threading.Thread(target=self._run, name="no data", daemon=True)

    def silent_s(self) -> float:
        """Return the seconds since the last sample was judged."""
        return self._uptime() - self._judged_at

    def judged(self) -> bool:
        """Take note of a sample that was judged; return whether NO DATA has ended with it."""
        with self._lock:
            self._judged_at = self._uptime()
            return self._alarm.set_no_data(False, self._uptime())

    def check(self) -> float:
        """Begin NO DATA if it is time; return the seconds until it may be."""
        with self._lock:
            due_at = max(self._judged_at + self._after_s, self._begins_at)
            left_s = due_at - self._uptime()
            has_begun = left_s <= 0 and self._alarm.set_no_data(True, self._uptime())
        if has_begun:
            self._begun()
        return left_s if left_s > 0 else self._after_s

    def close(self) -> None:
        """End the thread. Closing twice is fine."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()

    def __enter__(self) -> Self:
        self._begins_at = self._first_at()
        if self._after_s < inf:
            self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _first_at(self) -> float:
        """Return the earliest moment at which NO DATA may begin."""
        return self._uptime() + min(self._after_s, _FIRST_S)

    def _run(self) -> None:
        left_s = 0.0
        while not self._stop.wait(left_s):
            try:
                left_s = self.check()
                self._outage.works()
            except Exception as error:  # a mistake of ours must not end the watch
                self._outage.fails(error, exc_info=True)
                left_s = _AGAIN_S
