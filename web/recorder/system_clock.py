"""The machine's clocks: what they say, and the kernel's own word on whether they are right."""

import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

from ..history.clock_trust import SLACK_MS, ClockReading, ClockTrust

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_RTCS = Path("/sys/class/rtc")
_DIGITS = 8  # of the boot's id: enough to tell one boot from the next

# adjtimex(2): with modes = 0 it only looks; its answer is the state of the clock.
_TIME_ERROR = 5
_TIMEX_BYTES = 512  # more than any architecture's struct timex


class SystemClock:
    """The clocks of this machine. boot_id: tells this boot from others."""

    def __init__(self) -> None:
        self.boot_id = boot_id()

    def monotonic_ms(self) -> int:
        """Milliseconds since the machine was switched on; sleeping counts, and nothing sets it."""
        return monotonic_ms()

    def uptime(self) -> float:
        """The same in seconds."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)

    def reading(self) -> ClockReading:
        """What the wall clock says, and whose word that is."""
        since_boot_ms = monotonic_ms()
        wall_ms = time.time_ns() // 1_000_000
        return ClockReading(wall_ms - since_boot_ms, _trust(wall_ms))


def monotonic_ms() -> int:
    """Milliseconds since the machine was switched on, by the only clock that nobody sets."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


def boot_id() -> str:
    """The kernel's name for this boot, its first eight digits."""
    return _BOOT_ID.read_text(encoding="ascii").strip()[:_DIGITS]


def _trust(wall_ms: int) -> ClockTrust:
    if _is_synchronised():
        return ClockTrust.SYNCHRONISED
    return ClockTrust.RTC if _agrees_with_rtc(wall_ms) else ClockTrust.NONE


def _is_synchronised() -> bool:
    """Whether the kernel says so: someone (NTP, GPS) keeps its clock in step."""
    adjtimex = _adjtimex()
    return adjtimex is not None and adjtimex() not in (-1, _TIME_ERROR)


@cache
def _adjtimex() -> Callable[[], int] | None:
    import ctypes

    try:
        function = ctypes.CDLL(None).adjtimex
    except (OSError, AttributeError):  # no Linux, no word
        return None
    timex = ctypes.create_string_buffer(_TIMEX_BYTES)

    def ask() -> int:
        ctypes.memset(timex, 0, _TIMEX_BYTES)  # modes = 0: nothing is set
        return int(function(timex))

    return ask


def _agrees_with_rtc(wall_ms: int) -> bool:
    """Whether a real-time clock says the same; one that lost its battery begins at 1970."""
    for clock in _RTCS.glob("rtc*/since_epoch"):
        try:
            seconds = int(clock.read_text(encoding="ascii"))
        except (OSError, ValueError):  # it is there and does not answer
            continue
        if abs(seconds * 1000 - wall_ms) <= SLACK_MS + 1000:  # it tells whole seconds
            return True
    return False
