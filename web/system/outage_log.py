"""An outage in the log: told when something begins to fail and when it works again."""

import logging


class OutageLog:
    """Logs the first failure of a run, and its end, and nothing in between.

    what: the thing that may fail, as the log shall call it. steady: so many successes in a row
    end the outage; more than one for what is tried all the time and may come and go. verb: what it
    does meanwhile. One thread at a time may use it.
    """

    def __init__(
        self, log: logging.Logger, what: str, *, steady: int = 1, verb: str = "fails"
    ) -> None:
        self._log, self._what, self._steady, self._verb = log, what, steady, verb
        self._successes_to_come = 0
        self._told = set[str]()

    def fails(self, why: object, *, kind: str = "", exc_info: bool = False) -> None:
        """Say why it fails: each kind of failure once an outage."""
        if not self._successes_to_come:
            self._told.clear()
        if kind not in self._told:
            self._told.add(kind)
            self._log.warning("%s %s: %s", self._what, self._verb, why, exc_info=exc_info)
        self._successes_to_come = self._steady

    def works(self) -> None:
        """Say that it works again, if it had failed."""
        if self._successes_to_come:
            self._successes_to_come -= 1
            if not self._successes_to_come:
                self._log.warning("%s works again", self._what)
