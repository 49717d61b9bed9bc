"""[signalk]: the pressure, its trend and the alarm, for a Signal K server and its plotters."""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sensors.config import section
from sensors.errors import ConfigError

from ..bulletin import Bulletin
from ..clock import ClockTrust
from ..config import AlarmConfig, HistoryConfig, check_file, check_host, check_port
from ..times import late_after_s
from .plug import Ship
from .signal_k_access import Access
from .signal_k_deltas import Speaker
from .signal_k_episode import Episode, over
from .signal_k_heard import Heard, heard, speed_ms
from .signal_k_socket import Link, Stream
from .signal_k_udp import Datagrams
from .values import Freshness

log = logging.getLogger(__name__)

_TRANSPORTS = {"udp": 18376, "websocket": 3000}
_TOKEN = "signal-k-token"


@dataclass(frozen=True)
class SignalKConfig:
    """[signalk]: where the server is.

    transport: "udp" needs a connection of that kind at the server, "websocket" a token where
    security is on. port left out: 18376 and 3000. token_file: where the token is kept; left
    empty: signal-k-token beside the history. zone: as in environment.inside.<zone>.temperature;
    left empty, the temperature is not told. wind: whether the outlook is to count in the wind
    that the server knows of.
    """

    host: str = "127.0.0.1"
    port: int | None = None
    transport: str = "udp"
    token_file: str = ""
    zone: str = "barometer"
    wind: bool = False

    def __post_init__(self) -> None:
        check_host(self.host)
        check_port("port", self.port)
        if self.transport not in _TRANSPORTS:
            raise ValueError(f"transport = {self.transport!r}: choose 'udp' or 'websocket'")
        if self.zone and not (self.zone.isascii() and self.zone.isalnum()):
            raise ValueError(f"zone = {self.zone!r}: letters and digits, such as 'mainCabin'")
        if self.token_file and self.transport == "udp":
            raise ValueError("token_file: UDP needs no token; or is transport = 'websocket' meant?")
        if self.wind and self.transport == "udp":
            raise ValueError("wind = true: UDP hears nothing; it takes transport = 'websocket'")
        check_file("token_file", self.token_file)

    @property
    def port_number(self) -> int:
        """The port, or the usual one."""
        return self.port or _TRANSPORTS[self.transport]


class SignalK:
    """The Plug that speaks Signal K."""

    backlog = 1  # an instrument tells the present; the alarm is told whole with each connection

    def __init__(self, name: str, link: Link, speaker: Speaker, episode: Episode, ship: Ship):
        self.name = name
        self._link, self._speaker, self._episode, self._ship = link, speaker, episode, ship
        self._freshness = Freshness(ship)
        self._newest = Bulletin()
        self._is_known = False
        self._introduced_at = 0.0
        self._acknowledged = ""

    def connect(self) -> None:
        """Connect, and tell all that a server may have forgotten."""
        self._link.open()
        self._introduce()
        self._link.settle()

    def tell(self, bulletin: Bulletin) -> None:
        """Tell what was measured; and of the level, when it has changed."""
        self._newest = bulletin
        self._freshness.take(bulletin)
        self._measured()
        # A level of the past, as it comes after a restart or from a record, is nobody's alarm.
        is_present = self._freshness.sample() is not None
        outlook = bulletin.outlook
        if is_present and outlook and self._episode.take(outlook, self._ship.acknowledged()):
            self._notify()

    def listen(self) -> None:
        """Say what is not known any more, or known to somebody; and hear who acknowledged."""
        if self._is_known and self._freshness.sample() is None:
            self._measured()
        if self._episode.sounds_in_vain(self._ship.acknowledged()):
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
        if self._newest != Bulletin():
            self._measured()
        self._notify()

    def _measured(self) -> None:
        sample = self._freshness.sample()
        values = self._speaker.measured(sample, self._newest.outlook)
        # A clock that nobody vouches for, and that of a record, are no times for a plotter.
        is_time = not self._ship.simulated and self._newest.trust is not ClockTrust.NONE
        taken_at = sample.taken_at if sample is not None and is_time else None
        self._link.send(self._speaker.delta(values, taken_at))
        self._is_known = sample is not None

    def _notify(self) -> None:
        values = self._episode.values()
        if values:
            self._link.send(self._speaker.delta(values, None))

    def _heed(self, said: Heard) -> None:
        if (wind_ms := speed_ms(said)) is not None:
            self._ship.wind(wind_ms)
        elif said.source == self._speaker.source and isinstance(said.value, dict):
            self._heed_alarm(said.path, said.value)

    def _heed_alarm(self, path: str, value: Mapping[str, Any]) -> None:
        if self._episode.is_left_over(path, value):
            self._link.send(self._speaker.delta({path: over()}, None))
        elif path != self._acknowledged and self._episode.is_acknowledged(path, value):
            self._acknowledged = path
            self._episode.acknowledge()
            log.info("the alarm was acknowledged over Signal K")
            self._ship.acknowledge()


def plug_of(tables: Mapping[str, Any], where: str, ship: Ship) -> SignalK:
    """The plug by its table. Raises ConfigError; nothing is opened yet."""
    config = section(tables, "signalk", SignalKConfig, where)
    alarm = section(tables, "alarm", AlarmConfig, where)
    source = f"storm-petrel{'-simulated' if ship.simulated else ''}.barometer"
    speaker = Speaker(source, config.zone, late_after_s(ship.period_s))
    episode = Episode(alarm.sounds_from_level, ship.simulated)
    name = f"Signal K ({config.transport} to {config.host}:{config.port_number})"
    return SignalK(name, _link(config, tables, where, ship), speaker, episode, ship)


def _link(config: SignalKConfig, tables: Mapping[str, Any], where: str, ship: Ship) -> Link:
    if config.transport == "udp":
        return Datagrams(config.host, config.port_number)
    try:
        import websocket  # now, not by the plug's thread while the first readings are taken
    except ImportError as error:
        raise ConfigError(
            f"{where}: [signalk] transport = 'websocket' needs the package websocket-client:"
            " install storm-petrel[signalk], or choose 'udp'"
        ) from error
    del websocket
    history = section(tables, "history", HistoryConfig, where)
    file = Path(config.token_file).expanduser() if config.token_file else None
    access = Access(config.host, config.port_number, file or history.file.with_name(_TOKEN))
    # A record that is played is not of today's wind.
    listens = config.wind and not ship.simulated
    return Stream(config.host, config.port_number, access, wind=listens)
