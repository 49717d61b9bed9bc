"""A connection to an MQTT broker, for one thread, in which nothing is waited for without end.

Everything is sent with QoS 1: it counts as sent when the broker has said that it has it.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import ssl

    from paho.mqtt.client import Client, MQTTMessage, MQTTMessageInfo

# topic, payload, and how to acknowledge
Hear = Callable[[str, bytes, Callable[[], None]], None]

_STEP_S = 4.0  # to reach it, to agree on a cipher, to be answered
_ACKNOWLEDGED_S = 10.0
_LAST_WORDS_S = 0.4
# A boat that has vanished is told of after one and a half of these.
_KEEPALIVE_S = 30


class Message(NamedTuple):
    """What is published. is_retained: the broker hands the last one to whoever comes later."""

    topic: str
    payload: str
    is_retained: bool = False


class Address(NamedTuple):
    """Where a broker is, and who wants to be let in. tls: how to know it; None: unencrypted."""

    host: str
    port: int
    username: str = ""
    password: str = ""
    tls: "ssl.SSLContext | None" = None

    def __str__(self) -> str:
        """Without secrets, for the log."""
        return f"{self.host}:{self.port}"


class Broker:
    """A connection that is made anew with connect(), as often as need be.

    client_id: the broker ends an older connection of the same name, and so never has two of a boat.
    will: what the broker is to publish when this ends without close(). is_awaited: messages for
    this client are kept by the broker while it is away. All methods raise OSError with a sentence.
    """

    def __init__(
        self,
        address: Address,
        client_id: str,
        *,
        will: Message | None = None,
        is_awaited: bool = False,
    ) -> None:
        self._address, self._client_id = address, client_id
        self._will, self._is_awaited = will, is_awaited
        self._client: Client | None = None

    def connect(self) -> None:
        """Connect and be let in."""
        client = self._client = self._new_client()
        answers: list[bool] = []
        client.on_connect = lambda client, data, flags, code, properties: answers.append(
            not code.is_failure
        )
        try:
            client.connect(self._address.host, self._address.port, _KEEPALIVE_S)
        except OSError as error:
            raise OSError(f"{self._address} is not reached: {_in_words(error)}") from error
        self._until(
            lambda: bool(answers),
            _STEP_S,
            "ends the connection instead of an answer; does it want tls, or another port?",
        )
        if not answers[0]:
            name = repr(self._address.username) if self._address.username else "nobody by name"
            raise PermissionError(
                f"{self._address} does not let {name} in: see username and password_file"
            )

    def publish(self, messages: Sequence[Message], within_s: float = _ACKNOWLEDGED_S) -> None:
        """Publish them in this order, and return when the broker has them all."""
        client = self._connected()
        sent: list[MQTTMessageInfo] = []
        for message in messages:
            sent.append(client.publish(message.topic, message.payload, 1, message.is_retained))
            if sent[-1].rc:
                raise OSError(f"{self._address} is lost")
        self._until(lambda: all(info.is_published() for info in sent), within_s, "is lost")

    def subscribe(self, topic: str, hear: Hear) -> None:
        """Have hear called for each message that comes from now on.

        What is not acknowledged before the connection ends comes once more.
        """
        client = self._connected()
        client.manual_ack_set(True)
        client.on_message = lambda client, data, message: _hand_on(client, message, hear)
        answers: list[bool] = []
        client.on_subscribe = lambda client, data, mid, codes, properties: answers.append(
            not any(code.is_failure for code in codes)
        )
        client.subscribe(topic, 1)
        self._until(lambda: bool(answers), _STEP_S, "is lost")
        if not answers[0]:
            raise OSError(f"{self._address} does not let this user read {topic}")

    def look(self, for_s: float = 0.0) -> None:
        """Do what is due on the connection, and wait for something to come for so long."""
        if self._connected().loop(for_s):
            raise OSError(f"{self._address} is lost")

    def close(self, last: Sequence[Message] = ()) -> None:
        """End it; with last words when it still works, else the broker speaks the will."""
        client = self._client
        if client is None:
            return
        if client.is_connected():
            with suppress(OSError):
                self.publish(last, _LAST_WORDS_S)
                client.disconnect()
        self._client = None
        connected = client.socket()
        if connected is not None:
            connected.close()

    def _new_client(self) -> "Client":
        from paho.mqtt.client import Client
        from paho.mqtt.enums import CallbackAPIVersion

        address = self._address
        client = Client(
            CallbackAPIVersion.VERSION2,
            self._client_id,
            clean_session=not self._is_awaited,
            reconnect_on_failure=False,
        )
        client.connect_timeout = _STEP_S
        if address.username:
            client.username_pw_set(address.username, address.password)
        if address.tls is not None:
            client.tls_set_context(address.tls)
        if self._will is not None:
            client.will_set(self._will.topic, self._will.payload, 1, self._will.is_retained)
        return client

    def _connected(self) -> "Client":
        if self._client is None:
            raise OSError(f"{self._address} is not connected")
        return self._client

    def _until(self, is_so: Callable[[], bool], within_s: float, if_lost: str) -> None:
        client = self._connected()
        deadline = time.monotonic() + within_s
        while not is_so():
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                raise OSError(f"{self._address} does not answer within {within_s:g} s")
            if client.loop(left_s) and not is_so():
                raise OSError(f"{self._address} {if_lost}")


def _hand_on(client: "Client", message: "MQTTMessage", hear: Hear) -> None:
    def acknowledge() -> None:
        client.ack(message.mid, message.qos)

    try:
        topic = message.topic
    except UnicodeDecodeError:  # no name that anybody has: or it would come again for ever
        acknowledge()
        return
    hear(topic, bytes(message.payload), acknowledge)


def _in_words(error: OSError) -> str:
    """The reason without numbers; paho lets the system's and the TLS library's errors through."""
    verified = getattr(error, "verify_message", "")
    if verified:
        return f"its certificate is not trusted ({verified}); see ca_file"
    return str(error.strerror or error)
