"""The loop: one thread reads the barometer, judges, and commits. It alone touches the sensor."""

import logging
import re
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Self

from .bulletin import Bulletin, Notices
from .clock import ClockTrust, Word
from .history_reader import HistoryReader
from .keeper import Keeper
from .memory import remember
from .pace import Pace
from .told import Told
from .trust import NOTHING, Remark
from .weather import Outlook, Sample, Station, StormWatch

log = logging.getLogger(__name__)

_NOBODYS_CLOCK = (
    "Nobody vouches for this clock: the machine has no time of its own, and none came from"
    " outside. Changes are right, dates may not be."
)


class Recorder:
    """Reads, judges and commits at each moment of its pace, in a thread of its own.

    read: returns the Sample of a moment (Unix seconds). remark: what is to be said of the sensor
    at that moment although it reads, or nothing. judged: is told of each sample and its outlook.
    wind_ms: the mean wind of now, where an instrument tells it.
    Whatever keeps a sample from being read is a gap, logged once an outage; what cannot be stored
    waits, and the keeper sees to the file. A context manager; leaving it ends the thread, after
    the reading under way.
    """

    def __init__(
        self,
        keeper: Keeper,
        station: Station,
        pace: Pace,
        read: Callable[[float], Sample],
        *,
        notices: Notices | None = None,
        remark: Callable[[float], Remark] = lambda moment: NOTHING,
        judged: Callable[[Sample, Outlook], None] = lambda sample, outlook: None,
        wind_ms: Callable[[], float | None] = lambda: None,
    ) -> None:
        self._keeper, self._station, self._pace, self._read = keeper, station, pace, read
        self._history = keeper.history
        self._notices = notices or Notices()
        self._remark, self._judged, self._wind_ms = remark, judged, wind_ms
        self._watch = StormWatch(station)
        self._stop = threading.Event()
        self._turn = threading.Lock()
        self._told = Told()
        self._is_out = False
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)

    def join(self) -> None:
        """Wait until it is closed, or a played record has been recorded to its end."""
        self._thread.join()

    def close(self) -> None:
        """Stop after the reading under way. Closing twice is fine."""
        self._stop.set()
        self._keeper.hurry()
        if self._thread.ident is not None:
            self._thread.join()

    def hear(self, word: Word) -> ClockTrust:
        """Take somebody's word on the time, from any thread; return whose is believed now."""
        with self._turn:
            self._hear(word, self._pace.begins())
            boot = self._history.boot
            return boot.trust if boot is not None else ClockTrust.NONE

    def __enter__(self) -> Self:
        if not self._hear(self._pace.word(), self._pace.begins()):
            self._remember()
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _run(self) -> None:
        while (moment := self._pace.next_moment(self._stop)) is not None:
            with self._turn:
                # A mistake of ours must not end the log of a voyage.
                try:
                    self._hear(self._pace.word(), moment)
                except Exception as error:
                    self._gap(error, exc_info=True)
                try:
                    self._take(self._taken_at(moment))
                except Exception as error:
                    self._gap(error, exc_info=True)

    def _take(self, taken_at: float) -> None:
        try:
            sample = self._read(taken_at)
            remark = self._remark(taken_at)
        except (OSError, ValueError, ImportError) as error:
            self._gap(error)
            return
        outlook = self._watch.update(sample, self._wind_ms())
        unkept = self._keeper.keep(sample, outlook, remark.words)
        if not unkept and self._catch_up():
            outlook = self._watch.outlook
        self._told.sample_taken()
        if self._is_out:
            log.warning("samples are back")
            self._is_out = False
        if remark.words and self._told.is_news(remark.kind):
            log.warning("%s", remark.words)
        self._post(sample, outlook, unkept, remark.words)
        if outlook is not None:
            self._judged(sample, outlook)

    def _taken_at(self, moment: float) -> float:
        boot = self._history.boot
        return (round(moment * 1000) + (boot.offset_ms if boot is not None else 0)) / 1000

    def _hear(self, word: Word, moment: float) -> bool:
        """Take a word on the time. The past is told anew where it has another time now: True."""
        before = self._history.boot
        if not self._history.hear(word, round(moment * 1000)):
            return False
        after = self._history.boot
        assert after is not None
        moved_ms = after.offset_ms - before.offset_ms if before is not None else 0
        log.warning(
            "the time is believed by the word of %s now; what was recorded since the start is"
            " moved by %+.0f s",
            _WHOSE[after.trust],
            moved_ms / 1000,
        )
        self._pace.believe(after.offset_ms)
        self._watch.begin_anew()  # until the past can be read by the new time
        self._keeper.moved()
        self._catch_up()
        return True

    def _catch_up(self) -> bool:
        """Where the file says more of the past than the rule was told, tell it: True."""
        if not self._keeper.has_news or self._history.waiting:
            return False
        self._keeper.has_news = False
        self._remember()
        return True

    def _remember(self) -> None:
        """Bring the rule, the clock and the pages to where the history is."""
        boot = self._history.boot
        if boot is not None:
            self._pace.believe(boot.offset_ms)
        try:
            with HistoryReader(self._history.path) as reader:
                self._watch = remember(reader, self._station, boot)
                newest = reader.newest()
        except OSError as error:  # there is nothing to compare with
            log.warning("the past is not known: %s", error)
            self._watch.begin_anew()
            newest = None
        self._post(newest, self._watch.outlook, "", self._notices.newest.remark)

    def _post(
        self, sample: Sample | None, outlook: Outlook | None, outage: str, remark: str
    ) -> None:
        boot = self._history.boot
        trust = boot.trust if boot is not None else ClockTrust.NONE
        if sample is not None:  # as the file has it
            sample = sample._replace(pressure_hpa=round(sample.pressure_hpa, 2))
        clock = _NOBODYS_CLOCK if trust is ClockTrust.NONE else ""
        self._notices.newest = Bulletin(sample, outlook, outage, remark, trust, clock)

    def _gap(self, error: Exception, *, exc_info: bool = False) -> None:
        """Log each kind of error once an outage, and tell the pages of the newest."""
        # The same words with other numbers are the same thing, said again.
        kind = f"{type(error).__name__}: {re.sub('[0-9.]+', '#', str(error))}"
        if self._told.is_news(kind):
            log.warning("no sample: %s", error, exc_info=exc_info)
            self._is_out = True
        elif not self._is_out and self._told.is_news("it comes and goes"):
            log.warning("no sample again: it comes and goes, and is not told each time")
        self._notices.newest = replace(self._notices.newest, outage=str(error))


_WHOSE = {
    ClockTrust.NONE: "nobody",
    ClockTrust.RTC: "a real-time clock",
    ClockTrust.PHONE: "a phone",
    ClockTrust.SYNCHRONISED: "the kernel, which is kept in step",
}
