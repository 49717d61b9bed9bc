"""What a history needs besides new rows: daily copies, repairs, a check of what was written.

Recording goes on whatever happens to the file. Rows that cannot be written wait in memory. A
damaged file is set aside, a new one begins, and the rows are brought over step by step.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from ..system.outage_log import OutageLog
from .daily_csv import DailyCsv
from .database import HistoryDamaged, HistoryError, check
from .reader import HistoryReader
from .recovery.salvage import Salvage
from .writer import History

log = logging.getLogger(__name__)

# The share of the time between two samples that salvage may take.
_SHARE, _LONGEST_STEP_S = 0.2, 5.0


class HistoryMaintainer:
    """Commits samples to a history, and keeps its file in order.

    copies: the daily copies, if any. salvages: those in progress. set_aside: called with each
    salvage when it begins. has_news: the file says more of the past, or other times, than when this
    was last set to False. For one thread, but for doubt() and hurry().
    """

    def __init__(
        self,
        history: History,
        period_s: float = 60.0,
        *,
        copies: DailyCsv | None = None,
        salvages: Sequence[Salvage] = (),
        set_aside: Callable[[Salvage], None] = lambda salvage: None,
    ) -> None:
        self.history = history
        self._copies = copies
        self._salvages = [*salvages]
        self._on_set_aside = set_aside
        for salvage in salvages:
            set_aside(salvage)
        self.has_news = False
        self._step_s = min(_LONGEST_STEP_S, _SHARE * period_s)
        self._doubted = threading.Event()
        self._hurried = threading.Event()
        self._writing = OutageLog(log, "storing")
        self._copying = OutageLog(log, "writing the daily copy")
        self._salvaging = OutageLog(log, "bringing over what could be read")

    def store(self) -> str:
        """Commit what waits, and look after the file; return why samples are not stored, or ""."""
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
        """Have the file checked with the next sample. From any thread."""
        self._doubted.set()

    def hurry(self) -> None:
        """Leave what takes long for the next start. From any thread."""
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
        """Check by another connection that the newest sample is there; in doubt, the whole file."""
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
        salvage = Salvage(self.history.path)
        salvage.set_aside(self.history)
        self._salvages.append(salvage)
        self._on_set_aside(salvage)
        self.history.store_again()

    def _look_after(self) -> None:
        """Do a step of salvage, or write a daily copy."""
        if self._salvages:
            salvage = self._salvages[0]
            with self._logged(self._salvaging):
                was_found = salvage.count
                is_done = salvage.step(self.history, self._step_s, self._hurried)
                if is_done:
                    del self._salvages[0]
                if is_done or (salvage.count and not was_found):
                    self.has_news = True
        elif self._copies is not None and (now := self.history.newest_at) is not None:
            with self._logged(self._copying):
                self._copies.look(now)

    @contextmanager
    def _logged(self, outage: OutageLog) -> Iterator[None]:
        """Log a failure, which costs no sample."""
        try:
            yield
            outage.works()
        except HistoryDamaged as error:
            outage.fails(error)
            self.doubt()
        except OSError as error:
            outage.fails(error)
