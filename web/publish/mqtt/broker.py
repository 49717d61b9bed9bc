"""A connection to an MQTT broker, for one thread; every wait has a limit.

Everything is sent with QoS 1: it counts as sent when the broker has acknowledged it.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import ssl

    from paho.mqtt.client import MQTTMessage, MQTTMessageInfo

    from .client import BoundedClient

_STEP_S = 4.0  # for each of: TCP, TLS, the answer
_ACKNOWLEDGE_S = 10.0
_CLOSE_S = 0.4
# After one and a half of these the broker publishes the last will.
_KEEPALIVE_S = 30
_MOST_RECEIVED = 8


class Message(NamedTuple):
    """A message. is_retained: the broker keeps the last one for clients that subscribe later."""

    topic: str
    payload: str
    is_retained: bool = False


class BrokerAddress(NamedTuple):
    """Address and credentials for a broker. tls: None for an unencrypted connection."""

    host: str
    port: int
    username: str = ""
    password: str = ""
    tls: "ssl.SSLContext | None" = None

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class Broker:
    """A connection that connect() can make again and again. All methods raise OSError.

    client_id: the broker ends an older connection with the same id. will: what the broker
    publishes if this ends without close(). topic: what is subscribed to, if anything.
    """

    def __init__(
        self,
        address: BrokerAddress,
        client_id: str,
        *,
        will: Message | None = None,
        topic: str = "",
    ) -> None:
        self._address, self._client_id, self._will = address, client_id, will
        self._topic = topic
        self._received = deque[Message](maxlen=_MOST_RECEIVED)
        self._client: BoundedClient | None = None

    def connect(self) -> None:
        """Connect and authenticate. Raises PermissionError if the broker refuses."""
        client = self._client = self._new_client()
        answers: list[bool] = []
        client.on_connect = lambda client, data, flags, code, properties: answers.append(
            not code.is_failure
        )
        try:
            client.connect(self._address.host, self._address.port, _KEEPALIVE_S)
        except OSError as error:
            raise OSError(f"{self._address} is not reached: {_reason(error)}") from error
        self._until(
            lambda: bool(answers),
            _STEP_S,
            "closes the connection without an answer; does it need tls, or another port?",
        )
        if not answers[0]:
            user = repr(self._address.username) if self._address.username else "an anonymous user"
            raise PermissionError(
                f"{self._address} refuses {user}: check username and password_file"
            )
        if self._topic and client.subscribe(self._topic, 1)[0]:
            raise OSError(f"{self._address} is lost")

    def publish(self, messages: Sequence[Message], within_s: float = _ACKNOWLEDGE_S) -> None:
        """Publish in this order, and return when the broker has acknowledged all."""
        client = self._connected()
        sent: list[MQTTMessageInfo] = []
        for message in messages:
            sent.append(client.publish(message.topic, message.payload, 1, message.is_retained))
            if sent[-1].rc:
                raise OSError(f"{self._address} is lost")
        self._until(lambda: all(info.is_published() for info in sent), within_s, "is lost")

    def poll(self) -> None:
        """Do what is due on the connection, such as a ping, without waiting."""
        client = self._connected()
        client.begin_turn()
        if client.loop(0.0):
            raise OSError(f"{self._address} {client.refusal or 'is lost'}")

    def received(self) -> list[Message]:
        """Return the messages of the topic that have come, the newest few."""
        messages = [*self._received]
        self._received.clear()
        return messages

    def close(self, last: Sequence[Message] = ()) -> None:
        """Disconnect after `last`, if still connected; else the broker publishes the will."""
        client = self._client
        if client is None:
            return
        if client.is_connected():
            with suppress(OSError):
                self.publish(last, _CLOSE_S)
                client.disconnect()
        self._client = None
        connected = client.socket()
        if connected is not None:
            connected.close()

    def _new_client(self) -> "BoundedClient":
        from .client import BoundedClient  # with paho, which reading the settings does not need

        address = self._address
        client = BoundedClient(self._client_id, _STEP_S)
        client.on_message = self._take
        self._received.clear()
        if address.username:
            client.username_pw_set(address.username, address.password)
        if address.tls is not None:
            client.tls_set_context(address.tls)
        if self._will is not None:
            client.will_set(self._will.topic, self._will.payload, 1, self._will.is_retained)
        return client

    def _take(self, client: object, data: object, message: "MQTTMessage") -> None:
        if message.topic == self._topic:
            text = message.payload[:64].decode(errors="replace")
            self._received.append(Message(message.topic, text, message.retain))

    def _connected(self) -> "BoundedClient":
        if self._client is None:
            raise OSError(f"{self._address} is not connected")
        return self._client

    def _until(self, is_so: Callable[[], bool], within_s: float, if_lost: str) -> None:
        client = self._connected()
        client.begin_turn()
        deadline = time.monotonic() + within_s
        while not is_so():
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                raise OSError(f"{self._address} does not answer within {within_s:g} s")
            if client.loop(left_s) and not is_so():
                raise OSError(f"{self._address} {client.refusal or if_lost}")


def _reason(error: OSError) -> str:
    """Return the reason without numbers, of an error of the system or of the TLS library."""
    verified = getattr(error, "verify_message", "")
    if verified:
        return f"its certificate is not trusted ({verified}); see ca_file"
    return str(error.strerror or error)
