"""What a service tells systemd: that it is up, well, or ending. The protocol is in sd_notify(3).

Each time it is a line in one datagram, to the socket that $NOTIFY_SOCKET names. Without that
variable, away from systemd, nothing is said.
"""

import logging
import os
from collections.abc import Mapping

log = logging.getLogger(__name__)

_LONGEST_WAIT_S = 1.0  # a recorder has better to do than to wait for systemd
_LONGEST_PAUSE_S = 20.0
_LONGEST_STATUS = 500  # systemd drops a datagram of more than 4096 bytes


class Systemd:
    """The program as systemd sees it. Saying something never raises, and never waits long.

    pause_s: how often alive() is to be said at least, in seconds; None: nobody waits for it. What
    cannot be said is logged once, at debug; systemd itself reports what it misses. Threads may
    speak at the same time.
    """

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        if self._address.startswith("@"):  # Linux's sockets without a file
            self._address = "\0" + self._address[1:]
        self._is_told = False
        self.pause_s = _pause_s(environment) if self._address else None

    def ready(self) -> None:
        """It is up: what waits for it may start, and its time to start has stopped running."""
        self._say("READY=1")

    def alive(self) -> None:
        """It is well. Left out for as long as WatchdogSec= says, it is ended and started anew."""
        self._say("WATCHDOG=1")

    def stopping(self) -> None:
        """It was told to end, and is tidying up."""
        self._say("STOPPING=1")

    def status(self, words: str) -> None:
        """Have `systemctl status` show these words; in one line, and cut where they are long."""
        self._say("STATUS=" + " ".join(words.split())[:_LONGEST_STATUS])

    def _say(self, line: str) -> None:
        if not self._address:
            return
        import socket  # away from systemd nobody needs it

        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as speaking:
                speaking.settimeout(_LONGEST_WAIT_S)
                speaking.sendto(line.encode(errors="replace"), self._address)
        except OSError as error:
            if not self._is_told:
                self._is_told = True
                log.debug("systemd does not hear %r: %s", line, error)


def _pause_s(environment: Mapping[str, str]) -> float | None:
    """Half of what $WATCHDOG_USEC allows, as sd_watchdog_enabled(3) advises; 20 s at the most."""
    for_pid = environment.get("WATCHDOG_PID", "")
    try:
        allowed_s = int(environment.get("WATCHDOG_USEC", "")) / 1e6
        is_for_us = not for_pid or int(for_pid) == os.getpid()
    except ValueError:
        return None
    return min(_LONGEST_PAUSE_S, allowed_s / 2) if is_for_us and allowed_s > 0 else None
