"""What is believed of the time: by whose reading, and what cannot be."""

import ctypes
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from web.history.clock_trust import ClockReading, ClockTrust, resolve_clock
from web.recorder.system_clock import SystemClock

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
NEWEST = 1_767_225_600_000  # 1 January 2026, the newest sample of earlier boots
NONE, RTC, PHONE, SYNCHRONISED = ClockTrust
UP_MS = 5000  # since the boot


def at(wall_ms: int, trust: ClockTrust) -> ClockReading:
    return ClockReading(wall_ms - UP_MS, trust)


RIGHT = NEWEST + 2 * DAY_MS
PAST = NEWEST - 40 * DAY_MS
YEAR_1970, YEAR_2098 = 60_000, 4_039_372_800_000
PLACED = at(NEWEST + 60_000, NONE)


@pytest.mark.parametrize(
    ("before", "newer", "after"),
    [
        # The first reading of a boot.
        (None, at(RIGHT, SYNCHRONISED), at(RIGHT, SYNCHRONISED)),
        (None, at(RIGHT, RTC), at(RIGHT, RTC)),
        (None, at(RIGHT, NONE), at(RIGHT, NONE)),
        (None, at(PAST, NONE), PLACED),
        (None, at(PAST, RTC), PLACED),  # its battery is empty
        # A real-time clock may be slow; it still tells how long the machine was off.
        (None, at(NEWEST - 90_000, RTC), ClockReading(NEWEST, RTC)),
        (None, at(NEWEST - 14 * 60_000, RTC), ClockReading(NEWEST, RTC)),
        (None, at(NEWEST - 16 * 60_000, RTC), PLACED),
        (ClockReading(NEWEST, RTC), at(NEWEST - 90_000, RTC), ClockReading(NEWEST, RTC)),
        (ClockReading(NEWEST, RTC), at(RIGHT, RTC), at(RIGHT, RTC)),
        (None, at(NEWEST - 90_000, NONE), PLACED),
        (None, at(YEAR_1970, NONE), PLACED),
        (None, at(YEAR_2098, NONE), PLACED),
        (None, at(YEAR_2098, SYNCHRONISED), PLACED),
        (None, at(NEWEST + 1200 * DAY_MS, NONE), PLACED),
        # Who knows the time may say that the past was stamped wrongly.
        (None, at(PAST, SYNCHRONISED), at(PAST, SYNCHRONISED)),
        # A better reading replaces a worse one, and not the other way round.
        (PLACED, at(RIGHT, PHONE), at(RIGHT, PHONE)),
        (at(RIGHT, PHONE), at(RIGHT + HOUR_MS, SYNCHRONISED), at(RIGHT + HOUR_MS, SYNCHRONISED)),
        (at(RIGHT, SYNCHRONISED), at(RIGHT - HOUR_MS, NONE), at(RIGHT, SYNCHRONISED)),
        (at(RIGHT, PHONE), at(PAST, NONE), at(RIGHT, PHONE)),
        (at(RIGHT, SYNCHRONISED), at(RIGHT + HOUR_MS, PHONE), at(RIGHT, SYNCHRONISED)),
        # Of two of the same kind the later one is believed.
        (at(RIGHT, NONE), at(RIGHT + HOUR_MS, NONE), at(RIGHT + HOUR_MS, NONE)),
        (at(RIGHT, PHONE), at(RIGHT - HOUR_MS, PHONE), at(RIGHT - HOUR_MS, PHONE)),
        (at(RIGHT, NONE), at(PAST, NONE), at(RIGHT, NONE)),
        (PLACED, at(PAST - HOUR_MS, NONE), PLACED),
        # What differs by less than two seconds is the same; whose reading it is may be news.
        (at(RIGHT, NONE), at(RIGHT + 1900, NONE), at(RIGHT, NONE)),
        (at(RIGHT, RTC), at(RIGHT + 1900, SYNCHRONISED), at(RIGHT, SYNCHRONISED)),
    ],
)
def test_what_is_believed(
    before: ClockReading | None, newer: ClockReading, after: ClockReading
) -> None:
    assert resolve_clock(before, newer, UP_MS, NEWEST) == after


def test_without_a_past_a_clock_that_cannot_be_right_begins_in_2025() -> None:
    for newer in (at(YEAR_1970, NONE), at(YEAR_2098, RTC)):
        reading = resolve_clock(None, newer, UP_MS, None)
        assert datetime.fromtimestamp((reading.offset_ms + UP_MS) / 1000, UTC).year == 2025
        assert reading.trust is NONE


def test_the_machines_clocks_say_what_the_kernel_says() -> None:
    """Against adjtimex(2) asked by hand, and uptime(1)'s file."""
    clock = SystemClock()
    reading = clock.reading()
    assert reading.offset_ms + clock.monotonic_ms() == pytest.approx(time.time() * 1000, abs=500)
    state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(512))
    if state == 5:
        assert reading.trust in (NONE, RTC)
    else:
        assert reading.trust is SYNCHRONISED
    uptime_s = float(Path("/proc/uptime").read_text().split()[0])
    assert clock.monotonic_ms() == pytest.approx(uptime_s * 1000, abs=500)
    assert Path("/proc/sys/kernel/random/boot_id").read_text().startswith(clock.boot_id)
    assert len(clock.boot_id) == 8
