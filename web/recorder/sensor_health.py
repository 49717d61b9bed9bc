"""What is to be said of a barometer that reads: suspect, another one, or short of supply."""

from collections.abc import Callable
from math import inf
from typing import NamedTuple, Protocol

# How long what happened once is told of: it is seen by whoever looks in now and then.
_TOLD_S = 24 * 3600.0


class Remark(NamedTuple):
    """Something to be said; what is the same thing, said again, is of the same kind."""

    kind: str
    words: str


NOTHING = Remark("", "")


class BarometerStatus(Protocol):
    """What a board says of its barometer."""

    @property
    def suspect(self) -> str:
        """Why its readings are not to be trusted; empty when they are."""

    @property
    def recoveries(self) -> int:
        """How often it had lost its supply and was started up again."""

    @property
    def serial(self) -> str:
        """What tells the sensor from others; empty before its first reading."""


class SensorHealth:
    """Watches one barometer, from one sample to the next.

    corrected: tells the serial of the sensor that the offset on the pages was taken with; empty
    when there is none, or it does not say.
    """

    def __init__(
        self, barometer: BarometerStatus, corrected: Callable[[], str] = lambda: ""
    ) -> None:
        self._barometer = barometer
        self._corrected = corrected
        self._serial = barometer.serial
        self._recoveries = barometer.recoveries
        self._exchanged_at = self._recovered_at = -inf

    def remark(self, moment: float) -> Remark:
        """Return what is most to be said at this moment (Unix seconds)."""
        barometer, serial = self._barometer, self._barometer.serial
        if serial != self._serial:
            self._exchanged_at = moment if self._serial else -inf
            self._serial = serial
        if barometer.recoveries > self._recoveries:
            self._recoveries, self._recovered_at = barometer.recoveries, moment
        if barometer.suspect:
            return Remark("suspect", barometer.suspect)
        corrected = self._corrected()
        if corrected and serial and corrected != serial:
            return Remark(
                "corrected",
                "the correction of the pressure was taken with another sensor: compare this one"
                " (scripts/calibrate_barometer.py); until then it may be off by hectopascals",
            )
        if moment - self._exchanged_at <= _TOLD_S:
            return Remark(
                "exchanged",
                "another sensor answers than before: a step on the curve is no weather; compare it"
                " with a trusted barometer (scripts/calibrate_barometer.py)",
            )
        if moment - self._recovered_at <= _TOLD_S:
            return Remark("recovered", self._recovered_words())
        return NOTHING

    def _recovered_words(self) -> str:
        times = "once" if self._recoveries == 1 else f"{self._recoveries} times"
        return (
            f"the barometer was found reset and was started up again, {times} so far: its supply"
            " dips, or another program uses it"
        )
