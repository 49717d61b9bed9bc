"""The running program: the recorder and all that is connected to it.

board -> recorder -> history
|----> alarm -> buzzer, notifications
'----> feed -> publishers, pages
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sensors.board import Board

from ..alarm.drill import Drill
from ..alarm.state import Alarm
from ..config.settings import Config
from ..history.daily_csv import DailyCsv
from ..history.events import Event, EventKind
from ..history.maintenance import HistoryMaintainer
from ..history.reader import HistoryReader
from ..history.recovery.salvage import Salvage, open_history
from ..history.timeline import RECORD
from ..history.writer import History
from ..pages.preference_store import PreferenceStore
from ..recorder.conditions import Conditions, ConditionsFeed
from ..recorder.mean_wind import MeanWind
from ..recorder.pacing import Pace, RecordPace, WallPace
from ..recorder.recorder import Instruments, Recorder
from ..recorder.sensor_health import SensorHealth
from ..recorder.system_clock import SystemClock
from ..system.side_files import Loss, SideFileFault, SideFiles
from ..system.version import version
from ..weather import Sample
from ..weather.sample import corrected
from .alarm_setup import alarm_feed, alarm_of

if TYPE_CHECKING:
    from ..publish.publisher import StationContext

log = logging.getLogger("storm-petrel")

_CHECK_S = 60.0  # of the side files
_HISTORY_LOSS = Loss(
    "what can be read of it is brought over; what was acknowledged of the alarm may be lost, and"
    " then it sounds again"
)


@dataclass(frozen=True)
class Plan:
    """What is to be recorded, by the settings. path: of the history.

    side_files: those of this program, and their faults.
    """

    board: Board
    path: Path
    config: Config
    settings: PreferenceStore
    side_files: SideFiles = field(default_factory=SideFiles)

    @property
    def record_title(self) -> str:
        """The title of the record that is played; "" for a real sensor."""
        return self.board.weather.record.title if self.board.simulated else ""


class Program(NamedTuple):
    """The parts of a running program. clock: that of the machine."""

    recorder: Recorder
    maintainer: HistoryMaintainer
    pace: Pace
    feed: ConditionsFeed
    alarm: Alarm
    drill: Drill
    clock: SystemClock


@contextmanager
def recording(plan: Plan, *, again: bool, alive: Callable[[], None]) -> Iterator[Program]:
    """Record within the block.

    again: play a record from its beginning. alive: called at least every ten seconds while all is
    well.
    """
    board, clock = plan.board, SystemClock()
    config, preferences = plan.config, plan.settings.current
    with ExitStack() as opened:
        boot_id = RECORD if board.simulated else clock.boot_id
        history, salvages = open_history(plan.path, boot_id)
        opened.enter_context(history)
        newest = _newest_kept(plan, history, again=again)
        pace = _pace_of(board, newest, config.history.interval_s, clock, alive)
        history.queue_event(Event(pace.now(), EventKind.RESTART, _start_words(history, boot_id)))
        opened.callback(
            lambda: history.queue_event(
                Event(pace.now(), EventKind.STOP, "The program was ended, as it should be")
            )
        )
        maintainer = _maintainer(plan, history, pace.period_s, salvages)
        feed, wind = ConditionsFeed(), MeanWind()
        alarm = alarm_of(history, preferences.alarm, pace, clock)
        alarm_input, drill = opened.enter_context(
            alarm_feed(alarm, feed, plan.settings, pace, clock, history)
        )
        health = SensorHealth(
            board,
            lambda: _sensor_of_offset(plan.settings),
            lambda: plan.settings.current.station.altitude_m,
        )
        recorder = Recorder(
            maintainer,
            preferences.station.place,
            pace,
            Instruments(_reader_of(board), health.remark, wind.mean_ms),
            feed=feed,
            ring=alarm_input.judged,
            doubt=alarm_input.doubt,
        )
        parts = Program(recorder, maintainer, pace, feed, alarm, drill, clock)
        if config.publishers:
            opened.enter_context(_publishing(plan, parts, wind))
        opened.enter_context(recorder)
        opened.enter_context(plan.side_files.watched(min(_CHECK_S, config.history.interval_s)))
        opened.enter_context(alarm_input)
        yield parts


def _start_words(history: History, boot_id: str) -> str:
    """Return what a start is, by what the file has of the time before it."""
    try:
        with HistoryReader(history.path) as reader:
            events, ranges = reader.events(1), reader.ranges()
    except OSError as error:
        return f"The program was started; what was before cannot be read: {error}"
    if not events and not ranges:
        return "The program was started for the first time"
    is_same_boot = bool(ranges) and ranges[-1].boot.boot_id == boot_id
    words = f"The {'program' if is_same_boot else 'Pi'} was started again"
    if events and events[0].kind is not EventKind.STOP:
        words += ", and the program had not been ended: by a power cut or a fault"
    return words


def _maintainer(
    plan: Plan, history: History, period_s: float, salvages: list[Salvage]
) -> HistoryMaintainer:
    """Return what looks after the history; one that was set aside is shown with the side files."""
    copies = None if plan.board.simulated else DailyCsv(history)

    def show(salvage: Salvage) -> None:
        # Its name changes once what it has is brought over.
        plan.side_files.report(
            plan.path,
            lambda: SideFileFault(plan.path, "could not be read", _HISTORY_LOSS, salvage.aside),
        )

    return HistoryMaintainer(history, period_s, copies=copies, salvages=salvages, set_aside=show)


def _newest_kept(plan: Plan, history: History, *, again: bool) -> float | None:
    """Return when the newest sample was taken. Empty the history of a record that begins again."""
    newest = _newest_at(plan.path)
    if plan.board.simulated and (again or _is_over(plan.board, newest)):
        log.info("the record is played from its beginning")
        history.forget()
        return None
    return newest


def _is_over(board: Board, newest: float | None) -> bool:
    """Return whether the shipped storm was played to its end: only that one begins again."""
    has_ended = newest is not None and newest >= board.weather.record.end
    return has_ended and board.weather.is_shipped


def _newest_at(path: Path) -> float | None:
    """Return when the newest stored sample was taken."""
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
    """Return the pace of this board. newest: the last stored moment of a record."""
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

    named = dict(zip(plan.config.publishers, publishers, strict=True))
    with publisher_threads(named, parts.feed, correct) as ways:
        for name, way in ways.items():
            parts.drill.add(name, way)
        yield


def _station_context(plan: Plan, parts: Program, wind: MeanWind) -> "StationContext":
    from ..publish.publisher import StationContext

    alarm, uptime = parts.alarm, parts.clock.uptime
    return StationContext(
        period_s=parts.pace.period_s,
        version=version(),
        now=parts.pace.now,
        preferences=lambda: plan.settings.current,
        acknowledge=lambda source, seen: alarm.acknowledge(uptime(), source, seen),
        alarm=lambda: alarm.state,
        add_wind=wind.add,
        simulated=plan.board.simulated,
        record_title=plan.record_title,
        history=plan.path,
        side_files=plan.side_files,
    )


def _sensor_of_offset(settings: PreferenceStore) -> str:
    """Return the serial of the sensor that the offset was taken with, or ""."""
    offset = settings.current.offset
    return offset.sensor if offset else ""


def _reader_of(board: Board) -> Callable[[float], Sample]:
    def read(moment: float) -> Sample:
        if board.simulated:
            board.weather.move_to(moment)
        reading = board.barometer.read()
        return Sample(moment, reading.pressure_hpa, reading.temperature_c)

    return read
