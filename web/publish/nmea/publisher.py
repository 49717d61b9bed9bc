"""[nmea]: the pressure as NMEA 0183, over UDP, to TCP clients, or both."""

import logging
import socket
import sys
import time
from collections.abc import Callable
from functools import partial
from math import inf

from ...config.publishers import NmeaConfig
from ...recorder.conditions import Conditions
from ...system.connection import ipv4_address
from ...system.outage_log import OutageLog
from ..publisher import StationContext
from .tcp_server import TcpClients

log = logging.getLogger(__name__)

_LOOKUP_S, _LONGEST_LOOKUP_S = 30.0, 10.0


class Nmea:
    """Publishes the live sample, and repeats it every every_s seconds."""

    backlog = 1  # an instrument shows the present

    def __init__(self, config: NmeaConfig, station: StationContext) -> None:
        from .sentences import sentences  # needs pynmea2, which reading the settings does not

        self._sentences = sentences
        self._config, self._station, self._newest = config, station, Conditions()
        self.name = config.title
        self._clients: TcpClients | None = None
        self._udp: socket.socket | None = None
        # While the network is down the TCP clients stay connected.
        self._sending = OutageLog(log, f"NMEA 0183 to {config.host}:{config.port}")
        self._sent_at = self._looked_up_at = -inf
        self._address: tuple[str, int] | None = None

    def connect(self) -> None:
        if self._config.tcp_port is not None:
            self._clients = TcpClients(self._config.tcp_host, self._config.tcp_port)
        if self._config.host:
            self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self._udp.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        self._send()

    def publish(self, conditions: Conditions) -> None:
        self._newest = conditions
        self._send()

    def poll(self) -> None:
        if self._clients is not None:
            self._clients.accept()
        if time.monotonic() - self._sent_at >= self._config.every_s:
            self._send()

    def disconnect(self) -> None:
        if self._clients is not None:
            self._clients.close()
        if self._udp is not None:
            self._udp.close()
        self._clients = self._udp = None

    def _send(self) -> None:
        self._sent_at = time.monotonic()
        sample = self._station.live(self._newest).sample
        if sample is None:  # displays notice the silence
            return
        text = self._sentences(sample, with_air=self._config.air)
        if self._clients is not None:
            self._clients.accept()
            self._clients.send(text)
        if self._udp is not None:
            self._send_udp(self._udp, text)

    def _send_udp(self, udp: socket.socket, text: bytes) -> None:
        try:
            address = self._address or self._look_up()
            if address is not None:
                udp.sendto(text, address)
                self._sending.works()
        except OSError as error:
            if time.monotonic() - self._looked_up_at >= _LOOKUP_S:  # its address may have changed
                self._address = None
            self._sending.fails(f"{error}; it is tried again and again")

    def _look_up(self) -> tuple[str, int] | None:
        """Return the address of the host and keep it; None if the last lookup is too recent.

        A lookup can take many seconds without a name server, and the TCP clients wait meanwhile.
        """
        if time.monotonic() - self._looked_up_at < _LOOKUP_S:
            return None
        try:
            numeric = ipv4_address(self._config.host, _LONGEST_LOOKUP_S)
        finally:
            self._looked_up_at = time.monotonic()
        self._address = numeric, self._config.port
        return self._address


def publisher_of(config: NmeaConfig) -> Callable[[StationContext], Nmea]:
    """Return the factory; it opens nothing yet. Raises ValueError without pynmea2."""
    try:
        import pynmea2
    except ImportError as error:
        raise ValueError(
            "needs pynmea2: pip install 'storm-petrel[nmea]', or"
            f" {sys.executable} -m pip install 'pynmea2>=1.19'"
        ) from error
    del pynmea2
    return partial(Nmea, config)
