"""Set up the alarm, its outputs and its notifications; import only what is configured."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from ..alarm.drill import Drill, TargetWay, words_of
from ..alarm.notice import Notice
from ..alarm.state import Alarm, AlarmSignal, AlarmState
from ..alarm.stored_alarm import StoredAlarm
from ..config.tables import AlarmConfig
from ..history.events import Event, EventKind
from ..history.reader import HistoryReader
from ..history.timeline import RECORD
from ..history.writer import History
from ..pages.preference_store import PreferenceStore
from ..recorder.conditions import ConditionsFeed
from ..recorder.pacing import Pace
from ..recorder.system_clock import SystemClock
from ..weather import StormLevel
from .alarm_feed import AlarmFeed, BeforeRestart, Recipients
from .notice_store import NoticeStore

log = logging.getLogger(__name__)


def alarm_of(history: History, config: AlarmConfig, pace: Pace, clock: SystemClock) -> Alarm:
    """Return the alarm as a restart left it; the history stores its later changes."""
    stored, level = StoredAlarm(), StormLevel.CALM
    try:
        with HistoryReader(history.path) as reader:
            stored, change = reader.alarm(), reader.level()
    except OSError as error:
        log.warning("what was acknowledged of the alarm is not known: %s", error)
    else:
        level = change.level if change else level
    state = stored.after_restart(level, clock.uptime(), clock.boot_id, config.sounds_from_level)

    def keep(state: AlarmState) -> None:
        history.store_alarm(StoredAlarm.of(state, clock.boot_id))

    def note(request: str, what: str, source: str) -> None:
        words = f"{what}: {request} by {source}"
        history.queue_event(Event(pace.now(), EventKind(request), words))

    return Alarm(state, keep, history.pending.set, note, config.acknowledged_by)


@contextmanager
def alarm_feed(
    alarm: Alarm,
    feed: ConditionsFeed,
    settings: PreferenceStore,
    pace: Pace,
    clock: SystemClock,
    history: History,
) -> Iterator[tuple[AlarmFeed, Drill]]:
    """Have the alarm sound and notify; yield what the recorder feeds it by, and its drill."""
    config, simulated = settings.current.alarm, pace.boot_id == RECORD

    def happened(words: str) -> None:
        history.queue_event(Event(pace.now(), EventKind.DRILL, words))

    drill = Drill(alarm, clock.uptime, happened)
    with (
        _sounder(alarm, config, clock, drill, simulated=simulated),
        _notifications(config, history, pace, alarm, drill) as notify,
        drill,
    ):
        fed = AlarmFeed(
            alarm,
            feed,
            pace,
            clock.uptime,
            lambda: settings.current,
            Recipients(notify, history.queue_event),
            _before_restart(history, clock.boot_id),
        )
        yield fed, drill


def _before_restart(history: History, boot_id: str) -> BeforeRestart:
    """Return what the history has. Of a sample from another boot, the moment is this boot's."""
    try:
        with HistoryReader(history.path) as reader:
            remark, ranges = reader.remark(), reader.ranges()
    except OSError:  # alarm_of() has logged it
        return BeforeRestart()
    if not ranges:
        return BeforeRestart(remark)
    boot, last = ranges[-1].boot, ranges[-1].last
    is_own = boot.boot_id == boot_id
    return BeforeRestart(remark, boot.monotonic_ms(last) / 1000 if is_own else 0.0)


def _sounder(
    alarm: Alarm, config: AlarmConfig, clock: SystemClock, drill: Drill, *, simulated: bool
) -> AbstractContextManager[object]:
    if config.buzzer is None and not config.sound:
        return nullcontext()
    from ..alarm.outputs import outputs_of
    from ..alarm.sounder import Sounder

    outputs = outputs_of(config, simulated=simulated)
    sounder = Sounder(alarm, list(outputs.values()), clock.uptime)
    for name, output in outputs.items():
        drill.add(name, sounder.way(output))
    return sounder


@contextmanager
def _notifications(
    config: AlarmConfig, history: History, pace: Pace, alarm: Alarm, drill: Drill
) -> Iterator[Callable[[Notice], None]]:
    store = NoticeStore(history, pace.now)
    if not config.notify_command and not config.notify_url:
        store.drop_others(())
        yield lambda notice: None
        return
    from ..alarm.notifications import Notifications

    def notice_of(signal: AlarmSignal | None) -> Notice:
        state = alarm.state
        present = AlarmSignal.NO_DATA.value if state.no_data else state.level.word
        level = signal.value if signal else present
        words = words_of(signal) if signal else "it is over"
        return Notice.of_drill(pace.now(), level, words, simulated=pace.boot_id == RECORD)

    with Notifications.of(config, store) as opened:
        for name, target in opened.targets.items():
            drill.add(name, TargetWay(target, notice_of))
        yield opened.notify
