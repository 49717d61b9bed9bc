"""When to take a sample, and what time it is: by the wall clock, or by a record that is played."""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Protocol

from ..history.clock_trust import ClockReading, ClockTrust
from ..history.timeline import RECORD

_LONGEST_WAIT_S = 0.25
_ALIVE_EVERY_S = 10.0


class Pace(Protocol):
    """The time that samples are stamped with and ages are told by.

    period_s: from one sample to the next, as a rule. boot_id: which boot its monotonic time is of.
    """

    period_s: float

    @property
    def boot_id(self) -> str:
        """Which boot this is."""

    def remark(self) -> str:
        """What is to be said of this time, or nothing."""

    def now(self) -> float:
        """Unix seconds, UTC, as they are believed to be."""

    def reading(self) -> ClockReading:
        """What the clock says."""

    def set_offset(self, offset_ms: int) -> None:
        """From now on it is this offset, in Unix milliseconds, that makes the time."""

    def begins(self) -> float:
        """The first moment to come, or this one; seconds of monotonic time, without the offset."""

    def next_moment(self, stop: threading.Event) -> float | None:
        """Wait for the next sample's moment and return it; None when told to stop, or at the end.

        Seconds of monotonic time, without the offset.
        """


class MachineClock(Protocol):
    """A machine's clocks, as system_clock.SystemClock has them."""

    boot_id: str

    def monotonic_ms(self) -> int:
        """Milliseconds since the machine was switched on."""

    def reading(self) -> ClockReading:
        """What the wall clock says, and whose word that is."""


class WallPace:
    """A sample each interval, stamped with the time since the boot.

    The waiting is done by the monotonic clock, without drift, so that a wall clock that is set
    neither stops nor hurries the recording. Intervals slept through are left out. alive: called at
    least every ten seconds while it waits.
    """

    def __init__(
        self, interval_s: float, clock: MachineClock, alive: Callable[[], None] = lambda: None
    ) -> None:
        self.period_s = interval_s
        self._clock, self._alive = clock, alive
        self._offset_ms = clock.reading().offset_ms
        self._next = time.monotonic()

    @property
    def boot_id(self) -> str:
        """The kernel's name for this boot."""
        return self._clock.boot_id

    def remark(self) -> str:
        """Nothing: it is the time."""
        return ""

    def now(self) -> float:
        """Unix seconds, UTC, as they are believed to be."""
        return (self._offset_ms + self._clock.monotonic_ms()) / 1000

    def reading(self) -> ClockReading:
        """What the machine's clock says."""
        return self._clock.reading()

    def set_offset(self, offset_ms: int) -> None:
        """From now on it is this offset that makes the time; the machine's clock is left alone."""
        self._offset_ms = offset_ms

    def begins(self) -> float:
        """Now."""
        return self._clock.monotonic_ms() / 1000

    def next_moment(self, stop: threading.Event) -> float | None:
        """Wait for the next interval; None when told to stop."""
        while (left_s := self._next - time.monotonic()) > 0 or stop.is_set():
            self._alive()
            if stop.wait(max(0.0, min(left_s, _ALIVE_EVERY_S))):
                return None
        self._alive()
        behind_s = time.monotonic() - self._next
        self._next += self.period_s * (1 + behind_s // self.period_s)
        return self._clock.monotonic_ms() / 1000


class RecordPace:
    """The moments of a record, at `speed` seconds of it in one second.

    moments: the record's stamps, rising. begins: where the playing begins; earlier moments come
    at once. recorded: the newest moment that is stored already; playing goes on from there, and
    nothing is recorded twice.
    """

    def __init__(
        self, moments: Sequence[float], begins: float, speed: float, recorded: float | None = None
    ) -> None:
        gaps_s = sorted(after - before for before, after in pairwise(moments)) or [3600.0]
        self.period_s = gaps_s[len(gaps_s) // 2]
        self._end = moments[-1]
        self._to_come = deque(m for m in moments if recorded is None or m > recorded)
        self._start = begins if recorded is None else max(begins, recorded)
        self._speed = speed
        self._since = time.monotonic()
        self._caught_up = threading.Event()

    @property
    def boot_id(self) -> str:
        """A record is a boot of its own."""
        return RECORD

    def reading(self) -> ClockReading:
        """It is its own clock: its monotonic time is Unix time."""
        return ClockReading(0, ClockTrust.SYNCHRONISED)

    def set_offset(self, offset_ms: int) -> None:
        """Nothing: nobody doubts it."""

    def now(self) -> float:
        """Unix seconds of the record, no later than its end."""
        return min(self._end, self._start + self._speed * (time.monotonic() - self._since))

    def begins(self) -> float:
        """The record's first moment that is still to come."""
        return self._to_come[0] if self._to_come else self._end

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
