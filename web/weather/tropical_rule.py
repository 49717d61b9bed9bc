"""Low latitudes: the tendency tells little there; how low the pressure stands tells more.

From day to day the pressure of the tropics hardly changes, beside its tide. Three hPa under the
mean of the season are a suspicion, five a tropical storm (The Mariner's Handbook); where it changes
more than that by itself, three standard deviations.
"""

from .hourly_statistics import Hours
from .levels import StormLevel
from .sample import Station

LOW_LATITUDE = 25.0
_SUSPICION_HPA, _STORM_HPA = 3.0, 5.0
_DEVIATIONS = 3.0
_EASED = 2 / 3  # of the threshold, under which the rule lets go
_FEWEST_DAYS = 10.0


class Tropics:
    """The rule of the level; asked once an hour at the most. off_hpa: under the usual mean.

    level: to begin with that of before; it holds until a day is known.
    """

    def __init__(self, station: Station | None, level: StormLevel = StormLevel.CALM) -> None:
        latitude = station.latitude if station else None
        self.applies = latitude is not None and abs(latitude) <= LOW_LATITUDE
        self.level = level
        self.off_hpa = 0.0
        self.spread_hpa = 0.0

    def update(self, hours: Hours, pressure_hpa: float) -> None:
        """Judge the newest pressure and the mean of the last day by the month before."""
        if not self.applies:
            return
        if hours.days_known < _FEWEST_DAYS:
            if hours.days_known > 0:
                self.level = StormLevel.CALM
            return
        month_hpa, day_hpa = hours.month_hpa, hours.day_hpa
        if month_hpa is None or day_hpa is None:
            return
        self.spread_hpa = hours.spread_hpa
        self.off_hpa = month_hpa - day_hpa
        suspicion_hpa = max(_SUSPICION_HPA, _DEVIATIONS * self.spread_hpa)
        storm_hpa = max(_STORM_HPA, suspicion_hpa)
        if min(month_hpa - pressure_hpa, self.off_hpa) >= storm_hpa:
            self.level = StormLevel.WARNING
        elif self.off_hpa >= suspicion_hpa:
            self.level = max(self.level, StormLevel.WATCH)
        elif self.off_hpa < _EASED * suspicion_hpa:
            self.level = StormLevel.CALM
