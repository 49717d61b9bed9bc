"""[nmea]: the pressure as NMEA 0183, over UDP, to whoever connects over TCP, or both."""

import logging
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

from sensors.config import section
from sensors.errors import ConfigError

from ..bulletin import Bulletin
from ..config import check_port
from ..outage import Outage
from .nmea_guests import Guests
from .plug import Ship
from .values import Freshness

log = logging.getLogger(__name__)

_ASK_AGAIN_S = 30.0


@dataclass(frozen=True)
class NmeaConfig:
    """[nmea]: where NMEA 0183 goes.

    host, port: over UDP to there, a broadcast address among them; host left empty: not at all.
    tcp_port: a server for whoever connects, at the address tcp_host; left out: none. every_s: the
    newest sample is told again after so many seconds, for displays forget in a few. air: the
    barometer's temperature is the air's.
    """

    host: str = ""
    port: int = 10110
    tcp_host: str = "0.0.0.0"
    tcp_port: int | None = None
    every_s: float = 5.0
    air: bool = False

    def __post_init__(self) -> None:
        if not self.host and self.tcp_port is None:
            raise ValueError("goes nowhere: give host (UDP), tcp_port (a TCP server), or both")
        check_port("port", self.port)
        check_port("tcp_port", self.tcp_port)
        if not 1 <= self.every_s <= 3600:
            raise ValueError(f"every_s = {self.every_s}: from 1 to 3600")


class Nmea:
    """The Plug that speaks NMEA 0183."""

    backlog = 1  # an instrument tells the present

    def __init__(self, config: NmeaConfig, ship: Ship) -> None:
        from .nmea_sentences import sentences  # needs pynmea2, which reading the settings does not

        self._sentences = sentences
        self._config, self._freshness = config, Freshness(ship)
        self.name = f"NMEA 0183 ({_where(config)})"
        self._guests: Guests | None = None
        self._udp: socket.socket | None = None
        # The network may be away while others are connected: that is no reason to let them go.
        self._sending = Outage(log, f"NMEA 0183 to {config.host}:{config.port}")
        self._told_at = self._looked_up_at = -inf
        self._address: tuple[str, int] | None = None

    def connect(self) -> None:
        """Open what is wanted. Raises OSError when the TCP port is taken."""
        if self._config.tcp_port is not None:
            self._guests = Guests(self._config.tcp_host, self._config.tcp_port)
        if self._config.host:
            self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self._udp.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        self._tell()

    def tell(self, bulletin: Bulletin) -> None:
        """Tell of its sample, to all."""
        self._freshness.take(bulletin)
        self._tell()

    def listen(self) -> None:
        """Let in who waits, and tell the newest sample again when it is time."""
        if self._guests is not None:
            self._guests.welcome()
        if time.monotonic() - self._told_at >= self._config.every_s:
            self._tell()

    def disconnect(self) -> None:
        """Close all that is open."""
        if self._guests is not None:
            self._guests.close()
        if self._udp is not None:
            self._udp.close()
        self._guests = self._udp = None

    def _tell(self) -> None:
        self._told_at = time.monotonic()
        sample = self._freshness.sample()
        if sample is None:  # whoever hears nothing knows that nothing is known
            return
        told = self._sentences(sample, with_air=self._config.air)
        if self._guests is not None:
            self._guests.welcome()
            self._guests.tell(told)
        if self._udp is not None:
            self._send(self._udp, told)

    def _send(self, udp: socket.socket, told: bytes) -> None:
        try:
            address = self._address or self._looked_up()
            if address is not None:
                udp.sendto(told, address)
        except OSError as error:
            if time.monotonic() - self._looked_up_at >= _ASK_AGAIN_S:  # it may have moved
                self._address = None
            self._sending.fails(f"{error}; it is tried again and again")
        else:
            if address is not None:
                self._sending.works()

    def _looked_up(self) -> tuple[str, int] | None:
        """The address of the host, kept from now on; None while it is too early to ask again.

        Asking may take many seconds where nobody answers for names, and guests wait meanwhile.
        """
        if time.monotonic() - self._looked_up_at < _ASK_AGAIN_S:
            return None
        try:
            found = socket.getaddrinfo(
                self._config.host, self._config.port, socket.AF_INET, socket.SOCK_DGRAM
            )
        finally:
            self._looked_up_at = time.monotonic()
        self._address = str(found[0][4][0]), self._config.port
        return self._address


def plug_of(tables: Mapping[str, Any], where: str, ship: Ship) -> Nmea:
    """The plug by its table. Raises ConfigError; nothing is opened yet."""
    config = section(tables, "nmea", NmeaConfig, where)
    try:
        return Nmea(config, ship)
    except ImportError as error:
        raise ConfigError(
            f"{where}: [nmea] needs pynmea2: pip install 'storm-petrel[nmea]', or"
            f" {sys.executable} -m pip install 'pynmea2>=1.19'"
        ) from error


def _where(config: NmeaConfig) -> str:
    ways = [f"UDP to {config.host}:{config.port}"] if config.host else []
    if config.tcp_port is not None:
        ways.append(f"TCP port {config.tcp_port}")
    return ", ".join(ways)
