"""The interface of a publisher, and the thread in which each runs.

    ConditionsFeed -> PublisherThread (queue, reconnects) -> Publisher (one protocol)

The peer may be down, slow or misbehaving; the recorder never blocks on it.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, Self, runtime_checkable

from ..alarm.drill import Way
from ..alarm.state import AlarmSignal, AlarmState
from ..config.settings import Preferences
from ..recorder.conditions import Conditions
from ..recorder.freshness import FreshnessRule
from ..system.outage_log import LONGEST_REASON, OutageLog
from ..system.printable import printable
from ..system.side_files import SideFiles
from ..weather import StormLevel

log = logging.getLogger(__name__)

# Between attempts to connect; the last one repeats.
PAUSES_S = (1.0, 2.0, 5.0, 15.0, 30.0)
_POLL_S = 1.0
# A connection that lasts for less than this number of pauses has not ended the outage: a peer that
# accepts and then fails is tried more and more rarely, and logged once.
_STEADY_PAUSES = 4
_CLOSING_S = 0.9


@dataclass(frozen=True)
class StationContext:
    """What a publisher knows of the station, and what it may call at any time, from any thread.

    period_s: from one sample to the next. now: the time that samples are stamped with (Unix
    seconds). preferences: the current ones. acknowledge: acknowledges the alarm; takes the source,
    and the highest level that it means. alarm: returns its state. add_wind: takes a wind speed in
    m/s. simulated: whether a record is played; record_title: its title. history: the file of
    samples as measured, if there is one. side_files: watch over the files of publishers.
    """

    period_s: float
    version: str
    now: Callable[[], float]
    preferences: Callable[[], Preferences]
    acknowledge: Callable[[str, StormLevel], object]
    alarm: Callable[[], AlarmState]
    add_wind: Callable[[float], object]
    simulated: bool = False
    record_title: str = ""
    history: Path | None = None
    side_files: SideFiles = field(default_factory=SideFiles)

    @property
    def freshness(self) -> FreshnessRule:
        return FreshnessRule(self.period_s)

    def live(self, conditions: Conditions) -> Conditions:
        """Return the conditions without what is not fresh now."""
        return self.freshness.live(conditions, self.now())

    def present(self, conditions: Conditions) -> Conditions:
        """Return the conditions without what is lost now."""
        return self.freshness.present(conditions, self.now())


class Publisher(Protocol):
    """One protocol over one connection. Only one thread calls its methods.

    name: for the log, without secrets. backlog: how many conditions are kept while it is not
    connected; then the oldest are dropped. A method raises OSError when the connection is lost;
    then disconnect() is called, and connect() after a pause. PermissionError: the peer refuses
    access until a person grants it.
    """

    name: str
    backlog: int

    def connect(self) -> None:
        """Connect, within some ten seconds."""

    def publish(self, conditions: Conditions) -> None:
        """Send the conditions, whose sample is corrected; called in order of time."""

    def poll(self) -> None:
        """Handle what the peer has sent, without waiting; called every second."""

    def disconnect(self) -> None:
        """Close the connection, in any state; raises nothing."""


@runtime_checkable
class AlarmPublisher(Publisher, Protocol):
    """A publisher of the alarm too. drilled: the signals of a drill that its peer has got."""

    drilled: set[AlarmSignal]


class PublisherThread:
    """Passes all conditions to a publisher, in a thread; reconnects for as long as it takes.

    correct: applied to each first. A context manager; leaving it takes a second at most.
    failure: why the newest turn failed, or "".
    """

    def __init__(
        self,
        publisher: Publisher,
        *,
        correct: Callable[[Conditions], Conditions] = lambda conditions: conditions,
        pauses_s: tuple[float, ...] = PAUSES_S,
    ) -> None:
        self._publisher, self._correct, self._pauses_s = publisher, correct, pauses_s
        self._queue: deque[Conditions] = deque(maxlen=publisher.backlog)
        self._changed = threading.Condition()
        self._stop = False
        self._failures = 0
        self._is_connected = False
        self._connected_at = self._steady_s = 0.0
        self.failure = ""
        self._outage = OutageLog(log, publisher.name)
        self._thread = threading.Thread(target=self._run, name=publisher.name, daemon=True)

    @property
    def pending(self) -> int:
        """How many conditions are not published yet."""
        return len(self._queue)

    def put(self, conditions: Conditions) -> None:
        """Queue the conditions; never waits. From any thread."""
        with self._changed:
            self._queue.append(conditions)
            self._changed.notify_all()

    def close(self) -> None:
        """End the thread; abandon it if it is still waiting for its peer. Closing twice is fine."""
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
                self.failure = ""
                if time.monotonic() - self._connected_at >= self._steady_s:
                    self._failures, self._steady_s = 0, 0.0
                    self._outage.works()
            except Exception as error:  # a bug in one publisher must not end its thread
                self._fail(error)
        if self._is_connected:
            self._publisher.disconnect()

    def _turn(self) -> None:
        if not self._is_connected:
            self._publisher.connect()
            self._is_connected = True
            self._connected_at = time.monotonic()
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._stop, _POLL_S)
            conditions = self._queue[0] if self._queue and not self._stop else None
        if conditions is not None:
            try:
                self._publisher.publish(self._correct(conditions))
            except OSError:  # they are published after the next connect()
                raise
            except Exception:  # what cannot be published must not block what follows
                self._drop(conditions)
                raise
            self._drop(conditions)
        self._publisher.poll()

    def _drop(self, conditions: Conditions) -> None:
        with self._changed:
            if self._queue and self._queue[0] is conditions:
                self._queue.popleft()

    def _fail(self, error: Exception) -> None:
        self._publisher.disconnect()
        self._is_connected = False
        self.failure = printable(error, LONGEST_REASON)
        # A refusal is logged also during an outage: it lasts until a person grants access.
        kind = "refused" if isinstance(error, PermissionError) else ""
        is_bug = not isinstance(error, OSError)
        self._outage.fails(f"{error}; it is tried again and again", kind=kind, exc_info=is_bug)
        pause_s = self._pauses_s[min(self._failures, len(self._pauses_s) - 1)]
        self._failures += 1
        self._steady_s = _STEADY_PAUSES * pause_s
        with self._changed:
            self._changed.wait_for(lambda: self._stop, pause_s)


class PublisherWay(Way):
    """A publisher as a way of a drill."""

    def __init__(self, publisher: AlarmPublisher, thread: PublisherThread) -> None:
        self._drilled, self._thread = publisher.drilled, thread

    def begin(self, signal: AlarmSignal, /) -> None:
        self._drilled.discard(signal)

    def failure(self, signal: AlarmSignal, /) -> str:
        return "" if signal in self._drilled else self._thread.failure or "it was not sent in time"
