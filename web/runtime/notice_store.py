"""The notices that wait to be sent, in the history over a restart."""

import json
import logging
from collections.abc import Callable, Collection, Sequence

from ..alarm.notice import Notice, Waiting
from ..history.events import Event, EventKind
from ..history.reader import HistoryReader
from ..history.unsent import UnsentNotice
from ..history.writer import History

log = logging.getLogger(__name__)

_OLDEST_S = 86_400.0


class NoticeStore:
    """Stores with the next commit what waits. now: returns the time (Unix seconds).

    A notice of a change of level is committed with the sample that changed it, and its removal as
    soon as it was sent.
    """

    def __init__(self, history: History, now: Callable[[], float]) -> None:
        self._history, self._now = history, now
        self._count = dict[str, int]()
        self._before: dict[str, list[tuple[Waiting, float | None]]] = {}
        try:
            with HistoryReader(history.path) as reader:
                for target, notices in reader.unsent().items():
                    self._before[target] = [
                        (Waiting(row.queued_id, notice), reader.time_of(row.queued_id))
                        for row in notices
                        if (notice := _notice(row)) is not None
                    ]
        except OSError as error:
            log.warning("the notices that were left unsent are not known: %s", error)

    def waiting(self, target: str) -> list[Waiting]:
        """Return what is to be sent of what waited; what is older than a day is not."""
        fresh = []
        for waiting, queued_at in self._before.get(target, []):
            if queued_at is None or self._now() - queued_at <= _OLDEST_S:
                fresh.append(waiting)
            else:
                self._drop(target, waiting.notice, "it is more than a day old")
        if fresh:
            log.info("%s: left unsent before the restart, and sent now: %d", target, len(fresh))
        if target in self._before:
            self.store(target, fresh)
        return fresh

    def drop_others(self, targets: Collection[str]) -> None:
        for target in self._before.keys() - set(targets):
            for waiting, _ in self._before[target]:
                self._drop(target, waiting.notice, "it is not configured any more")
            self.store(target, ())

    def queued_id(self) -> int:
        return self._history.number_at(self._now())

    def store(self, target: str, waiting: Sequence[Waiting]) -> None:
        self._history.store_unsent(
            target, [UnsentNotice(n, json.dumps(dict(notice.fields))) for n, notice in waiting]
        )
        if len(waiting) < self._count.get(target, 0):
            self._history.pending.set()
        self._count[target] = len(waiting)

    def lost(self, target: str, notice: Notice, why: str) -> None:
        words = f"Not sent by {target}, for {why}: {notice.message}"
        self._history.queue_event(Event(self._now(), EventKind.NOTICE, words))

    def _drop(self, target: str, notice: Notice, why: str) -> None:
        log.warning("%s: not sent, for %s: %s", target, why, notice.message)
        self.lost(target, notice, why)


def _notice(row: UnsentNotice) -> Notice | None:
    """Return the notice of a row; None for one that was garbled."""
    try:
        fields = json.loads(row.notice)
        return Notice(fields) if "message" in fields else None
    except (ValueError, TypeError):
        log.warning("a notice that was left unsent cannot be read: %.80r", row.notice)
        return None
