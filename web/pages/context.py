"""What every page shows: the history, the clock, the station and the newest conditions."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from flask import Flask, current_app

from ..alarm.state import AlarmState
from ..recorder.conditions import ConditionsFeed
from ..recorder.pacing import SampleClock
from ..system.side_files import SideFileFault
from .chart_view import ChartCache
from .controls import alarm_fields
from .overview import StationInfo
from .security.host_check import HostNames

_EXTENSION = "storm_petrel"
# Each holds one of the few threads for as long as its client takes to read it.
_MOST_EXPORTS = 1


@dataclass(frozen=True)
class PageContext:
    """The data behind the pages.

    history: the file. pace: the clock. info: the station. feed: has the newest conditions. alarm:
    returns the fields that describe the alarm. doubt: called when the history cannot be read.
    hosts: the names that the pages answer to. charts: those already drawn. faults: returns those of
    side files. armed: called with the number of an armed page that asks. exports: those that are
    being read.
    """

    history: Path
    pace: SampleClock
    info: StationInfo
    feed: ConditionsFeed
    alarm: Callable[[], dict[str, Any]] = lambda: alarm_fields(AlarmState(), 0.0)
    doubt: Callable[[], None] = lambda: None
    hosts: HostNames = field(default_factory=HostNames)
    charts: ChartCache = field(default_factory=ChartCache)
    faults: Callable[[], tuple[SideFileFault, ...]] = lambda: ()
    armed: Callable[[str], None] = lambda page: None
    exports: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(_MOST_EXPORTS))

    def history_version(self) -> tuple[object, ...]:
        """Return times and sizes of the history's files; they change with each commit."""
        # A commit changes the -wal file; a later checkpoint copies it into the history.
        return tuple(map(_stamp, (self.history, Path(f"{self.history}-wal"))))


def set_page_context(app: Flask, context: PageContext) -> None:
    """Use this context from the next request on. A new one may be set while the app runs."""
    app.extensions[_EXTENSION] = context


def page_context() -> PageContext:
    """Return the context of the application that answers this request."""
    context: PageContext = current_app.extensions[_EXTENSION]
    return context


def _stamp(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size
