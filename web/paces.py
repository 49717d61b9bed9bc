"""Which pace a board goes by: the wall clock's, or that of the record that is played."""

import logging
from collections.abc import Callable
from pathlib import Path

from sensors.board import Board

from .history_reader import HistoryReader
from .pace import Pace, RecordPace, WallPace
from .system_clock import SystemClock

log = logging.getLogger(__name__)


def is_over(board: Board, newest: float | None) -> bool:
    """Whether the storm that ships with the toolkit was played to its end.

    It is there to be watched, and begins again; a record of one's own stays as it is.
    """
    has_ended = newest is not None and newest >= board.weather.record.end
    return has_ended and board.weather.is_shipped


def newest_at(path: Path) -> float | None:
    """When the newest sample was taken that is stored already."""
    try:
        with HistoryReader(path) as reader:
            newest = reader.newest()
    except OSError as error:
        log.warning("what is stored cannot be read now: %s", error)
        return None
    return newest.taken_at if newest else None


def pace_of(
    board: Board,
    newest: float | None,
    interval_s: float,
    clock: SystemClock,
    alive: Callable[[], None],
) -> Pace:
    """The pace of this board. newest: what of a record is stored already (Unix seconds)."""
    if not board.simulated:
        return WallPace(interval_s, clock, alive)
    weather = board.weather
    moments = [row.taken_at for row in weather.record.rows]
    return RecordPace(moments, weather.begins, weather.speed, newest)
