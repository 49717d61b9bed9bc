"""Which output scaling to time: as high as the pins can follow, and never 100 %.

    pins fastest          25 kHz (Pi 4)              12 kHz (Pi Zero)
    2 % -> 20 % when      clear below 50 kHz         below 24 kHz        at 100 % scaling
    20 % -> 2 % when      above 125 kHz              above 60 kHz        or edges are lost

The two are far apart, so that a light between them does not switch to and fro.
"""

from .errors import ConfigError
from .readings import Frequency
from .selection import FrequencyScaling

_TWO, _TWENTY = FrequencyScaling.TWO_PERCENT, FrequencyScaling.TWENTY_PERCENT
# 20 % is gone up to when it would give at most this share of the fastest edges.
_ROOM = 0.4
# So many lost edges, and the range is too high.
_TOO_MANY_LOST = 0.02
_NAMES = {f"{scaling.value:.0%}": scaling for scaling in FrequencyScaling}


def first_scaling(
    scaling: FrequencyScaling | str, *, strapped: bool
) -> tuple[bool, FrequencyScaling]:
    """Return whether to range automatically, and the scaling to begin with.

    Raises ConfigError for a word that is no scaling.
    """
    if scaling == "auto":
        return (False, _TWENTY) if strapped else (True, _TWO)
    if isinstance(scaling, FrequencyScaling):
        return False, scaling
    if scaling in _NAMES:
        return False, _NAMES[scaling]
    names = ", ".join(_NAMES)
    raise ConfigError(f"TCS3200: scaling={scaling!r}: give auto, {names} or a FrequencyScaling")


def is_too_high(scaling: FrequencyScaling, output: Frequency, fastest_hz: float) -> bool:
    """Whether this output of a channel asks for 2 %."""
    lost = output.lost > _TOO_MANY_LOST * (output.edges + output.lost)
    return scaling is not _TWO and (output.hz > fastest_hz or lost)


def has_room(scaling: FrequencyScaling, output_hz: float, fastest_hz: float) -> bool:
    """Whether an output of at most this frequency can be timed at 20 % as well."""
    return scaling is _TWO and output_hz * _TWENTY.value / _TWO.value <= _ROOM * fastest_hz
