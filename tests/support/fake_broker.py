"""A broker that lets everybody in and then says what it likes, byte by byte."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_CONNACK, _SUBACK = b"\x20\x02\x00\x00", b"\x90\x03\x00\x01\x01"


def message(topic: bytes, number: int, payload: bytes) -> bytes:
    """A PUBLISH with QoS 1 (MQTT 3.1.1, section 3.3), of less than 128 bytes."""
    rest = len(topic).to_bytes(2) + topic + number.to_bytes(2) + payload
    return bytes([0x32, len(rest)]) + rest


def acknowledged(number: int) -> bytes:
    """The PUBACK that answers it."""
    return b"\x40\x02" + number.to_bytes(2)


@contextmanager
def stranger(said: bytes, heard: Callable[[bytes], None]) -> Iterator[int]:
    """Its port. said: what follows the answer to a subscription. heard: takes what comes then."""
    with socket.create_server(("127.0.0.1", 0)) as door:

        def speak() -> None:
            with door.accept()[0] as connected:
                connected.sendall(_CONNACK)
                connected.recv(4096)
                connected.sendall(_SUBACK + said)
                while data := connected.recv(4096):
                    heard(data)

        thread = threading.Thread(target=speak, daemon=True)
        thread.start()
        yield door.getsockname()[1]
        thread.join(20.0)
