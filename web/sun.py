"""Whether the sun is up, to a minute or two: for a page that turns red at night by itself.

Source: Astronomical Almanac, "low-precision formulas for the Sun" (0.01 degrees until 2050).
"""

from math import asin, atan2, cos, degrees, radians, sin

_J2000 = 946_728_000.0  # 1 January 2000, 12:00 UTC
_RISES_AT = -0.833  # degrees of its middle: half its width, and what the air bends


def is_down(moment: float, latitude: float, longitude: float) -> bool:
    """Whether the sun has set at this place; Unix seconds, degrees north and east."""
    return elevation(moment, latitude, longitude) < _RISES_AT


def elevation(moment: float, latitude: float, longitude: float) -> float:
    """How high the sun's middle stands above the horizon, in degrees, without refraction."""
    days = (moment - _J2000) / 86400
    mean_longitude = 280.460 + 0.9856474 * days
    anomaly = radians(357.528 + 0.9856003 * days)
    ecliptic = radians(mean_longitude + 1.915 * sin(anomaly) + 0.020 * sin(2 * anomaly))
    tilt = radians(23.439 - 0.0000004 * days)
    ascension = atan2(cos(tilt) * sin(ecliptic), cos(ecliptic))
    declination = asin(sin(tilt) * sin(ecliptic))
    greenwich = radians(280.46062 + 360.98564737 * days)
    hour_angle = greenwich + radians(longitude) - ascension
    north = radians(latitude)
    height = sin(north) * sin(declination) + cos(north) * cos(declination) * cos(hour_angle)
    return degrees(asin(max(-1.0, min(1.0, height))))
