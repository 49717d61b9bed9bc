"""The alarm of a running program and its outputs; only those in the settings are imported."""

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


@contextmanager
def ringing(
    alarm: Alarm, settings: PreferenceStore, pace: Pace, clock: SystemClock, *, simulated: bool
) -> Iterator[Callable[[Sample, Outlook], None]]:
    """Give the function that takes each outlook to the alarm, and a change to the notifiers."""
    config = settings.current.alarm
    with (
        _sounding(alarm, config, clock, simulated=simulated),
        _notifying(settings) as notify,
    ):

        def ring(sample: Sample, outlook: Outlook) -> None:
            before = alarm.update(outlook.level, clock.uptime())
            # Not of the part of a record that comes at once.
            is_present = pace.now() - sample.taken_at <= 2 * pace.period_s
            if before is not outlook.level and is_present:
                shown = corrected(sample, settings.current.offset_hpa)
                notify(LevelChange.of(before, outlook, shown, simulated=simulated))

        yield ring


def _sounding(
    alarm: Alarm, config: AlarmConfig, clock: SystemClock, *, simulated: bool
) -> AbstractContextManager[object]:
    if config.buzzer is None and not config.sound:
        return nullcontext()
    from ..alarm.outputs import outputs
    from ..alarm.sounder import Sounder

    return Sounder(alarm, outputs(config, simulated=simulated), clock.uptime)


def _notifying(settings: PreferenceStore) -> AbstractContextManager[Callable[[LevelChange], None]]:
    config = settings.current.alarm
    if not config.notify_command and not config.notify_url:
        return nullcontext(lambda change: None)
    from ..alarm.notifications import Notifications

    return Notifications.of(config, lambda: settings.current.alarm.notify_from_level).telling()
