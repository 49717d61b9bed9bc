"""Ten minutes of the barometer: read now, or out of what the dashboard recorded."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from command import say

from sensors import SensorError
from sensors.board import Board
from web.recorded import Samples, last_samples
from web.times import date_words

EVERY_S = 1.0
PLAYED_EVERY_S = 10.0  # of a twin, whose conversions are waited for while its time stands still
TELL_EVERY_S = 60.0
MOST_FAILURES = 5  # one after the other


class Clock(NamedTuple):
    """The time that samples are stamped with (Unix seconds), how to let it pass, and the pace."""

    now: Callable[[], float]
    sleep: Callable[[float], object]
    every_s: float = EVERY_S


def measure(read_hpa: Callable[[], float], clock: Clock, for_s: float, mark: str = "") -> Samples:
    """A sample at each interval of the clock for so many seconds; both ends are in it.

    A reading that fails is told and left out; after five in a row the error is raised.
    """
    samples: Samples = []
    begun = told = clock.now()
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
        if now - told >= TELL_EVERY_S and samples:
            told = now
            say(f"  {mark}{(now - begun) / 60:3.0f} min: {samples[-1][1]:.2f} hPa")
        # Ten minutes are to end on the second: what a reading took is no part of the wait.
        clock.sleep(max(0.0, clock.every_s - (clock.now() - now)))
    return samples


def running() -> Clock:
    """The wall clock of this moment, going on without being set."""
    ahead_s = time.time() - time.monotonic()
    return Clock(lambda: ahead_s + time.monotonic(), time.sleep)


def steadiest(board: Board, for_s: float) -> float:
    """Where in the played record the pressure moves least in so many seconds (Unix seconds)."""
    record = board.weather.record

    def change_hpa(moment: float) -> float:
        board.weather.move_to(moment)
        before_pa = board.weather.pressure_pa
        board.weather.move_to(moment + for_s)
        return abs(board.weather.pressure_pa - before_pa)

    moments = [r.taken_at for r in record.rows if r.taken_at + for_s <= record.end]
    return min(moments, key=change_hpa, default=record.start)


def played(board: Board, begins: float) -> Clock:
    """The record's own time: it passes at once, and only while somebody waits."""
    board.weather.move_to(begins)
    return Clock(
        lambda: board.weather.now,
        lambda seconds: board.weather.move_to(board.weather.now + seconds),
        PLAYED_EVERY_S,
    )


def recorded(path: Path, for_s: float) -> Samples:
    """The last so many seconds of a history, told of."""
    samples = last_samples(path, for_s)
    say(f"samples: {len(samples)}, up to {date_words(samples[-1][0])}, from {path}")
    return samples
