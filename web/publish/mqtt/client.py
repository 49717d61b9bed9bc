"""paho's client, with limits for a broker that may be anyone.

paho takes a packet of up to 256 MB into memory before its user sees a byte. It asks for the rest of
a packet at once, by the length that the packet announces, in one method (2.0 to 2.2): there it is
refused. A test of a packet that is too long notices if that changes.
"""

import socket
import ssl

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from ...system.connection import connect, time_limit

MOST_BYTES = 16384  # of a packet
_MOST_TURN_BYTES = 4 * MOST_BYTES
# A message of QoS 2 stays in memory until the broker releases it; none is subscribed to.
_KIND_AND_QOS, _EXACTLY_ONCE = 0xF6, 0x34


class BoundedClient(Client):
    """A client that ends the connection when the broker sends too much.

    step_s: for each of the name, TCP and TLS. refusal: what the broker did, or "".
    """

    def __init__(self, client_id: str, step_s: float) -> None:
        super().__init__(CallbackAPIVersion.VERSION2, client_id, reconnect_on_failure=False)
        self._step_s, self._left = step_s, _MOST_TURN_BYTES
        self.refusal = ""

    def begin_turn(self) -> None:
        """Allow the bytes of another turn."""
        self._left = _MOST_TURN_BYTES

    def _sock_recv(self, bufsize: int) -> bytes:
        if bufsize > MOST_BYTES:
            self._refuse(f"a packet of {bufsize} bytes")
        if self._in_packet["command"] & _KIND_AND_QOS == _EXACTLY_ONCE:
            self._refuse("a message of QoS 2")
        data = super()._sock_recv(bufsize)
        self._left -= len(data)
        if self._left < 0:
            self._refuse("more than anyone asked for")
        return data

    def _refuse(self, what: str) -> None:
        self.refusal = f"sends {what}"
        raise ConnectionError(self.refusal)

    def _create_socket_connection(self) -> socket.socket:
        return connect(self._host, self._port, self._step_s)

    def _ssl_wrap_socket(self, tcp_sock: socket.socket) -> ssl.SSLSocket:
        with time_limit(self._step_s, tcp_sock):
            return super()._ssl_wrap_socket(tcp_sock)
