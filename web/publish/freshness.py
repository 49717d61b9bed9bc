"""Whether the newest sample is of the present: what is sent to instruments is taken for now."""

from math import isfinite

from ..bulletin import Bulletin
from ..weather import Sample
from .plug import Ship

# A sample is old when the next three did not come; at a second each that is no news yet.
_MISSED, _LEAST_AGE_S = 3, 10.0


def longest_age_s(period_s: float) -> float:
    """How old a sample may be and still be the present, by the time from one to the next."""
    return max(_MISSED * period_s, _LEAST_AGE_S)


class Freshness:
    """Tells the sample of the present, from the bulletins so far."""

    def __init__(self, ship: Ship) -> None:
        self._ship = ship
        self._bulletin = Bulletin()
        self._is_lost = False

    def take(self, bulletin: Bulletin) -> None:
        """Take the newest bulletin; one that is told twice is one."""
        if bulletin == self._bulletin:
            return
        # A full disk is an outage too, but there the samples go on.
        is_old = bulletin.sample == self._bulletin.sample
        self._is_lost = bool(bulletin.outage) and is_old
        self._bulletin = bulletin

    def sample(self) -> Sample | None:
        """The newest sample; None when it is old, when the sensor is lost, and before the first."""
        sample = self._bulletin.sample
        if sample is None or self._is_lost or not isfinite(sample.pressure_hpa):
            return None
        if self._ship.now() - sample.taken_at > longest_age_s(self._ship.period_s):
            return None
        return sample
