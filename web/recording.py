"""The recorder at work, with all that hangs on it.

board -> recorder -> history
|----> alarm -> buzzer, notifications
'----> notices -> plugs, pages
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from sensors.board import Board
from sensors.config import section

from .alarm import Alarm
from .bulletin import Notices, corrected
from .config import AlarmConfig, HistoryConfig, StationConfig
from .copies import DailyCopies
from .history import History
from .keeper import Keeper
from .level_change import LevelChange
from .pace import Pace
from .paces import is_over, newest_at, pace_of
from .plugging import plugging
from .recorder import Instruments, Recorder
from .rescue import open_history
from .ringing import alarm_of, notifying, sounding
from .system_clock import SystemClock
from .timeline import RECORD
from .trust import Trust
from .version import version
from .weather import Outlook, Sample
from .wind import MeanWind

if TYPE_CHECKING:
    from calibration.pressure_offset import PressureOffset

    from .publish.plug import Ship

log = logging.getLogger("storm-petrel")

_Config = TypeVar("_Config")
Ring = Callable[[Sample, Outlook], None]


@dataclass(frozen=True)
class Plan:
    """What is to be recorded, by the settings.

    path: of the history. tables: the settings, with what was set on the page; where: what they are
    called in messages.
    """

    board: Board
    path: Path
    offset: "PressureOffset | None"
    tables: Mapping[str, Any]
    where: str

    def section(self, name: str, cls: type[_Config]) -> _Config:
        """A table of the settings. Raises ConfigError."""
        return section(self.tables, name, cls, self.where)

    @property
    def offset_hpa(self) -> float:
        """What the pressure is corrected by."""
        return self.offset.offset_hpa if self.offset else 0.0

    @property
    def playing(self) -> str:
        """The title of the record that is played; empty for a real sensor."""
        return self.board.weather.record.title if self.board.simulated else ""


class Recording(NamedTuple):
    """The parts that the page is made from. clock: that of the machine."""

    recorder: Recorder
    keeper: Keeper
    pace: Pace
    notices: Notices
    alarm: Alarm
    clock: SystemClock


@contextmanager
def recording(plan: Plan, *, again: bool, alive: Callable[[], None]) -> Iterator[Recording]:
    """Record for as long as it is entered.

    again: a record is played from its beginning. alive: called while all goes its way, every ten
    seconds at least.
    """
    board, clock = plan.board, SystemClock()
    interval_s = plan.section("history", HistoryConfig).interval_s
    with ExitStack() as opened:
        boot_id = RECORD if board.simulated else clock.boot_id
        history, rescues = open_history(plan.path, boot_id)
        opened.enter_context(history)
        newest = _begun_anew(plan, history, again=again)
        pace = pace_of(board, newest, interval_s, clock, alive)
        copies = None if board.simulated else DailyCopies(history)
        keeper = Keeper(history, pace.period_s, copies=copies, rescues=rescues)
        notices, wind = Notices(), MeanWind()
        alarm = alarm_of(history, plan.section("alarm", AlarmConfig), clock)
        ring = opened.enter_context(_ringing(plan, alarm, pace, clock))
        trust = Trust(board, plan.offset.sensor if plan.offset else "")
        recorder = Recorder(
            keeper,
            plan.section("station", StationConfig).place,
            pace,
            Instruments(_reading(board), trust.remark, wind.mean_ms),
            notices=notices,
            ring=ring,
        )
        parts = Recording(recorder, keeper, pace, notices, alarm, clock)
        ship = partial(_ship, plan, parts, wind)
        opened.enter_context(plugging(plan.tables, plan.where, ship, notices, plan.offset_hpa))
        opened.enter_context(recorder)
        yield parts


def _begun_anew(plan: Plan, history: History, *, again: bool) -> float | None:
    """When the newest sample was taken; a record that is to begin anew is forgotten."""
    newest = newest_at(plan.path)
    if plan.board.simulated and (again or is_over(plan.board, newest)):
        log.info("the record is played from its beginning")
        history.forget()
        return None
    return newest


@contextmanager
def _ringing(plan: Plan, alarm: Alarm, pace: Pace, clock: SystemClock) -> Iterator[Ring]:
    config, simulated = plan.section("alarm", AlarmConfig), plan.board.simulated
    with (
        sounding(alarm, config, clock, simulated=simulated),
        notifying(config) as tell,
    ):

        def ring(sample: Sample, outlook: Outlook) -> None:
            before = alarm.update(outlook.level, clock.uptime())
            # Not of the part of a record that comes at once.
            is_present = pace.now() - sample.taken_at <= 2 * pace.period_s
            if before is not outlook.level and is_present:
                shown = corrected(sample, plan.offset_hpa)
                tell(LevelChange.of(before, outlook, shown, simulated=simulated))

        yield ring


def _ship(plan: Plan, parts: Recording, wind: MeanWind) -> "Ship":
    from .history_reader import HistoryReader
    from .publish.plug import Ship

    alarm, uptime = parts.alarm, parts.clock.uptime
    return Ship(
        parts.pace.period_s,
        plan.playing,
        version(),
        parts.pace.now,
        lambda: alarm.acknowledge(uptime()),
        lambda: alarm.state.acknowledged,
        partial(HistoryReader, plan.path, plan.offset_hpa),
        wind.hear,
    )


def _reading(board: Board) -> Callable[[float], Sample]:
    def read(moment: float) -> Sample:
        if board.simulated:
            board.weather.move_to(moment)
        reading = board.barometer.read()
        return Sample(moment, reading.pressure_hpa, reading.temperature_c)

    return read
