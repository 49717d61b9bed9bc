"""When to take a sample, and what time it is: by the wall clock, or by a record that is played."""

import threading
import time
from collections import deque
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import Protocol

_LONGEST_WAIT_S = 0.25


class Pace(Protocol):
    """The time that samples are stamped with and ages are told by.

    period_s: from one sample to the next, as a rule.
    """

    period_s: float

    def remark(self) -> str:
        """What is to be said of this time, or nothing."""

    def now(self) -> float:
        """Unix seconds, UTC."""

    def next_moment(self, stop: threading.Event) -> float | None:
        """Wait for the next sample's moment and return it; None when told to stop, or at the end.

        Unix seconds, UTC.
        """


class WallPace:
    """A sample each interval, stamped by the wall clock.

    The waiting is done by the monotonic clock, without drift, so that a wall clock that is set
    neither stops nor hurries the recording. Intervals slept through are left out.
    """

    def __init__(self, interval_s: float) -> None:
        self.period_s = interval_s
        self._next = time.monotonic()

    def remark(self) -> str:
        """Nothing: it is the time."""
        return ""

    def now(self) -> float:
        """Unix seconds, UTC."""
        return time.time()

    def next_moment(self, stop: threading.Event) -> float | None:
        """Wait for the next interval; None when told to stop."""
        if stop.wait(max(0.0, self._next - time.monotonic())):
            return None
        behind_s = time.monotonic() - self._next
        self._next += self.period_s * (1 + behind_s // self.period_s)
        return self.now()


class RecordPace:
    """The moments of a record, at `speed` seconds of it in one second.

    moments: the record's stamps, rising. begins: where the playing begins; earlier moments come
    at once. recorded: the newest moment that is stored already; playing goes on from there, and
    nothing is recorded twice.
    """

    def __init__(
        self, moments: Sequence[float], begins: float, speed: float, recorded: float | None = None
    ) -> None:
        self.period_s = median(b - a for a, b in pairwise(moments)) if moments[1:] else 3600.0
        self._end = moments[-1]
        self._to_come = deque(m for m in moments if recorded is None or m > recorded)
        self._start = begins if recorded is None else max(begins, recorded)
        self._speed = speed
        self._since = time.monotonic()
        self._caught_up = threading.Event()

    def now(self) -> float:
        """Unix seconds of the record, no later than its end."""
        return min(self._end, self._start + self._speed * (time.monotonic() - self._since))

    def next_moment(self, stop: threading.Event) -> float | None:
        """Wait for the record's next moment; None when told to stop, or after the last."""
        if not self._to_come or stop.is_set():
            self._caught_up.set()
            return None
        moment = self._to_come[0]
        while (left_s := moment - self.now()) > 0:
            self._caught_up.set()
            wait_s = left_s / self._speed if self._speed else _LONGEST_WAIT_S
            if stop.wait(min(_LONGEST_WAIT_S, wait_s)):
                return None
        self._to_come.popleft()
        return moment

    def remark(self) -> str:
        """Tell of the record's end, after which nothing moves."""
        if self.now() < self._end:
            return ""
        return "the record has ended: start with --again to play it again"

    def wait_until_caught_up(self, timeout_s: float) -> None:
        """Wait until the moments that come at once have been asked for, but no longer than this."""
        self._caught_up.wait(timeout_s)
