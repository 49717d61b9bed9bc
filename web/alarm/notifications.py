"""Notifications: each notice goes once to a command, to a web address, or to both.

Each notifier has its own thread and queue: an address that cannot be reached for weeks delays
neither the recorder nor the command beside it. What waits is stored, and sent after a restart; a
notice that was sent as the power failed may be sent again, because nothing was stored of that.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from typing import Protocol, Self
from urllib.parse import urlsplit

from ..config.tables import AlarmConfig
from ..system.command import Command
from ..system.outage_log import OutageLog
from .notice import Notice, Waiting

log = logging.getLogger(__name__)

# Between the tries of one notification: a day in all. A network may be away for a night.
PAUSES_S = (5.0, 30.0, 120.0, *[600.0] * 143)
LONGEST_QUEUE = 32
_LONGEST_RUN_S = 30.0
_LOOK_S = 0.05
_POST_TIMEOUT_S = 10.0
_CLOSING_S = 0.9


class Target(Protocol):
    """Where notifications go. name: for the log; without secrets, which an address may hold."""

    name: str

    def send(self, notice: Notice, stop: threading.Event) -> None:
        """Send a notice, in a bounded time; end early when `stop` is set. Raises OSError."""


class WaitingStore(Protocol):
    """Stores over a restart what waits; nothing here waits for a disk. target: by its name."""

    def waiting(self, target: str) -> list[Waiting]:
        """Return what waited before the restart, in its order."""

    def drop_others(self, targets: Collection[str]) -> None:
        """Drop what waited for other targets, which are not configured any more."""

    def queued_id(self) -> int:
        """Return the id of a notice that is queued now."""

    def store(self, target: str, waiting: Sequence[Waiting]) -> None:
        """Replace what waits for a target."""

    def lost(self, target: str, notice: Notice, why: str) -> None:
        """Take note of a notice that is not sent."""


class CommandTarget:
    """A command that gets the notice as JSON on its standard input, and in its environment."""

    def __init__(self, line: str, *, longest_s: float = _LONGEST_RUN_S) -> None:
        self._command = Command(line)
        self._longest_s = longest_s
        self.name = f"notify_command ({self._command.name})"
        if not self._command.exists:  # better said in fair weather
            log.warning("%s: there is no such program for this user: is it installed?", self.name)

    def send(self, notice: Notice, stop: threading.Event) -> None:
        run = self._command.start(notice.to_environment(), notice.to_json() + b"\n")
        try:
            while run.is_running():
                if run.age_s > self._longest_s:
                    raise OSError(f"it was still running after {self._longest_s:g} s")
                if stop.wait(_LOOK_S):
                    raise OSError("it was ended with the program")
        finally:
            run.end()
        if failure := run.failure():
            raise OSError(failure)


class PostTarget:
    """A web address that the notice is posted to, as JSON; any answer but 2xx is a failure."""

    def __init__(self, url: str, *, timeout_s: float = _POST_TIMEOUT_S) -> None:
        from ..system.http_post import http_post  # with HTTP and TLS, which a command does without

        self._url, self._timeout_s, self._post = url, timeout_s, http_post
        self.name = f"notify_url ({urlsplit(url).hostname})"

    def send(self, notice: Notice, stop: threading.Event) -> None:
        self._post(self._url, notice.to_json(), self._timeout_s)


class Notifier:
    """Sends notices to one target in their order, in its own thread, and retries what fails.

    pauses_s: between the tries of one notice; after the last of them it is given up. A new notice
    causes a try at once, and shortens no pause. limit: how many notices may wait, the one that is
    being sent included; then the oldest is dropped. store: where what waits outlives a restart; the
    newest notice that was given up, too, until a later one is sent.
    """

    def __init__(
        self,
        target: Target,
        *,
        pauses_s: Sequence[float] = PAUSES_S,
        limit: int = LONGEST_QUEUE,
        store: WaitingStore | None = None,
    ) -> None:
        self._target, self._pauses_s, self._limit, self._store = target, pauses_s, limit, store
        before = store.waiting(target.name) if store else []
        self._waiting = deque(before)  # the first one is being sent
        self._given_up: list[Waiting] = []
        self._count = 0
        self._changed = threading.Condition()
        self._stop = threading.Event()
        self._outage = OutageLog(log, target.name)
        self._thread = threading.Thread(target=self._run, name=target.name, daemon=True)

    def notify(self, notice: Notice) -> None:
        """Queue a notice, without waiting."""
        dropped = None
        with self._changed:
            if len(self._waiting) == self._limit:
                dropped = self._waiting.popleft()
            self._waiting.append(Waiting(self._store.queued_id() if self._store else 0, notice))
            self._count += 1
            self._keep()
            self._changed.notify_all()
        if dropped is not None:
            self._log_loss(dropped, f"{self._limit} newer ones wait")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end."""
        with self._changed:
            self._stop.set()
            self._changed.notify_all()

    def join(self, timeout_s: float) -> None:
        """Join the thread; give up after `timeout_s` if it still waits for a remote server."""
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        with self._changed:
            unsent = len(self._waiting)
            self._waiting.clear()
        if unsent:
            log.warning("%s: left unsent at the end: %d", self._target.name, unsent)

    def _run(self) -> None:
        while (first := self._next()) is not None:
            is_sent = self._deliver(first)
            with self._changed:
                is_unfinished = self._stop.is_set() and not is_sent
                if is_unfinished or not self._is_first(first):
                    continue
                self._waiting.popleft()
                self._given_up = [] if is_sent else [first]
                self._keep()
            if not is_sent:
                self._log_loss(first, "every try failed")

    def _keep(self) -> None:
        if self._store is not None:
            self._store.store(self._target.name, [*self._given_up, *self._waiting])

    def _next(self) -> Waiting | None:
        """Wait for the next notice; return None after stop()."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._stop.is_set())
            return None if self._stop.is_set() else self._waiting[0]

    def _deliver(self, first: Waiting) -> bool:
        """Try until the notice is sent, given up or dropped; return whether it is sent."""
        pauses_s, due = deque(self._pauses_s), 0.0
        while True:
            count = self._count
            if self._try(first.notice):
                return True
            now = time.monotonic()
            if now >= due:
                if not pauses_s:
                    return False
                due = now + pauses_s.popleft()
            if not self._pause(first, due - now, count):
                return False

    def _pause(self, first: Waiting, seconds: float, count: int) -> bool:
        """Wait, or until a newer notice comes; return whether this one is still to be sent."""

        def is_over() -> bool:
            return self._stop.is_set() or not self._is_first(first)

        with self._changed:
            self._changed.wait_for(lambda: self._count != count or is_over(), seconds)
            return not is_over()

    def _try(self, notice: Notice) -> bool:
        try:
            self._target.send(notice, self._stop)
        except Exception as error:  # also a mistake of ours: the next notice is to be sent
            if not self._stop.is_set():
                is_ours = not isinstance(error, OSError)
                self._outage.fails(f"{error}; it is tried again", exc_info=is_ours)
            return False
        self._outage.works()
        return True

    def _is_first(self, first: Waiting) -> bool:
        return bool(self._waiting) and self._waiting[0] is first

    def _log_loss(self, lost: Waiting, why: str) -> None:
        log.warning("%s: not sent, for %s: %s", self._target.name, why, lost.notice.message)
        if self._store is not None:
            self._store.lost(self._target.name, lost.notice, why)


class Notifications:
    """All notifiers of the settings. A context manager; leaving it takes at most a second.

    targets: by the keys of [alarm].
    """

    def __init__(
        self, notifiers: Sequence[Notifier], targets: Mapping[str, Target] | None = None
    ) -> None:
        self._notifiers, self.targets = notifiers, targets or {}

    @classmethod
    def of(cls, config: AlarmConfig, store: WaitingStore | None = None) -> "Notifications":
        """Return the notifiers that [alarm] asks for."""
        targets = _targets_of(config)
        if store is not None:
            store.drop_others([target.name for target in targets.values()])
        return cls([Notifier(target, store=store) for target in targets.values()], targets)

    def notify(self, notice: Notice) -> None:
        """Queue a notice for all targets, without waiting."""
        for notifier in self._notifiers:
            notifier.notify(notice)

    def close(self) -> None:
        """End all threads; what is unsent stays so. Closing twice is fine."""
        for notifier in self._notifiers:
            notifier.stop()
        deadline = time.monotonic() + _CLOSING_S
        for notifier in self._notifiers:
            notifier.join(max(0.0, deadline - time.monotonic()))

    def __enter__(self) -> Self:
        for notifier in self._notifiers:
            notifier.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _targets_of(config: AlarmConfig) -> dict[str, Target]:
    """Return the targets that [alarm] asks for, by their keys."""
    targets: dict[str, Target] = {}
    if config.notify_command:
        targets["notify_command"] = CommandTarget(config.notify_command)
    if config.notify_url:
        targets["notify_url"] = PostTarget(config.notify_url)
    return targets
