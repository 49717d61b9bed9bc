"""Positions and times on the command line."""

from math import nan

from sensors import RecordError
from sensors.simulated.record import parse_time_utc
from web.weather import Station


def place_of(text: str) -> Station:
    """Return the station at "latitude,longitude" or "latitude,longitude,height in m".

    Raises RecordError.
    """
    try:
        latitude, longitude, *height = (float(number) for number in text.split(","))
        (altitude_m,) = height or [0.0]
    except ValueError:
        latitude = longitude = altitude_m = nan
    if not (abs(latitude) <= 90 and abs(longitude) <= 360 and abs(altitude_m) < 10_000):
        raise RecordError(
            f"{text!r} is not a position: give latitude,longitude or latitude,longitude,metres,"
            " such as 53.5,-8"
        )
    return Station(latitude, longitude, altitude_m)


def moment_of(text: str | None, default: float) -> float:
    """Return the Unix seconds of a day or a time (UTC), or the default. Raises RecordError."""
    if text is None:
        return default
    try:
        return parse_time_utc(text)
    except ValueError as error:
        raise RecordError(
            f"{text!r} is not a time: give 2014-02-12 or 2014-02-12T07:00:00Z ({error})"
        ) from error
