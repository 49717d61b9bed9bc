r"""The tide of the air: twice a day the pressure rises and falls with the sun.

      +1 |  .-.         .-.          near the equator, by local solar time: highest at a quarter
       0 | /   \       /   \         to ten, lowest at a quarter to four
      -1 |'     `-...-'     `-..
         0    6    12   18   24 h

In three hours that is up to 1.6 hPa at the equator, 0.6 at 45 degrees: below 35 degrees it looks
like a fall by itself. Only the wave of twelve hours is removed; that of 24 hours differs from
place to place (land, sea, season), and no formula fits it.
"""

from math import atan2, cos, hypot, pi, radians, sin
from typing import NamedTuple

from .sample import Station

HALF_DAY_S = 43_200.0

# hPa and degrees. The wave that goes round with the sun, and the part that stands still.
# Haurwitz; Chapman and Lindzen, Atmospheric Tides (1970), section 2.
_TRAVELLING_HPA, _TRAVELLING_DEG = 1.16, 158.0
_STANDING_HPA, _STANDING_DEG = 0.085, 118.0


class Tide(NamedTuple):
    """The wave of twelve hours at a place: cosine and sine of the hours of UTC, in hPa."""

    cosine_hpa: float
    sine_hpa: float

    @classmethod
    def at(cls, station: Station | None) -> "Tide | None":
        """Return the tide at a position; None without one."""
        if station is None or station.latitude is None or station.longitude is None:
            return None
        latitude = radians(station.latitude)
        travelling = _TRAVELLING_HPA * cos(latitude) ** 3
        # Twice the angle of local mean solar time: 15 degrees of longitude are an hour.
        turned = radians(2 * station.longitude + _TRAVELLING_DEG)
        standing = _STANDING_HPA * (3 * sin(latitude) ** 2 - 1) / 2
        still = radians(_STANDING_DEG)
        return cls(
            travelling * sin(turned) + standing * sin(still),
            travelling * cos(turned) + standing * cos(still),
        )

    @property
    def amplitude_hpa(self) -> float:
        """The amplitude."""
        return hypot(self.cosine_hpa, self.sine_hpa)

    @property
    def angle(self) -> float:
        """The phase in radians."""
        return atan2(self.sine_hpa, self.cosine_hpa)

    def hpa(self, moment: float) -> float:
        """Return what the tide adds to the pressure at a moment (Unix seconds)."""
        angle = 2 * pi * (moment % HALF_DAY_S) / HALF_DAY_S
        return self.cosine_hpa * cos(angle) + self.sine_hpa * sin(angle)
