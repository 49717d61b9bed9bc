"""Remarks about a barometer that reads: suspect, exchanged, or reset."""

from collections.abc import Callable
from math import inf
from typing import NamedTuple, Protocol

# How long a single event is shown, for a crew that looks now and then.
_SHOWN_S = 24 * 3600.0


class Remark(NamedTuple):
    """A remark in words; two about the same fault have the same kind."""

    kind: str
    words: str


NOTHING = Remark("", "")


class BarometerStatus(Protocol):
    """What a board knows of its barometer."""

    @property
    def suspect(self) -> str:
        """Why its readings are not to be trusted, or ""."""

    @property
    def recoveries(self) -> int:
        """How often it was reset and set up again."""

    @property
    def serial(self) -> str:
        """The number of this sensor; "" before its first reading."""


class SensorHealth:
    """Watches one barometer, from one sample to the next.

    corrected: returns the serial of the sensor that the offset was taken with, or "".
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
        """Return the most important remark at this moment (Unix seconds)."""
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
        if moment - self._exchanged_at <= _SHOWN_S:
            return Remark(
                "exchanged",
                "another sensor answers than before: a step on the curve is no weather; compare it"
                " with a trusted barometer (scripts/calibrate_barometer.py)",
            )
        if moment - self._recovered_at <= _SHOWN_S:
            return Remark("recovered", self._recovered_words())
        return NOTHING

    def _recovered_words(self) -> str:
        times = "once" if self._recoveries == 1 else f"{self._recoveries} times"
        return (
            f"the barometer was found reset and was started up again, {times} so far: its supply"
            " dips, or another program uses it"
        )
