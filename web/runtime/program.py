"""The recorder at work, with all that hangs on it.

board -> recorder -> history
|----> alarm -> buzzer, notifications
'----> feed -> publishers, pages
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sensors.board import Board

from ..alarm.state import Alarm
from ..config.settings import Config
from ..history.daily_csv import DailyCsv
from ..history.maintenance import HistoryMaintainer
from ..history.reader import HistoryReader
from ..history.recovery.salvage import open_history
from ..history.timeline import RECORD
from ..history.writer import History
from ..pages.preference_store import PreferenceStore
from ..recorder.conditions import Conditions, ConditionsFeed
from ..recorder.mean_wind import MeanWind
from ..recorder.pacing import Pace, RecordPace, WallPace
from ..recorder.recorder import Instruments, Recorder
from ..recorder.sensor_health import SensorHealth
from ..recorder.system_clock import SystemClock
from ..weather import Sample
from ..weather.sample import corrected
from .alarm_setup import alarm_of, ringing

if TYPE_CHECKING:
    from ..publish.publisher import StationContext

log = logging.getLogger("storm-petrel")


@dataclass(frozen=True)
class Plan:
    """What is to be recorded, by the settings. path: of the history."""

    board: Board
    path: Path
    config: Config
    settings: PreferenceStore

    @property
    def record_title(self) -> str:
        """The title of the record that is played; empty for a real sensor."""
        return self.board.weather.record.title if self.board.simulated else ""


class Program(NamedTuple):
    """The parts that the page is made from. clock: that of the machine."""

    recorder: Recorder
    maintainer: HistoryMaintainer
    pace: Pace
    feed: ConditionsFeed
    alarm: Alarm
    clock: SystemClock


@contextmanager
def recording(plan: Plan, *, again: bool, alive: Callable[[], None]) -> Iterator[Program]:
    """Record for as long as it is entered.

    again: a record is played from its beginning. alive: called while all goes its way, every ten
    seconds at least.
    """
    board, clock = plan.board, SystemClock()
    config, preferences = plan.config, plan.settings.current
    with ExitStack() as opened:
        boot_id = RECORD if board.simulated else clock.boot_id
        history, rescues = open_history(plan.path, boot_id)
        opened.enter_context(history)
        newest = _begun_anew(plan, history, again=again)
        pace = _pace_of(board, newest, config.history.interval_s, clock, alive)
        copies = None if board.simulated else DailyCsv(history)
        maintainer = HistoryMaintainer(history, pace.period_s, copies=copies, rescues=rescues)
        feed, wind = ConditionsFeed(), MeanWind()
        alarm = alarm_of(history, preferences.alarm, clock)
        ring = opened.enter_context(
            ringing(alarm, plan.settings, pace, clock, simulated=board.simulated)
        )
        trust = SensorHealth(board, lambda: _corrected_sensor(plan.settings))
        recorder = Recorder(
            maintainer,
            preferences.station.place,
            pace,
            Instruments(_reading(board), trust.remark, wind.mean_ms),
            feed=feed,
            ring=ring,
        )
        parts = Program(recorder, maintainer, pace, feed, alarm, clock)
        if config.publishers:
            opened.enter_context(_publishing(plan, parts, wind))
        opened.enter_context(recorder)
        yield parts


def _begun_anew(plan: Plan, history: History, *, again: bool) -> float | None:
    """When the newest sample was taken; a record that is to begin anew is forgotten."""
    newest = _newest_at(plan.path)
    if plan.board.simulated and (again or _is_over(plan.board, newest)):
        log.info("the record is played from its beginning")
        history.forget()
        return None
    return newest


def _is_over(board: Board, newest: float | None) -> bool:
    """Whether the storm that ships with the toolkit was played to its end.

    It is there to be watched, and begins again; a record of one's own stays as it is.
    """
    has_ended = newest is not None and newest >= board.weather.record.end
    return has_ended and board.weather.is_shipped


def _newest_at(path: Path) -> float | None:
    """When the newest sample was taken that is stored already."""
    try:
        with HistoryReader(path) as reader:
            newest = reader.newest()
    except OSError as error:
        log.warning("what is stored cannot be read now: %s", error)
        return None
    return newest.taken_at if newest else None


def _pace_of(
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


@contextmanager
def _publishing(plan: Plan, parts: Program, wind: MeanWind) -> Iterator[None]:
    from ..publish.registry import publisher_threads, publishers_of

    station = _station_context(plan, parts, wind)
    publishers = [publisher(station) for publisher in publishers_of(plan.config)]

    def correct(conditions: Conditions) -> Conditions:
        sample, offset_hpa = conditions.sample, plan.settings.current.offset_hpa
        return replace(conditions, sample=None if sample is None else corrected(sample, offset_hpa))

    with publisher_threads(publishers, parts.feed, correct):
        yield


def _station_context(plan: Plan, parts: Program, wind: MeanWind) -> "StationContext":
    from ..publish.publisher import StationContext

    alarm, uptime = parts.alarm, parts.clock.uptime
    return StationContext(
        period_s=parts.pace.period_s,
        version=version(),
        now=parts.pace.now,
        preferences=lambda: plan.settings.current,
        acknowledge=lambda: alarm.acknowledge(uptime()),
        acknowledged=lambda: alarm.state.acknowledged,
        add_wind=wind.add,
        simulated=plan.board.simulated,
        record_title=plan.record_title,
        history=plan.path,
    )


def version() -> str:
    """Return the installed version, or "not installed"."""
    from importlib import metadata  # 4 MB, which a logger saves

    try:
        return metadata.version("storm-petrel")
    except metadata.PackageNotFoundError:
        return "not installed"


def _corrected_sensor(settings: PreferenceStore) -> str:
    """The sensor that the offset was taken with; empty where that is not known."""
    offset = settings.current.offset
    return offset.sensor if offset else ""


def _reading(board: Board) -> Callable[[float], Sample]:
    def read(moment: float) -> Sample:
        if board.simulated:
            board.weather.move_to(moment)
        reading = board.barometer.read()
        return Sample(moment, reading.pressure_hpa, reading.temperature_c)

    return read
