"""Serve the pages by waitress, with bounds on what strangers can make it keep.

    connections   100 in all, 8 an address     a new one takes the place of the oldest
    requests      1 at a time a connection     what is sent ahead is not read
    answers       made as they are read        one long answer at a time
    time          30 s for a request, and without progress of an answer

The holder of the token goes first: its requests do not wait for those of others, and its
connection is the last to be ended.
"""

import resource
import socket
import struct
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from ipaddress import IPv6Network
from typing import Any, Final

from flask import Flask
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher

_THREADS = 4
_MOST, MOST_OF_ADDRESS = 100, 8
_MOST_AT_ONCE = 8
_OTHER_DESCRIPTORS = 50  # files, and the sensor's lines
_LONGEST_BODY = 16 * 1024
_LONGEST_HEADER = 8 * 1024
# Of an answer that is made in pieces, before a client reads on.
_AHEAD_BYTES = 64 * 1024
_PATIENCE_S = 30
_LOOK_EVERY_S = 5
# Ended without a rest that the kernel would keep for a client that does not read.
_AT_ONCE: Final = struct.pack("ii", 1, 0)


class _Request(HTTPRequestParser):
    """A request. What is sent ahead of its answer is dropped, and the connection then ended."""

    def received(self, data: bytes) -> int:
        taken: int = super().received(data)
        if self.completed and not self.empty and taken < len(data):
            self.headers["CONNECTION"] = "close"
            return len(data)
        return taken


class _Channel(HTTPChannel):
    """A connection. useful_at: when a request was complete; before the first, when it began.

    network: what counts as one address.
    """

    parser_class = _Request
    has_token = False

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.useful_at = self.begun_at = time.monotonic()
        self.network = _network_of(self.addr[0])

    @property
    def last_activity(self) -> float:
        """By the monotonic clock; waitress sets it by the wall clock, which may be set back."""
        return self._active_at

    @last_activity.setter
    def last_activity(self, moment: float) -> None:
        self._active_at = time.monotonic()

    def received(self, data: bytes) -> bool:
        if self.request is None:
            self.begun_at = time.monotonic()
        return bool(super().received(data))

    def is_overdue(self, now: float) -> bool:
        """Whether its request does not end, or its answer is not read."""
        is_slow = self.request is not None and self.begun_at < now - _PATIENCE_S
        return is_slow or bool(self.total_outbufs_len and self.last_activity < now - _PATIENCE_S)

    def end(self) -> None:
        """End it from the server's thread, in the next round of its loop."""
        self.will_close = True
        with suppress(OSError):  # it is gone already
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            self.socket.shutdown(socket.SHUT_RDWR)


class _Dispatcher(ThreadedTaskDispatcher):
    """Answers the requests with the token before all others, and these network by network."""

    def add_task(self, task: _Channel) -> None:
        task.useful_at = time.monotonic()
        header = task.requests[0].headers.get("AUTHORIZATION")
        is_holder = header is not None and task.server.has_token(header)
        task.has_token = task.has_token or is_holder
        with self.lock:
            self.queue.insert(0 if is_holder else self._turn(task.network), task)
            self.queue_cv.notify()

    def _turn(self, network: str) -> int:
        """Return a request's place in the queue: before what others have more of than its own."""
        own = sum(waiting.network == network for waiting in self.queue)
        counts = Counter[str]()
        for place, waiting in enumerate(self.queue):
            if counts[waiting.network] > own:
                return place
            counts[waiting.network] += 1
        return len(self.queue)


class PageServer(TcpWSGIServer):
    """Waitress with our bounds and a clock that nothing sets: it has run() and close().

    has_token: whether an Authorization header has a token that is valid. alive: called every few
    seconds while it answers.
    """

    channel_class = _Channel

    def __init__(
        self,
        app: Flask,
        listening: socket.socket,
        has_token: Callable[[str], bool] = lambda header: False,
        alive: Callable[[], None] = lambda: None,
    ) -> None:
        self.has_token, self._alive, self._look_at = has_token, alive, 0.0
        dispatcher = _Dispatcher()
        dispatcher.set_thread_count(_THREADS)
        descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        self._most = max(MOST_OF_ADDRESS, min(_MOST, descriptors - _OTHER_DESCRIPTORS))
        settings = Adjustments(
            sockets=[listening],
            threads=_THREADS,
            ident=None,
            connection_limit=1 << 20,  # ours are in handle_accept()
            asyncore_use_poll=True,  # select() ends at descriptor 1,024
            asyncore_loop_timeout=1,
            log_socket_errors=False,
            outbuf_high_watermark=_AHEAD_BYTES,
            outbuf_overflow=1 << 30,  # never a file: the watermark bounds it
            inbuf_overflow=1 << 30,
            max_request_body_size=_LONGEST_BODY,
            max_request_header_size=_LONGEST_HEADER,
        )
        address = listening.getsockname()
        super().__init__(
            app,
            {},
            _sock=listening,
            dispatcher=dispatcher,
            adj=settings,
            sockinfo=(listening.family, listening.type, listening.proto, address),
            bind_socket=False,
        )

    def handle_accept(self) -> None:
        """Accept some at once: in a flood the phone waits in the kernel behind the others."""
        for _ in range(_MOST_AT_ONCE):
            count = len(self.active_channels)
            super().handle_accept()
            if len(self.active_channels) == count:
                return
            self._make_room()

    def _make_room(self) -> None:
        """End a connection if the newest is one too many."""
        channels = [channel for channel in self.active_channels.values() if not channel.will_close]
        newest, count = channels[-1], Counter(channel.network for channel in channels)
        network = newest.network
        if count[network] <= MOST_OF_ADDRESS:
            if len(channels) <= self._most:
                return
            ((network, _),) = count.most_common(1)
        others = [c for c in channels if c.network == network and c is not newest]
        min(others, key=lambda c: (c.has_token, bool(c.requests), c.useful_at)).end()

    def readable(self) -> bool:
        """Look after the connections; asked at least each second."""
        now = time.monotonic()
        if now >= self._look_at:
            self._look_at = now + _LOOK_EVERY_S
            self._alive()
            self.maintenance(now)
        return bool(self.accepting)

    def maintenance(self, now: float) -> None:
        for channel in self.active_channels.values():
            is_idle = not channel.requests and channel.last_activity < now - _PATIENCE_S
            if is_idle or channel.is_overdue(now):
                channel.end()

    def close(self) -> None:
        self.task_dispatcher.shutdown()
        super().close()


def _network_of(address: str) -> str:
    """Return what one owner has: an address of IPv4, or 64 bits of IPv6."""
    if ":" not in address or address.startswith("fe80:"):
        return address
    return str(IPv6Network((address, 64), strict=False))
