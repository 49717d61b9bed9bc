"""What a publisher is told, and the thread that each has to itself.

    ConditionsFeed -> PublisherThread (queue, reconnects) -> Publisher (one protocol)

Whoever is at the other end may be absent, slow or mad: the recorder never waits for it.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol, Self

from ..config.settings import Preferences
from ..recorder.conditions import Conditions
from ..system.outage_log import OutageLog
from ..weather import StormLevel

log = logging.getLogger(__name__)

# Between tries to connect, and the last of them for ever after.
PAUSES_S = (1.0, 2.0, 5.0, 15.0, 30.0)
_LOOK_S = 1.0
_CLOSING_S = 0.9


class StationCalls(NamedTuple):
    """What a publisher may ask for and have done at any time, from any thread.

    now: the time that samples are stamped with (Unix seconds). preferences: those of this moment.
    acknowledge: acknowledges the alarm; acknowledged: up to which level that was done, by anyone.
    wind: takes a speed of the wind in m/s, as an instrument measures it.
    """

    now: Callable[[], float]
    preferences: Callable[[], Preferences]
    acknowledge: Callable[[], object]
    acknowledged: Callable[[], StormLevel]
    wind: Callable[[float], object]


@dataclass(frozen=True)
class StationContext:
    """What a publisher knows of the station.

    period_s: from one sample to the next. simulated: whether a record is played, and record_title
    what it is called. history: the file with the samples as measured; None where nothing is
    recorded. calls: what a publisher may ask for and have done.
    """

    period_s: float
    version: str
    calls: StationCalls
    simulated: bool = False
    record_title: str = ""
    history: Path | None = None


class Publisher(Protocol):
    """One convention, over one connection. Its methods are called by one thread, in turn.

    name: what the log calls it, without secrets. backlog: so many conditions are kept for it while
    nobody is there; then the oldest are dropped. All raise OSError when it is not connected any
    more; then disconnect() is called, and connect() after a pause. PermissionError says that a
    person has to let it in.
    """

    name: str
    backlog: int

    def connect(self) -> None:
        """Connect, within some ten seconds."""

    def tell(self, conditions: Conditions) -> None:
        """Tell of a conditions whose sample is corrected; in the order in which they came."""

    def listen(self) -> None:
        """Look, without waiting, for what the other end says; called every second."""

    def disconnect(self) -> None:
        """Let go of the connection, whatever state it is in; raises nothing."""


class PublisherThread:
    """Pass all conditions to a publisher, in a thread; reconnect for as long as it takes.

    correct: applied to each conditions first. A context manager; leaving it takes a second at most.
    """

    def __init__(
        self,
        publisher: Publisher,
        *,
        correct: Callable[[Conditions], Conditions] = lambda conditions: conditions,
        pauses_s: tuple[float, ...] = PAUSES_S,
    ) -> None:
        self._publisher, self._correct, self._pauses_s = publisher, correct, pauses_s
        self._waiting: deque[Conditions] = deque(maxlen=publisher.backlog)
        self._changed = threading.Condition()
        self._stop = False
        self._failures = 0
        self._is_connected = False
        self._outage = OutageLog(log, publisher.name)
        self._thread = threading.Thread(target=self._run, name=publisher.name, daemon=True)

    def take(self, conditions: Conditions) -> None:
        """Have it told; never waits. From any thread."""
        with self._changed:
            self._waiting.append(conditions)
            self._changed.notify_all()

    def close(self) -> None:
        """End the thread; one that waits for a stranger is left to itself. Twice is fine."""
        with self._changed:
            self._stop = True
            self._changed.notify_all()
        if self._thread.ident is not None:
            self._thread.join(_CLOSING_S)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _run(self) -> None:
        while not self._stop:
            try:
                self._turn()
                self._failures = 0
                self._outage.works()
            except Exception as error:  # a mistake of ours is no reason to stop either
                self._fail(error)
        if self._is_connected:
            self._publisher.disconnect()

    def _turn(self) -> None:
        if not self._is_connected:
            self._publisher.connect()
            self._is_connected = True
        conditions = self._next()
        if conditions is not None:
            self._tell(conditions)
        self._publisher.listen()

    def _tell(self, conditions: Conditions) -> None:
        """Tell it, and keep it for the next time where nobody is there."""
        try:
            self._publisher.tell(self._correct(conditions))
        except OSError:
            raise
        except Exception:  # what cannot be told at all is not to stand in the way of all the rest
            self._drop(conditions)
            raise
        self._drop(conditions)

    def _drop(self, conditions: Conditions) -> None:
        with self._changed:
            if self._waiting and self._waiting[0] is conditions:
                self._waiting.popleft()

    def _next(self) -> Conditions | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._stop, _LOOK_S)
            return self._waiting[0] if self._waiting and not self._stop else None

    def _fail(self, error: Exception) -> None:
        self._publisher.disconnect()
        self._is_connected = False
        is_ours = not isinstance(error, OSError)
        # Who is there and lets nobody in waits for a person, whatever was wrong before that.
        kind = "refused" if isinstance(error, PermissionError) else ""
        words = f"{error}; it is tried again and again"
        self._outage.fails(words, kind=kind, exc_info=is_ours)
        pause_s = self._pauses_s[min(self._failures, len(self._pauses_s) - 1)]
        self._failures += 1
        deadline = time.monotonic() + pause_s
        with self._changed:
            while not self._stop and (left_s := deadline - time.monotonic()) > 0:
                self._changed.wait(left_s)
