"""[signalk]: pressure, tendency and alarm, for a Signal K server and its plotters."""

import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from ...alarm.state import AlarmSignal
from ...config.publishers import SignalKConfig
from ...history.clock_trust import ClockTrust
from ...recorder.conditions import Conditions
from ..publisher import StationContext
from .access_request import AccessRequest
from .deltas import DeltaEncoder
from .notifications import NORMAL, AlarmNotifications
from .received import ReceivedValue, received_values, wind_ms_of
from .udp import UdpLink
from .websocket import Link, WebSocketLink

_TOKEN = "signal-k-token"
# In a turn: a server can say anything of paths that it makes up.
_MOST_STALE, _LONGEST_PATH = 20, 200


class SignalK:
    """Publishes values and notifications; receives acknowledgements and the wind."""

    backlog = 1  # an instrument shows the present; each connection begins with the whole alarm

    def __init__(self, config: SignalKConfig, link: Link, station: StationContext) -> None:
        self.name = config.title
        self._link, self._station = link, station
        source = f"storm-petrel{'-simulated' if station.simulated else ''}.barometer"
        self._encoder = DeltaEncoder(source, config.zone, station.freshness.late_after_s)
        self._notifications = AlarmNotifications(station.record_title)
        self._newest, self._began_at = Conditions(), station.now()
        self._is_shown = False
        self._introduced_at = 0.0
        self._acknowledged = ""
        self._stale = set[str]()  # in this turn
        self.drilled: set[AlarmSignal] = set()

    def connect(self) -> None:
        self._link.open()
        self._introduce()
        self._link.check()

    def publish(self, conditions: Conditions) -> None:
        self._newest = conditions
        self._send_values()
        self._update_notifications()

    def poll(self) -> None:
        if self._is_shown and self._station.live(self._newest).sample is None:
            self._send_values()
        self._update_notifications()
        repeat_s = self._link.repeat_s
        if repeat_s and time.monotonic() - self._introduced_at > repeat_s:
            self._introduce()
        self._stale.clear()
        for text in self._link.received():
            for received in received_values(text):
                self._handle(received)
        if self._stale:
            self._link.send(self._encoder.delta(dict.fromkeys(self._stale, NORMAL), None))

    def disconnect(self) -> None:
        self._link.close()

    def _introduce(self) -> None:
        """Send everything, as the server may have forgotten it."""
        self._introduced_at = time.monotonic()
        self._link.send(self._encoder.meta())
        if self._newest != Conditions():
            self._send_values()
        self._send_notifications()

    def _send_values(self) -> None:
        sample, outlook = (live := self._station.live(self._newest)).sample, live.outlook
        values = self._encoder.values(sample, outlook)
        # A plotter needs the real time: not that of a clock without a source, or of a record.
        is_real = not self._station.simulated and self._newest.trust is not ClockTrust.NONE
        taken_at = sample.taken_at if sample is not None and is_real else None
        self._link.send(self._encoder.delta(values, taken_at))
        self._is_shown = sample is not None

    def _update_notifications(self) -> None:
        newest, station, notifications = self._newest, self._station, self._notifications
        present, alarm = station.present(newest), station.alarm()
        sounds_from = station.preferences().alarm.sounds_from_level
        is_changed = False
        # A level that is lost is shown no more; an old one, as after a restart, is not an alarm.
        if present.sample is None or station.live(newest).sample is not None:
            is_changed = notifications.update(present.outlook, sounds_from, alarm.acknowledged)
        is_lost = newest.sample is not None and present.sample is None and not station.simulated
        last_at = newest.sample.taken_at if newest.sample else self._began_at
        since = last_at if is_lost or alarm.no_data else None
        is_changed |= notifications.update_no_data(
            since, is_alarm=alarm.no_data, acknowledged=alarm.no_data_acknowledged
        )
        is_changed |= notifications.update_drill(alarm.drill, station.now())
        if notifications.sounds_at(alarm.acknowledged):
            notifications.stop_sound()
            is_changed = True
        if is_changed:
            self._send_notifications()
        if alarm.drill:
            self.drilled.add(alarm.drill)

    def _send_notifications(self) -> None:
        values = self._notifications.values()
        if values:
            self._link.send(self._encoder.delta(values, None))

    def _handle(self, received: ReceivedValue) -> None:
        if (wind_ms := wind_ms_of(received)) is not None:
            self._station.add_wind(wind_ms)
        elif received.source == self._encoder.source and isinstance(received.value, dict):
            self._handle_alarm(received.path, received.value)

    def _handle_alarm(self, path: str, value: Mapping[str, Any]) -> None:
        if self._notifications.is_stale(path, value):
            if len(self._stale) < _MOST_STALE and len(path) < _LONGEST_PATH:
                self._stale.add(path)
        elif path != self._acknowledged and self._notifications.is_acknowledged(path, value):
            self._acknowledged = path
            # What is shown, and no higher level that the alarm may have by now.
            self._station.acknowledge("signalk", self._notifications.level)


def publisher_of(config: SignalKConfig, history: Path) -> Callable[[StationContext], SignalK]:
    """Return the factory; it opens nothing yet. history: the token is stored beside it."""
    return partial(_signal_k, config, history)


def _signal_k(config: SignalKConfig, history: Path, station: StationContext) -> SignalK:
    host, port = config.host, config.port_number
    if config.transport == "udp":
        return SignalK(config, UdpLink(host, port), station)
    file = Path(config.token_file).expanduser() if config.token_file else history.with_name(_TOKEN)
    access = AccessRequest(host, port, file, files=station.side_files)
    # Today's wind has nothing to do with a record that is played.
    link = WebSocketLink(host, port, access, wind=config.wind and not station.simulated)
    return SignalK(config, link, station)
