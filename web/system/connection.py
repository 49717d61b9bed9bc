"""TCP connections to hosts that may be anyone: each step has a limit in time and number.

host -> addresses (the first few) -> each is tried for its share of the time -> socket
"""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_MOST_ADDRESSES = 4


def connect(host: str, port: int, timeout_s: float) -> socket.socket:
    """Connect, within timeout_s for the name and again for the rest. Raises OSError."""
    tried = addresses(host, timeout_s)
    deadline = time.monotonic() + timeout_s
    for left, address in zip(range(len(tried), 0, -1), tried, strict=True):
        share_s = max(0.1, (deadline - time.monotonic()) / left)
        try:
            connected = socket.create_connection((address, port), share_s)
        except OSError:
            if left == 1:
                raise
        else:
            connected.settimeout(timeout_s)
            return connected
    raise AssertionError("there is always an address")


def addresses(host: str, timeout_s: float) -> list[str]:
    """Return the first numeric addresses of a host. Raises OSError.

    A process of its own looks a name up: where a name server wants TCP and then says nothing, the
    C library waits for ever, and a thread that waits in it cannot be ended.
    """
    with suppress(socket.gaierror):
        socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST)
        return [host]
    import subprocess

    try:
        lookup = subprocess.run(
            ["getent", "ahosts", "--", host],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=timeout_s,
        )
        lines = lookup.stdout.decode(errors="replace").splitlines()
        numeric = [line.split()[0] for line in lines if line.strip()]
    except subprocess.TimeoutExpired as error:
        raise OSError(f"no answer from a name server within {timeout_s:g} s") from error
    except FileNotFoundError:  # not the C library of Linux
        numeric = [str(entry[4][0]) for entry in socket.getaddrinfo(host, None)]
    if not numeric:
        raise OSError(f"Name or service not known: {host}")
    return list(dict.fromkeys(numeric))[:_MOST_ADDRESSES]


def ipv4_address(host: str, timeout_s: float) -> str:
    """Return the first address of IPv4, as UDP is sent to. Raises OSError."""
    for address in addresses(host, timeout_s):
        if ":" not in address:
            return address
    raise OSError(f"{host} has no address of IPv4")


@contextmanager
def time_limit(seconds: float, connected: socket.socket) -> Iterator[None]:
    """Shut the connection down if the block lasts longer, and raise TimeoutError.

    The socket's own timeout restarts with each byte.
    """
    is_late = threading.Event()
    # A socket of its own, as TLS takes the descriptor of the other, and reads in another thread.
    with connected.dup() as own:

        def cut() -> None:
            is_late.set()
            with suppress(OSError):
                own.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(seconds, cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        except Exception as error:
            if is_late.is_set():
                raise TimeoutError from error
            raise
        finally:
            timer.cancel()
            timer.join()
    if is_late.is_set():  # a truncated answer can look complete
        raise TimeoutError
