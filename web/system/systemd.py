"""Notify systemd of the state of the service, by the protocol of sd_notify(3).

Each notification is one datagram to the socket in $NOTIFY_SOCKET. Without that variable the program
does not run under systemd, and nothing is sent.
"""

import logging
import os
from collections.abc import Mapping

log = logging.getLogger(__name__)

_TIMEOUT_S = 1.0
_LONGEST_PAUSE_S = 20.0
_LONGEST_STATUS = 500  # systemd drops a datagram of more than 4096 bytes


class Systemd:
    """Sends notifications; never raises and never blocks for long. From any thread.

    pause_s: the longest pause between calls of alive(), in seconds; None without a watchdog. A
    failure is logged once, at debug level: systemd itself reports what it misses.
    """

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        if self._address.startswith("@"):  # Linux's sockets without a file
            self._address = "\0" + self._address[1:]
        self._has_failed = False
        self.pause_s = _pause_s(environment) if self._address else None

    def ready(self) -> None:
        """Report that the start is complete, so that dependent units start."""
        self._send("READY=1")

    def alive(self) -> None:
        """Reset the watchdog: after WatchdogSec= without a call systemd restarts the service."""
        self._send("WATCHDOG=1")

    def stopping(self) -> None:
        """Report that the service is shutting down."""
        self._send("STOPPING=1")

    def status(self, text: str) -> None:
        """Set the text that `systemctl status` shows, on one line of at most 500 characters."""
        self._send("STATUS=" + " ".join(text.split())[:_LONGEST_STATUS])

    def _send(self, line: str) -> None:
        if not self._address:
            return
        import socket  # only needed under systemd

        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagrams:
                datagrams.settimeout(_TIMEOUT_S)
                datagrams.sendto(line.encode(errors="replace"), self._address)
        except OSError as error:
            if not self._has_failed:
                self._has_failed = True
                log.debug("cannot send %r to systemd: %s", line, error)


def _pause_s(environment: Mapping[str, str]) -> float | None:
    """Return half of $WATCHDOG_USEC, as sd_watchdog_enabled(3) advises; at most 20 s."""
    for_pid = environment.get("WATCHDOG_PID", "")
    try:
        allowed_s = int(environment.get("WATCHDOG_USEC", "")) / 1e6
        is_for_us = not for_pid or int(for_pid) == os.getpid()
    except ValueError:
        return None
    return min(_LONGEST_PAUSE_S, allowed_s / 2) if is_for_us and allowed_s > 0 else None
