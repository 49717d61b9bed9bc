"""The rule for low latitudes, by how low the pressure is: the tendency says little there.

From day to day the pressure of the tropics hardly changes, but for its tide. Three hPa below the
mean of the season are a suspicion, five a tropical storm (The Mariner's Handbook); where it varies
more, three standard deviations.
"""

from .hourly_statistics import HourlyStatistics
from .levels import StormLevel
from .sample import Station

LOW_LATITUDE = 25.0
_SUSPICION_HPA, _STORM_HPA = 3.0, 5.0
_DEVIATIONS = 3.0
_RELEASE = 2 / 3  # of the threshold: the level is calm again below it
_FEWEST_DAYS = 10.0


class TropicalRule:
    """The level in low latitudes.

    level: at first the one given; it stands until a day is known. off_hpa: how far the last day is
    below the month. spread_hpa: the standard deviation of the month.
    """

    def __init__(self, station: Station | None, level: StormLevel = StormLevel.CALM) -> None:
        latitude = station.latitude if station else None
        self.applies = latitude is not None and abs(latitude) <= LOW_LATITUDE
        self.level = level
        self.off_hpa = 0.0
        self.spread_hpa = 0.0

    def update(self, hours: HourlyStatistics, pressure_hpa: float) -> None:
        """Compare the newest pressure and the mean of the last day with the month."""
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
        elif self.off_hpa < _RELEASE * suspicion_hpa:
            self.level = StormLevel.CALM
