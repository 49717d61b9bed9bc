"""[mqtt]: each sample to a broker, with discovery by Home Assistant.

    storm-petrel/<node>/availability   "online", or "offline" as the last will; retained
    storm-petrel/<node>/sample         each sample once, in order, with its time; not retained
    storm-petrel/<node>/state          the present with its reasons, retained; null once it is lost
    storm-petrel/<node>/acknowledge    "PRESS" acknowledges, if [alarm] acknowledged_by lists "mqtt"

A backlog is sent as samples only: Home Assistant takes every state for the present.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from ...alarm.state import AlarmSignal
from ...config.publishers import MqttConfig
from ...display.times import iso
from ...recorder.conditions import Conditions
from ...system.private_files import secret_of
from ...weather import StormLevel
from ..publisher import StationContext
from ..values import boat_name, values_of
from .broker import Broker, BrokerAddress, Message
from .home_assistant import PRESS, device_id, discovery

if TYPE_CHECKING:
    import ssl

# After this time without another sample the last state is sent, however old it is.
_IDLE_S = 0.9


class _Present(NamedTuple):
    """What a state is made of."""

    newest: Conditions
    present: Conditions
    no_data: bool
    drill: AlarmSignal | None


class Mqtt:
    """Publishes samples and the present state to a broker."""

    backlog = 1500  # a day of minutes

    def __init__(self, config: MqttConfig, address: BrokerAddress, station: StationContext) -> None:
        self._station = station
        node = boat_name(config.node, simulated=station.simulated)
        self._base = f"{config.prefix}/{node}"
        self.name = config.title
        availability = f"{self._base}/availability"
        self._online = Message(availability, "online", True)
        self._offline = Message(availability, "offline", True)
        listens = "mqtt" in station.preferences().alarm.acknowledged_by
        topic = f"{self._base}/acknowledge" if listens else ""
        self._broker = Broker(address, device_id(node), will=self._offline, topic=topic)
        self._discovery = _discovery(config, node, self._base, station)
        self._newest: Conditions | None = None
        self._sent_at: float | None = None
        self._shown: _Present | None = None
        self._sampled_at = 0.0
        self.drilled: set[AlarmSignal] = set()

    def connect(self) -> None:
        self._broker.connect()
        self._broker.publish([*self._discovery, self._online])
        self._shown = None  # a restarted broker may have lost what it retained

    def publish(self, conditions: Conditions) -> None:
        self._newest, sample = conditions, conditions.sample
        messages: list[Message] = []
        shown: _Present | None = None
        if sample is not None and sample.taken_at != self._sent_at:
            messages.append(Message(f"{self._base}/sample", _json(self._sample(conditions))))
            self._sampled_at = time.monotonic()
        # A record plays faster than the clock, so each state is the present.
        if self._station.simulated or self._station.live(conditions).sample is not None:
            shown = self._present(conditions)
            messages.append(self._state(shown))
        self._broker.publish(messages)
        if shown is not None:
            self._note_shown(shown)
        self._sent_at = sample.taken_at if sample else None

    def poll(self) -> None:
        # Readings fail, what was sent gets lost, and the alarm is acknowledged.
        if self._newest is not None and time.monotonic() - self._sampled_at > _IDLE_S:
            present = self._present(self._newest)
            if present != self._shown:
                self._broker.publish([self._state(present)])
                self._note_shown(present)
        self._broker.poll()
        # One that the broker has retained was meant for an earlier alarm.
        if any(m.payload == PRESS and not m.is_retained for m in self._broker.received()):
            self._station.acknowledge("mqtt", StormLevel.STORM)

    def disconnect(self) -> None:
        self._broker.close([self._offline])

    def _sample(self, conditions: Conditions) -> dict[str, Any]:
        assert conditions.sample is not None
        return {
            "taken_at": iso(conditions.sample.taken_at),
            **values_of(conditions),
            "level": conditions.outlook.level.word if conditions.outlook else None,
            "simulated": self._station.simulated,
        }

    def _note_shown(self, shown: _Present) -> None:
        self._shown = shown
        if shown.drill:
            self.drilled.add(shown.drill)

    def _present(self, newest: Conditions) -> _Present:
        station, alarm = self._station, self._station.alarm()
        present = newest if station.simulated else station.present(newest)
        return _Present(newest, present, alarm.no_data, alarm.drill)

    def _state(self, shown: _Present) -> Message:
        """Return the present; null for what is lost, with the time of the last sample."""
        newest, present, no_data, drill = shown
        outlook = present.outlook
        state = {
            "taken_at": iso(newest.sample.taken_at) if newest.sample else None,
            **values_of(present),
            "level": outlook.level.word if outlook else None,
            "reasons": list(outlook.reasons) if outlook else [],
            "outage": present.outage,
            "no_data": no_data,
            "drill": drill.value if drill else "",
            "simulated": self._station.simulated,
            "record": self._station.record_title,
        }
        return Message(f"{self._base}/state", _json(state), True)


def publisher_of(config: MqttConfig) -> Callable[[StationContext], Mqtt]:
    """Return the factory. Raises ValueError without paho-mqtt, and for a file that is no use."""
    try:
        # Now, as importing takes time from the first readings.
        import paho.mqtt.client
        from paho.mqtt.enums import CallbackAPIVersion  # new in version 2
    except ImportError as error:
        raise ValueError(
            f"needs paho-mqtt 2 or newer: {sys.executable} -m pip install 'paho-mqtt>=2'"
        ) from error
    del paho, CallbackAPIVersion
    return partial(Mqtt, config, _address(config))


def _address(config: MqttConfig) -> BrokerAddress:
    password = secret_of("password_file", config.password_file)
    return BrokerAddress(config.host, config.port_number, config.username, password, _tls(config))


def _discovery(config: MqttConfig, node: str, base: str, station: StationContext) -> list[Message]:
    if not config.discovery:
        return []
    payload = discovery(
        node,
        base,
        expire_after_s=station.freshness.lost_after_s,
        version=station.version,
        is_simulated=station.simulated,
        acknowledges="mqtt" in station.preferences().alarm.acknowledged_by,
    )
    topic = f"{config.discovery_prefix}/device/{device_id(node)}/config"
    return [Message(topic, _json(payload), True)]


def _tls(config: MqttConfig) -> "ssl.SSLContext | None":
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
