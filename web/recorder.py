"""The loop: one thread reads the barometer, judges, and commits. It alone touches the sensor."""

import logging
import re
import threading
from collections.abc import Callable
from typing import Self

from .history import History
from .pace import Pace
from .told import Told
from .trust import NOTHING, Remark
from .weather import Sample, StormWatch

log = logging.getLogger(__name__)


class Recorder:
    """Reads, judges and commits at each moment of its pace, in a thread of its own.

    read: returns the Sample of a moment (Unix seconds). remark: what is to be said of the sensor
    at that moment although it reads, or nothing. Whatever keeps a sample from being read or stored
    is a gap, logged once an outage; a remark is logged when it begins. A context manager; leaving
    it ends the thread, after the reading under way.
    """

    def __init__(
        self,
        history: History,
        watch: StormWatch,
        pace: Pace,
        read: Callable[[float], Sample],
        remark: Callable[[float], Remark] = lambda moment: NOTHING,
    ) -> None:
        self._history, self._watch, self._pace, self._read = history, watch, pace, read
        self._remark = remark
        self._stop = threading.Event()
        self._told = Told()
        self._is_out = False
        self._on_pages = ""
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)

    def join(self) -> None:
        """Wait until a played record has been recorded to its end."""
        self._thread.join()

    def close(self) -> None:
        """Stop after the reading under way. Closing twice is fine."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _run(self) -> None:
        while (moment := self._pace.next_moment(self._stop)) is not None:
            try:
                sample = self._read(moment)
                remark = self._remark(moment)
                self._history.add(sample, self._watch.update(sample), remark.words)
            except (OSError, ValueError, ImportError) as error:
                self._gap(error)
            except Exception as error:  # a mistake of ours must not end the log of a voyage
                self._gap(error, exc_info=True)
            else:
                self._told.sample_taken()
                self._on_pages = ""
                if self._is_out:
                    log.warning("samples are back")
                    self._is_out = False
                if remark.words and self._told.is_news(remark.kind):
                    log.warning("%s", remark.words)

    def _gap(self, error: Exception, *, exc_info: bool = False) -> None:
        """Log each kind of error once an outage, and tell the pages of the newest."""
        # The same words with other numbers are the same thing, said again.
        kind = f"{type(error).__name__}: {re.sub('[0-9.]+', '#', str(error))}"
        if self._told.is_news(kind):
            log.warning("no sample: %s", error, exc_info=exc_info)
            self._is_out = True
        elif not self._is_out and self._told.is_news("it comes and goes"):
            log.warning("no sample again: it comes and goes, and is not told each time")
        if kind != self._on_pages:
            try:
                self._history.note_outage(str(error))
                self._on_pages = kind
            except Exception as second:  # it is tried again with the next gap
                log.debug("the pages cannot be told: %s", second)
