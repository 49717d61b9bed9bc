"""Strangers who flood a port of this machine, without a token: one process for a kind of flood.

    floods.py KIND[:CONNECTIONS] PORT SECONDS [FROM ...]

Each connection comes from one of the addresses FROM, in turn; one that ends is opened again after
a second, so that a server gets rid of no stranger by closing it. All end after SECONDS. Prints as
JSON how many connections were opened.
"""

import asyncio
import json
import random
import resource
import socket
import struct
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import NamedTuple

AWAY = tuple(f"127.0.0.{n}" for n in range(2, 10))
EVERYWHERE = tuple(f"127.0.1.{n}" for n in range(1, 101))
HOST = "127.0.0.1"
_REFUSED_S, _LOOK_S, _CONNECT_S = 1.0, 1.0, 10.0
_ESTABLISHED = 1  # of tcp_info's first byte
_SMALL = 2048  # bytes that the kernel takes for a stranger who does not read
_PIPELINED = 4000
# A record of the handshake of TLS 1.2, and the beginning of its ClientHello.
_HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
_LONG_ANSWERS = ("/export.csv", "/chart.svg?hours=8760", "/api/pressure?hours=8760")


class Flood(NamedTuple):
    """A kind of flood. attack: what each of its connections does once it is open.

    begins_s: from its first connection to its last. pause_s: before one is opened again.
    """

    connections: int
    attack: Callable[["Stranger"], Awaitable[None]]
    words: str
    begins_s: float = 1.0
    pause_s: float = 1.0


class Stranger:
    """One connection after the other from an address, for as long as the flood lasts."""

    def __init__(self, number: int, port: int, address: str) -> None:
        self.number, self.port, self.address = number, port, address
        self.chance = random.Random(number)
        self.opened = 0
        self.socket: socket.socket | None = None

    async def attack(self, flood: Flood) -> None:
        """Attack, and come again when the connection ends; never return."""
        await asyncio.sleep(self.number / flood.connections * flood.begins_s)
        while True:
            pause_s = _REFUSED_S
            # A server that is gone, or that takes no more, is tried again as well.
            with suppress(OSError, TimeoutError):
                await self._connect()
                self.opened += 1
                pause_s = flood.pause_s
                await flood.attack(self)
            self._leave()
            await asyncio.sleep(pause_s)

    async def send(self, data: bytes) -> None:
        assert self.socket is not None
        await asyncio.get_running_loop().sock_sendall(self.socket, data)

    async def receive(self) -> bytes:
        assert self.socket is not None
        return await asyncio.get_running_loop().sock_recv(self.socket, 65536)

    async def until_ended(self) -> None:
        """Wait, without reading, until the server ends the connection."""
        while self.is_open():
            await asyncio.sleep(_LOOK_S)

    def is_open(self) -> bool:
        """Whether the server has neither closed nor reset it; what it sent need not be read."""
        assert self.socket is not None
        info = self.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)
        return info[0] == _ESTABLISHED

    def request(self, route: str, *more: str, method: str = "GET") -> bytes:
        lines = [f"{method} {route} HTTP/1.1", f"Host: {HOST}:{self.port}", *more]
        return "".join(f"{line}\r\n" for line in [*lines, ""]).encode()

    async def _connect(self) -> None:
        self.socket = connection = socket.socket()
        connection.setblocking(False)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL)
        # It ends by a reset: what waits for the end of a connection would use up this machine's
        # ports, which a flood from many machines does not.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.bind((self.address, 0))
        loop = asyncio.get_running_loop()
        await asyncio.wait_for(loop.sock_connect(connection, (HOST, self.port)), _CONNECT_S)

    def _leave(self) -> None:
        if self.socket is not None:
            self.socket.close()
            self.socket = None


async def _idle(stranger: Stranger) -> None:
    await stranger.until_ended()


async def _slow(stranger: Stranger) -> None:
    """A byte a second: of a request's head, or of a body that was announced."""
    text = stranger.request("/", f"X-Filler: {'x' * 6000}")
    if stranger.number % 2:
        head = stranger.request("/api/token", "Content-Length: 9000", method="POST")
        await stranger.send(head)
        text = b"x" * 9000
    for byte in text:
        await stranger.send(bytes([byte]))
        await asyncio.sleep(1.0)
        if not stranger.is_open():
            return
    await stranger.until_ended()


