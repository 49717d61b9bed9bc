"""Remarks about a barometer that reads: suspect, exchanged, or reset."""

from collections.abc import Callable
from math import inf
from typing import NamedTuple, Protocol

from calibration.pressure.sea_level import qnh

from ..weather import Sample

# How long a single event is shown, for a crew that looks now and then.
_SHOWN_S = 24 * 3600.0
# At sea level: the lowest and highest on record are 870 and 1085 hPa (WMO archive of extremes).
_LOWEST_HPA, _HIGHEST_HPA = 850.0, 1100.0


class Remark(NamedTuple):
    """A remark in words; two about the same fault have the same kind.

    is_doubt: its readings are not to be trusted, so that the crew is notified.
    """

    kind: str
    words: str
    is_doubt: bool = True


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

    corrected: returns the serial of the sensor that the offset was taken with, or "". height_m:
    returns that of the station, above the sea; 0 where it is unknown.
    """

    def __init__(
        self,
        barometer: BarometerStatus,
        corrected: Callable[[], str] = lambda: "",
        height_m: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._barometer = barometer
        self._corrected, self._height_m = corrected, height_m
        self._serial = barometer.serial
        self._recoveries = barometer.recoveries
        self._exchanged_at = self._recovered_at = -inf

    def remark(self, sample: Sample) -> Remark:
        """Return the most important remark when this sample was taken."""
        moment, barometer, serial = sample.taken_at, self._barometer, self._barometer.serial
        if serial != self._serial:
            self._exchanged_at = moment if self._serial else -inf
            self._serial = serial
        if barometer.recoveries > self._recoveries:
            self._recoveries, self._recovered_at = barometer.recoveries, moment
        if barometer.suspect:
            return Remark("suspect", barometer.suspect)
        if (impossible := self._impossible(sample)).words:
            return impossible
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
            return Remark("recovered", self._recovered_words(), is_doubt=False)
        return NOTHING

    def _impossible(self, sample: Sample) -> Remark:
        height_m = self._height_m()
        if not height_m or _LOWEST_HPA <= qnh(sample.pressure_hpa, height_m) <= _HIGHEST_HPA:
            return NOTHING
        return Remark(
            "impossible",
            f"{sample.pressure_hpa:.0f} hPa has never been measured at {height_m:g} m: the height"
            " in the settings is wrong, or the sensor",
        )

    def _recovered_words(self) -> str:
        times = "once" if self._recoveries == 1 else f"{self._recoveries} times"
        return (
            f"the barometer was found reset and was started up again, {times} so far: its supply"
            " dips, or another program uses it"
        )
