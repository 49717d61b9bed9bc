"""A boat whose clock is moved on by its recorder, a second a turn; all of its parts are real."""

import resource
import shutil
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from flask.testing import FlaskClient

from tests.support.machine_clock import SeaClock
from tests.support.real_servers import Mosquitto
from tests.support.storm_conditions import one_publisher
from web.alarm.notice import Notice
from web.alarm.notifications import Notifications, Notifier
from web.config.settings import Config, Preferences
from web.history.daily_csv import DailyCsv
from web.history.maintenance import HistoryMaintainer
from web.history.recovery.salvage import open_history
from web.pages.app import create_app
from web.pages.context import PageContext
from web.pages.controls import alarm_fields
from web.pages.overview import StationInfo
from web.publish.publisher import Publisher, StationContext
from web.recorder.conditions import Conditions, ConditionsFeed
from web.recorder.pacing import WallPace
from web.recorder.recorder import Instruments, Recorder
from web.runtime.alarm_feed import AlarmFeed, Recipients
from web.runtime.alarm_setup import _before_restart, alarm_of
from web.runtime.notice_store import NoticeStore
from web.weather import Outlook, Sample

if TYPE_CHECKING:
    from web.recorder.system_clock import SystemClock

_AGAIN_S = (0.02,) * 1_000_000  # real seconds, in which many of the boat's pass


class SoakClock(SeaClock):
    """The machine's clocks, as SystemClock has them."""

    def uptime(self) -> float:
        return self.monotonic_ms() / 1000


class Target:
    """Where notices go: what has come, in its order; while the network is away, nothing."""

    name = "the harbour"

    def __init__(self) -> None:
        self.is_away = False
        self.came: list[Notice] = []

    def send(self, notice: Notice, stop: threading.Event) -> None:
        if self.is_away:
            raise OSError("no route to host")
        self.came.append(notice)


class Disk:
    """The disk of this process: writes are refused by the kernel while it is full."""

    def __init__(self) -> None:
        self._limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        self.is_full = False

    def fill(self, *, full: bool) -> None:
        self.is_full = full
        soft = 0 if full else self._limits[0]
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, self._limits[1]))

    def start(self, broker: Mosquitto) -> None:
        """Start a broker, whose own disk is well."""
        is_full = self.is_full
        self.fill(full=False)
        broker.start()
        self.fill(full=is_full)


class SoakPace(WallPace):
    """A sample a second, as soon as the world has passed one; None ends the program."""

    def __init__(self, clock: SoakClock, second: Callable[[], bool]) -> None:
        super().__init__(1.0, clock)
        self._second = second

    def next_moment(self, stop: threading.Event) -> float | None:
        return self.begins() if self._second() else None


class Run:
    """One run of the program, from a start to its end."""

    def __init__(
        self,
        path: Path,
        clock: SoakClock,
        target: Target,
        tables: dict[str, Any],
        second: Callable[[], bool],
        read: Callable[[float], Sample],
        judged: "Callable[[Run, Sample, Outlook], None]",
    ) -> None:
        self.clock, self.feed = clock, ConditionsFeed()
        config = Config.of({**tables, "history": {"path": str(path), "interval_s": 1.0}}, "boat")
        current = Preferences(config.station, config.alarm, config.page)
        system_clock = cast("SystemClock", clock)
        self._opened = ExitStack()
        self.history, salvages = open_history(path, clock.boot_id)
        self._opened.enter_context(self.history)
        self.pace = SoakPace(clock, second)
        self.alarm = alarm_of(self.history, config.alarm, self.pace, system_clock)
        store = NoticeStore(self.history, self.pace.now)
        self.notifier = Notifier(target, pauses_s=_AGAIN_S, store=store)
        notices = self._opened.enter_context(Notifications([self.notifier]))
        recipients = Recipients(notices.notify, self.history.queue_event)
        self.input = AlarmFeed(
            self.alarm,
            self.feed,
            self.pace,
            clock.uptime,
            lambda: current,
            recipients,
            _before_restart(self.history, clock.boot_id),
        )
        maintainer = HistoryMaintainer(
            self.history, 1.0, copies=DailyCsv(self.history), salvages=salvages
        )
        self.recorder = Recorder(
            maintainer,
            current.station.place,
            self.pace,
            Instruments(read),
            feed=self.feed,
            ring=lambda sample, outlook: judged(self, sample, outlook),
        )
        station = StationContext(
            1.0,
            "1",
            now=self.pace.now,
            preferences=lambda: current,
            acknowledge=lambda source, seen: None,
            alarm=lambda: self.alarm.state,
            add_wind=lambda wind_ms: None,
            history=path,
        )
        self.mqtt = one_publisher({"mqtt": tables["mqtt"]}, "boat", station)
        self.signal_k = one_publisher({"signalk": tables["signalk"]}, "boat", station)
        self._connected: set[Publisher] = set()
        info = StationInfo(1.0, 5, "1")
        context = PageContext(
            path,
            self.pace,
            info,
            self.feed,
            alarm=lambda: alarm_fields(self.alarm.state, clock.uptime()),
        )
        self.page: FlaskClient = create_app(context).test_client()

    def sail(self) -> None:
        """Run until the world ends it."""
        # As NoDataWatch does when it is entered; its thread is the world here.
        self.input._watch._begins_at = self.input._watch._first_at()
        with self.recorder:
            self.recorder.join()

    def publish(self) -> None:
        """A turn of each publisher's thread."""
        for publisher in (self.mqtt, self.signal_k):
            try:
                if publisher not in self._connected:
                    publisher.connect()
                    self._connected.add(publisher)
                publisher.publish(self.feed.newest)
                publisher.poll()
            except OSError:
                publisher.disconnect()
                self._connected.discard(publisher)

    def settle(self) -> None:
        """Wait until what can be sent is sent, and what can be stored is stored."""
        target = cast("Target", self.notifier._target)
        while self.notifier._waiting and not target.is_away:
            threading.Event().wait(0.002)
        self.recorder.wait_until_stored()

    def end(self, copy: Path | None = None) -> None:
        """End it; with a copy, as a power cut does: the copy has what the disk had before."""
        if copy is not None:
            for ending in ("", "-wal"):
                own = self.history.path.with_name(self.history.path.name + ending)
                if own.exists():
                    shutil.copy(own, copy.with_name(copy.name + ending))
        for publisher in self._connected:
            publisher.disconnect()
        self._opened.close()

    @property
    def newest(self) -> Conditions:
        return self.feed.newest


def refused(publisher: Publisher) -> None:
    """End a connection, as when its peer is gone."""
    with suppress(OSError):
        publisher.disconnect()
