"""Whether it is night, by astral: for a page that turns red at night."""

from datetime import UTC, datetime

_RISES_AT = -0.833  # degrees of its centre: half its width, and the refraction at the horizon


def is_down(moment: float, latitude: float, longitude: float) -> bool:
    """Whether the sun has set at this place; Unix seconds, degrees north and east."""
    return elevation(moment, latitude, longitude) < _RISES_AT


def elevation(moment: float, latitude: float, longitude: float) -> float:
    """Return the height of the sun's centre in degrees, without refraction."""
    from astral import Observer, sun  # only where a position is known

    here = Observer(latitude, longitude)
    return sun.elevation(here, datetime.fromtimestamp(moment, UTC), with_refraction=False)
