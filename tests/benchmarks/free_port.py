"""A port for a program of a test: on a fixed one another run's program might answer for it."""

import socket


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
