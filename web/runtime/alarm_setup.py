"""The alarm of a running program, and what it is heard with; loaded is what was asked for alone."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from ..alarm.level_change import LevelChange
from ..alarm.state import Alarm, StoredAlarm
from ..config.tables import AlarmConfig
from ..history.reader import HistoryReader
from ..history.writer import History
from ..pages.preference_store import PreferenceStore
from ..recorder.system_clock import SystemClock
from ..weather import StormLevel

log = logging.getLogger(__name__)


def alarm_of(history: History, config: AlarmConfig, clock: SystemClock) -> Alarm:
    """The alarm as a restart left it; from now on the history keeps what is acknowledged."""
    kept, level = StoredAlarm(), StormLevel.CALM
    try:
        with HistoryReader(history.path) as reader:
            kept, change = reader.alarm(), reader.level()
    except OSError as error:
        log.warning("what was acknowledged of the alarm is not known: %s", error)
    else:
        level = change.level if change else level
    state = kept.after_restart(level, clock.uptime(), clock.boot_id, config.sounds_from_level)
    return Alarm(state, clock.boot_id, history.store_alarm, history.pending.set)


def sounding(
    alarm: Alarm, config: AlarmConfig, clock: SystemClock, *, simulated: bool
) -> AbstractContextManager[object]:
    """What lets the alarm be heard on the Pi, for as long as it is entered."""
    if config.buzzer is None and not config.sound:
        return nullcontext()
    from ..alarm.outputs import outputs
    from ..alarm.sounder import Sounder

    return Sounder(alarm, outputs(config, simulated=simulated), clock.uptime)


def notifying(settings: PreferenceStore) -> AbstractContextManager[Callable[[LevelChange], None]]:
    """What tells those who are to be notified, for as long as it is entered."""
    config = settings.current.alarm
    if not config.notify_command and not config.notify_url:
        return nullcontext(lambda change: None)
    from ..alarm.notifications import Notifications

    return Notifications.of(config, lambda: settings.current.alarm.notify_from_level).telling()
