"""The tables of the publishers: [signalk], [nmea], [mqtt], [influx] and [matrix]."""

import re
from dataclasses import dataclass
from typing import Any, Final

from sensors.config import Tables, section

from .tables import check_file, public_part, web_address

# What Home Assistant accepts in a discovery topic, without wildcards.
_NODE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_TRANSPORTS = {"udp": 18376, "websocket": 3000}


@dataclass(frozen=True)
class SignalKConfig:
    """[signalk]: where the server is.

    transport: "udp" needs a UDP connection at the server, "websocket" a token if security is on.
    port: 18376 and 3000 by default. token_file: signal-k-token beside the history by default.
    zone: as in environment.inside.<zone>.temperature; "" sends no temperature. wind: have the
    outlook use the server's wind.
    """

    host: str = "127.0.0.1"
    port: int | None = None
    transport: str = "udp"
    token_file: str = ""
    zone: str = "barometer"
    wind: bool = False

    def __post_init__(self) -> None:
        _check_host(self.host)
        _check_port("port", self.port)
        if self.transport not in _TRANSPORTS:
            raise ValueError(f"transport = {self.transport!r}: choose 'udp' or 'websocket'")
        if self.zone and not (self.zone.isascii() and self.zone.isalnum()):
            raise ValueError(f"zone = {self.zone!r}: letters and digits, such as 'mainCabin'")
        if self.token_file and self.transport == "udp":
            raise ValueError("token_file: UDP needs no token; or is transport = 'websocket' meant?")
        if self.wind and self.transport == "udp":
            raise ValueError("wind = true: UDP receives nothing; use transport = 'websocket'")
        check_file("token_file", self.token_file)

    @property
    def port_number(self) -> int:
        return self.port or _TRANSPORTS[self.transport]

    @property
    def title(self) -> str:
        return f"Signal K ({self.transport} to {self.host}:{self.port_number})"


