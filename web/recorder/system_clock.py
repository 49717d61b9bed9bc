"""The machine's clocks, and whether the kernel calls them right."""

import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

from ..history.clock_trust import SLACK_MS, ClockReading, ClockTrust

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_RTCS = Path("/sys/class/rtc")
_DIGITS = 8  # of the boot's id: enough to tell one boot from the next

# adjtimex(2): with modes = 0 it sets nothing and returns the state of the clock.
_TIME_ERROR = 5
_TIMEX_BYTES = 512  # more than any architecture's struct timex


class SystemClock:
    """The clocks of this machine. boot_id: of the kernel, its first eight digits."""

    def __init__(self) -> None:
        self.boot_id = _BOOT_ID.read_text(encoding="ascii").strip()[:_DIGITS]

    def monotonic_ms(self) -> int:
        return monotonic_ms()

    def uptime(self) -> float:
        """Return the seconds since the boot."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)

    def reading(self) -> ClockReading:
        since_boot_ms = monotonic_ms()
        wall_ms = time.time_ns() // 1_000_000
        return ClockReading(wall_ms - since_boot_ms, _trust(wall_ms))


def monotonic_ms() -> int:
    """Return the milliseconds since the boot, sleep included; no program can set this clock."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


def _trust(wall_ms: int) -> ClockTrust:
    if _is_synchronised():
        return ClockTrust.SYNCHRONISED
    return ClockTrust.RTC if _agrees_with_rtc(wall_ms) else ClockTrust.NONE


def _is_synchronised() -> bool:
    """Return whether NTP or GPS keeps the clock in step, as the kernel says."""
    adjtimex = _adjtimex()
    return adjtimex is not None and adjtimex() not in (-1, _TIME_ERROR)


@cache
def _adjtimex() -> Callable[[], int] | None:
    import ctypes

    try:
        function = ctypes.CDLL(None).adjtimex
    except (OSError, AttributeError):  # no Linux
        return None
    timex = ctypes.create_string_buffer(_TIMEX_BYTES)

    def clock_state() -> int:
        ctypes.memset(timex, 0, _TIMEX_BYTES)
        return int(function(timex))

    return clock_state


def _agrees_with_rtc(wall_ms: int) -> bool:
    """Return whether a real-time clock agrees; without a battery it begins at 1970."""
    for clock in _RTCS.glob("rtc*/since_epoch"):
        try:
            seconds = int(clock.read_text(encoding="ascii"))
        except (OSError, ValueError):  # it does not answer
            continue
        if abs(seconds * 1000 - wall_ms) <= SLACK_MS + 1000:  # it has whole seconds
            return True
    return False
