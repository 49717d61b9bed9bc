"""Notifications: a command that is run, an address that is posted to, each change of level once.

Each hook has a thread and a queue of its own: an address that cannot be reached for weeks holds up
neither the recorder nor the command beside it.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol, Self
from urllib.parse import urlsplit

from ..config.tables import AlarmConfig
from ..system.command import Command
from ..system.outage_log import OutageLog
from ..weather import StormLevel
from .level_change import LevelChange

log = logging.getLogger(__name__)

# Between the tries of one notification: 57 minutes in all.
PAUSES_S = (5.0, 30.0, 120.0, 600.0, 1200.0, 1500.0)
LONGEST_QUEUE = 32
_LONGEST_RUN_S = 30.0
_LOOK_S = 0.05
_POST_TIMEOUT_S = 10.0
_CLOSING_S = 0.9


class Target(Protocol):
    """Where notifications go. name: what the log calls it; never a secret, as an address may be."""

    name: str

    def send(self, change: LevelChange, stop: threading.Event) -> None:
        """Tell of a change, in a bounded time; end early when told to stop. Raises OSError."""


class CommandTarget:
    """A command that gets the change as JSON on its standard input, and in its environment."""

    def __init__(self, line: str, *, longest_s: float = _LONGEST_RUN_S) -> None:
        self._command = Command(line)
        self._longest_s = longest_s
        self.name = f"notify_command ({self._command.name})"
        if not self._command.exists:  # better said in fair weather
            log.warning("%s: there is no such program for this user: is it installed?", self.name)

    def send(self, change: LevelChange, stop: threading.Event) -> None:
        """Run it; OSError when it fails, or lasts for longer than 30 s and is ended."""
        run = self._command.start(change.to_environment(), change.to_json() + b"\n")
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
    """An address that the change is posted to, as JSON."""

    def __init__(self, url: str, *, timeout_s: float = _POST_TIMEOUT_S) -> None:
        from ..system.http_post import http_post  # loads HTTP and TLS, which a command does without

        self._url, self._timeout_s, self._post = url, timeout_s, http_post
        self.name = f"notify_url ({urlsplit(url).hostname})"

    def send(self, change: LevelChange, stop: threading.Event) -> None:
        """Post it; OSError when it cannot be reached, or answers with anything but 2xx."""
        self._post(self._url, change.to_json(), self._timeout_s)


class Notifier:
    """Sends to one target, in the order that it is told in, and tries again what fails.

    pauses_s: between the tries of one change; when the last of them failed, it is given up. What
    is told meanwhile is a reason to try at once, and changes no pause. limit: so many changes may
    wait, the one that is being sent among them; then the oldest is dropped.
    """

    def __init__(
        self,
        target: Target,
        *,
        pauses_s: Sequence[float] = PAUSES_S,
        limit: int = LONGEST_QUEUE,
    ) -> None:
        self._target, self._pauses_s, self._limit = target, pauses_s, limit
        # The first is the one that is being sent.
        self._waiting: deque[LevelChange] = deque()
        self._told = 0
        self._changed = threading.Condition()
        self._stop = threading.Event()
        self._outage = OutageLog(log, target.name)
        self._thread = threading.Thread(target=self._run, name=target.name, daemon=True)

    def tell(self, change: LevelChange) -> None:
        """Have a change sent; never waits."""
        dropped = None
        with self._changed:
            if len(self._waiting) == self._limit:
                dropped = self._waiting.popleft()
            self._waiting.append(change)
            self._told += 1
            self._changed.notify_all()
        if dropped is not None:
            self._tell_of_loss(dropped, f"{self._limit} newer ones wait")

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end."""
        with self._changed:
            self._stop.set()
            self._changed.notify_all()

    def join(self, timeout_s: float) -> None:
        """Wait for the thread to end; one that waits for a stranger's answer is left to itself."""
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        with self._changed:
            unsent = len(self._waiting)
            self._waiting.clear()
        if unsent:
            log.warning("%s: left unsent at the end: %d", self._target.name, unsent)

    def _run(self) -> None:
        while (change := self._next()) is not None:
            is_sent = self._deliver(change)
            with self._changed:
                if self._stop.is_set() and not is_sent:
                    return
                was_dropped = not self._is_first(change)
                if not was_dropped:
                    self._waiting.popleft()
            if not is_sent and not was_dropped:
                self._tell_of_loss(change, "every try failed")

    def _next(self) -> LevelChange | None:
        """Wait for the next change; None when told to stop."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._stop.is_set())
            return None if self._stop.is_set() else self._waiting[0]

    def _deliver(self, change: LevelChange) -> bool:
        """Try until it is sent, given up, dropped or told to stop; return whether it is sent."""
        pauses_s, due = deque(self._pauses_s), 0.0
        while True:
            told = self._told
            if self._try(change):
                return True
            now = time.monotonic()
            if now >= due:
                if not pauses_s:
                    return False
                due = now + pauses_s.popleft()
            if not self._pause(change, due - now, told):
                return False

    def _pause(self, change: LevelChange, seconds: float, told: int) -> bool:
        """Wait, until more is told at the longest; return whether the change is still wanted."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._told != told or not self._is_wanted(change), seconds
            )
            return self._is_wanted(change)

    def _try(self, change: LevelChange) -> bool:
        try:
            self._target.send(change, self._stop)
        except Exception as error:  # also a mistake of ours: the next change is to be sent
            if not self._stop.is_set():
                is_ours = not isinstance(error, OSError)
                self._outage.fails(f"{error}; it is tried again", exc_info=is_ours)
            return False
        self._outage.works()
        return True

    def _is_first(self, change: LevelChange) -> bool:
        return bool(self._waiting) and self._waiting[0] is change

    def _is_wanted(self, change: LevelChange) -> bool:
        return self._is_first(change) and not self._stop.is_set()

    def _tell_of_loss(self, change: LevelChange, why: str) -> None:
        log.warning("%s: not sent, for %s: %s", self._target.name, why, change.message)


class Notifications:
    """All hooks of the settings. A context manager; leaving it takes no longer than a second.

    lowest: tells the level; changes that begin and end below it are not sent.
    """

    def __init__(self, hooks: Sequence[Notifier], lowest: Callable[[], StormLevel]) -> None:
        self._hooks, self._lowest = hooks, lowest

    @classmethod
    def of(cls, config: AlarmConfig, lowest: Callable[[], StormLevel]) -> "Notifications":
        """The hooks that [alarm] speaks of; there need not be any."""
        targets: list[Target] = []
        if config.notify_command:
            targets.append(CommandTarget(config.notify_command))
        if config.notify_url:
            targets.append(PostTarget(config.notify_url))
        return cls([Notifier(target) for target in targets], lowest)

    def tell(self, change: LevelChange) -> None:
        """Have a change sent to all, if it concerns them; never waits."""
        if change.concerns(self._lowest()):
            for hook in self._hooks:
                hook.tell(change)

    @contextmanager
    def telling(self) -> Iterator[Callable[[LevelChange], None]]:
        """Have the threads run, and give what tells them."""
        with self:
            yield self.tell

    def close(self) -> None:
        """End all threads, and leave unsent what is. Closing twice is fine."""
        for hook in self._hooks:
            hook.stop()
        deadline = time.monotonic() + _CLOSING_S
        for hook in self._hooks:
            hook.join(max(0.0, deadline - time.monotonic()))

    def __enter__(self) -> Self:
        for hook in self._hooks:
            hook.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
