"""A disk for QEMU at the other end of a socket: as much of the NBD protocol as QEMU needs.

NBD is QEMU's own way to a disk that is kept elsewhere (the protocol is described in doc/proto.md
of the NBD project). Its flush is the guest's flush: QEMU passes it on and keeps no block itself.
"""

import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from enum import IntEnum
from io import BufferedRWPair
from typing import Protocol

_FIXED_NEWSTYLE, _NO_ZEROES = 1, 2
_EXPORT_NAME = 1
_UNSUPPORTED = 0x8000_0001
_HAS_FLAGS, _SEND_FLUSH = 1, 4
_OPTION_REPLY, _REQUEST, _REPLY = 0x3E889045565A9, 0x25609513, 0x67446698


class Disk(Protocol):
    """What keeps the blocks."""

    @property
    def size(self) -> int: ...
    def read(self, offset: int, length: int) -> bytes: ...
    def write(self, offset: int, data: bytes) -> None: ...
    def flush(self) -> None: ...


class Request(IntEnum):
    """What a machine asks of a disk; the numbers are the protocol's."""

    READ = 0
    WRITE = 1
    DISCONNECT = 2
    FLUSH = 3


class _Gone(Exception):
    """The other side is no more."""


def serve(connection: socket.socket, disk: Disk, admit: Callable[[Request], bool]) -> None:
    """Answer one machine until it goes, or until admit says of a request that it is not done."""
    with connection, suppress(_Gone, ConnectionError), connection.makefile("rwb") as stream:
        _shake_hands(stream, disk.size)
        while _answer(stream, disk, admit):
            pass


def _shake_hands(stream: BufferedRWPair, size: int) -> None:
    """Refuse every option but the oldest way to begin, which all versions of QEMU fall back to."""
    _send(stream, b"NBDMAGIC" + b"IHAVEOPT" + struct.pack(">H", _FIXED_NEWSTYLE | _NO_ZEROES))
    _take(stream, 4)  # the same flags
    while True:
        _, option, length = struct.unpack(">8sII", _take(stream, 16))
        _take(stream, length)
        if option == _EXPORT_NAME:
            break
        _send(stream, struct.pack(">QIII", _OPTION_REPLY, option, _UNSUPPORTED, 0))
    _send(stream, struct.pack(">QH", size, _HAS_FLAGS | _SEND_FLUSH))


def _answer(stream: BufferedRWPair, disk: Disk, admit: Callable[[Request], bool]) -> bool:
    magic, _, kind, handle, offset, length = struct.unpack(">IHHQQI", _take(stream, 28))
    assert magic == _REQUEST, "this is no request of NBD"
    data = _take(stream, length) if kind == Request.WRITE else b""
    if kind == Request.DISCONNECT or not admit(Request(kind)):
        return False
    if kind == Request.WRITE:
        disk.write(offset, data)
    elif kind == Request.FLUSH:
        disk.flush()
    answer = disk.read(offset, length) if kind == Request.READ else b""
    _send(stream, struct.pack(">IIQ", _REPLY, 0, handle) + answer)
    return True


def _take(stream: BufferedRWPair, length: int) -> bytes:
    data = stream.read(length)
    if len(data) < length:
        raise _Gone
    return data


def _send(stream: BufferedRWPair, data: bytes) -> None:
    stream.write(data)
    stream.flush()
