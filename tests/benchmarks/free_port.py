"""A port for a program of a test: on a fixed one another run's program might answer for it."""

import random
import socket

# Below the ports that Linux itself gives to connections and to whoever binds to port 0 (from 32768
# on): between this look and the program's start only another test could take it, by chance.
_PORTS = range(10_000, 32_768)
_chance = random.SystemRandom()  # hypothesis and others seed the usual one alike in all workers
_given: set[int] = set()


def free_port() -> int:
    """A port of this machine that nothing listens on, and that was not given out before."""
    while True:
        port = _chance.choice(_PORTS)
        if port in _given:
            continue
        with socket.socket() as free:
            try:
                free.bind(("127.0.0.1", port))
            except OSError:
                continue
        _given.add(port)
        return port
