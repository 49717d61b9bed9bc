"""The conditions of this moment, and the feed that brings them to pages and publishers.

The history keeps what was measured. What it means now is kept in memory: that costs the disk
nothing, and is there even when the disk is not.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ..history.clock_trust import ClockTrust
from ..weather import Outlook, Sample


@dataclass(frozen=True)
class Conditions:
    """The newest sample and what follows from it.

    sample: as measured. outlook: what it led to. outage: why no sample is read, or none is stored;
    "" when all is well. remark: a warning about the sensor although it reads. trust: the source of
    the time. clock_remark: a warning about the clock. is_gap: the newest reading failed, and the
    sample is an earlier one.
    """

    sample: Sample | None = None
    outlook: Outlook | None = None
    outage: str = ""
    remark: str = ""
    trust: ClockTrust = ClockTrust.SYNCHRONISED
    clock_remark: str = ""
    is_gap: bool = False


class ConditionsFeed:
    """The newest conditions: the recorder publishes them, pages look, publishers subscribe."""

    def __init__(self, newest: Conditions | None = None) -> None:
        self._newest = newest or Conditions()
        self._subscribers: list[Callable[[Conditions], None]] = []

    @property
    def newest(self) -> Conditions:
        """The conditions that were published last."""
        return self._newest

    def publish(self, conditions: Conditions) -> None:
        """Replace the newest conditions, and call each subscriber in this thread."""
        self._newest = conditions
        for receive in self._subscribers:
            receive(conditions)

    def subscribe(self, receive: Callable[[Conditions], None]) -> None:
        """Have `receive` called with all later conditions; it must not block."""
        self._subscribers.append(receive)
