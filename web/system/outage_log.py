"""Log an outage once when it begins and once when it ends."""

import logging

from .printable import printable

LONGEST_REASON = 500  # letters; what comes from outside was cut before


class OutageLog:
    """Logs the first of several failures in a row, and the recovery.

    what: the subject of the messages, and verb: what it does in an outage. steady: how many
    successes in a row end the outage; more than 1 for an intermittent fault. For one thread.
    """

    def __init__(
        self, log: logging.Logger, what: str, *, steady: int = 1, verb: str = "fails"
    ) -> None:
        self._log, self._what, self._steady, self._verb = log, what, steady, verb
        self._successes_left = 0
        self._kinds = set[str]()

    def fails(self, why: object, *, kind: str = "", exc_info: bool = False) -> None:
        """Log why it fails: each kind of failure once per outage."""
        if not self._successes_left:
            self._kinds.clear()
        if kind not in self._kinds:
            self._kinds.add(kind)
            reason = printable(why, LONGEST_REASON)
            self._log.warning("%s %s: %s", self._what, self._verb, reason, exc_info=exc_info)
        self._successes_left = self._steady

    def works(self) -> None:
        """Count a success; log the end of an outage."""
        if self._successes_left:
            self._successes_left -= 1
            if not self._successes_left:
                self._log.warning("%s works again", self._what)
