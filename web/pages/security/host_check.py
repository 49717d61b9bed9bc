"""The names that this machine goes by.

The page of an attacker can make its own name point to this machine, and then read all answers in
the visitor's browser (DNS rebinding). The Host header gives it away: it holds neither an address
nor a name of this machine.
"""

import re
from collections.abc import Iterable

# What must be said of a page on another address than loopback.
OVERHEARD = (
    "plain HTTP: everyone in that network can read it, and can overhear a token when it is used"
)
_PORT = re.compile(r":[0-9]{0,5}$")


class HostNames:
    """The names of this machine, and others; addresses are always right."""

    def __init__(self, others: Iterable[str] = ()) -> None:
        import socket  # here and below: a logger without a page needs none of it

        own = socket.gethostname().lower()
        short = own.partition(".")[0]
        self._names = {"localhost", own, short, f"{short}.local", *map(str.lower, others)}

    def includes(self, header: str | None) -> bool:
        """Return whether a Host header, with or without a port, is one of them."""
        host = _PORT.sub("", (header or "").strip().lower()).removesuffix(".")
        return host in self._names or _is_address(host)


def is_local(host: str) -> bool:
    """Return whether only this machine can reach an address, given without brackets."""
    return host in ("localhost", "::1") or host.startswith("127.")


def _is_address(host: str) -> bool:
    if host.startswith("[") != host.endswith("]") or (":" in host and not host.startswith("[")):
        return False
    from ipaddress import ip_address

    try:
        ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return False
    return True
