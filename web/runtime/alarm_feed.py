"""What the recorder tells the alarm: samples, a sensor in doubt, and that nothing comes.

recorder --> judged(sample, outlook) --.            .--> Alarm: sounder, page, publishers
         --> doubt(remark) ------------+--AlarmFeed-+
NoDataWatch, its own thread ----------'             '--> notices, conditions feed
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from math import inf
from typing import NamedTuple, Self

from ..alarm.level_change import LevelChange
from ..alarm.no_data import NoDataWatch
from ..alarm.notice import Notice
from ..alarm.state import Alarm
from ..config.settings import Preferences
from ..display.times import duration_words
from ..history.events import Event, EventKind
from ..history.timeline import RECORD
from ..recorder.conditions import ConditionsFeed
from ..recorder.pacing import Pace
from ..recorder.sensor_health import Remark
from ..weather import Outlook, Sample
from ..weather.sample import corrected

log = logging.getLogger(__name__)

_STEADY = 10  # samples in a row end a doubt: a loose plug comes and goes
_HANGS = "the recorder does not end its last reading"


class Recipients(NamedTuple):
    """notify: takes a notice, for people elsewhere. happened: takes an event, for those to come."""

    notify: Callable[[Notice], object]
    happened: Callable[[Event], object]


class BeforeRestart(NamedTuple):
    """What a restart finds. doubt: the remark about the sensor that was notified, or "".

    sample_at: the moment of the newest sample by the alarm's clock; None without any.
    """

    doubt: str = ""
    sample_at: float | None = None


class AlarmFeed:
    """Drives the alarm and its notices. A context manager, for the thread that watches for silence.

    judged() and doubt() are for the recorder's thread, and never wait. uptime: the clock of the
    alarm's moments. recipients: take notices and events.
    """

    def __init__(
        self,
        alarm: Alarm,
        feed: ConditionsFeed,
        pace: Pace,
        uptime: Callable[[], float],
        preferences: Callable[[], Preferences],
        recipients: Recipients,
        before: BeforeRestart,
    ) -> None:
        self._alarm, self._feed, self._pace, self._uptime = alarm, feed, pace, uptime
        self._preferences, (self._notify, self._happened) = preferences, recipients
        self._simulated = pace.boot_id == RECORD  # the end of a record is no silence
        self._doubt, self._steady = Remark("", before.doubt), 0
        self._after_s = after_s = preferences().alarm.no_data_s(pace.period_s)
        is_watched = after_s > 0 and not self._simulated
        watched_s = after_s if is_watched else inf
        self._watch = NoDataWatch(alarm, watched_s, uptime, self._no_data, before.sample_at)
        if not is_watched:
            alarm.set_no_data(False, uptime())

    def judged(self, sample: Sample, outlook: Outlook) -> None:
        """Give the level to the alarm, and a change of it to the recipients."""
        before = self._alarm.update(outlook.level, self._uptime())
        silent_s = self._watch.silent_s()
        is_again = self._watch.judged()
        preferences = self._preferences()
        shown = corrected(sample, preferences.offset_hpa)
        change = LevelChange.of(before, outlook, shown, simulated=self._simulated)
        if before is not outlook.level:
            self._happened(Event(sample.taken_at, EventKind.LEVEL, change.words))
        if is_again:
            self._data_again(sample, change, silent_s)
        # Not of the part of a record that comes at once.
        age_s = self._pace.now() - sample.taken_at
        is_present = not self._simulated or age_s <= 2 * self._pace.period_s
        if is_present and not is_again and change.concerns(preferences.alarm.notify_from_level):
            self._notify(Notice.of_level(change))

    def _data_again(self, sample: Sample, change: LevelChange, silent_s: float) -> None:
        last = self._feed.newest.sample
        # A sample from before the boot may have a time that is wrong, and later than now.
        missing_s = silent_s if last is None else max(silent_s, sample.taken_at - last.taken_at)
        notice = Notice.of_data_again(change, missing_s)
        log.warning("%s", notice.message)
        self._notify(notice)
        words = f"Data again after {duration_words(missing_s)}"
        self._happened(Event(sample.taken_at, EventKind.NO_DATA, words))

    def doubt(self, remark: Remark) -> None:
        """Notify of a doubt about the sensor, once for each kind."""
        if not remark.words or not remark.is_doubt:
            self._steady += 1
            if self._steady >= _STEADY:
                self._doubt = remark
            return
        before, self._doubt, self._steady = self._doubt, remark, 0
        if remark.kind != before.kind and remark.words != before.words:
            now, simulated = self._pace.now(), self._simulated
            self._notify(Notice.of_sensor(now, remark.words, simulated=simulated))
            words = f"The barometer is in doubt: {remark.words}"
            self._happened(Event(now, EventKind.OUTAGE, words))

    def _no_data(self) -> None:
        newest, now = self._feed.newest, self._pace.now()
        is_read = newest.sample is not None and 0 <= now - newest.sample.taken_at < self._after_s
        # Samples that are read and cannot be judged are no data for an alarm.
        why = newest.outage if newest.outage and (newest.is_gap or is_read) else _HANGS
        since = now - self._after_s
        if newest.sample and not is_read:
            since = min(since, newest.sample.taken_at)
        notice = Notice.of_no_data(self._alarm.state.level, since, why)
        log.warning("%s", notice.message)
        if why == _HANGS and not is_read:  # a recorder that hangs shows nothing by itself
            self._feed.publish(replace(newest, outage=why, is_gap=True))
        self._notify(notice)
        self._happened(Event(now, EventKind.NO_DATA, f"NO DATA: {why}"))

    def __enter__(self) -> Self:
        self._watch.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._watch.close()
