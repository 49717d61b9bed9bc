"""Wrong tokens: counted by address, told once, and answered with a time to wait.

Eighty random bits cannot be guessed over a network, so that the right token works at once from any
address: a crew that shares one with an attacker is not locked out.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from ...display.times import iso

log = logging.getLogger(__name__)

_FREE = 5  # wrong tokens of an address before it has to wait
_LONGEST_WAIT_S = 60
_FORGET_S = 600.0
_TELL_EVERY_S = 3600.0
_MOST_ADDRESSES = 256


@dataclass
class _Address:
    """since: Unix seconds of the first wrong token. last_at: monotonic seconds of the last."""

    since: int
    count: int = 0
    last_at: float = 0.0


class WrongTokens:
    """The wrong tokens of the last ten minutes. For any thread.

    happened: takes a sentence, at most one an hour. now: monotonic seconds.
    """

    def __init__(
        self, happened: Callable[[str], object], now: Callable[[], float] = time.monotonic
    ) -> None:
        self._happened, self._now = happened, now
        self._addresses = dict[str, _Address]()
        self._tell_at = now()
        self._lock = Lock()

    def count(self, ip: str) -> int:
        """Count one from this address; return for how many seconds it should wait, at first 0."""
        with self._lock:
            now = self._now()
            known = self._addresses.pop(ip, None)
            if known is None or now - known.last_at > _FORGET_S:
                known = _Address(round(time.time()))
            self._addresses[ip] = known  # as the newest
            if len(self._addresses) > _MOST_ADDRESSES:
                del self._addresses[next(iter(self._addresses))]
            known.count, known.last_at = known.count + 1, now
            words = self._words(ip, known, now) if known.count >= _FREE else ""
            over = known.count - _FREE
        if words:
            log.warning("%s", words)
            self._happened(words)
        return min(_LONGEST_WAIT_S, 2 ** min(over, 9)) if over > 0 else 0

    def _words(self, ip: str, known: _Address, now: float) -> str:
        if now < self._tell_at:
            return ""
        self._tell_at = now + _TELL_EVERY_S
        words = f"{known.count} wrong tokens from {ip} since {iso(known.since)}"
        others = sum(other.count for other in self._addresses.values()) - known.count
        return f"{words}, and {others} from other addresses" if others else words