@dataclass(frozen=True)
class NmeaConfig:
    """[nmea]: where NMEA 0183 goes.

    host, port: UDP, also to a broadcast address; host "": none. tcp_host, tcp_port: a TCP server;
    without tcp_port: none. every_s: repeat the newest sample so often, for displays forget it in a
    few seconds. air: the barometer's temperature is that of the air.
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
        _check_port("port", self.port)
        _check_port("tcp_port", self.tcp_port)
        if not 1 <= self.every_s <= 3600:
            raise ValueError(f"every_s = {self.every_s}: from 1 to 3600")

    @property
    def title(self) -> str:
        ways = [f"UDP to {self.host}:{self.port}"] if self.host else []
        if self.tcp_port is not None:
            ways.append(f"TCP port {self.tcp_port}")
        return f"NMEA 0183 ({', '.join(ways)})"


@dataclass(frozen=True)
class MqttConfig:
    """[mqtt]: the broker, the login, and the name of this boat.

    port: 1883 by default, with tls 8883. password_file: the password is its first line. ca_file:
    the certificates; the system's by default. node: the machine's name by default. prefix,
    discovery_prefix: the first levels of the topics. discovery: announce the sensors to Home
    Assistant.
    """

    host: str = ""
    port: int | None = None
    username: str = ""
    password_file: str = ""
    tls: bool = False
    ca_file: str = ""
    node: str = ""
    prefix: str = "storm-petrel"
    discovery: bool = True
    discovery_prefix: str = "homeassistant"

    def __post_init__(self) -> None:
        _check_host(self.host)
        _check_port("port", self.port)
        if self.password_file and not self.username:
            raise ValueError("password_file is given without a username")
        if self.ca_file and not self.tls:
            raise ValueError("ca_file is given without tls = true")
        if self.node and not _NODE.fullmatch(self.node):
            raise ValueError(f"node = {self.node!r}: give letters, digits, - and _, at most 64")
        _check_topic("prefix", self.prefix)
        _check_topic("discovery_prefix", self.discovery_prefix)

    @property
    def port_number(self) -> int:
        return self.port or (8883 if self.tls else 1883)

    @property
    def title(self) -> str:
        return f"MQTT {self.host}:{self.port_number}"


@dataclass(frozen=True)
class InfluxConfig:
    """[influx]: the server and where it stores the measurements.

    Version 1: database, and username with password_file if it asks for them. Version 2: org, bucket
    and token_file. node: the tag of this boat; the machine's name by default.
    """

    url: str = ""
    database: str = ""
    username: str = ""
    password_file: str = ""
    org: str = ""
    bucket: str = ""
    token_file: str = ""
    node: str = ""

    def __post_init__(self) -> None:
        parts = web_address("url", self.url, "http://influx.lan:8086")
        if "@" in parts.netloc or parts.query or parts.fragment:
            raise ValueError("url: give only the address; the rest has its own keys")
        if bool(self.database) == bool(self.bucket):
            raise ValueError("give either database (version 1) or org and bucket (version 2)")
        if bool(self.org) != bool(self.bucket):
            raise ValueError("org and bucket: give both, or neither")
        if self.bucket and not self.token_file:
            raise ValueError("a bucket is given without a token_file")
        if bool(self.username) != bool(self.password_file) or (self.username and self.bucket):
            raise ValueError("username and password_file: give both, with a database, or neither")
        if not self.node.isprintable() or self.node.endswith("\\") or len(self.node) > 200:
            raise ValueError(f"node = {self.node!r}: give printable text, without \\ at its end")

    @property
    def title(self) -> str:
        return f"InfluxDB {public_part(self.url)}"


@dataclass(frozen=True)
class MatrixConfig:
    """[matrix]: a Scroll pHAT HD.

    bus: N of /dev/i2c-N; that of the header by default. hours: from left to right. brightness,
    night_brightness: of full power; the second when the sun is down at the station. rotate: 0 or
    180 degrees. number_every_min: show the pressure as a number for five seconds; 0: never.
    """

    bus: int | None = None
    hours: float = 17.0
    brightness: float = 0.3
    night_brightness: float = 0.05
    rotate: int = 0
    number_every_min: int = 15

    def __post_init__(self) -> None:
        if self.bus is not None and not 0 <= self.bus <= 255:
            raise ValueError(f"bus = {self.bus}: /dev/i2c-N has N from 0 to 255")
        if not 1 <= self.hours <= 168:
            raise ValueError(f"hours = {self.hours}: from 1 to 168")
        for key in ("brightness", "night_brightness"):
            if not 0.01 <= getattr(self, key) <= 1:
                raise ValueError(f"{key} = {getattr(self, key)}: from 0.01 to 1.0")
        if self.rotate not in (0, 180):
            raise ValueError(f"rotate = {self.rotate}: 0 or 180")
        if not 0 <= self.number_every_min <= 1440:
            raise ValueError(f"number_every_min = {self.number_every_min}: from 0 to 1440")

    @property
    def title(self) -> str:
        return "the LED matrix"


PublisherConfig = SignalKConfig | NmeaConfig | MqttConfig | InfluxConfig | MatrixConfig
_PUBLISHERS: Final[dict[str, type[Any]]] = {
    "signalk": SignalKConfig,
    "nmea": NmeaConfig,
    "mqtt": MqttConfig,
    "influx": InfluxConfig,
    "matrix": MatrixConfig,
}


def publishers_of(tables: Tables, where: str) -> dict[str, PublisherConfig]:
    """Parse the tables of the publishers that are on, by name. Raises ConfigError."""
    return {
        name: section(tables, name, table, where)
        for name, table in _PUBLISHERS.items()
        if name in tables
    }


def _check_host(host: str) -> None:
    if not host or not host.isprintable() or set(host) & set(" /@"):
        raise ValueError(f"host = {host!r}: a name or number such as 'boat.local'")


def _check_port(key: str, port: int | None) -> None:
    if port is not None and not 1 <= port <= 65535:
        raise ValueError(f"{key} = {port}: from 1 to 65535")


def _check_topic(key: str, topic: str) -> None:
    if not topic or not topic.isprintable() or set(topic) & set("+#") or topic.strip("/") != topic:
        raise ValueError(f"{key} = {topic!r}: a topic without + and #, and no / at its ends")
