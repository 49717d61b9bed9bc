"""What a boat is called among others: its node."""

import re
import socket

_OTHERS = re.compile(r"[^A-Za-z0-9_-]+")


def node_of(node: str, *, simulated: bool) -> str:
    """The node, or the machine's own name; what is played is never taken for a real boat."""
    own = _OTHERS.sub("-", socket.gethostname().partition(".")[0]).strip("-")[:64]
    return (node or own or "boat") + ("-simulated" if simulated else "")
