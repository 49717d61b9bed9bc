"""The loop: one thread reads the barometer, judges, rings and shows; it never waits for a disk.

                     .-- wind         .-- the past, once it was read by another thread
                     v                v
    pace --> read --> judge --> ring --> show --> leave to be stored --> pace
              ^                  |        |            |
              '-- barometer      v        v            v
                              alarm    pages,      Store: commit, daily copies,
                                     publishers      repairs, reading the past

Only this thread reads the sensor. A played record, and no other, waits for the store.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import NamedTuple, Self

from ..display.times import duration_words
from ..history.clock_trust import ClockReading, ClockTrust
from ..history.events import Event, EventKind
from ..history.maintenance import HistoryMaintainer
from ..history.timeline import RECORD
from ..system.outage_log import OutageLog
from ..weather import Outlook, Sample, Station, StormWatch
from .conditions import Conditions, ConditionsFeed
from .freshness import FreshnessRule
from .outage_events import OutageEvents
from .pacing import Pace
from .sensor_health import NOTHING, Remark
from .store import Store

log = logging.getLogger(__name__)

_STEADY = 10  # samples in a row end an outage: a loose plug comes and goes
# A reading that hangs may never end: neither a person's request nor the end waits for it longer.
_PATIENCE_S = 5.0
_HANGS = "the recorder waits for the barometer, which does not answer: try again later"
_UNTRUSTED_CLOCK = (
    "This clock cannot be trusted: the machine has no time of its own, and none came from"
    " outside. Changes are right, dates may not be."
)

_SOURCES = {
    ClockTrust.NONE: "to come after all that was recorded before",
    ClockTrust.RTC: "to that of the real-time clock",
    ClockTrust.PHONE: "to that of another device",
    ClockTrust.SYNCHRONISED: "to that of NTP or GPS",
}


class Instruments(NamedTuple):
    """What is read at each moment (Unix seconds).

    read: the barometer. remark: a warning about it although it reads, or NOTHING. wind_ms: the
    mean wind, or None.
    """

    read: Callable[[float], Sample]
    remark: Callable[[Sample], Remark] = lambda sample: NOTHING
    wind_ms: Callable[[], float | None] = lambda: None


class Recorder:
    """Reads, judges, rings, shows and leaves to be stored, at each moment of its pace.

    ring: called with each sample and its outlook, before they are shown or stored. doubt: called
    with each remark. A reading that fails is a gap, logged once an outage. A context manager;
    leaving it ends the thread after the current reading, and stores what can be stored.
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
        doubt: Callable[[Remark], object] = lambda remark: None,
    ) -> None:
        self._history, self._store = maintainer.history, Store(maintainer, station)
        self._pace, self._instruments = pace, instruments
        self._ring, self._doubt = ring, doubt
        self._feed = feed or ConditionsFeed()
        self._longest_reading_s = FreshnessRule(pace.period_s).late_after_s
        self._watch = StormWatch(station)
        self._watch_offset_ms: int | None = None  # of the times of its samples
        self._mistake = ""
        self._reading = OutageLog(log, "reading the barometer", steady=_STEADY)
        self._remarks = OutageLog(log, "the barometer", steady=_STEADY, verb="is in doubt")
        self._mistakes = OutageLog(log, "the recorder", steady=_STEADY)
        self._gaps = OutageEvents("No reading", "Readings again", self._history, pace)
        self._unstored = OutageEvents("Nothing is stored", "Stored again", self._history, pace)
        self._stop, self._turn = threading.Event(), threading.Lock()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)

    def join(self) -> None:
        """Wait for close(), or for the end of a played record."""
        self._thread.join()

    def wait_until_stored(self) -> None:
        """Wait until all samples are stored that can be, or for close()."""
        self._store.wait(self._stop)

    def close(self) -> None:
        """Stop after the current reading. Closing twice is fine."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(_PATIENCE_S)
        if self._thread.is_alive():
            log.warning("the last reading does not end: it is left to itself")
        self._store.close()

    def set_clock(self, reading: ClockReading) -> ClockTrust:
        """Take a clock reading, from any thread; return the source of the time in use.

        Raises TimeoutError after some seconds if a reading of the barometer does not end.
        """
        if not self._turn.acquire(timeout=_PATIENCE_S):
            raise TimeoutError(_HANGS)
        try:
            self._set_clock(reading, self._pace.begins())
            return self._trust()
        finally:
            self._turn.release()

    def move_to(self, station: Station) -> None:
        """Judge by another position, once the past is read again. From any thread."""
        self._store.move_to(station)

    def __enter__(self) -> Self:
        self._set_clock(self._pace.reading(), self._pace.begins())
        self._store.start()
        newest = self._resume_from_past()
        self._pace.set_offset(self._history.offset_ms)
        self._show_past(newest)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _run(self) -> None:
        while (moment := self._pace.next_moment(self._stop)) is not None:
            with self._turn:
                self._mistake = ""
                with self._guarded("reading the clock"):
                    self._set_clock(self._pace.reading(), moment)
                    self._resume_from_past()
                self._take((round(moment * 1000) + self._history.offset_ms) / 1000)
            if self._pace.boot_id == RECORD:
                self.wait_until_stored()

    def _take(self, taken_at: float) -> None:
        try:
            sample = self._instruments.read(taken_at)
            self._check_moment(taken_at)
        except Exception as error:  # a mistake of ours must not end the log of a voyage
            self._gap(error)
            return
        self._reading.works()
        # Judged and shown as it is stored, so that a restart judges the same.
        sample = sample._replace(pressure_hpa=round(sample.pressure_hpa * 100) / 100)
        outlook = None
        with self._guarded("judging"):
            outlook = self._judge(sample)
        if outlook is not None:
            with self._guarded("ringing"):
                self._ring(sample, outlook)
        remark = NOTHING
        with self._guarded("checking the sensor"):
            remark = self._instruments.remark(sample)
            self._doubt(remark)
        with self._guarded("showing"):
            self._show(sample, outlook, remark.words)
        with self._guarded("storing"):
            self._store.queue(sample, outlook.level if outlook else None, remark.words)
        if remark.words:
            self._remarks.fails(remark.words, kind=remark.kind)
        else:
            self._remarks.works()
        self._watch_outages("")
        if not self._mistake:
            self._mistakes.works()

    def _check_moment(self, taken_at: float) -> None:
        """Raise TimeoutError after a reading that took so long that its moment is not known."""
        took_s = self._pace.now() - taken_at
        if took_s > self._longest_reading_s and self._pace.boot_id != RECORD:
            raise TimeoutError(f"the reading took {duration_words(took_s)}: it is left out")

    def _judge(self, sample: Sample) -> Outlook | None:
        """Judge. A clock that was set counts once the past is read with its new time."""
        late_ms = self._history.offset_ms - (self._watch_offset_ms or 0)
        by_rule = sample._replace(taken_at=sample.taken_at - late_ms / 1000)
        return self._watch.update(by_rule, self._instruments.wind_ms())

    def _set_clock(self, reading: ClockReading, moment: float) -> None:
        before_ms, newest_at = self._history.offset_ms, self._history.newest_at
        is_moved = self._history.set_clock(reading, round(moment * 1000))
        if self._watch_offset_ms is None:
            self._watch_offset_ms = self._history.offset_ms
        if not is_moved:
            return
        moved_s = (self._history.offset_ms - before_ms) / 1000
        log.warning(
            "the clock is that of %s now; what was recorded since the start is moved by %+.0f s",
            self._trust().name,
            moved_s,
        )
        self._pace.set_offset(self._history.offset_ms)
        words = f"The clock was moved by {_signed(moved_s)}, {_SOURCES[self._trust()]}"
        self._history.queue_event(Event(self._pace.now(), EventKind.CLOCK, words))
        self._store.read_again()
        newest = self._feed.newest
        if newest.sample is not None and newest.sample.taken_at == newest_at:  # of this boot
            moved = newest.sample._replace(taken_at=newest_at + moved_s)
            self._feed.publish(replace(newest, sample=moved))

    def _resume_from_past(self) -> Sample | None:
        """Go on with the rule that the store read from the file; return its newest sample."""
        past = self._store.take_past()
        if past is None:
            return None
        self._watch, self._watch_offset_ms = past.watch, past.offset_ms
        for sample in self._history.samples_after(past.stored_ms):
            self._watch.update(sample)
        return past.newest

    def _show(
        self,
        sample: Sample | None,
        outlook: Outlook | None,
        remark: str,
        *,
        is_gap: bool = False,
    ) -> None:
        trust = self._trust()
        clock = _UNTRUSTED_CLOCK if trust is ClockTrust.NONE else ""
        outage = self._mistake or self._store.outage
        self._feed.publish(Conditions(sample, outlook, outage, remark, trust, clock, is_gap))

    def _show_past(self, newest: Sample | None) -> None:
        """Show the newest sample before a restart, as a late one.

        A clock without a source does not know the age of one from before the boot: it is not shown.
        """
        is_own = newest is not None and newest.taken_at == self._history.newest_at
        is_known = is_own or self._trust() is not ClockTrust.NONE
        self._show(
            newest if is_known else None,
            self._watch.outlook if is_known else None,
            self._feed.newest.remark,
            is_gap=self._pace.boot_id != RECORD,
        )

    def _gap(self, error: Exception) -> None:
        """Log each kind of error once an outage, and publish the newest."""
        is_expected = isinstance(error, (OSError, ValueError, ImportError))
        self._reading.fails(error, kind=type(error).__name__, exc_info=not is_expected)
        with self._guarded("showing"):
            self._feed.publish(replace(self._feed.newest, outage=str(error), is_gap=True))
        self._watch_outages(str(error))

    def _watch_outages(self, gap: str) -> None:
        """Have events made of outages that last. gap: why there is no reading, or ""."""
        with self._guarded("watching for outages"):
            self._gaps.update(gap)
            self._unstored.update(self._store.outage)

    @contextmanager
    def _guarded(self, what: str) -> Iterator[None]:
        """Log a failure of one step; the next steps follow."""
        try:
            yield
        except Exception as error:
            self._mistake = f"{what}: {type(error).__name__}: {error}"
            self._mistakes.fails(self._mistake, kind=what, exc_info=True)

    def _trust(self) -> ClockTrust:
        boot = self._history.boot
        return boot.trust if boot is not None else ClockTrust.NONE


def _signed(seconds: float) -> str:
    return f"{'−' if seconds < 0 else '+'}{duration_words(abs(seconds))}"
