"""The pages that are armed: each asks for the alarm every few seconds, under its own number."""

import time
from collections.abc import Callable
from threading import Lock

from .drill import Way
from .state import AlarmSignal

_SILENT_S = 30.0  # then a page is closed
_MOST = 100


class ArmedPages(Way):
    """When each armed page asked last; a way of a drill. For any thread. now: monotonic seconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now, self._lock = now, Lock()
        self._asked_at = dict[str, float]()
        self._begun_at = 0.0
        self._expected = set[str]()

    def asked(self, page: str) -> None:
        """Take note that a page has asked."""
        with self._lock:
            self._asked_at.pop(page, None)
            self._asked_at[page] = self._now()
            while len(self._asked_at) > _MOST:
                del self._asked_at[next(iter(self._asked_at))]

    def armed(self) -> set[str]:
        """Return the pages that are armed now."""
        with self._lock:
            oldest = self._now() - _SILENT_S
            return {page for page, asked_at in self._asked_at.items() if asked_at > oldest}

    def begin(self, signal: AlarmSignal, /) -> None:
        self._expected, self._begun_at = self.armed(), self._now()

    def failure(self, signal: AlarmSignal, /) -> str:
        with self._lock:
            late = [page for page in self._expected if self._asked_at[page] < self._begun_at]
        return f"{len(late)} of {len(self._expected)} did not ask" if late else ""
