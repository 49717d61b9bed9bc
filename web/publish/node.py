"""What a boat is called among others: its node."""

import re
import socket

# What Home Assistant takes in a discovery topic, and what no broker reads as a wildcard.
_PLAIN = re.compile(r"[A-Za-z0-9_-]{1,64}")
_OTHERS = re.compile(r"[^A-Za-z0-9_-]+")


def check_node(node: str) -> None:
    """Raise ValueError for a name that cannot be a part of a topic; empty: the machine's own."""
    if node and not _PLAIN.fullmatch(node):
        raise ValueError(f"node = {node!r}: letters, digits, - and _ are wanted, 64 at the most")


def node_of(node: str, simulated: str) -> str:
    """The node, or the machine's own name; what is played is never taken for a real boat."""
    own = _OTHERS.sub("-", socket.gethostname().partition(".")[0]).strip("-")[:64]
    return (node or own or "boat") + ("-simulated" if simulated else "")
