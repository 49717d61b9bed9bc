"""The thread that stores what the recorder has judged, however long the disk takes.

The recorder leaves samples in the memory of the history; only this thread touches the file. What it
reads of the past goes back to the recorder as a value.
"""

import logging
import threading
import time
from typing import NamedTuple

from ..history.boots import Boot
from ..history.database import HistoryError
from ..history.maintenance import HistoryMaintainer
from ..history.reader import HistoryReader
from ..system.outage_log import OutageLog
from ..weather import Sample, Station, StormLevel, StormWatch
from .warm_start import warm_start

log = logging.getLogger(__name__)

_PATIENCE_S = 10.0  # for a commit; then the disk is said not to answer
_LAST_S = 5.0  # the end of the program waits so long for the disk


class Past(NamedTuple):
    """What the file says of the past.

    offset_ms: of the current boot, when this was read. watch: the storm rule after the samples.
    newest: of the samples. stored_ms: the monotonic time of the newest one from this program.
    """

    offset_ms: int
    watch: StormWatch
    newest: Sample | None
    stored_ms: int | None


class Store:
    """Stores in its own thread whenever something is pending. Closing twice is fine."""

    def __init__(self, maintainer: HistoryMaintainer, station: Station) -> None:
        self._maintainer, self._history, self._station = maintainer, maintainer.history, station
        self._changed = threading.Condition()
        self._busy_since: float | None = None
        self._is_closing = False
        self._past: Past | None = None
        self._is_start = True
        self._failure = self._refusal = ""
        self._queueing, self._storing = OutageLog(log, "storing"), OutageLog(log, "the store")
        self._reading = OutageLog(log, "reading the past")
        self._thread = threading.Thread(target=self._run, name="store", daemon=True)

    @property
    def outage(self) -> str:
        """Why samples are not stored, or ""."""
        since, waiting = self._busy_since, self._history.waiting
        if since is not None and time.monotonic() - since > _PATIENCE_S and waiting:
            return f"the disk does not answer; {waiting} samples wait in memory until it does"
        return self._refusal or self._failure

    def start(self) -> None:
        self._maintainer.has_news = True
        self._turn()
        self._thread.start()

    def queue(self, sample: Sample, level: StormLevel | None, remark: str) -> None:
        """Queue a sample, without waiting for the disk."""
        try:
            self._history.queue(sample, level, remark)
        except HistoryError as error:
            self._queueing.fails(error)
            self._refusal = str(error)
        else:
            self._queueing.works()
            self._refusal = ""

    def read_again(self) -> None:
        """Have another time of this boot written, and the past read with it."""
        self._maintainer.has_news = True
        self._history.pending.set()

    def move_to(self, station: Station) -> None:
        """Read the past again for another position. From any thread."""
        if station != self._station:
            self._station = station
            self.read_again()

    def take_past(self) -> Past | None:
        """Return what was read of the past since the last call, if its time is the current one."""
        with self._changed:
            past, self._past = self._past, None
        return past if past is not None and past.offset_ms == self._history.offset_ms else None

    def wait(self, stop: threading.Event) -> None:
        """Wait until all is stored that can be, or until `stop` is set."""
        with self._changed:
            while self._is_busy() and not stop.is_set():
                self._changed.wait(0.25)

    def close(self) -> None:
        """Store what can be stored, for a few seconds at most."""
        self._is_closing = True
        self._maintainer.hurry()
        self._history.pending.set()
        if self._thread.ident is not None:
            self._thread.join(_LAST_S)
        if self._thread.is_alive():
            waiting = self._history.waiting
            log.warning("the disk does not answer: the last %d samples are not stored", waiting)

    def _is_busy(self) -> bool:
        return self._busy_since is not None or self._history.pending.is_set()

    def _run(self) -> None:
        while not self._is_closing or self._history.pending.is_set():
            self._history.pending.wait()
            self._busy_since = time.monotonic()
            self._history.pending.clear()
            self._turn()
            with self._changed:
                self._busy_since = None
                self._changed.notify_all()

    def _turn(self) -> None:
        try:
            self._failure = self._maintainer.store()
            if self._maintainer.has_news:
                self._read_past()
        except Exception as error:  # a mistake of ours must not end the log of a voyage
            self._storing.fails(error, kind=type(error).__name__, exc_info=True)
            self._failure = f"{type(error).__name__}: {error}"
        else:
            self._storing.works()

    def _read_past(self) -> None:
        self._maintainer.has_news = False  # first: a clock that is set meanwhile sets it again
        boot, offset_ms = self._history.boot, self._history.offset_ms
        stored_ms = self._history.stored_ms
        try:
            with HistoryReader(self._history.path) as reader:
                if not _agree(boot, reader):
                    self._maintainer.has_news = True
                    return
                watch = warm_start(reader, self._station, boot, is_start=self._is_start)
                past = Past(offset_ms, watch, reader.newest(), stored_ms)
        except OSError as error:  # tried again with the next sample
            self._maintainer.has_news = True
            self._reading.fails(error)
            return
        self._reading.works()
        self._is_start = False
        with self._changed:
            self._past = past


def _agree(boot: Boot | None, reader: HistoryReader) -> bool:
    """Return whether the file has the current time of this boot."""
    own = (part.boot for part in reader.ranges() if boot and part.boot.ordinal == boot.ordinal)
    return all(boot and stored.offset_ms == boot.offset_ms for stored in own)
