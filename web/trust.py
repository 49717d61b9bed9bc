"""What is to be said of a barometer that reads: it may be suspect, or have lost its supply."""

from typing import NamedTuple, Protocol

# How long a recovery is told of: a glitch a day is seen by whoever looks in now and then.
_TOLD_S = 24 * 3600.0


class Remark(NamedTuple):
    """Something to be said. kind: what is the same thing, said again, is of the same kind."""

    kind: str
    words: str


NOTHING = Remark("", "")


class Watched(Protocol):
    """What a board says of its barometer."""

    @property
    def suspect(self) -> str:
        """Why its readings are not to be trusted; empty when they are."""

    @property
    def recoveries(self) -> int:
        """How often it had lost its supply and was started up again."""


class Trust:
    """Watches one barometer, from one sample to the next."""

    def __init__(self, barometer: Watched) -> None:
        self._barometer = barometer
        self._recoveries = barometer.recoveries
        self._recovered_at: float | None = None

    def remark(self, moment: float) -> Remark:
        """Return what is to be said at this moment (Unix seconds)."""
        count = self._barometer.recoveries
        if count > self._recoveries:
            self._recoveries, self._recovered_at = count, moment
        if self._barometer.suspect:
            return Remark("suspect", self._barometer.suspect)
        if self._recovered_at is None or moment - self._recovered_at > _TOLD_S:
            return NOTHING
        times = "once" if count == 1 else f"{count} times"
        return Remark(
            "recovered",
            f"the barometer lost its supply and was started up again, {times} so far: see to its"
            " wires and its supply",
        )
