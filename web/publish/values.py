"""The values of a conditions as they are published, and whether its sample is recent enough."""

from math import isfinite

from ..display.times import late_after_s
from ..recorder.conditions import Conditions
from ..weather import Sample
from .publisher import StationContext


class Freshness:
    """Tells the sample of the present, from the conditions so far."""

    def __init__(self, station: StationContext) -> None:
        self._station = station
        self._conditions = Conditions()
        self._is_lost = False

    def take(self, conditions: Conditions) -> None:
        """Take the newest conditions; one that is told twice is one."""
        if conditions == self._conditions:
            return
        # A full disk is an outage too, but there the samples go on.
        is_old = conditions.sample == self._conditions.sample
        self._is_lost = bool(conditions.outage) and is_old
        self._conditions = conditions

    def sample(self) -> Sample | None:
        """The newest sample; None when it is old, when the sensor is lost, and before the first."""
        sample = self._conditions.sample
        if sample is None or self._is_lost or not isfinite(sample.pressure_hpa):
            return None
        if self._station.calls.now() - sample.taken_at > late_after_s(self._station.period_s):
            return None
        return sample


def figures(conditions: Conditions) -> dict[str, float | None]:
    """Return what was measured and what it means; None for what is not known.

    The level is not among them: some want it as a word, others as a number.
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


def _finite(value: float | None, digits: int) -> float | None:
    """Neither JSON nor the line protocol has a word for what is not finite."""
    return None if value is None or not isfinite(value) else round(float(value), digits)
