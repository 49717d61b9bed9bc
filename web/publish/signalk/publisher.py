"""[signalk]: the pressure, its trend and the alarm, for a Signal K server and its plotters."""

import logging
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from ...config.publishers import SignalKConfig
from ...display.times import late_after_s
from ...history.clock_trust import ClockTrust
from ...recorder.conditions import Conditions
from ..publisher import StationContext
from ..values import Freshness
from .access_request import AccessRequest
from .deltas import DeltaEncoder
from .notifications import LevelNotifications, over
from .received import Heard, heard, speed_ms
from .udp import UdpLink
from .websocket import Link, WebSocketLink

log = logging.getLogger(__name__)

_TOKEN = "signal-k-token"


class SignalK:
    """The Publisher that speaks Signal K."""

    backlog = 1  # an instrument tells the present; the alarm is told whole with each connection

    def __init__(self, config: SignalKConfig, link: Link, station: StationContext) -> None:
        self.name = config.title
        self._link, self._station = link, station
        source = f"storm-petrel{'-simulated' if station.simulated else ''}.barometer"
        self._speaker = DeltaEncoder(source, config.zone, late_after_s(station.period_s))
        self._episode = LevelNotifications(station.record_title)
        self._freshness = Freshness(station)
        self._newest = Conditions()
        self._is_known = False
        self._introduced_at = 0.0
        self._acknowledged = ""

    def connect(self) -> None:
        """Connect, and tell all that a server may have forgotten."""
        self._link.open()
        self._introduce()
        self._link.settle()

    def tell(self, conditions: Conditions) -> None:
        """Tell what was measured; and of the level, when it has changed."""
        self._newest = conditions
        self._freshness.take(conditions)
        self._measured()
        # A level of the past, as it comes after a restart or from a record, is nobody's alarm.
        is_present = self._freshness.sample() is not None
        outlook = conditions.outlook
        if is_present and outlook:
            sounds_from = self._station.calls.preferences().alarm.sounds_from_level
            if self._episode.take(outlook, sounds_from, self._station.calls.acknowledged()):
                self._notify()

    def listen(self) -> None:
        """Say what is not known any more, or known to somebody; and hear who acknowledged."""
        if self._is_known and self._freshness.sample() is None:
            self._measured()
        if self._episode.sounds_in_vain(self._station.calls.acknowledged()):
            self._episode.acknowledge()
            self._notify()
        again_s = self._link.again_s
        if again_s and time.monotonic() - self._introduced_at > again_s:
            self._introduce()
        for text in self._link.received():
            for said in heard(text):
                self._heed(said)

    def disconnect(self) -> None:
        """Let go of the connection."""
        self._link.close()

    def _introduce(self) -> None:
        self._introduced_at = time.monotonic()
        self._link.send(self._speaker.meta())
        if self._newest != Conditions():
            self._measured()
        self._notify()

    def _measured(self) -> None:
        sample = self._freshness.sample()
        values = self._speaker.measured(sample, self._newest.outlook)
        # A clock that nobody vouches for, and that of a record, are no times for a plotter.
        is_time = not self._station.simulated and self._newest.trust is not ClockTrust.NONE
        taken_at = sample.taken_at if sample is not None and is_time else None
        self._link.send(self._speaker.delta(values, taken_at))
        self._is_known = sample is not None

    def _notify(self) -> None:
        values = self._episode.values()
        if values:
            self._link.send(self._speaker.delta(values, None))

    def _heed(self, said: Heard) -> None:
        if (wind_ms := speed_ms(said)) is not None:
            self._station.calls.wind(wind_ms)
        elif said.source == self._speaker.source and isinstance(said.value, dict):
            self._heed_alarm(said.path, said.value)

    def _heed_alarm(self, path: str, value: Mapping[str, Any]) -> None:
        if self._episode.is_left_over(path, value):
            self._link.send(self._speaker.delta({path: over()}, None))
        elif path != self._acknowledged and self._episode.is_acknowledged(path, value):
            self._acknowledged = path
            self._episode.acknowledge()
            log.info("the alarm was acknowledged over Signal K")
            self._station.calls.acknowledge()


def publisher_of(config: SignalKConfig, history: Path) -> Callable[[StationContext], SignalK]:
    """Return what makes the publisher; it opens nothing yet. history: the token is kept beside it.

    Raises ValueError without websocket-client where that is needed.
    """
    if config.transport == "websocket":
        try:
            import websocket  # now, not in the publisher's thread during the first readings
        except ImportError as error:
            raise ValueError(
                "transport = 'websocket' needs the package websocket-client: install"
                " storm-petrel[signalk], or choose 'udp'"
            ) from error
        del websocket
    return partial(_signal_k, config, history)


def _signal_k(config: SignalKConfig, history: Path, station: StationContext) -> SignalK:
    return SignalK(config, _link(config, history, simulated=station.simulated), station)


def _link(config: SignalKConfig, history: Path, *, simulated: bool) -> Link:
    host, port = config.host, config.port_number
    if config.transport == "udp":
        return UdpLink(host, port)
    file = Path(config.token_file).expanduser() if config.token_file else history.with_name(_TOKEN)
    # The wind of today has nothing to do with a record that is played.
    return WebSocketLink(
        host, port, AccessRequest(host, port, file), wind=config.wind and not simulated
    )
