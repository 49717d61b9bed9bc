"""One thread reads the sensor, and only while a page is open.

    pages   --newest()-->  |      |  --look()-->  sensor
    a tap   --take(5)--->  | reader |
                           |      |  --rest()-->  when no page has asked for some seconds

A caller never waits: not for a reading in the dark, which lasts seconds, nor for a sensor
that does not answer at all.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

from .sensor_port import ColourSensorPort, Reading

log = logging.getLogger(__name__)

# So long after the last question the sensor is left in peace.
_AWAKE_S = 5.0
# Between two live readings, for the sake of the processor; a tap cuts it short.
_PAUSE_S = 0.2
# After a fault, which is seldom over at once.
_AFTER_FAULT_S = 1.0
# The longest reading, all four channels dark and ranging, is some five seconds.
_LONGEST_LOOK_S = 10.0
# A thread that hangs in a driver must not keep the program from ending.
_FAREWELL_S = 0.5


class Busy(Exception):
    """Another job is under way; the message says which."""


@dataclass(frozen=True)
class ReadingJob:
    """Several readings in a row.

    done: called with them; may raise what keeps them from being used. failed: called with the
    reason why there are none, or why they cannot be used. Both run in the reader's thread.
    """

    what: str
    count: int
    done: Callable[[list[Reading]], None]
    failed: Callable[[str], None]


class ReadingView(NamedTuple):
    """What the page shows of the sensor.

    reading: the newest reading, None before the first. age_s: how old it is. fault: why there is no
    newer one; empty when all is well. what, progress, wanted: the job under way.
    """

    reading: Reading | None
    age_s: float
    fault: str
    what: str
    progress: int
    wanted: int


class SensorReader:
    """Reads a sensor in a thread of its own.

    awake_s: how long after the last question the sensor is left in peace.
    """

    def __init__(self, sensor: ColourSensorPort, *, awake_s: float = _AWAKE_S) -> None:
        self._sensor = sensor
        self._awake_s = awake_s
        self._news = threading.Condition()
        self._closed = self._is_awake = False
        self._looked_at = self._read_at = -inf
        self._looking_since: float | None = None
        self._newest: Reading | None = None
        self._fault = ""
        self._job: ReadingJob | None = None
        self._readings: list[Reading] = []
        self._thread = threading.Thread(target=self._run, name="colours", daemon=True)

    def newest(self) -> ReadingView:
        """Return what there is, at once; and keep the sensor awake for some seconds more."""
        with self._news:
            now = time.monotonic()
            self._looked_at = now
            self._news.notify_all()
            job = self._job
            return ReadingView(
                self._newest,
                now - self._read_at,
                self._fault or self._silence(now),
                job.what if job else "",
                len(self._readings),
                job.count if job else 0,
            )

    def take(self, job: ReadingJob) -> None:
        """Begin to take readings in a row. Raises Busy while others are being taken."""
        with self._news:
            if self._job is not None:
                raise Busy(f"{self._job.what} is being read: wait a moment, or cancel it")
            self._job, self._readings = job, []
            self._news.notify_all()

    def cancel(self) -> None:
        """Give up the readings under way, if there are any."""
        with self._news:
            self._job, self._readings = None, []

    def start(self) -> None:
        """Begin; the sensor rests until it is asked for."""
        self._thread.start()

    def close(self) -> None:
        """End the thread, after the reading under way. Closing twice is fine."""
        with self._news:
            self._closed = True
            self._job = None
            self._news.notify_all()
        if self._thread.ident is not None:
            self._thread.join(_FAREWELL_S)

    def _run(self) -> None:
        while self._wait_until_wanted():
            with self._news:
                job = self._job
                self._looking_since = time.monotonic()
            reading, fault = self._look()
            with self._news:
                self._newest, self._fault = reading, fault
                self._read_at, self._looking_since = time.monotonic(), None
            if job is not None:
                self._go_on_with(job, reading, fault)
            if job is None or fault:
                self._pause(_AFTER_FAULT_S if fault else _PAUSE_S)

    def _look(self) -> tuple[Reading | None, str]:
        try:
            return self._sensor.look(), ""
        except Exception as error:  # shown on the page; the next may work
            return None, _words(error)

    def _go_on_with(self, job: ReadingJob, reading: Reading | None, fault: str) -> None:
        with self._news:
            if job is not self._job:
                return  # cancelled meanwhile
            if reading is not None:
                self._readings.append(reading)
            readings = list(self._readings)
        if reading is None:
            job.failed(fault)
        elif len(readings) < job.count:
            return
        else:
            try:
                job.done(readings)
            except Exception as error:
                job.failed(_words(error))
        with self._news:
            if job is self._job:
                self._job = None

    def _pause(self, seconds: float) -> None:
        with self._news:
            self._news.wait_for(lambda: self._closed or self._job is not None, seconds)

    def _wait_until_wanted(self) -> bool:
        """Wait until a reading is wanted, at rest if need be; False once closed."""
        while True:
            with self._news:
                if not self._closed and self._is_wanted():
                    self._is_awake = True
                    return True
                was_awake, self._is_awake = self._is_awake, False
                if self._closed and not was_awake:
                    return False
                if not was_awake:
                    self._news.wait_for(lambda: self._closed or self._is_wanted())
                    continue
                # Do not show a stale reading to the next visitor.
                self._newest, self._fault = None, ""
            try:
                self._sensor.rest()
            except Exception as error:
                log.warning("the colour sensor cannot be put to rest: %s", error)

    def _is_wanted(self) -> bool:
        return self._job is not None or time.monotonic() - self._looked_at < self._awake_s

    def _silence(self, now: float) -> str:
        if self._looking_since is None or now - self._looking_since < _LONGEST_LOOK_S:
            return ""
        return (
            f"the colour sensor has not answered for {now - self._looking_since:.0f} s: see to its"
            " wires (scripts/doctor.py), then start the program again"
        )


def _words(error: Exception) -> str:
    if isinstance(error, OSError | ValueError | ImportError | OverflowError):
        return str(error)
    log.error("the colour sensor: %s", error, exc_info=error)
    return "a mistake of the program, see its log; the next reading may work"
