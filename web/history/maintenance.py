"""What a history needs besides new rows: copies, repairs, a look at what was written.

Whatever happens to the file, recording goes on: what cannot be written waits in memory; a file that
cannot be read any more is set aside, a new one begun, and the rows are brought over bit by bit.
"""

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ..system.outage_log import OutageLog
from .daily_csv import DailyCsv
from .database import HistoryDamaged, HistoryError, check
from .reader import HistoryReader
from .recovery.salvage import Salvage
from .writer import History

log = logging.getLogger(__name__)

# Between two samples so much of the time is for bringing rows over.
_SHARE, _LONGEST_STEP_S = 0.2, 5.0


class HistoryMaintainer:
    """Keeps samples in a history, and the history in order.

    copies: the daily copies, if there are any. rescues: those that are under way. has_news: the
    file says more of the past, or other times, than when this was last set to False. Used by one
    thread, but for doubt() and hurry().
    """

    def __init__(
        self,
        history: History,
        period_s: float = 60.0,
        *,
        copies: DailyCsv | None = None,
        rescues: Sequence[Salvage] = (),
    ) -> None:
        self.history = history
        self._copies = copies
        self._rescues = [*rescues]
        self.has_news = False
        self._step_s = min(_LONGEST_STEP_S, _SHARE * period_s)
        self._doubted = threading.Event()
        self._hurried = threading.Event()
        self._writing = OutageLog(log, "storing")
        self._copying = OutageLog(log, "writing the daily copy")
        self._rescuing = OutageLog(log, "bringing over what could be read")

    def store(self) -> str:
        """Commit what waits, and see to the file; return why it is not stored, or ""."""
        try:
            self._commit()
        except HistoryError as error:
            self._writing.fails(error)
            waiting = self.history.waiting
            kept = f"; {waiting} samples wait in memory until it goes again" if waiting else ""
            return f"{error}{kept}"
        self._writing.works()
        self._look_after()
        return ""

    def doubt(self) -> None:
        """A page could not read the file: it is looked at with the next sample. From any thread."""
        self._doubted.set()

    def hurry(self) -> None:
        """The program is to end: leave for the next start what takes long. From any thread."""
        self._hurried.set()

    def _commit(self) -> None:
        try:
            self.history.commit()
        except HistoryDamaged as error:
            self._start_over(error)
        try:
            self._read_back()
        except HistoryDamaged as error:
            self._start_over(error)

    def _read_back(self) -> None:
        """See with other eyes whether what was committed is there, and all else if in doubt."""
        if self._doubted.is_set():
            self._doubted.clear()
            check(self.history.path)
        newest = self.history.newest
        with HistoryReader(self.history.path) as reader:
            is_there = newest is None or reader.has(newest)
        if not is_there:  # another file is in its place, perhaps
            self.history.store_again()

    def _start_over(self, error: HistoryError) -> None:
        """Set the damaged file aside, and go on in a new one. Raises HistoryError."""
        log.warning("%s", error)
        rescue = Salvage(self.history.path)
        try:
            rescue.keep_log()  # before the file is closed, which brings the log into it
            self.history.let_go()
            rescue.set_aside()
        finally:
            rescue.tidy()
        self._rescues.append(rescue)
        self.history.store_again()

    def _look_after(self) -> None:
        """Take a moment for what has time."""
        if self._rescues:
            rescue = self._rescues[0]
            with self._at_rest(self._rescuing):
                was_found = rescue.found
                is_done = rescue.step(self.history, self._step_s, self._hurried)
                if is_done:
                    del self._rescues[0]
                if is_done or (rescue.found and not was_found):
                    self.has_news = True
        elif self._copies is not None and (now := self.history.newest_at) is not None:
            with self._at_rest(self._copying):
                self._copies.look(now)

    @contextmanager
    def _at_rest(self, outage: OutageLog) -> Iterator[None]:
        """What fails here is told, and costs no sample."""
        try:
            yield
            outage.works()
        except HistoryDamaged as error:
            outage.fails(error)
            self.doubt()
        except OSError as error:
            outage.fails(error)
