"""MQTT: each minute to a broker, with Home Assistant's discovery.

    storm-petrel/<node>/availability   "online" or "offline", retained; the broker sends the latter
    storm-petrel/<node>/sample         each minute once, in order, with its time; not retained
    storm-petrel/<node>/state          the present with its reasons, retained

What was missed comes later as samples alone: Home Assistant takes a state for the present.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from ...config.publishers import MqttConfig
from ...display.times import iso
from ...recorder.conditions import Conditions
from ...system.private_files import secret_of
from ..boat_name import node_of
from ..publisher import StationContext
from ..values import Freshness, figures
from .broker import Address, Broker, Message
from .home_assistant import device_id, discovery

if TYPE_CHECKING:
    import ssl

# Nothing newer has come for so long: what came last is the present, however old it is.
_IDLE_S = 0.9


class Mqtt:
    """A boat at a broker."""

    backlog = 1500  # a day of minutes

    def __init__(self, config: MqttConfig, address: Address, station: StationContext) -> None:
        self._station = station
        node = node_of(config.node, simulated=station.simulated)
        self._base = f"{config.prefix}/{node}"
        self.name = config.title
        availability = f"{self._base}/availability"
        self._online = Message(availability, "online", True)
        self._offline = Message(availability, "offline", True)
        self._broker = Broker(address, device_id(node), will=self._offline)
        self._discovery = _discovery(config, node, self._base, station)
        self._freshness = Freshness(station)
        self._told_at: float | None = None
        self._state: Message | None = None
        self._is_state_told = True
        self._newest_came = 0.0

    def connect(self) -> None:
        """Connect, say what there is and that this is here."""
        self._broker.connect()
        self._broker.publish([*self._discovery, self._online])
        self._is_state_told = False  # the broker may have been started anew, with nothing retained

    def tell(self, conditions: Conditions) -> None:
        """Tell of the sample; and of the state, if it is of the present."""
        self._freshness.take(conditions)
        sample = conditions.sample
        told: list[Message] = []
        if sample is not None and sample.taken_at != self._told_at:
            told.append(Message(f"{self._base}/sample", _json(self._sample(conditions))))
        state = self._state = Message(f"{self._base}/state", _json(self._present(conditions)), True)
        # Nobody keeps the history of what is played, and its present passes quickly.
        is_present = self._freshness.sample() is not None or self._station.simulated
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

    def _sample(self, conditions: Conditions) -> dict[str, Any]:
        assert conditions.sample is not None
        return {
            "taken_at": iso(conditions.sample.taken_at),
            **figures(conditions),
            "level": conditions.outlook.level.word if conditions.outlook else None,
            "simulated": self._station.simulated,
        }

    def _present(self, conditions: Conditions) -> dict[str, Any]:
        known = figures(conditions)
        if self._freshness.sample() is None and not self._station.simulated:
            known |= {"pressure_hpa": None, "temperature_c": None}
        outlook = conditions.outlook
        return {
            "taken_at": iso(conditions.sample.taken_at) if conditions.sample else None,
            **known,
            "level": outlook.level.word if outlook else None,
            "reasons": list(outlook.reasons) if outlook else [],
            "outage": conditions.outage,
            "simulated": self._station.simulated,
            "record": self._station.record_title,
        }


def publisher_of(config: MqttConfig) -> Callable[[StationContext], Mqtt]:
    """Return what makes the publisher.

    Raises ValueError without paho-mqtt, and for a file that cannot be used.
    """
    try:
        # Now, not in the publisher's thread while the first readings are taken.
        import paho.mqtt.client
        from paho.mqtt.enums import CallbackAPIVersion  # older ones do not have it
    except ImportError as error:
        raise ValueError(
            f"needs paho-mqtt 2 or newer: {sys.executable} -m pip install 'paho-mqtt>=2'"
        ) from error
    del paho, CallbackAPIVersion
    return partial(Mqtt, config, _address(config))


def _address(config: MqttConfig) -> Address:
    password = secret_of("password_file", config.password_file)
    return Address(config.host, config.port_number, config.username, password, _trusting(config))


def _discovery(config: MqttConfig, node: str, base: str, station: StationContext) -> list[Message]:
    if not config.discovery:
        return []
    payload = discovery(
        node,
        base,
        period_s=station.period_s,
        version=station.version,
        is_simulated=station.simulated,
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


def _json(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, allow_nan=False)
