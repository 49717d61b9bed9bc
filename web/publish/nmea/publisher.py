"""[nmea]: the pressure as NMEA 0183, over UDP, to whoever connects over TCP, or both."""

import logging
import socket
import sys
import time
from collections.abc import Callable
from functools import partial
from math import inf

from ...config.publishers import NmeaConfig
from ...recorder.conditions import Conditions
from ...system.outage_log import OutageLog
from ..publisher import StationContext
from ..values import Freshness
from .tcp_server import TcpClients

log = logging.getLogger(__name__)

_ASK_AGAIN_S = 30.0


class Nmea:
    """The Publisher that speaks NMEA 0183."""

    backlog = 1  # an instrument tells the present

    def __init__(self, config: NmeaConfig, station: StationContext) -> None:
        from .sentences import sentences  # needs pynmea2, which reading the settings does not

        self._sentences = sentences
        self._config, self._freshness = config, Freshness(station)
        self.name = config.title
        self._guests: TcpClients | None = None
        self._udp: socket.socket | None = None
        # The network may be away while others are connected: that is no reason to let them go.
        self._sending = OutageLog(log, f"NMEA 0183 to {config.host}:{config.port}")
        self._told_at = self._looked_up_at = -inf
        self._address: tuple[str, int] | None = None

    def connect(self) -> None:
        """Open what is wanted. Raises OSError when the TCP port is taken."""
        if self._config.tcp_port is not None:
            self._guests = TcpClients(self._config.tcp_host, self._config.tcp_port)
        if self._config.host:
            self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self._udp.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        self._tell()

    def tell(self, conditions: Conditions) -> None:
        """Tell of its sample, to all."""
        self._freshness.take(conditions)
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


def publisher_of(config: NmeaConfig) -> Callable[[StationContext], Nmea]:
    """Return what makes the publisher; it opens nothing yet. Raises ValueError without pynmea2."""
    try:
        import pynmea2
    except ImportError as error:
        raise ValueError(
            "needs pynmea2: pip install 'storm-petrel[nmea]', or"
            f" {sys.executable} -m pip install 'pynmea2>=1.19'"
        ) from error
    del pynmea2
    return partial(Nmea, config)
