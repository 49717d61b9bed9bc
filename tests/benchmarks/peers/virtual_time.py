"""A clock for one process: sleeping takes no time, and waiting for ever comes to an end."""

import time


class Hang(BaseException):
    """Patience is over. Not an Exception, so that no driver swallows it."""


class VirtualTime:
    """Seconds that pass when somebody sleeps, looks at a clock or uses the bus.

    slept_s: the sum of the sleeps asked for.
    """

    def __init__(self) -> None:
        self._now_s = 1_000.0
        self._limit_s = float("inf")
        self.slept_s = 0.0

    def now(self) -> float:
        """Without letting time pass: the chip's own clock."""
        return self._now_s

    def pass_by(self, seconds: float) -> None:
        """Let time pass. Raises Hang when patience is over."""
        self._now_s += max(0.0, seconds)
        if self._now_s > self._limit_s:
            raise Hang

    def patience(self, seconds: float) -> None:
        """How long from now nobody may take longer than."""
        self._limit_s = self._now_s + seconds

    def sleep(self, seconds: float) -> None:
        """What time.sleep() is to be."""
        self.slept_s += seconds
        self.pass_by(seconds)

    def read(self) -> float:
        """What time.monotonic() is to be; a microsecond a look, so that busy waiting ends too."""
        self.pass_by(1e-6)
        return self._now_s

    def read_ns(self) -> int:
        """What time.monotonic_ns() is to be."""
        return round(self.read() * 1e9)

    def install(self) -> None:
        """Take the place of the real time, before a driver is imported."""
        time.sleep = self.sleep  # type: ignore[assignment]  # nobody sleeps an index
        time.monotonic = time.perf_counter = time.time = self.read
        time.monotonic_ns = time.perf_counter_ns = time.time_ns = self.read_ns
