"""MQTT: each minute to a broker, with Home Assistant's discovery.

    storm-petrel/<node>/availability   "online" or "offline", retained; the broker sends the latter
    storm-petrel/<node>/sample         each minute once, in order, with its time; not retained
    storm-petrel/<node>/state          the present with its reasons, retained

What was missed comes later as samples alone: Home Assistant takes a state for the present.
"""

import json
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sensors.config import section
from sensors.errors import ConfigError

from ..bulletin import Bulletin
from ..config import check_host, check_port
from ..private_file import secret_of
from ..times import iso
from .broker import Address, Broker, Message
from .discovery import device_id, discovery
from .node import check_node, node_of
from .plug import Plug, Ship
from .values import Freshness, figures

if TYPE_CHECKING:
    import ssl

_PORT, _TLS_PORT = 1883, 8883
# Nothing newer has come for so long: what came last is the present, however old it is.
_IDLE_S = 0.9


@dataclass(frozen=True)
class MqttConfig:
    """[mqtt]: the broker, how to be let in, and what this boat is called there.

    port: left out, 1883, or 8883 with tls. password_file: the password is its first line.
    ca_file: who vouches for the broker; left empty, whom the system trusts. node: left empty, the
    machine's name. prefix, discovery_prefix: what topics begin with. discovery: tell Home
    Assistant what there is.
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
        check_host(self.host)
        check_port("port", self.port)
        if self.password_file and not self.username:
            raise ValueError("password_file is given without a username")
        if self.ca_file and not self.tls:
            raise ValueError("ca_file is given without tls = true")
        check_node(self.node)
        _check_topic("prefix", self.prefix)
        _check_topic("discovery_prefix", self.discovery_prefix)

    def address(self) -> Address:
        """Where the broker is, with the password and who vouches; ValueError without these."""
        port = self.port or (_TLS_PORT if self.tls else _PORT)
        password = secret_of("password_file", self.password_file)
        return Address(self.host, port, self.username, password, _trusting(self))


class Mqtt:
    """A boat at a broker."""

    backlog = 1500  # a day of minutes

    def __init__(self, config: MqttConfig, address: Address, ship: Ship) -> None:
        self._ship = ship
        node = node_of(config.node, ship.simulated)
        self._base = f"{config.prefix}/{node}"
        self.name = f"MQTT {address}"
        availability = f"{self._base}/availability"
        self._online = Message(availability, "online", True)
        self._offline = Message(availability, "offline", True)
        self._broker = Broker(address, device_id(node), will=self._offline)
        self._discovery = _discovery(config, node, self._base, ship)
        self._freshness = Freshness(ship)
        self._told_at: float | None = None
        self._state: Message | None = None
        self._is_state_told = True
        self._newest_came = 0.0

    def connect(self) -> None:
        """Connect, say what there is and that this is here."""
        self._broker.connect()
        self._broker.publish([*self._discovery, self._online])
        self._is_state_told = False  # the broker may have been started anew, with nothing retained

    def tell(self, bulletin: Bulletin) -> None:
        """Tell of the sample; and of the state, if it is of the present."""
        self._freshness.take(bulletin)
        sample = bulletin.sample
        told: list[Message] = []
        if sample is not None and sample.taken_at != self._told_at:
            told.append(Message(f"{self._base}/sample", _json(self._sample(bulletin))))
        state = self._state = Message(f"{self._base}/state", _json(self._present(bulletin)), True)
        # Nobody keeps the history of what is played, and its present passes quickly.
        is_present = self._freshness.sample() is not None or bool(self._ship.simulated)
        if is_present:
            told.append(state)
        self._is_state_told = False
        self._broker.publish(told)
        self._is_state_told = is_present
        self._told_at = sample.taken_at if sample else None
        self._newest_came = time.monotonic()

    def listen(self) -> None:
        """Keep the connection; and tell the state that is left when nothing newer comes."""
        is_idle = time.monotonic() - self._newest_came > _IDLE_S
        if self._state is not None and not self._is_state_told and is_idle:
            self._broker.publish([self._state])
            self._is_state_told = True
        self._broker.look()

    def disconnect(self) -> None:
        """Say goodbye if it can be heard."""
        self._broker.close([self._offline])

    def _sample(self, bulletin: Bulletin) -> dict[str, Any]:
        assert bulletin.sample is not None
        return {
            "taken_at": iso(bulletin.sample.taken_at),
            **figures(bulletin),
            "level": bulletin.outlook.level.word if bulletin.outlook else None,
            "simulated": bool(self._ship.simulated),
        }

    def _present(self, bulletin: Bulletin) -> dict[str, Any]:
        known = figures(bulletin)
        if self._freshness.sample() is None and not self._ship.simulated:
            known |= {"pressure_hpa": None, "temperature_c": None}
        outlook = bulletin.outlook
        return {
            "taken_at": iso(bulletin.sample.taken_at) if bulletin.sample else None,
            **known,
            "level": outlook.level.word if outlook else None,
            "reasons": list(outlook.reasons) if outlook else [],
            "outage": bulletin.outage,
            "simulated": self._ship.simulated,
        }


def plug_of(tables: Mapping[str, Any], where: str, ship: Ship) -> Plug:
    """Return the plug, by its table. Raises ConfigError."""
    config = section(tables, "mqtt", MqttConfig, where)
    try:
        # Now, not by the plug's thread while the first readings are taken.
        import paho.mqtt.client
        from paho.mqtt.enums import CallbackAPIVersion  # older ones do not have it
    except ImportError as error:
        raise ConfigError(
            f"{where}: [mqtt] needs paho-mqtt 2 or newer:"
            f" {sys.executable} -m pip install 'paho-mqtt>=2'"
        ) from error
    del paho, CallbackAPIVersion
    try:
        return Mqtt(config, config.address(), ship)
    except ValueError as error:
        raise ConfigError(f"{where}: [mqtt] {error}") from error


def _discovery(config: MqttConfig, node: str, base: str, ship: Ship) -> list[Message]:
    if not config.discovery:
        return []
    payload = discovery(
        node,
        base,
        period_s=ship.period_s,
        version=ship.version,
        is_simulated=bool(ship.simulated),
    )
    topic = f"{config.discovery_prefix}/device/{device_id(node)}/config"
    return [Message(topic, _json(payload), True)]


def _trusting(config: MqttConfig) -> "ssl.SSLContext | None":
    if not config.tls:
        return None
    import ssl

    try:
        return ssl.create_default_context(cafile=config.ca_file or None)
    except OSError as error:
        words = error.strerror or "it holds no certificate"
        raise ValueError(f"ca_file = {config.ca_file!r} cannot be used: {words}") from error


def _check_topic(key: str, topic: str) -> None:
    if not topic or not topic.isprintable() or set(topic) & set("+#") or topic.strip("/") != topic:
        raise ValueError(f"{key} = {topic!r}: a topic without + and #, and no / at its ends")


def _json(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, allow_nan=False)
