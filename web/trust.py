"""What is to be said of a barometer that reads: it may be suspect, or have lost its supply."""

from typing import Protocol

# How long a recovery is told of: a glitch a day is seen by whoever looks in now and then.
_TOLD_S = 24 * 3600.0


class Watched(Protocol):
    """What a barometer says of itself."""

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

    def remark(self, moment: float) -> str:
        """Return what is to be said at this moment (Unix seconds), or an empty string."""
        count = self._barometer.recoveries
        if count > self._recoveries:
            self._recoveries, self._recovered_at = count, moment
        if self._barometer.suspect:
            return self._barometer.suspect
        if self._recovered_at is None or moment - self._recovered_at > _TOLD_S:
            return ""
        times = "once" if count == 1 else f"{count} times"
        return (
            f"the barometer lost its supply and was started up again, {times} so far: see to its"
            " wires and its supply"
        )
