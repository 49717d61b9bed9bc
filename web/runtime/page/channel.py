"""The channel between the recorder's process and the page's: a pair of sockets, and no file.

    page  --- {"number": 7, "command": "acknowledge", "arguments": ["anna"]} --->  recorder
    page  <--------------------- CommandResult(7, result or error, PageState) ---  recorder
    page  <------------------------------------------------------ PageState -----  recorder

Commands are JSON: what comes from the process that strangers reach is data, and never code. The
other way goes what only this program writes. Each message is one packet, whole or not at all.
"""

import json
import pickle
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from .state import PageSetup, PageState

_LONGEST = 1 << 18
_LONGEST_COMMAND = 1 << 16


class PageCommand(NamedTuple):
    """What the page asks for. number: of the answer that it waits for; 0 if it waits for none."""

    number: int
    name: str
    arguments: Sequence[Any]


class CommandResult(NamedTuple):
    """What became of a command: its result, or its error; and the state after it."""

    number: int
    result: object
    error: Exception | None
    state: PageState


_News = PageSetup | PageState | CommandResult


def channel() -> tuple[socket.socket, socket.socket]:
    """Return the ends of a new channel: the recorder's, and the page's."""
    ends = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    for end in ends:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _LONGEST)
    return ends


def send_command(end: socket.socket, command: PageCommand) -> None:
    """Send a command. Raises OSError if the recorder's process has ended."""
    fields = {"number": command.number, "command": command.name, "arguments": command.arguments}
    end.send(json.dumps(fields).encode())


def next_command(end: socket.socket) -> PageCommand | None:
    """Wait for a command; None once the page's process has ended. Raises ValueError."""
    data = b""
    with suppress(OSError):
        data = end.recv(_LONGEST_COMMAND)
    if not data:
        return None
    fields: Mapping[str, Any] = json.loads(data)
    return PageCommand(int(fields["number"]), str(fields["command"]), list(fields["arguments"]))


def send_news(end: socket.socket, news: _News) -> bool:
    """Send to the page without waiting; return False if it does not take it now."""
    try:
        end.send(pickle.dumps(news), socket.MSG_DONTWAIT)
    except OSError:
        return False
    return True


def next_news(end: socket.socket) -> _News | None:
    """Wait for what the recorder sends; None once its process has ended."""
    data = b""
    with suppress(OSError):
        data = end.recv(_LONGEST)
    return pickle.loads(data) if data else None
