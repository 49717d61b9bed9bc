"""The loop: one thread reads the barometer, judges, rings and shows; it never waits for a disk.

                     .-- wind         .-- the past, once it was read by another thread
                     v                v
    pace --> read --> judge --> ring --> show --> leave to be stored --> pace
              ^                  |        |            |
              '-- barometer      v        v            v
                              alarm    pages,      Store: commit, daily copies,
                                     publishers      repairs, reading the past

It alone touches the sensor. Only a played record waits for the store, so that it overtakes none.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import NamedTuple, Self

from ..history.clock_trust import ClockReading, ClockTrust
from ..history.maintenance import HistoryMaintainer
from ..history.timeline import RECORD
from ..system.outage_log import OutageLog
from ..weather import Outlook, Sample, Station, StormWatch
from .conditions import Conditions, ConditionsFeed
from .pacing import Pace
from .sensor_health import NOTHING, Remark
from .store import Store

log = logging.getLogger(__name__)

_STEADY = 10  # so many samples in a row end an outage: a loose plug comes and goes
_NOBODYS_CLOCK = (
    "Nobody vouches for this clock: the machine has no time of its own, and none came from"
    " outside. Changes are right, dates may not be."
)


class Instruments(NamedTuple):
    """What is read at each moment (Unix seconds).

    read: the barometer. remark: a warning about it although it reads, or NOTHING. wind_ms: the
    mean wind of now, where an instrument measures it.
    """

    read: Callable[[float], Sample]
    remark: Callable[[float], Remark] = lambda moment: NOTHING
    wind_ms: Callable[[], float | None] = lambda: None


class Recorder:
    """Reads, judges, rings, shows and leaves to be stored, at each moment of its pace.

    ring: is given each sample and its outlook, before anything else is done with them. Whatever
    keeps a sample from being read is a gap, logged once an outage. A context manager; leaving it
    ends the thread after the reading under way, and stores what can be stored.
    """

    def __init__(
        self,
        maintainer: HistoryMaintainer,
        station: Station,
        pace: Pace,
        instruments: Instruments,
        *,
        feed: ConditionsFeed | None = None,
        ring: Callable[[Sample, Outlook], object] = lambda sample, outlook: None,
    ) -> None:
        self._history, self._store = maintainer.history, Store(maintainer, station)
        self._pace, self._instruments, self._ring = pace, instruments, ring
        self._feed = feed or ConditionsFeed()
        self._watch = StormWatch(station)
        self._watch_offset_ms: int | None = None  # by which time it was given its samples
        self._mistake = ""
        self._reading = OutageLog(log, "reading the barometer", steady=_STEADY)
        self._remarks = OutageLog(log, "the barometer", steady=_STEADY, verb="is in doubt")
        self._mistakes = OutageLog(log, "the recorder", steady=_STEADY)
        self._stop, self._turn = threading.Event(), threading.Lock()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)

    def join(self) -> None:
        """Wait until it is closed, or a played record has been recorded to its end."""
        self._thread.join()

    def wait_until_stored(self) -> None:
        """Wait until all that was read is stored, if it can be, or until this is closed."""
        self._store.wait(self._stop)

    def close(self) -> None:
        """Stop after the reading under way. Closing twice is fine."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()
        self._store.close()

    def set_clock(self, reading: ClockReading) -> ClockTrust:
        """Take somebody's reading on the time, from any thread; return whose is believed now."""
        with self._turn:
            self._set_clock(reading, self._pace.begins())
            return self._trust()

    def move_to(self, station: Station) -> None:
        """Judge by another position, as soon as the past is read again. From any thread."""
        self._store.move_to(station)

    def __enter__(self) -> Self:
        self._set_clock(self._pace.reading(), self._pace.begins())
        self._store.start()
        newest = self._take_up_the_past()
        self._pace.set_offset(self._history.offset_ms)
        self._show(newest, self._watch.outlook, self._feed.newest.remark)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _run(self) -> None:
        while (moment := self._pace.next_moment(self._stop)) is not None:
            with self._turn:
                self._mistake = ""
                with self._going_on("hearing the clock"):
                    self._set_clock(self._pace.reading(), moment)
                    self._take_up_the_past()
                self._take((round(moment * 1000) + self._history.offset_ms) / 1000)
            if self._pace.boot_id == RECORD:
                self.wait_until_stored()

    def _take(self, taken_at: float) -> None:
        try:
            sample = self._instruments.read(taken_at)
        except Exception as error:  # a mistake of ours must not end the log of a voyage
            self._gap(error)
            return
        self._reading.works()
        outlook = None
        with self._going_on("judging"):
            outlook = self._judge(sample)
        if outlook is not None:
            with self._going_on("ringing"):
                self._ring(sample, outlook)
        remark = NOTHING
        with self._going_on("checking the sensor"):
            remark = self._instruments.remark(taken_at)
        with self._going_on("showing"):
            self._show(sample, outlook, remark.words)
        with self._going_on("storing"):
            self._store.put(sample, outlook.level if outlook else None, remark.words)
        if remark.words:
            self._remarks.fails(remark.words, kind=remark.kind)
        else:
            self._remarks.works()
        if not self._mistake:
            self._mistakes.works()

    def _judge(self, sample: Sample) -> Outlook | None:
        """Judge; a clock that was set counts once the past was read by its new time."""
        late_ms = self._history.offset_ms - (self._watch_offset_ms or 0)
        by_rule = sample._replace(taken_at=sample.taken_at - late_ms / 1000)
        return self._watch.update(by_rule, self._instruments.wind_ms())

    def _set_clock(self, reading: ClockReading, moment: float) -> None:
        before_ms = self._history.offset_ms
        is_moved = self._history.set_clock(reading, round(moment * 1000))
        if self._watch_offset_ms is None:
            self._watch_offset_ms = self._history.offset_ms
        if not is_moved:
            return
        log.warning(
            "the clock is that of %s now; what was recorded since the start is moved by %+.0f s",
            self._trust().name,
            (self._history.offset_ms - before_ms) / 1000,
        )
        self._pace.set_offset(self._history.offset_ms)
        self._store.moved()

    def _take_up_the_past(self) -> Sample | None:
        """Go on with the rule as the file leaves it, if that was read; return its newest sample."""
        past = self._store.take_past()
        if past is None:
            return None
        self._watch, self._watch_offset_ms = past.watch, past.offset_ms
        for sample in self._history.samples_after(past.stored_ms):
            self._watch.update(sample)
        return past.newest

    def _show(self, sample: Sample | None, outlook: Outlook | None, remark: str) -> None:
        trust = self._trust()
        if sample is not None:  # as the file has it
            sample = sample._replace(pressure_hpa=round(sample.pressure_hpa, 2))
        clock = _NOBODYS_CLOCK if trust is ClockTrust.NONE else ""
        outage = self._mistake or self._store.outage
        self._feed.publish(Conditions(sample, outlook, outage, remark, trust, clock))

    def _gap(self, error: Exception) -> None:
        """Log each kind of error once an outage, and tell the pages of the newest."""
        is_expected = isinstance(error, (OSError, ValueError, ImportError))
        self._reading.fails(error, kind=type(error).__name__, exc_info=not is_expected)
        with self._going_on("showing"):
            self._feed.publish(replace(self._feed.newest, outage=str(error)))

    @contextmanager
    def _going_on(self, what: str) -> Iterator[None]:
        """Whatever goes wrong in one step, the next ones are done."""
        try:
            yield
        except Exception as error:
            self._mistake = f"{what}: {type(error).__name__}: {error}"
            self._mistakes.fails(self._mistake, kind=what, exc_info=True)

    def _trust(self) -> ClockTrust:
        boot = self._history.boot
        return boot.trust if boot is not None else ClockTrust.NONE