async def _pipelining(stranger: Stranger) -> None:
    """Thousands of requests one after the other, for answers that are not read."""
    route = ("/", "/chart.svg?hours=8760")[stranger.number % 2]
    sending = asyncio.create_task(stranger.send(stranger.request(route) * _PIPELINED))
    try:
        while stranger.is_open() and not sending.done():
            await asyncio.sleep(_LOOK_S)
        if sending.done():
            sending.result()
        await stranger.until_ended()
    finally:
        sending.cancel()


async def _unread(stranger: Stranger) -> None:
    await stranger.send(stranger.request(_LONG_ANSWERS[stranger.number % len(_LONG_ANSWERS)]))
    await stranger.until_ended()


async def _together(stranger: Stranger) -> None:
    if stranger.number < 40:
        await _unread(stranger)
    await stranger.until_ended()


async def _charts(stranger: Stranger) -> None:
    """A chart of a year up to another moment, which is not drawn already; it is read."""
    end = datetime.fromtimestamp(time.time() - stranger.chance.randrange(30 * 86_400), UTC)
    route = f"/chart.svg?hours=8760&end={end:%Y-%m-%dT%H:%M:%SZ}"
    await stranger.send(stranger.request(route, "Connection: close"))
    while await stranger.receive():
        pass


async def _armed(stranger: Stranger) -> None:
    """What an armed page asks for, each time as another page."""
    while True:
        route = f"/api/alarm?armed={stranger.chance.randbytes(8).hex()}"
        await stranger.send(stranger.request(route))
        if not await stranger.receive():
            return


async def _tls(stranger: Stranger) -> None:
    """A browser that was given an address with https."""
    await stranger.send(_HELLO + stranger.chance.randbytes(506))
    await stranger.until_ended()


async def _garbage(stranger: Stranger) -> None:
    """Half a request, bytes of no protocol, or a head that is too long."""
    match stranger.number % 3:
        case 0:
            await stranger.send(stranger.request("/")[: stranger.chance.randrange(1, 30)])
        case 1:
            await stranger.send(stranger.chance.randbytes(5000) + b"\r\n\r\n")
        case _:
            await stranger.send(stranger.request("/", *["X-Filler: " + "x" * 900] * 70))
    await stranger.until_ended()


async def _churn(stranger: Stranger) -> None:
    """Nothing: the connection is ended as soon as it is open."""


async def _tokens(stranger: Stranger) -> None:
    """Guesses at the token, as many as are answered."""
    while True:
        guess = f"Authorization: Bearer {stranger.chance.randbytes(16).hex()}"
        more = (guess, "Content-Type: application/json", "Content-Length: 2")
        await stranger.send(
            stranger.request("/api/alarm/acknowledge", *more, method="POST") + b"{}"
        )
        if not await stranger.receive():
            return


FLOODS = {
    "idle": Flood(1000, _idle, "1,000 idle connections"),
    "slow": Flood(1000, _slow, "1,000 that send a byte a second"),
    "pipelining": Flood(100, _pipelining, "100 that send thousands of requests, and do not read"),
    "unread": Flood(100, _unread, "100 that do not read exports and charts of a year"),
    "together": Flood(1000, _together, "40 of these, and then 960 idle ones", begins_s=10.0),
    "charts": Flood(40, _charts, "40 that read charts of a year, each another", pause_s=0.0),
    "armed": Flood(20, _armed, "20 that ask as armed pages do", pause_s=0.0),
    "tls": Flood(100, _tls, "100 that begin TLS"),
    "garbage": Flood(100, _garbage, "100 that send half a request, or garbage"),
    "churn": Flood(20, _churn, "20 that open and end connections", pause_s=0.0),
    "tokens": Flood(20, _tokens, "20 that guess tokens", pause_s=0.0),
}


async def _flood(flood: Flood, port: int, lasts_s: float, addresses: list[str]) -> list[Stranger]:
    strangers = [
        Stranger(number, port, addresses[number % len(addresses)])
        for number in range(flood.connections)
    ]
    attacks = asyncio.gather(*(stranger.attack(flood) for stranger in strangers))
    with suppress(TimeoutError):
        await asyncio.wait_for(attacks, lasts_s)
    return strangers


def main(kind: str, port: str, lasts_s: str, *addresses: str) -> int:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    began = time.monotonic()
    name, _, connections = kind.partition(":")
    flood = FLOODS[name]
    if connections:
        flood = flood._replace(connections=int(connections))
    coroutine = _flood(flood, int(port), float(lasts_s), list(addresses or AWAY))
    strangers = asyncio.run(coroutine)
    print(
        json.dumps(
            {
                "opened": sum(stranger.opened for stranger in strangers),
                "lasted_s": round(time.monotonic() - began, 1),
            }
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
