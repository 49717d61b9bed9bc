"""Ten minutes of the barometer: read now, or from the history of the dashboard."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from support.command import say

from sensors import SensorError
from sensors.board import Board
from web.display.times import date_words
from web.history.reader import Samples, last_samples

EVERY_S = 1.0
PLAYED_EVERY_S = 10.0  # of a simulated sensor, whose conversions take real time
TELL_EVERY_S = 60.0
MOST_FAILURES = 5  # one after the other


class Clock(NamedTuple):
    """The time of the samples (Unix seconds), how to wait, and the interval."""

    now: Callable[[], float]
    sleep: Callable[[float], object]
    every_s: float = EVERY_S


def measure(read_hpa: Callable[[], float], clock: Clock, for_s: float, mark: str = "") -> Samples:
    """Take a sample at each interval of the clock for `for_s` seconds, both ends included.

    Log a failed reading and leave it out; raise the error after five failures in a row.
    """
    samples: Samples = []
    begun = reported_at = clock.now()
    failures = 0
    while not samples or samples[-1][0] - samples[0][0] < for_s:
        now = clock.now()
        try:
            samples.append((now, read_hpa()))
            failures = 0
        except SensorError as error:
            failures += 1
            if failures == MOST_FAILURES:
                raise
            say(f"  a reading is left out: {error}")
        if now - reported_at >= TELL_EVERY_S and samples:
            reported_at = now
            say(f"  {mark}{(now - begun) / 60:3.0f} min: {samples[-1][1]:.2f} hPa")
        # Subtract the time of the reading, so that ten minutes end on the second.
        clock.sleep(max(0.0, clock.every_s - (clock.now() - now)))
    return samples


def running() -> Clock:
    """Return a clock that starts at the wall time and is never set."""
    ahead_s = time.time() - time.monotonic()
    return Clock(lambda: ahead_s + time.monotonic(), time.sleep)


def steadiest(board: Board, for_s: float) -> float:
    """Return when the played record changes least within `for_s` seconds (Unix seconds)."""
    record = board.weather.record

    def change_hpa(moment: float) -> float:
        board.weather.move_to(moment)
        before_pa = board.weather.pressure_pa
        board.weather.move_to(moment + for_s)
        return abs(board.weather.pressure_pa - before_pa)

    moments = [r.taken_at for r in record.rows if r.taken_at + for_s <= record.end]
    return min(moments, key=change_hpa, default=record.start)


def played(board: Board, begins: float) -> Clock:
    """Return the clock of the record: waiting moves it on at once."""
    board.weather.move_to(begins)
    return Clock(
        lambda: board.weather.now,
        lambda seconds: board.weather.move_to(board.weather.now + seconds),
        PLAYED_EVERY_S,
    )


def recorded(path: Path, for_s: float) -> Samples:
    """Return the last `for_s` seconds of a history."""
    samples = last_samples(path, for_s)
    say(f"samples: {len(samples)}, up to {date_words(samples[-1][0])}, from {path}")
    return samples
