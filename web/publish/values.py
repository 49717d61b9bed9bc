"""The published values of the conditions, the live sample, and the name of the boat."""

import re
import socket
from math import isfinite

from ..display.times import late_after_s
from ..recorder.conditions import Conditions
from ..weather import Sample
from .publisher import StationContext


class LiveSample:
    """The newest sample, for as long as it is recent enough to be shown as live."""

    def __init__(self, station: StationContext) -> None:
        self._station = station
        self._conditions = Conditions()
        self._is_lost = False

    def update(self, conditions: Conditions) -> None:
        """Take the newest conditions; the same ones again change nothing."""
        if conditions == self._conditions:
            return
        # A full disk is an outage too, but there the samples go on.
        is_old = conditions.sample == self._conditions.sample
        self._is_lost = bool(conditions.outage) and is_old
        self._conditions = conditions

    def get(self) -> Sample | None:
        """Return the newest sample; None if it is old, the sensor is lost, or none has come."""
        sample = self._conditions.sample
        if sample is None or self._is_lost or not isfinite(sample.pressure_hpa):
            return None
        if self._station.now() - sample.taken_at > late_after_s(self._station.period_s):
            return None
        return sample


def values_of(conditions: Conditions) -> dict[str, float | None]:
    """Return the measured values and the outlook; None for what is unknown.

    Without the level: some protocols have it as a word, others as a number.
    """
    sample, outlook = conditions.sample, conditions.outlook
    trend = outlook.tendency if outlook else None
    return {
        "pressure_hpa": _finite(sample.pressure_hpa, 2) if sample else None,
        "temperature_c": _finite(sample.temperature_c, 2) if sample else None,
        "change_3h_hpa": _finite(trend.change_hpa, 3) if trend else None,
        "chance_near_gale": _finite(outlook.chance_near_gale, 4) if outlook else None,
        "chance_gale": _finite(outlook.chance_gale, 4) if outlook else None,
        "wind_ms": _finite(outlook.wind_ms, 2) if outlook else None,
    }


def boat_name(configured: str, *, simulated: bool) -> str:
    """Return the configured name or the host name, marked if simulated."""
    host = socket.gethostname().partition(".")[0]
    host = re.sub(r"[^A-Za-z0-9_-]+", "-", host).strip("-")[:64]
    return (configured or host or "boat") + ("-simulated" if simulated else "")


def _finite(value: float | None, digits: int) -> float | None:
    """Neither JSON nor the line protocol can hold NaN or infinity."""
    return None if value is None or not isfinite(value) else round(float(value), digits)
