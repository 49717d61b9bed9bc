"""When to take a sample, and the time: by the machine's clock, or by a record that is played."""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from itertools import pairwise
from math import inf
from typing import Protocol

from ..history.clock_trust import ClockReading, ClockTrust
from ..history.timeline import RECORD

_LONGEST_WAIT_S = 0.25
_ALIVE_EVERY_S = 10.0


class SampleClock(Protocol):
    """The clock of the samples and their ages."""

    def now(self) -> float:
        """Return the time in Unix seconds, UTC."""

    def remark(self) -> str:
        """Return a remark about this time, or ""."""


class Pace(SampleClock, Protocol):
    """When samples are taken.

    period_s: from one sample to the next, as a rule. boot_id: the boot of its monotonic time.
    speed: seconds of this time in one second. end: no later than that, Unix seconds.
    """

    period_s: float
    speed: float
    end: float

    @property
    def boot_id(self) -> str: ...

    def reading(self) -> ClockReading:
        """Return what the clock says."""

    def set_offset(self, offset_ms: int) -> None:
        """Use this offset (Unix milliseconds at monotonic time 0) from now on."""

    def begins(self) -> float:
        """Return the monotonic time in seconds, at which the next sample may begin."""

    def next_moment(self, stop: threading.Event) -> float | None:
        """Wait for the next sample; return its monotonic time in seconds.

        Return None when `stop` is set, or at the end of a record.
        """


class MachineClock(Protocol):
    """A machine's clocks, as system_clock.SystemClock has them."""

    boot_id: str

    def monotonic_ms(self) -> int: ...

    def reading(self) -> ClockReading: ...


class WallPace:
    """A sample each interval, stamped with the time since the boot.

    It waits by the monotonic clock, without drift: setting the wall clock neither stops nor hurries
    the recording. Intervals slept through are left out. alive: called at least every ten seconds.
    """

    def __init__(
        self, interval_s: float, clock: MachineClock, alive: Callable[[], None] = lambda: None
    ) -> None:
        self.period_s, self.speed, self.end = interval_s, 1.0, inf
        self._clock, self._alive = clock, alive
        self._offset_ms = clock.reading().offset_ms
        self._next = time.monotonic()

    @property
    def boot_id(self) -> str:
        return self._clock.boot_id

    def remark(self) -> str:
        return ""

    def now(self) -> float:
        return (self._offset_ms + self._clock.monotonic_ms()) / 1000

    def reading(self) -> ClockReading:
        return self._clock.reading()

    def set_offset(self, offset_ms: int) -> None:
        self._offset_ms = offset_ms

    def begins(self) -> float:
        return self._clock.monotonic_ms() / 1000

    def next_moment(self, stop: threading.Event) -> float | None:
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

    moments: the record's times, rising. begins: where playing begins; earlier moments come at
    once. recorded: the newest moment that is stored already, after which playing goes on.
    """

    def __init__(
        self, moments: Sequence[float], begins: float, speed: float, recorded: float | None = None
    ) -> None:
        gaps_s = sorted(after - before for before, after in pairwise(moments)) or [3600.0]
        self.period_s = gaps_s[len(gaps_s) // 2]
        self.end = moments[-1]
        self._to_come = deque(m for m in moments if recorded is None or m > recorded)
        self._start = begins if recorded is None else max(begins, recorded)
        self.speed = speed
        self._since = time.monotonic()
        self._caught_up = threading.Event()

    @property
    def boot_id(self) -> str:
        return RECORD

    def reading(self) -> ClockReading:
        # Its monotonic time is Unix time.
        return ClockReading(0, ClockTrust.SYNCHRONISED)

    def set_offset(self, offset_ms: int) -> None:
        return  # the time of a record is certain

    def now(self) -> float:
        return min(self.end, self._start + self.speed * (time.monotonic() - self._since))

    def begins(self) -> float:
        return self._to_come[0] if self._to_come else self.end

    def next_moment(self, stop: threading.Event) -> float | None:
        if not self._to_come or stop.is_set():
            self._caught_up.set()
            return None
        moment = self._to_come[0]
        while (left_s := moment - self.now()) > 0:
            self._caught_up.set()
            wait_s = left_s / self.speed if self.speed else _LONGEST_WAIT_S
            if stop.wait(min(_LONGEST_WAIT_S, wait_s)):
                return None
        self._to_come.popleft()
        return moment

    def remark(self) -> str:
        if self.now() < self.end:
            return ""
        return "the record has ended: start with --again to play it again"

    def wait_until_caught_up(self, timeout_s: float) -> None:
        """Wait until the moments that come at once are over, at most for so long."""
        self._caught_up.wait(timeout_s)
