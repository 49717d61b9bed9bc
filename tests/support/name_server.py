"""A name server at port 53 of this machine, for a network namespace of its own, that means harm.

Usage: name_server.py FILE    FILE has its manner, one of MANNERS, and may change at any time
"""

import socket
import struct
import sys
import threading
from pathlib import Path

MANNERS = ("honest", "silent", "slow", "wants TCP", "a thousand addresses", "garbage")
_HEADER = struct.Struct("!HHHHHH")
_TRUNCATED, _ANSWER = 0x8380, 0x8180
_SLOW_S = 4.0


def main(file: Path) -> None:
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", 53))
    tcp = socket.create_server(("127.0.0.1", 53), backlog=64)
    threading.Thread(target=_serve_tcp, args=(tcp, file), daemon=True).start()
    while True:
        query, sender = udp.recvfrom(4096)
        manner = file.read_text()
        if manner == "silent":
            continue
        if manner == "slow":
            threading.Timer(_SLOW_S, udp.sendto, (_answer(query, ["127.0.0.1"]), sender)).start()
        elif manner == "garbage":
            udp.sendto(query[:2] + b"\xff" * 500, sender)
        elif manner == "honest":
            udp.sendto(_answer(query, ["127.0.0.1"]), sender)
        else:
            udp.sendto(_answer(query, [], flags=_TRUNCATED), sender)


def _serve_tcp(tcp: socket.socket, file: Path) -> None:
    kept = []
    while True:
        connected, _ = tcp.accept()
        kept.append(connected)  # open, and silent
        if file.read_text() == "a thousand addresses":
            threading.Thread(target=_answer_all, args=(connected,), daemon=True).start()


def _answer_all(connected: socket.socket) -> None:
    """Answer the questions for IPv4 and IPv6, which come on one connection."""
    many = [f"127.7.{n // 250}.{n % 250 + 1}" for n in range(1000)]
    with connected, connected.makefile("rb") as stream:
        while size := stream.read(2):
            answer = _answer(stream.read(int.from_bytes(size)), many)
            connected.sendall(len(answer).to_bytes(2) + answer)


def _answer(query: bytes, addresses: list[str], *, flags: int = _ANSWER) -> bytes:
    """The answer to a question (RFC 1035, 4.1); none to one for IPv6."""
    end = query.index(b"\0", 12) + 5
    is_ipv4 = query[end - 4 : end - 2] == b"\0\1"
    records = [
        b"\xc0\x0c\0\1\0\1\0\0\0\0\0\4" + socket.inet_aton(address)
        for address in (addresses if is_ipv4 else ())
    ]
    header = _HEADER.pack(int.from_bytes(query[:2]), flags, 1, len(records), 0, 0)
    return header + query[12:end] + b"".join(records)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
