"""Set up the alarm, its outputs and its notifications; import only what is configured."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from ..alarm.level_change import LevelChange
from ..alarm.state import Alarm, StoredAlarm
from ..config.tables import AlarmConfig
from ..history.reader import HistoryReader
from ..history.writer import History
from ..pages.preference_store import PreferenceStore
from ..recorder.pacing import Pace
from ..recorder.system_clock import SystemClock
from ..weather import Outlook, Sample, StormLevel
from ..weather.sample import corrected

log = logging.getLogger(__name__)

Ring = Callable[[Sample, Outlook], None]


def alarm_of(history: History, config: AlarmConfig, clock: SystemClock) -> Alarm:
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
    return Alarm(state, clock.boot_id, history.store_alarm, history.pending.set)


@contextmanager
def ringing(
    alarm: Alarm, settings: PreferenceStore, pace: Pace, clock: SystemClock, *, simulated: bool
) -> Iterator[Ring]:
    """Have the alarm sound, and yield what the recorder calls with each outlook."""
    sounder = _sounder(alarm, settings.current.alarm, clock, simulated=simulated)
    with sounder, _notifications(settings) as notify:

        def ring(sample: Sample, outlook: Outlook) -> None:
            before = alarm.update(outlook.level, clock.uptime())
            # Not of the part of a record that comes at once.
            is_present = pace.now() - sample.taken_at <= 2 * pace.period_s
            if before is not outlook.level and is_present:
                shown = corrected(sample, settings.current.offset_hpa)
                notify(LevelChange.of(before, outlook, shown, simulated=simulated))

        yield ring


def _sounder(
    alarm: Alarm, config: AlarmConfig, clock: SystemClock, *, simulated: bool
) -> AbstractContextManager[object]:
    if config.buzzer is None and not config.sound:
        return nullcontext()
    from ..alarm.outputs import outputs_of
    from ..alarm.sounder import Sounder

    return Sounder(alarm, outputs_of(config, simulated=simulated), clock.uptime)


@contextmanager
def _notifications(settings: PreferenceStore) -> Iterator[Callable[[LevelChange], None]]:
    config = settings.current.alarm
    if not config.notify_command and not config.notify_url:
        yield lambda change: None
        return
    from ..alarm.notifications import Notifications

    with Notifications.of(config, lambda: settings.current.alarm.notify_from_level) as opened:
        yield opened.notify
